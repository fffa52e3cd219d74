// The search. Its loop: take a state from the frontier, make each of its steps, look at what the step reports, insert
// where it leads, put new states into the frontier. States are numbered as they are found, so that the breadth-first
// frontier is just the next number; depth-first takes the newest state instead.
//
// What a step shows by itself (assertions, reports, traps, invariants) and a state from which no step leads on are
// found on the way; whoever is stuck while others go on is found afterwards, in the terminal components (liveness.h).
#include "explicit/explore.h"

#include "explicit/components.h"
#include "explicit/edge_log.h"
#include "explicit/liveness.h"
#include "explicit/permanence.h"
#include "explicit/state_space.h"
#include "semantics/report_text.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace lockstep::explicit_engine {

namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t peak_memory_bytes()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

class Search {
public:
    Search(const Program& the_program, const Options& the_options)
        : program(the_program), options(the_options), space(program), started(Clock::now())
    {
    }

    Result run()
    {
        space.stepper.evaluator.use_native(options.native);
        const auto all_initial = initial_cells(program, space.layout);
        for (std::uint32_t i = 0; i < all_initial.size(); ++i) {
            const auto [state, is_new] = space.insert(all_initial[i]);
            if (!is_new) continue;
            initial_index.push_back(i);
            found(state, no_parent);
            for (const Invariant& invariant : program.invariants) check_invariant(invariant, state);
        }
        level_end = static_cast<std::uint32_t>(space.store.size());
        while (!is_over() && next_state()) expand(current);
        explored_all = stop_reason.empty() && !found_enough;
        if (explored_all) judge_components();
        return finish();
    }

private:
    static constexpr std::uint32_t no_parent = UINT32_MAX;

    const Program& program;
    const Options& options;
    StateSpace space;
    EdgeLog edges;
    std::vector<StateStore::Root> pending;  // successors of the present state that are still to be inserted
    PagedVector<std::uint32_t> parents;
    std::vector<std::uint32_t> stack;          // depth-first only
    std::vector<std::uint32_t> initial_index;  // by initial state: its first position among the Program's
    std::uint32_t current = 0;
    std::uint32_t next_number = 0;  // breadth-first: the next state to expand
    std::uint32_t level_end = 1;    // breadth-first: the first state of the next depth
    std::uint64_t depth = 0;
    std::uint64_t transitions = 0;
    std::uint64_t expanded = 0;
    Clock::time_point started;
    Clock::time_point last_progress = Clock::now();
    std::string stop_reason;
    bool found_enough = false;
    bool explored_all = false;
    std::vector<Violation> violations;
    std::map<std::string, std::size_t> known;  // by name: which of `violations` it is

    // ---- Frontier ----

    void found(std::uint32_t state, std::uint32_t parent)
    {
        parents.push_back(parent);
        if (options.order == Order::depth_first) stack.push_back(state);
    }

    bool next_state()
    {
        if (options.order == Order::depth_first) {
            if (stack.empty()) return false;
            current = stack.back();
            stack.pop_back();
            return true;
        }
        if (next_number == space.store.size()) return false;
        current = next_number++;
        if (current == level_end) {
            ++depth;
            level_end = static_cast<std::uint32_t>(space.store.size());
        }
        return true;
    }

    [[nodiscard]] std::uint64_t frontier_size() const
    {
        return options.order == Order::depth_first ? stack.size() : space.store.size() - next_number;
    }

    // ---- Limits ----

    [[nodiscard]] std::uint64_t memory() const
    {
        return space.store.bytes() + edges.bytes() + parents.bytes() + stack.capacity() * sizeof(stack[0]);
    }

    bool is_over()
    {
        if (found_enough) return true;
        if (options.max_states != 0 && space.store.size() >= options.max_states && frontier_size() > 0)
            stop_reason = fmt::format("the limit of {} states is reached (--max-states)", options.max_states);
        if (space.store.is_full()) stop_reason = "the store is full: 1,600 million states or tree nodes";
        if ((expanded & 0x3ff) == 0) check_slow_limits();
        return !stop_reason.empty();
    }

