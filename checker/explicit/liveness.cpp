// A task must finish, or pass ls_progress() again and again; a daemon need not. What a task has not done in a terminal
// component (explicit/components.h) it will never do. Such a task is stuck. So is an interrupt's handler that has begun
// and never returns, be it on top of a task that may wait for ever or has finished; and a task that has finished, but
// in all states of the component has yet to leave its CPU.
//
//   deadlock   each stuck task stays in one wait. Its wait is where it ends up when it goes on alone: a false guard,
//              or a loop that comes back to the same state (Stepper::settles_at). A loop that touches a watchdog on
//              each round still settles after one round more, so it is a wait like any other.
//   livelock   some stuck task ends up in different places in different states of the component, or nowhere; or it
//              leaves its wait, be it only to come back to it. (So does a loop that polls with a delay on each round.)
//
// A task that is not running in a state (interrupted, preempted, asleep) is judged by the states in which it runs, or,
// if there is none, by where it stands. Components can be as large as the whole graph; the kind of violation is then
// judged by the first `judged_states` of them, and whether there is one by all.
#include "explicit/liveness.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace lockstep::explicit_engine {

namespace {

constexpr std::size_t judged_states = 2048;
/// So many states from all over a component are looked at first, then so many times as many, and so on.
constexpr std::size_t spread_states = 512, denser = 32;

/// At the present state.
class Duties {
public:
    Duties(const Program& the_program, Stepper& stepper) : program(the_program), evaluator(stepper.evaluator) {}

    /// Whether p has still to finish, to return from its interrupt, or to leave its CPU after it has finished.
    bool has_duty(ProcessId p)
    {
        const Process& process = program.processes[p];
        const Location& at = location(p);
        switch (process.kind) {
            case ProcessKind::interrupt:
                return is_active(p);
            case ProcessKind::plain:
                return !process.is_daemon && !at.is_finished && !is_invariant(p);
            case ProcessKind::task:
                return at.is_finished ? !at.outgoing.empty() && has_cpu(p) : !process.is_daemon;
            default:
                return false;
        }
    }

    std::vector<ProcessId> all()
    {
        std::vector<ProcessId> result;
        for (ProcessId p : ids_of(program.processes))
            if (has_duty(p)) result.push_back(p);
        return result;
    }

private:
    const Program& program;
    Evaluator& evaluator;

    [[nodiscard]] const Automaton& automaton(ProcessId p) const
    {
        return program.automata[program.processes[p].automaton];
    }
    const Location& location(ProcessId p) { return automaton(p).locations[evaluator.location(p)]; }
    [[nodiscard]] bool is_invariant(ProcessId p) const
    {
        return std::ranges::find(program.invariants, p, &Invariant::process) != program.invariants.end();
    }
    /// A handler or hook that has begun.
    bool is_active(ProcessId p) { return evaluator.location(p) != automaton(p).entry; }

    /// It runs, or would if it were not interrupted.
    bool has_cpu(ProcessId p)
    {
        if (evaluator.running(p)) return true;
        for (ProcessId q : ids_of(program.processes)) {
            const Process& other = program.processes[q];
            const bool lies_on_task = other.kind == ProcessKind::interrupt ||
                                      (other.kind == ProcessKind::exit_hook && other.task == program.processes[p].task);
            if (lies_on_task && is_active(q) && evaluator.running(q) && evaluator.own_cpu(q) == evaluator.own_cpu(p))
                return true;
        }
        return false;
    }
};

/// Whose progress a process's ls_progress is: an exit hook's is its task's.
bool is_progress_of(const Program& program, ProcessId mover, ProcessId task)
{
    return mover == task || (program.processes[mover].kind == ProcessKind::exit_hook &&
                             program.processes[mover].task == program.processes[task].task);
}

/// Whether p stays in one wait: in the states in which it runs it ends up at one place, and it stands nowhere but on
/// the way round that wait. If it runs in none, it must not have moved at all.
bool stays_in_one_wait(StateSpace& space, const StateList& component, ProcessId p)
{
    LocationId place;
    std::set<LocationId> round, stands, stands_off_cpu;
    for (std::size_t i = 0; i < std::min(component.size(), judged_states); ++i) {
        space.load(component[i]);
        const LocationId here = space.stepper.evaluator.location(p);
        if (!space.stepper.evaluator.running(p)) {
            stands_off_cpu.insert(here);
            continue;
        }
        stands.insert(here);
        Stepper::Wait wait = space.stepper.settles_at(p);
        if (!wait.place.valid() || (place.valid() && place != wait.place)) return false;
        place = wait.place;
        round.merge(wait.round);
    }
    return place.valid() ? std::ranges::includes(round, stands) : stands_off_cpu.size() == 1;
}

/// A process whose next step can only be cut off by an ls_assume, in all the states that are looked at: whatever run
/// stays there for ever is left out, since the process would have to step some time. (One that can also step otherwise
/// does not count: these runs remain.)
class LeftOut {
public:
    explicit LeftOut(std::size_t processes) : steps(processes, false), is_cut_off(processes, false) {}

