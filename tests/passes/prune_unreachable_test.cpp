#include "passes/prune_unreachable.h"

#include "passes/automaton_text.h"
#include "program/verifier.h"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::testing;

namespace {

template <typename Pass>
std::string after(Pass pass, const std::string& members)
{
    Program program = automaton(members);
    pass(program);
    verify(program);
    return locations(program) + transitions(program);
}

}  // namespace

TEST_CASE("locations that cannot be reached go, ids stay consecutive")
{
    CHECK(after(prune_unreachable,
                "location lost, start entry await, end finished lost -> end { x := 1 }"
                " start -> end { x := 2 }") == "location l0 await\nlocation l1 finished\nl0 -> l1 { x := 2; }\n");
}

TEST_CASE("a transition that is never enabled leads nowhere")
{
    CHECK(after(prune_unreachable, "location a, b, c a -> b when 0 b -> a a -> c when 1") ==
          "location l0\nlocation l1\nl0 -> l1 when 1\n");
}

TEST_CASE("empty jumps are threaded")
{
    CHECK(after(thread_jumps, "location a, b, c, d a -> b { x := 1 } b -> c c -> d") ==
          "location l0\nlocation l1\nl0 -> l1 { x := 1; }\n");
}

TEST_CASE("where somebody stands or waits stays")
{
    CHECK(after(thread_jumps, "location a, b a -> b b -> a { x := 1 }") ==
          "location l0\nlocation l1\nl0 -> l1\nl1 -> l0 { x := 1; }\n");
    CHECK(after(thread_jumps, "location a, b await, c a -> b { x := 1 } b -> c") ==
          "location l0\nlocation l1 await\nlocation l2\nl0 -> l1 { x := 1; }\nl1 -> l2\n");
    CHECK(after(thread_jumps, "location a, b finished, c a -> b { x := 1 } b -> c") ==
          "location l0\nlocation l1 finished\nlocation l2\nl0 -> l1 { x := 1; }\nl1 -> l2\n");
    CHECK(after(thread_jumps, "location a, b, c, d a -> b { x := 1 } b -> c b -> d") ==
          "location l0\nlocation l1\nlocation l2\nlocation l3\nl0 -> l1 { x := 1; }\nl1 -> l2\nl1 -> l3\n");
}

TEST_CASE("where an LS_ATOMIC body begins stays; jumps inside it and out of it go")
{
    CHECK(
        after(thread_jumps, "location a, b, c atomic, d atomic, e a -> b { x := 1 } b -> c c -> d d -> e { x := 2 }") ==
        "location l0\nlocation l1\nlocation l2 atomic\nlocation l3\nl0 -> l1 { x := 1; }\nl1 -> l2\nl2 -> l3 { x := 2; "
        "}\n");
    CHECK(after(thread_jumps, "location a, b atomic, c, d a -> b { x := 1 } b -> c c -> d { x := 2 }") ==
          "location l0\nlocation l1\nlocation l2\nl0 -> l1 { x := 1; }\nl1 -> l2 { x := 2; }\n");
}

TEST_CASE("an empty endless loop stays one")
{
    CHECK(after(thread_jumps, "location a, b, c a -> b { x := 1 } b -> c c -> b") ==
          "location l0\nlocation l1\nlocation l2\nl0 -> l1 { x := 1; }\nl1 -> l2\nl2 -> l1\n");
    CHECK(after(thread_jumps, "location a, b a -> b { x := 1 } b -> b") ==
          "location l0\nlocation l1\nl0 -> l1 { x := 1; }\nl1 -> l1\n");
}
