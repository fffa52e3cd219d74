// A Result with something in every field, each string different from all others.
#pragma once

#include "report/json.h"
#include "result/result.h"

namespace lockstep::report::test {

inline TraceMove move(std::uint32_t process, std::uint32_t transition, std::string file, std::uint32_t line,
                      std::string text, std::vector<StackEntry> stack, std::vector<Change> changes = {})
{
    TraceMove made{{ProcessId(process), TransitionId(transition), 0},
                   std::move(file),
                   line,
                   std::move(text),
                   std::move(stack),
                   std::move(changes)};
    for (const Change& change : made.changes)
        if (change.name.ends_with(".owner"))
            made.locks.push_back({change.name.substr(0, change.name.size() - 6), change.before == "NULL"});
    made.matters = !made.locks.empty();
    return made;
}

inline Violation deadlock()
{
    const std::vector<StackEntry> queue{{"cpu_stop_queue_two_works", "kernel/stop_machine.c", 290},
                                        {"stop_two_cpus", "kernel/stop_machine.c", 357},
                                        {"swapper", "scenarios/migrate_swap.c", 41}};
    const std::vector<StackEntry> wake{{"try_to_wake_up", "kernel/sched.c", 120}, queue[0], queue[1], queue[2]};
    const std::vector<StackEntry> tick{{"watchdog_timer_fn", "kernel/watchdog.c", 77}};
    Violation violation;
    violation.kind = "deadlock";
    violation.permanence = Permanence::permanent;
    violation.cpu = 1;
    violation.task = "migration/1";
    violation.pid = 18;
    violation.message = "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [migration/1:18]";
    violation.file = "kernel/stop_machine.c";
    violation.line = 295;
    violation.stack = {{"cpu_stopper_thread", "kernel/stop_machine.c", 295},
                       {"smpboot_thread_fn", "kernel/smpboot.c", 12}};
    violation.waits_for = {{"migration/1",
                            "cpu_stopper[0].lock.owner",
                            {"swapper/0"},
                            {"raw_spin_lock", "kernel/spinlock.c", 9},
                            true,
                            1,
                            18,
                            "while (lock->owner)",
                            {{"raw_spin_lock", "kernel/spinlock.c", 9}, violation.stack[0]}},
                           {"swapper/0",
                            "current[1]->on_cpu",
                            {"migration/1", "kworker/7"},
                            {"ttwu", "kernel/core.c", 10},
                            false,
                            0,
                            1,
                            "while (p->on_cpu)",
                            {{"ttwu", "kernel/core.c", 10}, queue[0], queue[1], queue[2]}},
                           {"orphan",
                            "never.set",
                            {},
                            {"wait_for_completion", "kernel/completion.c", 11},
                            true,
                            2,
                            77,
                            "schedule();",
                            {{"wait_for_completion", "kernel/completion.c", 11}}}};
    violation.busy = {{"kworker/7",
                       2,
                       707,
                       "do_work();",
                       {{"process_one_work", "kernel/workqueue.c", 13}, {"worker_thread", "kernel/workqueue.c", 14}}}};
    violation.path = {.initial_state = 2,
                      .steps = {{{ProcessId(0), TransitionId(3), 0}},
                                {{ProcessId(1), TransitionId(4), -5}},
                                {{ProcessId(9), TransitionId(0), 0}}}};
    violation.ticks = 3;
    violation.trace = {
        {"swapper/0",
         0,
         "swapper/0",
         1,
         "task",
         {move(0, 3, "kernel/stop_machine.c", 290, "raw_spin_lock_irq(&stopper1->lock);", queue,
               {{"cpu_stopper[0].lock.owner", "NULL", "swapper"}}),
          move(0, 4, "kernel/stop_machine.c", 290, "raw_spin_lock_irq(&stopper1->lock);", queue,
               {{"irqs_off[0]", "0", "1"}}),
          move(0, 5, "kernel/sched.c", 120, "while (READ_ONCE(p->on_cpu)) cpu_relax();", wake)},
         {}},
        {"swapper/0", 0, "swapper/0", 1, "task", {move(0, 6, "kernel/sched.c", 121, "cpu_relax();", wake)}, {}},
        {"timer_interrupt on CPU1",
         1,
         "migration/1",
         18,
         "irq",
         {move(1, 4, "kernel/watchdog.c", 77, "print_it();", tick)},
         {"a message of a detector"},
         2,
         false},
        {"clock", -1, "", 0, "clock", {move(9, 0, "", 0, "", {}, {{"timer[1]", "4", "3"}})}, {}, 2}};
    return violation;
}

inline Record record()
{
    Record record;
    record.version = "0.1";
    record.program_hash = "0123456789abcdef";
    record.options.model = {.files = {"a.c", "b.c"},
                            .cpus = 3,
                            .defines = {"X=1"},
                            .include_directories = {"inc"},
                            .models_directory = "models",
                            .before = "0b26351b910f",
                            .after = "",
                            .patches = {"p.patch"},
                            .replacements = {{"kernel/stop_machine.c", "mine.c"}},
                            .no_reductions = {"find-steady"}};
    record.options.search = SearchOrder::depth_first;
    record.options.all = true;
    record.options.max_memory_bytes = 1ULL << 40;
    record.options.max_states = 77;
    record.options.timeout_seconds = 1.5;
    Result& result = record.result;
    result.verdict = Verdict::violated;
    result.cpus = 3;
    result.tick_milliseconds = 4000;
    result.statistics = {.complete = false,
                         .states = 1234567,
                         .transitions = 7654321,
                         .depth = 42,
                         .frontier = 99,
                         .seconds = 2,
                         .seconds_total = 2.5,
                         .peak_memory_bytes = 3 << 20,
                         .bytes_per_state = 17.25,
                         .reductions = {"merge-invisible", "other"}};
    result.statistics.coverage = {.technique = "bitstate",
                                  .memory_bytes = 64 << 20,
                                  .expected_omissions = 25100.25,
                                  .omission_probability = 0.5,
                                  .share = 0.9975};
    result.advice = {"--resume somewhere"};
    result.violations = {deadlock()};
    result.warnings = {"hunk 1 of 1 fits only with fuzz"};
    result.never_executed = {{"stop_both", "scenario.c", 48}};
    return record;
}

}  // namespace lockstep::report::test
