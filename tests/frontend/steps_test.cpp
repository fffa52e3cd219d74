// What is a step: reads and writes of shared memory, in C's order; what is folded into guards; LS_ATOMIC; scopes.
#include "support.h"

#include "passes/mark_locations.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace lockstep;
using namespace lockstep::test;

namespace {

std::string task_text(std::string_view text) { return text_of(read_task(text).program, "task"); }

std::size_t task_accesses(std::string_view text)
{
    const frontend::Output output = read_task(text);
    return accesses(output.program, automaton_of(output.program, "task"));
}

std::size_t count_of(const std::string& text, std::string_view part)
{
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
    return count;
}

}  // namespace

TEST_CASE("x++ on memory is a read and a write")
{
    CHECK(task_accesses("int x; void task(void *a) { x++; }") == 2);
    CHECK(task_accesses("int x; void task(void *a) { x += 2; }") == 2);
    CHECK(task_accesses("int x; void task(void *a) { int y = 1; y++; y += 2; }") == 0);
    CHECK(task_accesses("int x, y; void task(void *a) { x = y; }") == 2);
    CHECK(task_accesses("int x, y; void task(void *a) { x = y + x; }") == 3);
}

TEST_CASE("reads come from left to right")
{
    const std::string text = task_text("int x, y, z; void task(void *a) { z = x + y; }");
    CHECK(text.find("t1 := x") < text.find("+ y"));
    const std::string pointers =
        task_text("struct s { struct s *next; int v; } *p; void task(void *a) { p->next->v = p->v; }");
    CHECK(count_of(pointers, " -> ") >= 5);  // p, ->next, p, ->v, the store
}

TEST_CASE("a lone read is part of the guard")
{
    const std::string text = task_text(
        "struct s { int state; } s; void task(void *a) {"
        " struct s *p = &s; while (p->state != 3) cpu_relax(); }");
    CHECK(contains(text, "when p->state != 3"));
    CHECK(contains(text, "when p->state == 3"));
    CHECK(count_of(text, "local ") == 1);
    CHECK(task_accesses("int x; void task(void *a) { if (x == 1) x = 2; }") == 3);  // two guards, a store
}

TEST_CASE("short-circuit operators")
{
    // Each operand that reads memory is a test of its own.
    const std::string flow = task_text("int x, y; void task(void *a) { if (x && (y == 2 || !x)) x = 0; }");
    CHECK(contains(flow, "when x != 0"));
    CHECK(contains(flow, "when y == 2"));
    CHECK_FALSE(contains(flow, "&&"));
    // Registers alone are one expression.
    CHECK(contains(task_text("int x; void task(void *a) { int b = 1, c = 2; if (b && c > 1) x = 0; }"), "&&"));
    // In LS_ATOMIC so is memory.
    CHECK(contains(task_text("int x, y; LS_ATOMIC static void f(void) { if (x && y) x = 0; }"
                             "void task(void *a) { f(); }"),
                   "x != 0 && y != 0"));
}

TEST_CASE("an LS_ATOMIC body is one step that begins at a waiting place")
{
    const frontend::Output output = read_task(
        "struct lock { int owner; } l;"
        "LS_ATOMIC static void lock(struct lock *l, int me) {"
        "  ls_await(l->owner == 0); l->owner = me; }"
        "void task(void *a) { lock(&l, 1); l.owner = 0; }");
    const Automaton& task = automaton_of(output.program, "task");
    const auto atomic = std::ranges::count_if(task.locations, [](const Location& l) { return l.is_atomic; });
    const auto awaits = std::ranges::count_if(task.locations, [](const Location& l) { return l.is_await; });
    CHECK(atomic == 1);
    CHECK(awaits == 1);
    CHECK(task.locations[task.entry].is_await);
    CHECK(output.program.frames[task.locations[task.entry].frame].function == "lock");
    CHECK(contains(text_of(output.program, "task"), "when l.owner == 0"));
}

TEST_CASE("ls_await tests everything it reads at once")
{
    const std::string text = task_text("int x, y; void task(void *a) { ls_await(x == 1 && y != 2); }");
    CHECK(contains(text, "when x == 1 && y != 2"));
    // With a call in it, it is a small atomic region.
    const frontend::Output output = read_task(
        "int x, y; static int test(int n) { if (x) return 1; return y == n; }"
        "void task(void *a) { ls_await(test(4)); }");
    const Automaton& task = automaton_of(output.program, "task");
    CHECK(task.locations[task.entry].is_await);
    for (LocationId id : ids_of(task.locations))
        CHECK((id == task.entry || task.locations[id].is_atomic || task.locations[id].is_finished));
}

TEST_CASE("locals in memory are undefined at first and dead in the end")
{
    const std::string plain = task_text("int *p; void task(void *a) { int x; p = &x; *p = 1; }");
    CHECK(count_of(plain, "undefine x") == 1);
    CHECK(count_of(plain, "kill x") == 1);
    const std::string loop = task_text(
        "int *p; int n; void task(void *a) {"
        " for (;;) { int x = 1; p = &x; if (n == 1) break; if (n == 2) continue;"
        " if (n == 3) return; if (n == 4) goto out; } out: ; }");
    CHECK(count_of(loop, "kill x") == 5);
    CHECK(contains(task_text("int n; void task(void *a) { int x; if (n) x = 1; n = x; }"), "undefine x"));
}

