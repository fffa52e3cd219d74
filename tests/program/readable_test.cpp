#include "program/readable.h"

#include "program/builder.h"
#include "program/parser.h"

#include <doctest/doctest.h>

using namespace lockstep;

namespace {

// The transition of an automaton over some kernel-like declarations, as people read it.
std::string readable(const std::string& transition)
{
    const Program program = parse(R"(
        cpus 2
        enum multi_stop_state: u32 { MULTI_STOP_NONE = 0, MULTI_STOP_PREPARE = 1 }
        struct list_head { next: ptr list_head, prev: ptr list_head }
        struct lock { owner: i32 }
        struct work { list: list_head, state: multi_stop_state, arg: ptr void }
        struct stopper { lock: lock, works: work[3], enabled: bool }
        function migrate
        per_cpu var cpu_stopper: stopper
        var works: work[2]
        var current: ptr work
        var on: bool[4]
        var hook: fn
        var since: time
        automaton A {
            local cpu, i: i32
            local work: ptr work
            local entry: ptr list_head
            local curstate: multi_stop_state
            location l
            l -> l )" + transition + "\n}\n",
                                  "readable.ls");
    const std::string text = transition_text(program, program.automata[AutomatonId(0)].transitions[TransitionId(0)]);
    return text.substr(std::string("L0 -> L0  ").size());
}

}  // namespace

TEST_CASE("expressions read like C")
{
    CHECK(readable("when work->state != curstate") == "when [work->state != curstate]");
    CHECK(readable("when per_cpu(cpu_stopper, cpu).lock.owner == 0") ==
          "when [per_cpu(cpu_stopper, cpu).lock.owner == 0]");
    CHECK(readable("when per_cpu(cpu_stopper, own.cpu).works[i].state == 1") ==
          "when [per_cpu(cpu_stopper, ls_cpu()).works[i].state == MULTI_STOP_PREPARE]");
    CHECK(readable("when on[i] && !on[3]") == "when [on[i] && !on[3]]");
    CHECK(readable("when !(i < 2)") == "when [i >= 2]");
    CHECK(readable("when !(1 < i) && curstate > 1") == "when [i <= 1 && curstate > MULTI_STOP_PREPARE]");
    CHECK(readable("{ curstate := curstate + (1 : multi_stop_state) }") == "curstate = curstate + 1");
    CHECK(readable("when work == null") == "when [!work]");
    CHECK(readable("when (work->state as i32) == 1") == "when [(int)work->state == MULTI_STOP_PREPARE]");
    CHECK(readable("{ hook := migrate; since := never }") == "hook = migrate; since = LS_NEVER");
    CHECK(readable("{ current := &works[1]; works[0].arg := null }") == "current = &works[1]; works[0].arg = NULL");
    CHECK(readable("{ i := -i + (i - 1) * 2 }") == "i = -i + (i - 1) * 2");
}

TEST_CASE("container_of is found again")
{
    CHECK(readable("{ work := (field(entry, 0) : ptr work) }") == "work = container_of(entry, struct work, list)");
    CHECK(readable("{ work := field(&work->state, -2) as ptr work }") == "work = (&work->state - 2)");
    CHECK(readable("{ work := (field(&work->state, -2) : ptr work) }") ==
          "work = container_of(&work->state, struct work, state)");
}

TEST_CASE("statements and choices")
{
    CHECK(readable("choose i in 0..3 { copy &works[0], &works[1], 4 }") == "choose i in 0..3  works[0] = works[1]");
    CHECK(readable("{ report \"soft_lockup\" \"CPU#%d\" (i); kill i; progress }") ==
          "report soft_lockup: \"CPU#%d\", i; kill i; progress");
}

TEST_CASE("types read like C")
{
    Program program;
    const TypeId u8 = build::integer_type(program, 8, false);
    const TypeId record = build::struct_type(program, "work", {});
    CHECK(type_text(program, u8) == "u8");
    CHECK(type_text(program, build::int_type(program)) == "int");
    CHECK(type_text(program, build::pointer_type(program, build::pointer_type(program, record))) == "struct work **");
    CHECK(type_text(program, build::array_type(program, build::array_type(program, u8, 3), 2)) == "u8[2][3]");
}

TEST_CASE("show names locations with their source lines")
{
    const Program program =
        parse("var x: u8\nautomaton A {\n  location l\n  l -> l { x := 1 }\n}\nprocess p: A\n", "x.ls");
    CHECK(show(program) ==
          "x.ls on 1 CPU\nu8 x\nprocess p runs A\n\nA:\n  L0  (entry)  // x.ls:4  l -> l { x := 1 }\n    L0 -> L0  x = "
          "1\n");
    CHECK(source_line(program, {FileId(0), 4, 1}) == "l -> l { x := 1 }");
    CHECK(source_line(program, {FileId(0), 99, 1}).empty());
}
