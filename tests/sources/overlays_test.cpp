#include "sources/overlays.h"
#include "support.h"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::sources;
using lockstep::sources::test::contains;
using lockstep::sources::test::Directory;
using lockstep::sources::test::error_of;

namespace {

std::string change(const std::string& old_name, const std::string& new_name, const std::string& from,
                   const std::string& to)
{
    return "--- " + old_name + "\n+++ " + new_name + "\n@@ -1 +1 @@\n-" + from + "\n+" + to + "\n";
}

// A miniature kernel of two files, whose stop_machine.c went one -> two -> three.
struct Kernel {
    Kernel()
    {
        stop_machine = directory.write("models/kernel/stop_machine.c", "three\n");
        header = directory.write("models/include/linux/sched.h", "h\n");
        directory.write("models/patches/series", "1111111-two.patch\n2222222-three.patch\n");
        directory.write("models/patches/1111111-two.patch",
                        change("a/kernel/stop_machine.c", "b/kernel/stop_machine.c", "one", "two"));
        directory.write("models/patches/2222222-three.patch",
                        change("a/kernel/stop_machine.c", "b/kernel/stop_machine.c", "two", "three"));
        options.models = directory.path / "models";
    }
    std::string patch(const std::string& text)
    {
        options.patches.push_back(directory.write("change" + std::to_string(options.patches.size()) + ".patch", text));
        return options.patches.back();
    }
    Overlays make() const { return make_overlays(options); }
    std::string error() const
    {
        return error_of([&] { make(); });
    }

    Directory directory;
    std::string stop_machine, header;
    OverlayOptions options;
};

}  // namespace

TEST_CASE("without options nothing is laid over the files")
{
    const Kernel kernel;
    CHECK(kernel.make().texts.empty());
}

TEST_CASE("a point in history is chosen by taking changes back, and nothing on disk changes")
{
    Kernel kernel;
    kernel.options.before = "1111111";
    CHECK(kernel.make().texts == std::map<std::string, std::string>{{kernel.stop_machine, "one\n"}});
    kernel.options.before = "2222222";
    CHECK(kernel.make().texts.at(kernel.stop_machine) == "two\n");
    kernel.options.before.clear();
    kernel.options.after = "1111111";
    CHECK(kernel.make().texts.at(kernel.stop_machine) == "two\n");
    kernel.options.after = "2222222";
    CHECK(kernel.make().texts.empty());
    CHECK(kernel.directory.read("models/kernel/stop_machine.c") == "three\n");
}

TEST_CASE("a patch comes on top of the chosen point")
{
    Kernel kernel;
    kernel.options.before = "1111111";
    kernel.patch(change("a/kernel/stop_machine.c", "b/kernel/stop_machine.c", "one", "mine"));
    kernel.patch(change("a/kernel/stop_machine.c", "b/kernel/stop_machine.c", "mine", "better"));
    CHECK(kernel.make().texts.at(kernel.stop_machine) == "better\n");
}

TEST_CASE("history changes the miniature kernel, not the user's file of the same name")
{
    Kernel kernel;
    kernel.options.files = {kernel.directory.write("mine/kernel/stop_machine.c", "three\n")};
    kernel.options.before = "2222222";
    CHECK(kernel.make().texts == std::map<std::string, std::string>{{kernel.stop_machine, "two\n"}});
}

TEST_CASE("a patch finds its file at the usual -p levels")
{
    for (const std::string name : {"a/kernel/stop_machine.c", "kernel/stop_machine.c", "a/models/kernel/stop_machine.c",
                                   "x/tools/lockstep/models/kernel/stop_machine.c"}) {
        CAPTURE(name);
        Kernel kernel;
        kernel.patch(change(name, name, "three", "four"));
        CHECK(kernel.make().texts.at(kernel.stop_machine) == "four\n");
    }
    Kernel kernel;
    kernel.patch(change("kernel/stop_machine.c.orig", "kernel/stop_machine.c", "three", "four"));
    kernel.patch(change("a/include/linux/sched.h", "b/include/linux/sched.h", "h", "H"));
    CHECK(kernel.make().texts.at(kernel.stop_machine) == "four\n");
    CHECK(kernel.make().texts.at(kernel.header) == "H\n");
}

TEST_CASE("a patch finds the user's files, and headers beside them")
{
    Kernel kernel;
    const std::string file = kernel.directory.write("mine/model.c", "x\n");
    const std::string header = kernel.directory.write("mine/model.h", "y\n");
    const std::string included = kernel.directory.write("headers/deep/more.h", "z\n");
    kernel.options.files = {file};
    kernel.options.include_directories = {(kernel.directory.path / "headers").string()};
    kernel.patch(change("a/mine/model.c", "b/mine/model.c", "x", "X") + change("a/model.h", "b/model.h", "y", "Y") +
                 change("a/deep/more.h", "b/deep/more.h", "z", "Z"));
    CHECK(kernel.make().texts == std::map<std::string, std::string>{{file, "X\n"}, {header, "Y\n"}, {included, "Z\n"}});
}