    void check_slow_limits()
    {
        if (options.interrupted != nullptr && *options.interrupted) stop_reason = "interrupted";
        const auto now = Clock::now();
        const double seconds = std::chrono::duration<double>(now - started).count();
        if (options.timeout_seconds > 0 && seconds > options.timeout_seconds)
            stop_reason = fmt::format("the time limit of {} s is reached (--timeout)", options.timeout_seconds);
        if (options.max_memory_bytes != 0 && memory() + space.store.bytes_to_grow() > options.max_memory_bytes)
            stop_reason =
                fmt::format("the memory limit of {} MiB is reached (--max-memory)", options.max_memory_bytes >> 20);
        if (options.progress && now - last_progress >= std::chrono::seconds(1)) {
            last_progress = now;
            options.progress(statistics());
        }
    }

    // ---- One state ----

    void expand(std::uint32_t state)
    {
        ++expanded;
        space.load(state);
        edges.begin_state(state);
        const bool any = space.outcomes.all_steps([&](const StepView& view) { take(state, view); });
        insert_pending(state);
        edges.end_state();
        if (any || found_enough) return;
        if (auto violation = judge_stuck_state(program, space, state)) add_violation(std::move(*violation), state, {});
    }

    void take(std::uint32_t state, const StepView& view)
    {
        if (found_enough) return;
        ++transitions;
        for (const ReportEvent& report : view.reports)
            if (!found_enough) add_report(report, state, view);
        if (view.trap.kind != nullptr && !found_enough) add_trap(state, view);
        if (view.trap.kind != nullptr || view.stopped || found_enough) return;
        const auto root = space.prepare_successor(view);
        if (!root) return;
        pending.push_back(*root);
        bool is_flushed = false;
        for (std::size_t i = 0; i < program.invariants.size(); ++i) {
            if (!space.outcomes.may_change_invariant(i, view)) continue;
            if (!is_flushed && !insert_pending(state)) return;
            is_flushed = true;
            check_invariant(program.invariants[i], static_cast<std::uint32_t>(space.store.size() - 1));
        }
    }

    /// Returns whether the last one is new (and so has the highest number).
    bool insert_pending(std::uint32_t state)
    {
        bool is_last_new = false;
        for (StateStore::Root root : pending) space.store.fetch(root);
        for (StateStore::Root root : pending) {
            const auto [successor, is_new] = space.store.insert(root);
            if (successor != state) edges.add(successor);
            if (is_new) found(successor, state);
            is_last_new = is_new;
        }
        pending.clear();
        return is_last_new;
    }

    void check_invariant(const Invariant& invariant, std::uint32_t state)
    {
        space.stepper.check_invariant(invariant, [&](const StepView& view) {
            Violation violation;
            violation.kind = "invariant " + invariant.name;
            violation.message = view.trap.kind != nullptr
                                    ? fmt::format("invariant {}: {}", invariant.name, view.trap.message)
                                    : fmt::format("invariant {} does not hold", invariant.name);
            set_place(violation, view.moves.back());
            add_violation(std::move(violation), state, {});
        });
    }

    // ---- Violations ----

    void set_place(Violation& violation, const Move& move) const
    {
        const auto& automaton = program.automata[program.processes[move.process].automaton];
        const SourcePlace& place = automaton.transitions[move.transition].place;
        if (place.file.valid()) violation.file = program.files[place.file].name;
        violation.line = place.line;
    }

    void set_task(Violation& violation, std::int64_t task) const
    {
        for (const Process& process : program.processes) {
            if (process.kind != ProcessKind::task || process.task != task) continue;
            violation.task = process.name;
            violation.pid = process.pid;
        }
    }

    void add_report(const ReportEvent& report, std::uint32_t state, const StepView& view)
    {
        Violation violation;
        violation.kind = report.report->kind;
        violation.cpu = report.cpu;
        violation.message = format_report(program, report);
        set_task(violation, report.task);
        if (program.processes[report.process].kind == ProcessKind::plain)
            violation.task = program.processes[report.process].name;
        set_place(violation, {report.process, report.transition, 0});
        std::string name = identity(violation);
        if (options.distinguish) name += options.distinguish(report, space.stepper.evaluator.cells);
        if (known.contains(name)) return;
        if (!report.report->stops && !view.stopped && view.trap.kind == nullptr)
            violation.permanence = judge_permanence(program, report, space.stepper.evaluator.cells, options);
        add_violation(std::move(violation), state, Step(view.moves.begin(), view.moves.end()), std::move(name));
    }

