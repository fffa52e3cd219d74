// Random texts, random edits: what `diff -u` says of two texts turns one into the other, and back. Where the `patch`
// program is installed, hunks that have to be looked for (the text has changed elsewhere meanwhile) end up where it
// puts them. Skipped where there is no `diff`.
#include "sources/apply.h"
#include "support.h"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace lockstep;
using namespace lockstep::sources;
using lockstep::sources::test::Directory;

namespace {

using Random = std::mt19937;

int below(Random& random, int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random); }

// Few distinct lines, so that hunks have several places that look alike.
std::string random_line(Random& random, int distinct)
{
    return below(random, 12) == 0 ? std::string() : "line " + std::to_string(below(random, distinct));
}

std::vector<std::string> random_text(Random& random, int distinct)
{
    std::vector<std::string> lines(static_cast<std::size_t>(below(random, 60)));
    for (std::string& line : lines) line = random_line(random, distinct);
    return lines;
}

std::vector<std::string> edited(Random& random, std::vector<std::string> lines, int edits, int distinct)
{
    for (int i = 0; i < edits; ++i) {
        const auto at = lines.begin() + below(random, static_cast<int>(lines.size()) + 1);
        const int what = at == lines.end() ? 0 : below(random, 3);
        if (what == 0) lines.insert(at, random_line(random, distinct));
        if (what == 1) lines.erase(at);
        if (what == 2) *at = random_line(random, distinct);
    }
    return lines;
}

std::string joined(const std::vector<std::string>& lines)
{
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

// Sometimes without the last line end.
std::string joined(Random& random, const std::vector<std::string>& lines)
{
    std::string text = joined(lines);
    if (!text.empty() && below(random, 8) == 0) text.pop_back();
    return text;
}

bool run(const std::string& command) { return std::system(command.c_str()) == 0; }

bool have(const std::string& program) { return run("command -v " + program + " >/dev/null 2>&1"); }

}  // namespace

TEST_CASE("what diff says of random edits turns one text into the other and back")
{
    if (!have("diff")) return;
    const Directory directory;
    Random random(1);
    for (int round = 0; round < 300; ++round) {
        const int distinct = 2 + below(random, 40);
        const auto lines = random_text(random, distinct);
        const std::string before = joined(random, lines);
        const std::string after = joined(random, edited(random, lines, 1 + below(random, 8), distinct));
        directory.write("before", before);
        directory.write("after", after);
        const std::string context = std::to_string(below(random, 4));
        const std::string command =
            "cd '" + directory.path.string() + "' && diff -U" + context + " before after > diff";
        if (run(command)) continue;  // no difference
        const Patch patch = parse_patch("diff", directory.read("diff"));
        const Patch back = reversed(patch);
        CAPTURE(round);
        const Applied forward = apply(patch, patch.files.at(0), before, "before");
        CHECK(forward.text == after);
        CHECK(forward.warnings.empty());
        CHECK(apply(back, back.files.at(0), after, "after").text == before);
    }
}

TEST_CASE("hunks that have to be looked for end up where the patch program puts them")
{
    if (!have("diff") || !have("patch")) return;
    const Directory directory;
    Random random(2);
    int both = 0;
    int neither = 0;
    for (int round = 0; round < 400; ++round) {
        const int distinct = 8 + below(random, 200);
        const auto lines = random_text(random, distinct);
        const std::string before = joined(lines);
        const std::string after = joined(edited(random, lines, 1 + below(random, 3), distinct));
        const std::string moved = joined(edited(random, lines, below(random, 8), distinct));  // by somebody else
        directory.write("before", before);
        directory.write("after", after);
        directory.write("moved", moved);
        if (lines.size() < 8 || run("cd '" + directory.path.string() + "' && diff -u before after > diff")) continue;
        const bool applies =
            run("cd '" + directory.path.string() + "' && patch -s -f -r - -o patched moved < diff >/dev/null 2>&1");
        CAPTURE(round);
        std::string ours;
        const std::string message = test::error_of([&] {
            const Patch patch = parse_patch("diff", directory.read("diff"));
            ours = apply(patch, patch.files.at(0), moved, "moved").text;
        });
        CAPTURE(message);
        CAPTURE(directory.read("diff"));
        CAPTURE(moved);
        CHECK(applies == message.empty());
        if (applies && message.empty()) {
            CHECK(ours == directory.read("patched"));
            ++both;
        } else {
            ++neither;
        }
    }
    CHECK(both > 50);
    CHECK(neither > 20);
}
