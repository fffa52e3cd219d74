#include "sources/patch.h"
#include "support.h"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::sources;
using lockstep::sources::test::contains;
using lockstep::sources::test::error_of;

namespace {

const std::string plain =
    "--- old/kernel/a.c\t2020-01-01 00:00:00.000000000 +0000\n"
    "+++ new/kernel/a.c\t2020-01-02 00:00:00.000000000 +0000\n"
    "@@ -1,2 +1,2 @@ static int f(void)\n"
    " one\n"
    "-two\n"
    "+three\n";

std::string parse_error(const std::string& text)
{
    return error_of([&] { parse_patch("x.patch", text); });
}

}  // namespace

TEST_CASE("a plain diff is read with names, header and lines")
{
    const Patch patch = parse_patch("x.patch", plain);
    REQUIRE(patch.files.size() == 1);
    const FilePatch& file = patch.files[0];
    CHECK(file.old_name == "old/kernel/a.c");
    CHECK(file.new_name == "new/kernel/a.c");
    CHECK(file.change == FileChange::modify);
    REQUIRE(file.hunks.size() == 1);
    CHECK(file.hunks[0].place == 3);
    CHECK(file.hunks[0].header == "@@ -1,2 +1,2 @@ static int f(void)");
    REQUIRE(file.hunks[0].lines.size() == 3);
    CHECK(file.hunks[0].lines[1].kind == LineKind::removed);
    CHECK(file.hunks[0].lines[2].text == "three\n");
}

TEST_CASE("a mail with several files, a diffstat and a signature is read")
{
    const Patch patch = parse_patch("x.patch",
                                    "From 0b26351b910f Mon Sep 17 00:00:00 2001\n"
                                    "Subject: [PATCH] two files\n\n"
                                    "--- not a name, only prose\n"
                                    "---\n kernel/a.c | 2 +-\n 2 files changed\n\n"
                                    "diff --git a/kernel/a.c b/kernel/a.c\n"
                                    "index 1234567..89abcde 100644\n"
                                    "--- a/kernel/a.c\n"
                                    "+++ b/kernel/a.c\n"
                                    "@@ -1 +1 @@\n"
                                    "-x\n"
                                    "+y\n"
                                    "diff --git a/kernel/b.c b/kernel/b.c\n"
                                    "new file mode 100644\n"
                                    "--- /dev/null\n"
                                    "+++ b/kernel/b.c\n"
                                    "@@ -0,0 +1,2 @@\n"
                                    "+one\n"
                                    "+two\n"
                                    "\\ No newline at end of file\n"
                                    "-- \n"
                                    "2.39.0\n");
    REQUIRE(patch.files.size() == 2);
    CHECK(patch.files[0].old_name == "a/kernel/a.c");
    CHECK(patch.files[1].change == FileChange::create);
    CHECK(patch.files[1].hunks[0].lines[0].text == "one\n");
    CHECK(patch.files[1].hunks[0].lines[1].text == "two");
}

TEST_CASE("renames, copies, empty files and quoted names")
{
    const Patch patch = parse_patch("x.patch",
                                    "diff --git a/old.c b/new.c\n"
                                    "similarity index 100%\n"
                                    "rename from old.c\n"
                                    "rename to new.c\n"
                                    "diff --git a/empty.h b/empty.h\n"
                                    "new file mode 100644\n"
                                    "index 0000000..e69de29\n"
                                    "diff --git a/mode.sh b/mode.sh\n"
                                    "old mode 100644\n"
                                    "new mode 100755\n"
                                    "diff --git \"a/t\\303\\274r.c\" \"b/t\\303\\274r.c\"\n"
                                    "--- \"a/t\\303\\274r.c\"\n"
                                    "+++ \"b/t\\303\\274r.c\"\n"
                                    "@@ -1 +1 @@\n"
                                    "-x\n"
                                    "+y\n");
    REQUIRE(patch.files.size() == 3);
    CHECK(patch.files[0].change == FileChange::rename);
    CHECK(patch.files[0].old_name == "a/old.c");
    CHECK(patch.files[0].new_name == "b/new.c");
    CHECK(patch.files[1].change == FileChange::create);
    CHECK(patch.files[1].new_name == "a/empty.h");
    CHECK(patch.files[2].old_name == "a/t\xc3\xbcr.c");
}

TEST_CASE("carriage returns of a mailer are taken off, empty context lines may lack their blank")
{
    std::string text = "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n one\n\n-two\n+three\n";
    CHECK(parse_patch("x.patch", text).files[0].hunks[0].lines[1].text == "\n");
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.insert(at, 1, '\r');
    const Patch patch = parse_patch("x.patch", text);
    CHECK(patch.files[0].old_name == "a/x");
    CHECK(patch.files[0].hunks[0].lines[0].text == "one\n");
    CHECK(patch.files[0].hunks[0].lines[1].text == "\n");
}

TEST_CASE("a patch reversed twice is the same patch")
{
    const Patch once = reversed(parse_patch("x.patch", plain));
    CHECK(once.files[0].old_name == "new/kernel/a.c");
    CHECK(once.files[0].hunks[0].lines[1].kind == LineKind::added);
    const Patch twice = reversed(once);
    CHECK(twice.files[0].old_name == "old/kernel/a.c");
    CHECK(twice.files[0].hunks[0].lines[1].kind == LineKind::removed);
}

TEST_CASE("what is no unified diff is refused at its line")
{
    CHECK(contains(parse_error(""), "no unified diff"));
    CHECK(contains(parse_error("hello\nworld\n"), "no unified diff"));
    CHECK(contains(parse_error("*** a.c\n--- b.c\n***************\n*** 1 ****\n"), "no unified diff"));
    CHECK(contains(parse_error("@@ -1 +1 @@\n-x\n+y\n"), "x.patch:1: error: a hunk without the names"));
    CHECK(contains(parse_error("--- a/x\n+++ b/x\nnothing\n"), "x.patch:3: error: a hunk"));
    CHECK(contains(parse_error("--- a/x\n+++ b/x\n"), "x.patch:1: error: a hunk"));
    CHECK(contains(parse_error("--- a/x\n+++ b/x\n@@ -1,a +1 @@\n-x\n"), "x.patch:3: error: this is no hunk's header"));
    CHECK(contains(parse_error("--- a/x\n+++ b/x\n@@ -99999999999 +1 @@\n-x\n"), "no hunk's header"));
    CHECK(contains(parse_error("diff --git a/x b/x\nGIT binary patch\nliteral 3\n"), "x.patch:2: error: a binary"));
    CHECK(contains(parse_error("--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-x\n+y\n"), "both names"));
}

TEST_CASE("a hunk with more or fewer lines than its header says is refused")
{
    CHECK(contains(parse_error("--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n one\n-two\n+three\n"), "as many lines"));
    CHECK(contains(parse_error("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-one\n+two\n+three\n"), "as many lines"));
    CHECK(contains(parse_error("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-one\n-two\n+three\n"), "as many lines"));
    CHECK(contains(parse_error("--- a/x\n+++ b/x\n@@ -1,4294967295 +1 @@\n-one\n"), "as many lines"));
}