    void add_trap(std::uint32_t state, const StepView& view)
    {
        Violation violation;
        violation.kind = view.trap.kind;
        violation.message = view.trap.message;
        const Process& process = program.processes[view.process];
        violation.task = process.name;
        violation.pid = process.pid;
        set_place(violation, view.moves.back());
        add_violation(std::move(violation), state, Step(view.moves.begin(), view.moves.end()));
    }

    static std::string identity(const Violation& v)
    {
        return fmt::format("{}|{}|{}|{}|{}", v.kind, v.cpu, v.task, v.file, v.line);
    }

    /// `last` is the step out of `state` that shows it; empty where the state itself does. Violations of one name are
    /// one finding.
    void add_violation(Violation violation, std::uint32_t state, const Step& last)
    {
        std::string name = identity(violation);
        add_violation(std::move(violation), state, last, std::move(name));
    }

    void add_violation(Violation violation, std::uint32_t state, const Step& last, std::string name)
    {
        std::vector<std::uint32_t> states{state};
        while (parents[states.back()] != no_parent) states.push_back(parents[states.back()]);
        std::ranges::reverse(states);
        violation.path.initial_state = initial_index[states.front()];
        const auto [entry, is_new] = known.emplace(std::move(name), violations.size());
        if (is_new) {
            pending_paths.push_back({std::move(states), last});
            violations.push_back(std::move(violation));
        } else if (states.size() < pending_paths[entry->second].states.size()) {
            // A component that begins earlier than the state in which this was seen during the search.
            pending_paths[entry->second] = {std::move(states), last};
            violations[entry->second] = std::move(violation);
        }
        if (!options.all) found_enough = true;
    }

    // Paths are made after the search: finding the steps again moves the store's cursor.
    struct PendingPath {
        std::vector<std::uint32_t> states;
        Step last;
    };
    std::vector<PendingPath> pending_paths;  // by violation

    void make_paths()
    {
        for (std::size_t v = 0; v < violations.size(); ++v) {
            const PendingPath& pending = pending_paths[v];
            Path& path = violations[v].path;
            for (std::size_t i = 1; i < pending.states.size(); ++i)
                path.steps.push_back(space.find_step(pending.states[i - 1], pending.states[i]));
            if (!pending.last.empty()) path.steps.push_back(pending.last);
        }
    }

    void judge_components()
    {
        const auto components = terminal_components(edges, static_cast<std::uint32_t>(space.store.size()));
        for (const auto& component : components) {
            auto finding = judge_component(program, space, component);
            if (!finding) continue;
            add_violation(std::move(finding->violation), finding->state, {});
            if (found_enough) return;
        }
    }

    // ---- The end ----

    Statistics statistics() const
    {
        Statistics s;
        s.states = space.store.size();
        s.transitions = transitions;
        s.depth = depth;
        s.frontier = frontier_size();
        s.seconds = std::chrono::duration<double>(Clock::now() - started).count();
        s.peak_memory_bytes = peak_memory_bytes();
        s.bytes_per_state =
            static_cast<double>(space.store.bytes()) / static_cast<double>(std::max<std::size_t>(1, s.states));
        return s;
    }

    Result finish()
    {
        Result result;
        result.cpus = program.cpus;
        result.statistics = statistics();
        result.statistics.complete = explored_all;
        make_paths();
        result.violations = std::move(violations);
        result.verdict = !result.violations.empty() ? Verdict::violated
                         : stop_reason.empty()      ? Verdict::holds
                                                    : Verdict::unknown;
        result.reason = stop_reason;
        return result;
    }
};

}  // namespace

Result explore(const Program& program, const Options& options) { return Search(program, options).run(); }

}  // namespace lockstep::explicit_engine
