// A report is transient if from the state after it some run leads to one in which the task has got on, and permanent
// if none does. A search of its own, from that state on, decides it: getting on usually takes few steps, and where it
// is impossible the stuck part of the state space is small. Where it is not through soon, some runs are made by chance:
// to get on may take many steps (somebody else prints a long list first), but steps that nearly every run makes.
//
// A task has got on when it has finished, passed ls_progress(), waits somewhere else (Stepper::settles_at) than at the
// report, or has itself given its CPU to another task (a thread that goes round one loop, and sleeps in it). Being
// preempted does not count. If it was not on a CPU at all (a hung task), it gets on by running again. Who reports
// something of itself (a warning) is not stuck.
#include "explicit/permanence.h"

#include "explicit/state_space.h"
#include "symmetry/fixed_cpus.h"

#include <algorithm>
#include <optional>
#include <random>

namespace lockstep::explicit_engine {

namespace {

constexpr std::uint64_t default_states = 5'000'000;
constexpr std::uint32_t states_before_runs = 20'000;
constexpr unsigned runs = 16, steps_of_a_run = 20'000;

class GettingOn {
public:
    GettingOn(const Stepper& stepper, const ReportEvent& report, const symmetry::CpuSymmetry* symmetry)
        : program(stepper.program),
          reporter(report.process),
          task(processes_of_task(program, report)),
          others(symmetry_of_others(symmetry, report)),
          space(stepper, &others)
    {
        space.insert(stepper.evaluator.cells);
        // An interrupt's own task is the one that it lies on: that one is on its CPU, if not at the top.
        const bool is_on_cpu = is_running() || report.task == reporters_task(report);
        waits_off_cpu = !is_on_cpu;
    }

    Permanence judge(const Options& options)
    {
        if (task.empty() || is_the_task(reporter)) return Permanence::not_applicable;
        const std::uint64_t limit =
            options.max_states != 0 ? std::min(options.max_states, default_states) : default_states;
        for (std::uint32_t state = 0; state < space.cursor.store_size(); ++state) {
            if (state == states_before_runs && gets_on_by_chance(options)) return Permanence::transient;
            if (state >= limit || (state % 1024 == 1023 && is_over(options))) return Permanence::undecided;
            space.load(state);
            if (has_got_on()) return Permanence::transient;
            bool progress = false;
            for (ProcessId p : space.movers())
                space.stepper.steps_of(p, [&](const StepView& view) {
                    progress |= view.made_progress && is_the_task(view.process);
                    if (view.trap.kind == nullptr && !view.stopped) space.insert_successor(view);
                });
            if (progress) return Permanence::transient;
        }
        return Permanence::permanent;
    }

private:
    const Program& program;
    ProcessId reporter;
    std::vector<ProcessId> task;  // the task and its exit hook
    symmetry::CpuSymmetry others;
    StateSpace space;
    bool waits_off_cpu = false;
    std::vector<std::optional<LocationId>> place{2};  // where each was found to wait first

    static bool is_over(const Options& options)
    {
        return (options.interrupted != nullptr && *options.interrupted) ||
               std::chrono::steady_clock::now() > options.deadline;
    }

    /// From the first state on, which then is the present one.
    bool gets_on_by_chance(const Options& options)
    {
        std::minstd_rand chance;  // always the same
        const auto place_before = place;
        space.load(0);
        std::vector<std::int64_t>& cells = space.stepper.evaluator.cells;
        const std::vector<std::int64_t> first = cells;
        bool result = false;
        for (unsigned run = 0; run < runs && !result; ++run) {
            cells = first;
            for (unsigned step = 0; step < steps_of_a_run && !result; ++step) {
                if (is_over(options)) break;
                const auto after = step_by_chance(chance);
                result = after.made_progress;
                if (after.cells.empty()) break;
                cells = after.cells;
                result = result || has_got_on();
            }
        }
        cells = first;
        place = place_before;
        return result;
    }