TEST_CASE("a struct is copied slot by slot, or at once in LS_ATOMIC")
{
    const char* model = "struct s { int a, b, c; } x, y; %s static void f(void) { x = y; } void task(void *a) { f(); }";
    std::string text = model;
    const std::string plain = std::string(text).replace(text.find("%s"), 2, "");
    const std::string atomic = std::string(text).replace(text.find("%s"), 2, "LS_ATOMIC");
    CHECK(task_accesses(plain) == 3);
    CHECK(task_accesses(atomic) == 1);
}

TEST_CASE("writing a member of a union invalidates the others")
{
    CHECK(contains(task_text("union u { int a; long b; } u; void task(void *a) { u.a = 1; }"), "invalidate"));
}

TEST_CASE("arguments that stay the same stand for their parameters")
{
    const std::string text = task_text(
        "struct s { int v; } s; static int get(struct s *p, int n) { return p->v + n; }"
        "int x; void task(void *a) { x = get(&s, 3); }");
    CHECK(contains(text, "s.v + 3"));
    CHECK_FALSE(contains(text, "local p"));
}

TEST_CASE("choice, assumption, assertion, report, progress")
{
    const std::string text = task_text(
        "int x; void task(void *a) { x = ls_choose(1, 3); ls_assume(x != 2);"
        " ls_assert(x % 2 == 1); ls_report(\"soft\", 0, -1, \"n=%d\", x); ls_progress();"
        " if (x == 9) ls_fail(\"bug\", \"BUG\"); }");
    for (const char* part :
         {"choose", "prune", "\"assertion failed: x %% 2 == 1\"", "\"soft\"", "progress", "\"BUG\""}) {
        CAPTURE(part);
        CHECK(contains(text, part));
    }
}

TEST_CASE("per-CPU variables")
{
    const std::string text = task_text(
        "struct rq { int n; } ; LS_PER_CPU struct rq rq[2];"
        "void task(void *a) { (*ls_per_cpu_ptr(&rq[1].n, ls_cpu()))++; }");
    CHECK(contains(text, "per_cpu(rq[1].n, "));
}

TEST_CASE("what waits after it: ls_delay, ls_switch_to")
{
    const frontend::Output output = read_task("void task(void *a) { ls_delay(3); ls_switch_to(0); }");
    const Automaton& task = automaton_of(output.program, "task");
    CHECK(std::ranges::count_if(task.locations, [](const Location& l) { return l.is_await; }) == 2);
}

TEST_CASE("time stamps")
{
    // A time stamp is its age: what is later has the smaller number.
    const std::string text = task_text(
        "ls_time_t t; int late; void task(void *a) {"
        " t = ls_now(); if (ls_now() - t > 20) late = 1; if (t != LS_NEVER) late = 2;"
        " if (ls_now() > t + 5) late = 3; t = LS_NEVER; }");
    CHECK(contains(text, "when 20 < t as u64 - t_now as u64"));
    CHECK(contains(text, "t != 1073741824"));
    CHECK(contains(text, "when t_now < (t as u64 - 5) as time"));
}

TEST_CASE("entries: tasks, handlers, hooks, invariants")
{
    const frontend::Output output = read({{"model.c", R"(
#include <lockstep.h>
LS_TICK_MS(4000);
int x;
static void one(void *a) { x = *(int *)a; }
static int two(void) { return x; }
static void tick(void) { x++; }
static void nmi(void) { x += 2; }
void ls_task_start(void) { x = 7; }
void ls_task_exit(void) { x = 8; }
void ls_irq_exit(void) { x = 9; }
LS_INVARIANT(small, x < 100);
void undefined_function(void);
static void unused(void *a) { undefined_function(); }
static void (*const handlers[])(void) = { tick };
void ls_boot(void)
{
    void (*entry)(void *) = one;
    ls_task(entry, &x, 1, LS_TASK, "one/%d", 1);
    ls_task(two, 0, 2, LS_DAEMON, "two");
    ls_irq_handler(0, handlers[0]);
    ls_nmi_handler(1, nmi);
}
)"}});
    const Program& program = output.program;
    CHECK(output.entries.tasks.size() == 2);
    CHECK(output.entries.handlers.size() == 1);
    CHECK(output.entries.nmis.size() == 1);
    CHECK(output.entries.exit_hook.valid());
    CHECK(program.invariants.size() == 1);
    CHECK(program.tick_milliseconds == 4000);
    CHECK(program.boot.valid());
    const Automaton& task = program.automata[output.entries.tasks[0].second];
    CHECK(std::ranges::any_of(task.locations, [](const Location& l) { return l.is_finished; }));
    CHECK(program.processes[program.invariants[0].process].running.valid());
}

TEST_CASE("calls through pointers branch over what the pointer may hold")
{
    const std::string text = task_text(
        "struct work { int (*f)(int); int (*g)(int); };"
        "static int one(int n) { return n; } static int two(int n) { return 2 * n; }"
        "static int three(int n) { return 3 * n; }"
        "static struct work w = { .f = one, .g = three }; int x;"
        "void task(void *a) { if (x) w.f = two; x = w.f(x); }");
    CHECK(contains(text, "== one"));
    CHECK(contains(text, "== two"));
    CHECK_FALSE(contains(text, "three"));
    CHECK(contains(text, "wild function pointer"));
}
