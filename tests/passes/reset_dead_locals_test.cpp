#include "passes/reset_dead_locals.h"

#include "passes/automaton_text.h"
#include "program/verifier.h"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::testing;

namespace {

std::string after_reset(const std::string& members)
{
    Program program = automaton("local i, j: u8 local w: i32 local m: u8 in memory\n" + members);
    reset_dead_locals(program);
    verify(program);
    const std::string once = transitions(program);
    reset_dead_locals(program);
    CHECK(transitions(program) == once);
    return once;
}

}  // namespace

TEST_CASE("a local is killed right after its last use")
{
    CHECK(after_reset("location a, b, c a -> b { i := x } b -> c { y := i; x := 1 }") ==
          "l0 -> l1 { i := x; }\nl1 -> l2 { y := i; kill i; x := 1; }\n");
    CHECK(after_reset("location a, b, c a -> b { i := x } b -> c when i == 1 { x := 1 }") ==
          "l0 -> l1 { i := x; }\nl1 -> l2 when i == 1 { kill i; x := 1; }\n");
}

TEST_CASE("a local is killed on the way on which nobody uses it")
{
    CHECK(
        after_reset("location a, b, c, d a -> b { i := x } b -> c when x == 0 b -> d when x != 0 d -> c { y := i }") ==
        "l0 -> l1 { i := x; }\nl1 -> l2 when x == 0 { kill i; }\nl1 -> l3 when x != 0\nl3 -> l2 { y := i; kill i; }\n");
}

TEST_CASE("the kill stands before the next local is written, so that they can share a cell")
{
    CHECK(after_reset("location a, b, c, d a -> b { i := x } b -> c { y := i; j := 1 } c -> d { x := j }") ==
          "l0 -> l1 { i := x; }\nl1 -> l2 { y := i; kill i; j := 1; }\nl2 -> l3 { x := j; kill j; }\n");
}

TEST_CASE("an assignment that nobody reads is taken out, unless it may report an error")
{
    CHECK(after_reset("location a, b a -> b { i := 1; y := 2 }") == "l0 -> l1 { y := 2; }\n");
    CHECK(after_reset("location a, b a -> b { i := j }") == "l0 -> l1\n");
    CHECK(after_reset("location a, b a -> b { i := x }") == "l0 -> l1 { i := x; kill i; }\n");
    CHECK(after_reset("location a, b a -> b { w := 4 / w }") == "l0 -> l1 { w := 4 / w; kill w; }\n");
    CHECK(after_reset("location a, b a -> b { w := 4 << w }") == "l0 -> l1 { w := 4 << w; kill w; }\n");
    CHECK(after_reset("location a, b a -> b { undefine j; i := j }") ==
          "l0 -> l1 { undefine j; i := j; kill i; kill j; }\n");
}

TEST_CASE("a use in a dead assignment is no use")
{
    CHECK(after_reset("location a, b a -> a { j := 1 } a -> b { i := j; j := i }") == "l0 -> l0\nl0 -> l1\n");
    // A counter that only counts itself.
    CHECK(after_reset("location a a -> a { w := w + 1 }") == "l0 -> l0\n");
}

TEST_CASE("what is live round a loop stays")
{
    CHECK(after_reset("location a, b a -> a when i < 3 { i := i + 1 } a -> b when i >= 3") ==
          "l0 -> l0 when i < 3 { i := (i as i32 + 1) as u8; }\nl0 -> l1 when 3 <= i { kill i; }\n");
}

TEST_CASE("Undefine and Kill go where nobody notices, and stay where somebody does")
{
    CHECK(after_reset("location a, b a -> b { undefine i; i := 1; x := i; kill i }") ==
          "l0 -> l1 { i := 1; x := i; kill i; }\n");
    CHECK(after_reset("location a, b, c a -> b { undefine i } b -> c { x := i }") ==
          "l0 -> l1 { undefine i; }\nl1 -> l2 { x := i; kill i; }\n");
    CHECK(after_reset("location a, b, c a -> b { i := x } b -> c { kill i } c -> c { x := i }") ==
          "l0 -> l1 { i := x; kill i; }\nl1 -> l2 { kill i; }\nl2 -> l2 { x := i; }\n");
}

TEST_CASE("locals in memory are left alone")
{
    CHECK(after_reset("location a, b a -> b { undefine m; m := 1; kill m }") ==
          "l0 -> l1 { undefine m; m := 1; kill m; }\n");
}

TEST_CASE("choices")
{
    CHECK(after_reset("location a, b a -> b choose i in 0..j") == "l0 -> l1 choose i in 0..j { kill i; kill j; }\n");
    CHECK(after_reset("location a, b, c a -> b choose i in 0..3 when i != 2 b -> c { x := i }") ==
          "l0 -> l1 choose i in 0..3 when i != 2\nl1 -> l2 { x := i; kill i; }\n");
}

TEST_CASE("nothing matters after a report that stops")
{
    CHECK(after_reset("location a, b, c a -> b { i := 1 } b -> c { report \"k\" \"\" stops; x := i } ") ==
          "l0 -> l1\nl1 -> l2 { report \"k\" \"\" stops; x := i; }\n");
    CHECK(after_reset("location a, b, c a -> b { i := x } b -> c { report \"k\" \"%d\" (i) stops }") ==
          "l0 -> l1 { i := x; }\nl1 -> l2 { report \"k\" \"%d\" (i) stops; kill i; }\n");
}