    /// At the present state; visits all steps.
    void look(Stepper& stepper, const Stepper::Visitor& visit)
    {
        for (ProcessId p : stepper.processes()) {
            stepper.met_prune = false;
            if (stepper.steps_of(p, visit)) {
                steps[p.index] = true;
            } else if (stepper.met_prune) {
                is_cut_off[p.index] = true;
            }
        }
    }

    [[nodiscard]] bool is_among(std::span<const ProcessId> processes) const
    {
        return std::ranges::any_of(processes, [&](ProcessId p) { return is_cut_off[p.index] && !steps[p.index]; });
    }

private:
    std::vector<bool> steps, is_cut_off;  // by ProcessId
};

}  // namespace

Fates fates_in(const Program& program, StateSpace& space, const StateList& component, std::span<const ProcessId> judged)
{
    space.load(component.front());
    Duties duties(program, space.stepper);
    Fates fates;
    for (ProcessId p : judged)
        if (duties.has_duty(p)) fates.stuck.push_back(p);
    LeftOut left_out(program.processes.size());
    const bool judges_everybody = judged.size() == program.processes.size();
    const auto is_decided = [&] { return fates.leaves || (fates.stuck.empty() && judges_everybody); };
    const auto look_at = [&](std::uint32_t state) {
        space.load(state);
        std::erase_if(fates.stuck, [&](ProcessId p) { return !duties.has_duty(p); });
        left_out.look(space.stepper, [&](const StepView& view) {
            fates.leaves |= view.stopped || view.trap.kind != nullptr;
            if (view.made_progress)
                std::erase_if(fates.stuck, [&](ProcessId p) { return is_progress_of(program, view.process, p); });
        });
    };
    // Mostly nobody is stuck, which some states from all over the component show sooner than its first ones.
    for (std::size_t distance = component.size() / spread_states + 1;;
         distance = std::max<std::size_t>(distance / denser, 1)) {
        for (std::size_t i = 0; i < component.size() && !is_decided(); i += distance) look_at(component[i]);
        if (distance == 1) break;
    }
    if (fates.stuck.empty() && judges_everybody) return fates;
    fates.leaves |= left_out.is_among(judged);
    if (!fates.leaves)
        fates.is_deadlock =
            std::ranges::all_of(fates.stuck, [&](ProcessId p) { return stays_in_one_wait(space, component, p); });
    return fates;
}

Violation describe_stuck(const Program& program, Stepper& stepper, std::vector<ProcessId> stuck, bool is_deadlock)
{
    // Tasks come before interrupts: what is found is called after the first.
    std::ranges::sort(stuck, {},
                      [&](ProcessId p) { return std::pair(program.processes[p].kind == ProcessKind::interrupt, p); });
    const Process& first = program.processes[stuck.front()];
    Violation v;
    v.kind = is_deadlock ? "deadlock" : "livelock";
    v.permanence = Permanence::permanent;
    v.task = first.name;
    v.pid = first.pid;
    v.cpu = stepper.evaluator.own_cpu(stuck.front());
    std::string names;
    for (ProcessId p : stuck) names += (names.empty() ? "" : ", ") + program.processes[p].name;
    v.message =
        fmt::format("{}: {} can never {}", v.kind, names, is_deadlock ? "go on" : "finish, though it keeps moving");
    LocationId at = stepper.settles_at(stuck.front()).place;
    if (!at.valid()) at = stepper.evaluator.location(stuck.front());
    const SourcePlace& place = program.automata[first.automaton].locations[at].place;
    if (place.file.valid()) v.file = program.files[place.file].name;
    v.line = place.line;
    return v;
}

std::optional<Violation> judge_component(const Program& program, StateSpace& space, const StateList& component)
{
    std::vector<ProcessId> everybody;
    for (ProcessId p : ids_of(program.processes)) everybody.push_back(p);
    Fates fates = fates_in(program, space, component, everybody);
    if (fates.stuck.empty() || fates.leaves) return std::nullopt;
    space.load(component.front());
    return describe_stuck(program, space.stepper, std::move(fates.stuck), fates.is_deadlock);
}

std::optional<Violation> judge_stuck_state(const Program& program, Stepper& stepper)
{
    std::vector<ProcessId> stuck = Duties(program, stepper).all();
    LeftOut left_out(program.processes.size());
    left_out.look(stepper, [](const StepView&) {});
    if (stuck.empty() || left_out.is_among(stepper.processes())) return std::nullopt;
    return describe_stuck(program, stepper, std::move(stuck), true);
}

}  // namespace lockstep::explicit_engine
