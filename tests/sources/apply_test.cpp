#include "sources/apply.h"
#include "support.h"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::sources;
using lockstep::sources::test::contains;
using lockstep::sources::test::error_of;

namespace {

Applied apply_text(const std::string& patch_text, const std::string& text)
{
    const Patch patch = parse_patch("x.patch", patch_text);
    return apply(patch, patch.files.at(0), text, "kernel/a.c");
}

std::string numbered(int from, int to)
{
    std::string text;
    for (int i = from; i <= to; ++i) text += "line " + std::to_string(i) + "\n";
    return text;
}

const std::string change_ten =
    "--- a/kernel/a.c\n+++ b/kernel/a.c\n@@ -7,7 +7,7 @@\n"
    " line 7\n line 8\n line 9\n-line 10\n+LINE 10\n line 11\n line 12\n line 13\n";

}  // namespace

TEST_CASE("a hunk applies at its line")
{
    const Applied applied = apply_text(change_ten, numbered(1, 20));
    CHECK(applied.text == numbered(1, 9) + "LINE 10\n" + numbered(11, 20));
    CHECK(applied.warnings.empty());
}

TEST_CASE("a hunk is found off its place, without a warning")
{
    const Applied later = apply_text(change_ten, "x\ny\nz\n" + numbered(1, 20));
    CHECK(later.text == "x\ny\nz\n" + numbered(1, 9) + "LINE 10\n" + numbered(11, 20));
    CHECK(later.warnings.empty());
    CHECK(apply_text(change_ten, numbered(5, 20)).text == numbered(5, 9) + "LINE 10\n" + numbered(11, 20));
}

TEST_CASE("up to two lines of context may differ, with a warning; three may not")
{
    std::string text = numbered(1, 6) + "other\n" + numbered(8, 12) + "other\n" + numbered(14, 20);
    Applied applied = apply_text(change_ten, text);
    CHECK(applied.text ==
          numbered(1, 6) + "other\n" + numbered(8, 9) + "LINE 10\n" + numbered(11, 12) + "other\n" + numbered(14, 20));
    REQUIRE(applied.warnings.size() == 1);
    CHECK(contains(applied.warnings[0], "x.patch:3: hunk 1 of 1 fits kernel/a.c line 7 only"));
    CHECK(contains(applied.warnings[0], "fuzz 1"));

    text = numbered(1, 7) + "other\n" + numbered(9, 20);
    CHECK(contains(apply_text(change_ten, text).warnings.at(0), "fuzz 2"));

    text = numbered(1, 8) + "other\n" + numbered(10, 20);
    CHECK(contains(error_of([&] { apply_text(change_ten, text); }), "does not apply"));
}

TEST_CASE("a hunk with little context comes from the start or the end of its file")
{
    const std::string at_start = "--- a/a\n+++ b/a\n@@ -1,3 +1,4 @@\n+new\n x\n x\n x\n";
    CHECK(apply_text(at_start, "x\nx\nx\nx\nx\n").text == "new\nx\nx\nx\nx\nx\n");
    const std::string at_end = "--- a/a\n+++ b/a\n@@ -3,3 +3,4 @@\n x\n x\n x\n+new\n";
    CHECK(apply_text(at_end, "x\nx\nx\nx\nx\nx\nx\n").text == "x\nx\nx\nx\nx\nx\nx\nnew\n");
}

TEST_CASE("files without a last line end, and empty ones")
{
    const std::string adds_end = "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n";
    CHECK(apply_text(adds_end, "x").text == "x\n");
    const std::string removes_end = "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+x\n\\ No newline at end of file\n";
    CHECK(apply_text(removes_end, "x\n").text == "x");
    const std::string creates = "--- /dev/null\n+++ b/a\n@@ -0,0 +1,2 @@\n+x\n+y\n";
    CHECK(apply_text(creates, "").text == "x\ny\n");
    const std::string empties = "--- a/a\n+++ b/a\n@@ -1,2 +0,0 @@\n-x\n-y\n";
    CHECK(apply_text(empties, "x\ny\n").text.empty());
}

TEST_CASE("a text with other line ends keeps them")
{
    const std::string patch = "--- a/a\n+++ b/a\n@@ -1,3 +1,4 @@\n one\n-two\n+TWO\n+and\n three\n";
    const Applied applied = apply_text(patch, "one\r\ntwo\r\nthree\r\n");
    CHECK(applied.text == "one\r\nTWO\r\nand\r\nthree\r\n");
    CHECK(contains(applied.warnings.at(0), "other line ends"));
}

TEST_CASE("a hunk that does not apply is shown with what stands at its place")
{
    const std::string message =
        error_of([] { apply_text(change_ten, numbered(1, 9) + "changed\n" + numbered(11, 20)); });
    CHECK(contains(message, "x.patch:3: error: hunk 1 of 1 does not apply to kernel/a.c"));
    CHECK(contains(message, "@@ -7,7 +7,7 @@"));
    CHECK(contains(message, "    -line 10\n    +LINE 10\n"));
    CHECK(contains(message, "expected at line 7 of kernel/a.c, which has 20 lines"));
    CHECK(contains(message, "\n        9 line 9\n  >    10 changed\n       11 line 11\n"));
}

TEST_CASE("a change that is there already is called so")
{
    const std::string message =
        error_of([] { apply_text(change_ten, numbered(1, 9) + "LINE 10\n" + numbered(11, 20)); });
    CHECK(contains(message, "made already"));
}

TEST_CASE("an expected place behind the end, and an empty file, are said plainly")
{
    CHECK(contains(error_of([] { apply_text(change_ten, "one\n"); }),
                   "expected at line 7 of kernel/a.c, which has 1 lines"));
    CHECK(contains(error_of([] { apply_text(change_ten, ""); }), "which has 0 lines"));
}

TEST_CASE("a hunk never applies before the one in front of it")
{
    const std::string twice = "--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n x\n-y\n+1\n x\n@@ -4,3 +4,3 @@\n x\n-y\n+2\n x\n";
    CHECK(apply_text(twice, "x\ny\nx\nx\ny\nx\n").text == "x\n1\nx\nx\n2\nx\n");
    CHECK(contains(error_of([&] { apply_text(twice, "q\nq\nq\nx\ny\nx\n"); }), "hunk 2 of 2 does not apply"));
}

TEST_CASE("fuzz that would leave nothing to compare is no match")
{
    const std::string patch = "--- a/a\n+++ b/a\n@@ -1,2 +1,3 @@\n x\n+new\n y\n";
    CHECK(contains(error_of([&] { apply_text(patch, "p\nq\n"); }), "does not apply"));
}
