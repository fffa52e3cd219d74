// What a session answers to its commands.
#include "simulate/session.h"

#include "passes/mark_locations.h"
#include "program/parser.h"

#include <doctest/doctest.h>

#include <sstream>

namespace lockstep::simulate {

namespace {

constexpr const char* counter = R"(
var count: u2
automaton A {
    local i: u2
    location a, b, end finished
    a -> b { i := count }
    b -> end { count := i + 1 }
}
process p: A
process q: A
)";

std::string answers(const std::string& commands, bool has_prompt = false, const Files& files = {})
{
    Program program = parse(counter, "session.ls");
    mark_locations(program);
    std::istringstream in(commands);
    std::ostringstream out;
    run_session(program, files, in, out, has_prompt);
    return out.str();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("Enter goes on with whoever went before, and a prompt is for people only")
{
    CHECK(has(answers("\n"), "several steps can come next"));
    const std::string text = answers("2\n\n");
    CHECK(has(text, "2. CPU1 q"));
    CHECK(has(text, "count: 0 -> 1"));
    CHECK_FALSE(has(text, "> \n"));
    CHECK(has(answers("quit\n", true), "> "));
    CHECK(answers("quit\nhelp\n") == answers(""));
}

TEST_CASE("`run` stops where a process has nothing more to do")
{
    const std::string text = answers("run 1\nstate cou\n");
    CHECK(has(text, "2. CPU1 q"));
    CHECK(has(text, "CPU1 has nothing to do"));
    CHECK(has(text, "* count = 1"));
}

TEST_CASE("what is written is the way so far, and what is loaded is followed")
{
    Path kept;
    Files files;
    files.write = [&](const std::string& file, const Violation& walk) {
        CHECK(file == "my walk.json");
        CHECK(walk.kind == "walk");
        CHECK(walk.trace.size() == 2);
        kept = walk.path;
    };
    files.load = [&](const std::string&) { return kept; };
    const std::string text = answers("1\n2\n1\nback\nwrite my walk.json\nload it\n\n\n", false, files);
    CHECK(kept.steps.size() == 2);
    CHECK(has(text, "After 0 steps of 2"));
    CHECK(text.rfind("2. CPU1 q") != std::string::npos);
}

TEST_CASE("what a file's reader throws is said, and the session goes on")
{
    Files files;
    files.load = [](const std::string&) -> Path { throw std::runtime_error("cannot be read"); };
    const std::string text = answers("load x\n1\n", false, files);
    CHECK(has(text, "cannot be read\n"));
    CHECK(has(text, "1. CPU0 p"));
}

}  // namespace lockstep::simulate