    struct AfterStep {
        std::vector<std::int64_t> cells;  // none: there is no step
        bool made_progress = false;       // of the task
    };
    /// One of the steps of a process that has some.
    AfterStep step_by_chance(std::minstd_rand& chance)
    {
        AfterStep after;
        std::vector<ProcessId> processes(space.stepper.processes().begin(), space.stepper.processes().end());
        std::ranges::shuffle(processes, chance);
        for (ProcessId p : processes) {
            unsigned ways = 0;
            space.stepper.steps_of(p, [&](const StepView& view) {
                if (view.trap.kind != nullptr || view.stopped || chance() % ++ways != 0) return;
                after = {space.stepper.evaluator.cells, view.made_progress && is_the_task(view.process)};
            });
            if (ways != 0) break;
        }
        return after;
    }

    static std::vector<ProcessId> processes_of_task(const Program& program, const ReportEvent& report)
    {
        std::vector<ProcessId> processes;
        for (ProcessId p : ids_of(program.processes)) {
            const Process& process = program.processes[p];
            const bool is_task = process.kind == ProcessKind::task || process.kind == ProcessKind::exit_hook;
            if (is_task ? process.task == report.task : p == report.process && process.kind == ProcessKind::plain)
                processes.push_back(p);
        }
        return processes;
    }

    /// The CPUs that the question is about are told from all others.
    [[nodiscard]] symmetry::CpuSymmetry symmetry_of_others(const symmetry::CpuSymmetry* all,
                                                           const ReportEvent& report) const
    {
        if (all == nullptr) return {};
        std::vector<std::uint32_t> fixed;
        if (report.cpu >= 0) fixed.push_back(static_cast<std::uint32_t>(report.cpu));
        const auto fix_owner = [&](ProcessId p) {
            if (const auto owner = symmetry::owner_of(*all, p)) fixed.push_back(*owner);
        };
        fix_owner(reporter);
        for (ProcessId p : task) fix_owner(p);
        return symmetry::with_fixed(*all, fixed);
    }

    [[nodiscard]] bool is_the_task(ProcessId p) const { return std::ranges::find(task, p) != task.end(); }

    bool is_running()
    {
        return std::ranges::any_of(task, [&](ProcessId p) { return space.stepper.evaluator.running(p); });
    }

    [[nodiscard]] std::int64_t reporters_task(const ReportEvent& report)
    {
        const Process& process = program.processes[report.process];
        if (process.kind == ProcessKind::interrupt || process.kind == ProcessKind::nmi)
            return space.stepper.evaluator.own_cpu(report.process) == report.cpu ? report.task : -1;
        return process.task;
    }

    bool has_got_on()
    {
        for (std::size_t i = 0; i < task.size(); ++i) {
            const LocationId at = space.stepper.evaluator.location(task[i]);
            if (program.automata[program.processes[task[i]].automaton].locations[at].is_finished) return true;
            if (!space.stepper.evaluator.running(task[i])) continue;
            if (waits_off_cpu) return true;
            const LocationId here = space.stepper.settles_at(task[i]).place;
            if (place[i] && *place[i] != here) return true;
            place[i] = here;
        }
        return !waits_off_cpu && has_given_up_cpu();
    }

    /// Another task runs where it would, and that was not brought about by its exit hook, which is preemption.
    bool has_given_up_cpu()
    {
        Evaluator& evaluator = space.stepper.evaluator;
        for (ProcessId p : task) {
            const Process& process = program.processes[p];
            const bool is_hook = process.kind == ProcessKind::exit_hook;
            if (is_hook && evaluator.location(p) != program.automata[process.automaton].entry) return false;
        }
        for (ProcessId p : ids_of(program.processes))
            if (program.processes[p].kind == ProcessKind::task && !is_the_task(p) && evaluator.running(p) &&
                evaluator.own_cpu(p) == evaluator.own_cpu(task.front()))
                return true;
        return false;
    }
};

}  // namespace

Permanence judge_permanence(const Stepper& stepper, const ReportEvent& report, const Options& options)
{
    return GettingOn(stepper, report, options.symmetry).judge(options);
}

}  // namespace lockstep::explicit_engine