TEST_CASE("a name that could be two of the user's files is refused")
{
    Kernel kernel;
    kernel.options.files = {kernel.directory.write("one/model.c", "x\n"), kernel.directory.write("two/model.c", "x\n")};
    kernel.patch(change("a/model.c", "b/model.c", "x", "X"));
    CHECK(contains(kernel.error(), "'model.c' could be"));
}

TEST_CASE("a replaced file is patched where the replacement is")
{
    Kernel kernel;
    const std::string mine = kernel.directory.write("mine.c", "m\n");
    kernel.options.replacements = {{"kernel/stop_machine.c", mine}};
    kernel.patch(change("a/kernel/stop_machine.c", "b/kernel/stop_machine.c", "m", "M"));
    const Overlays overlays = kernel.make();
    CHECK(overlays.replacements == std::map<std::string, std::string>{{"kernel/stop_machine.c", mine}});
    CHECK(overlays.texts == std::map<std::string, std::string>{{mine, "M\n"}});
}

TEST_CASE("a replacement of a file that history changes is warned of")
{
    Kernel kernel;
    kernel.options.before = "2222222";
    kernel.options.replacements = {{"kernel/stop_machine.c", kernel.directory.write("mine.c", "m\n")}};
    CHECK(kernel.make().warnings.size() == 1);
}

TEST_CASE("bad replacements are refused")
{
    Kernel kernel;
    kernel.options.replacements = {{"kernel/nothing.c", "x.c"}};
    CHECK(contains(kernel.error(), "the miniature kernel has no such file"));
    kernel.options.replacements = {{"kernel/stop_machine.c", "missing.c"}};
    CHECK(contains(kernel.error(), "no such replacement for kernel/stop_machine.c: missing.c"));
    kernel.options.replacements = {{"kernel/stop_machine.c", kernel.header},
                                   {"kernel/../kernel/stop_machine.c", kernel.header}};
    CHECK(contains(kernel.error(), "replaced twice"));
}

TEST_CASE("files are created, removed, renamed")
{
    Kernel kernel;
    const std::string created = (kernel.directory.path / "models/kernel/new.c").string();
    const std::string renamed = (kernel.directory.path / "models/kernel/stopper.c").string();
    kernel.patch("--- /dev/null\n+++ b/kernel/new.c\n@@ -0,0 +1 @@\n+n\n");
    kernel.patch(change("a/kernel/new.c", "b/kernel/new.c", "n", "N"));
    CHECK(kernel.make().texts.at(created) == "N\n");
    kernel.patch(
        "diff --git a/kernel/stop_machine.c b/kernel/stopper.c\nrename from kernel/stop_machine.c\nrename to "
        "kernel/stopper.c\n");
    CHECK(kernel.make().texts.at(renamed) == "three\n");
    CHECK(contains(kernel.make().texts.at(kernel.stop_machine), "#error \"stop_machine.c was removed by "));
    kernel.patch("--- a/include/linux/sched.h\n+++ /dev/null\n@@ -1 +0,0 @@\n-h\n");
    CHECK(contains(kernel.make().texts.at(kernel.header), "#error"));
    kernel.patch(change("a/include/linux/sched.h", "b/include/linux/sched.h", "h", "H"));
    CHECK(contains(kernel.error(), "no file to patch"));
}

TEST_CASE("a patch that creates what is there, or removes what differs, is refused")
{
    Kernel kernel;
    kernel.patch("--- /dev/null\n+++ b/kernel/stop_machine.c\n@@ -0,0 +1 @@\n+n\n");
    CHECK(contains(kernel.error(), "would create kernel/stop_machine.c, which is there already"));
    kernel.options.patches.clear();
    kernel.directory.write("models/kernel/stop_machine.c", "three\nfour\n");
    kernel.patch("--- a/kernel/stop_machine.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-three\n");
    CHECK(contains(kernel.error(), "has more lines"));
}

TEST_CASE("missing and unreadable patches, unknown targets and hunks that miss are refused")
{
    Kernel kernel;
    kernel.options.patches = {"nowhere.patch"};
    CHECK(contains(kernel.error(), "no such patch: nowhere.patch"));
    kernel.options.patches = {kernel.directory.path.string()};
    CHECK(contains(kernel.error(), "Is a directory"));
    kernel.options.patches.clear();
    kernel.patch(change("a/kernel/rcu.c", "b/kernel/rcu.c", "x", "y"));
    CHECK(contains(kernel.error(), "change0.patch:1: error: there is no file to patch for the name 'a/kernel/rcu.c'"));
    kernel.options.patches.clear();
    kernel.patch(change("a/kernel/stop_machine.c", "b/kernel/stop_machine.c", "nine", "ten"));
    CHECK(contains(kernel.error(), "does not apply to kernel/stop_machine.c"));
}
