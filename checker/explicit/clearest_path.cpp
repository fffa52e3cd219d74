// A path is the easier to follow the less often it goes from one CPU to another: readers keep in mind where each CPU
// stands. So paths are compared by their switches first and by their steps only then, and what breadth-first search
// found is a bound and no more.
//
// The search is Dijkstra's over pairs of a state and the CPU that moved last, with costs (switches, steps) in
// lexicographic order; a step costs (0, 1) or (1, 1). Paths of few switches come first, as in M. Musuvathi and
// S. Qadeer, Iterative Context Bounding for Systematic Testing of Multithreaded Programs, PLDI 2007; theirs bounds
// preemptions, ours counts every switch, since a reader has to follow those, too. A path of many more steps than needed
// is no clearer, though (a CPU alone can let time pass for ever): half as many again are the limit. With it, a pair may
// be of use in more than one way; it need not be looked at if its state was met before with no more steps and,
// counting the switch from who moved last then, no more switches. Time belongs to no CPU: its steps are no switches,
// and whoever moved last is the same after them.
//
// The known path with its steps in a better order (gathered_path.h) is the first bound. The goal is the same violation
// under its name (findings.h) and with the same permanence; of somebody who is stuck, a state of the terminal component
// in which that was found. A violation that shows itself in a step ends the search only when nothing cheaper is left,
// like any state. Everything is done in one fixed order by one thread, and ends after a number of pairs, so that the
// path is the same however the first one was found (but for time that runs out).
#include "explicit/clearest_path.h"

#include "explicit/findings.h"
#include "explicit/gathered_path.h"
#include "explicit/liveness.h"
#include "explicit/permanence.h"
#include "explicit/state_space.h"

#include <algorithm>
#include <compare>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

namespace lockstep::explicit_engine {

namespace {

/// Of a component in which somebody is stuck at most so many states are ends that are looked for.
constexpr std::size_t most_end_states = 5000;
/// Judging permanence is a search by itself: so often it may come out otherwise before the path is left as it is.
constexpr int most_judgements = 8;

struct Cost {
    std::uint32_t switches = 0, steps = 0;
    auto operator<=>(const Cost&) const = default;
};

class ClearestPaths {
public:
    ClearestPaths(const Program& the_program, const Options& the_options, const ClarityBudget& the_budget,
                  std::vector<Violation>& the_violations)
        : program(the_program),
          options(without_symmetry(the_options)),
          budget(the_budget),
          violations(the_violations),
          observed(program, options),
          space(program),
          initial(initial_cells(program, space.layout))
    {
        space.stepper.evaluator.use_native(options.native);
    }

    std::set<std::size_t> run()
    {
        for (std::size_t i = 0; i < violations.size(); ++i) add_goal(i);
        for (std::uint32_t i = 0; i < initial.size(); ++i)
            add({.state = space.insert(initial[i]).state, .last = nobody, .parent = no_node, .initial = i, .cost = {}});
        while (!queue.empty() && goals_left > 0) {
            const auto first = queue.begin();
            const Cost cost = first->first;
            // By index: what is met meanwhile at the same cost belongs to it.
            for (std::size_t i = 0; i < first->second.size(); ++i) {
                if (goals_left == 0 || must_end()) return std::move(improved);
                visit(first->second[i], cost);
            }
            queue.erase(first);
        }
        return std::move(improved);
    }

private:
    static constexpr std::uint32_t nobody = UINT32_MAX, no_node = UINT32_MAX;

    struct Node {
        std::uint32_t state;
        std::uint32_t last;  // the CPU that moved last, or nobody
        std::uint32_t parent;
        std::uint32_t initial;  // of the program's initial states, where parent is no_node
        Cost cost;
    };
    /// A violation that is looked for shows itself at a node, or with a step out of it.
    struct Sight {
        std::uint32_t node;
        std::size_t goal;
        Step last;
        Violation violation;  // as it is there
    };
    /// What is waiting at one cost: a node to be looked at, or something seen there.
    struct Waiting {
        std::uint32_t node = no_node;
        std::uint32_t sight = no_node;
    };
    struct Goal {
        std::string name;
        Cost bound;  // of the path that is known
        std::vector<std::uint32_t> end_states;
        int judgements_left = most_judgements;
        bool is_open = false;
    };
    /// A node there is, of one state.
    struct Met {
        std::uint32_t last;
        Cost cost;

        [[nodiscard]] bool is_as_good_as(std::uint32_t other, Cost at) const
        {
            return cost.steps <= at.steps && cost.switches + (last == other ? 0 : 1) <= at.switches;
        }
    };

    const Program& program;
    const Options options;
    const ClarityBudget& budget;
    std::vector<Violation>& violations;
    Observed observed;
    StateSpace space;
    const std::vector<std::vector<std::int64_t>> initial;
    std::vector<Goal> goals;
    std::size_t goals_left = 0;
    std::unordered_multimap<std::uint32_t, std::size_t> goal_at;  // by state
    std::vector<Node> nodes;
    std::unordered_map<std::uint32_t, std::vector<Met>> met;  // by state
    std::vector<Sight> sights;
    std::map<Cost, std::vector<Waiting>> queue;
    std::set<std::size_t> improved;

    static Options without_symmetry(Options options)
    {
        options.symmetry = nullptr;
        return options;
    }

    [[nodiscard]] bool must_end() const
    {
        if (nodes.size() > budget.nodes || space.is_full()) return true;
        if (options.interrupted != nullptr && *options.interrupted) return true;
        return (nodes.size() & 0xff) == 0 && std::chrono::steady_clock::now() > options.deadline;
    }

    [[nodiscard]] bool is_clock(ProcessId p) const { return program.processes[p].kind == ProcessKind::clock; }

    /// At the present state.
    std::uint32_t mover(ProcessId p, std::uint32_t last)
    {
        return is_clock(p) ? last : static_cast<std::uint32_t>(space.stepper.evaluator.own_cpu(p));
    }

    /// The steps of a process from the present state, with their moves (which the space's cache does not keep).
    void with_moves(ProcessId p, const Stepper::Visitor& visit)
    {
        space.stepper.record_moves = true;
        space.stepper.steps_of(p, visit);
        space.stepper.record_moves = false;
    }

    // ---- Goals ----

    void add_goal(std::size_t index)
    {
        Violation& violation = violations[index];
        Goal goal;
        goal.name = observed.name(violation);
        gather(index);
        const std::optional<std::uint32_t> end = walk(violation.path, goal.bound);
        goal.is_open = !violation.path.steps.empty() && goal.bound.switches > 0;
        // (A step that never ends is a livelock, too, which shows itself in the step.)
        if (goal.is_open && end && is_stuck(violation.kind)) {
            goal.end_states = component_of(*end);
            goal.is_open = !goal.end_states.empty();
        }
        for (std::uint32_t state : goal.end_states) goal_at.emplace(state, index);
        goals_left += goal.is_open ? 1U : 0U;
        goals.push_back(std::move(goal));
    }

    /// The same steps in a better order, which is where the search begins.
    void gather(std::size_t index)
    {
        Path& path = violations[index].path;
        space.stepper.evaluator.cells = initial[path.initial_state];
        if (gather_steps(space.stepper, path, is_stuck(violations[index].kind) ? 0 : 1)) improved.insert(index);
        space.insert(initial[path.initial_state]);
    }

    /// Where a path leads, if its last step leads to a state, and what it costs.
    std::optional<std::uint32_t> walk(const Path& path, Cost& cost)
    {
        std::optional<std::uint32_t> state = space.insert(initial[path.initial_state]).state;
        std::uint32_t last = nobody;
        for (const Step& step : path.steps) {
            if (!state) throw std::logic_error("a path goes on after its end");
            space.load(*state);
            const std::uint32_t now = mover(step.front().process, last);
            if (last != nobody && now != last) ++cost.switches;
            ++cost.steps;
            last = now;
            std::optional<std::uint32_t> next;
            with_moves(step.front().process, [&](const StepView& view) {
                if (!next && view.trap.kind == nullptr && !view.stopped && is_same(view.moves, step))
                    next = space.insert_successor(view).state;
            });
            state = next;
        }
        return state;
    }

    static bool is_same(std::span<const Move> left, const Step& right)
    {
        return std::ranges::equal(left, right, [](const Move& a, const Move& b) {
            return a.process == b.process && a.transition == b.transition && a.choice == b.choice;
        });
    }

    /// All that can be reached from a state of a terminal component; nothing if that is too much.
    std::vector<std::uint32_t> component_of(std::uint32_t state)
    {
        std::vector<std::uint32_t> all{state};
        std::unordered_set<std::uint32_t> seen{state};
        for (std::size_t i = 0; i < all.size(); ++i) {
            space.load(all[i]);
            space.steps_of(space.movers(), [&](const StepView& view) {
                if (view.trap.kind != nullptr || view.stopped) return;
                const std::uint32_t next = space.insert_successor(view).state;
                if (seen.insert(next).second) all.push_back(next);
            });
            if (all.size() > most_end_states) return {};
        }
        return all;
    }

    static std::uint32_t most_steps(Cost bound) { return bound.steps + bound.steps / 2; }

    [[nodiscard]] bool is_worth(Cost cost) const
    {
        return std::ranges::any_of(goals, [&](const Goal& goal) {
            return goal.is_open && cost < goal.bound && cost.steps <= most_steps(goal.bound);
        });
    }

    // ---- The search ----

    void add(const Node& node)
    {
        if (!is_worth(node.cost)) return;
        std::vector<Met>& known = met[node.state];
        const auto is_as_good = [&](const Met& other) { return other.is_as_good_as(node.last, node.cost); };
        if (std::ranges::any_of(known, is_as_good)) return;
        known.push_back({node.last, node.cost});
        queue[node.cost].push_back({static_cast<std::uint32_t>(nodes.size())});
        nodes.push_back(node);
    }

    void visit(Waiting waiting, Cost cost)
    {
        if (waiting.sight != no_node) return reach(sights[waiting.sight], cost);
        const Node node = nodes[waiting.node];
        const auto is_better = [&](const Met& other) {
            return (other.last != node.last || other.cost != node.cost) && other.is_as_good_as(node.last, node.cost);
        };
        if (std::ranges::any_of(met.at(node.state), is_better)) return;
        for (auto [at, end] = goal_at.equal_range(node.state); at != end; ++at)
            reach({waiting.node, at->second, {}, violations[at->second]}, cost);
        expand(waiting.node);
    }

    void expand(std::uint32_t number)
    {
        const Node node = nodes[number];
        space.load(node.state);
        bool any = false;
        for (const ProcessId p : space.movers()) {
            const std::uint32_t now = mover(p, node.last);
            const Cost cost{node.cost.switches + (node.last != nobody && now != node.last ? 1U : 0U),
                            node.cost.steps + 1};
            any |= space.steps_of({&p, 1}, [&](const StepView& view) { take(number, now, cost, view); });
        }
        if (any) return;
        if (auto violation = judge_stuck_state(program, space.stepper))
            wait_for_goal(number, observed.name(*violation), node.cost, {}, *violation);
    }

    void take(std::uint32_t number, std::uint32_t now, Cost cost, const StepView& view)
    {
        for (const ReportEvent& report : view.reports) {
            const Violation violation = observed.report(report);
            wait_for_goal(number, observed.name(violation), cost, view.moves, violation);
        }
        if (view.trap.kind != nullptr) {
            const Violation violation = observed.trap(view);
            wait_for_goal(number, observed.name(violation), cost, view.moves, violation);
        }
        if (view.trap.kind != nullptr || view.stopped || !is_worth(cost)) return;
        const StateCursor::Inserted successor = space.insert_successor(view);
        const Node node{.state = successor.state, .last = now, .parent = number, .initial = 0, .cost = cost};
        const bool is_new = !met.contains(successor.state);
        const auto added = static_cast<std::uint32_t>(nodes.size());
        add(node);
        if (is_new) check_invariants(added, cost);
    }

    /// At the present state, which is that of a node that has been added.
    void check_invariants(std::uint32_t number, Cost cost)
    {
        for (const Invariant& invariant : program.invariants)
            space.stepper.check_invariant(invariant, [&](const StepView& view) {
                const Violation violation = observed.invariant(invariant, view);
                wait_for_goal(number, observed.name(violation), cost, {}, violation);
            });
    }

    void wait_for_goal(std::uint32_t number, const std::string& name, Cost cost, std::span<const Move> last,
                       const Violation& violation)
    {
        for (std::size_t i = 0; i < goals.size(); ++i) {
            if (!goals[i].is_open || goals[i].name != name || cost >= goals[i].bound ||
                cost.steps > most_steps(goals[i].bound))
                continue;
            queue[cost].push_back({.sight = static_cast<std::uint32_t>(sights.size())});
            sights.push_back({number, i, Step(last.begin(), last.end()), violation});
        }
    }

    /// Nothing cheaper leads there.
    void reach(const Sight& sight, Cost cost)
    {
        Goal& goal = goals[sight.goal];
        if (!goal.is_open || cost >= goal.bound) return;
        Violation& violation = violations[sight.goal];
        if (!has_permanence(sight, violation.permanence)) {
            if (--goal.judgements_left == 0) close(goal);
            return;
        }
        Violation shown = sight.violation;
        shown.permanence = violation.permanence;
        shown.alike_cpus = violation.alike_cpus;
        shown.path = path_to(sight.node);
        if (!sight.last.empty()) shown.path.steps.push_back(sight.last);
        violation = std::move(shown);
        improved.insert(sight.goal);
        close(goal);
    }

    void close(Goal& goal)
    {
        goal.is_open = false;
        --goals_left;
    }

    /// Only of reports after which things go on it depends on where they are made.
    bool has_permanence(const Sight& sight, Permanence wanted)
    {
        if (sight.last.empty() || wanted == Permanence::not_applicable) return true;
        space.load(nodes[sight.node].state);
        std::optional<Permanence> judged;
        with_moves(sight.last.front().process, [&](const StepView& view) {
            if (judged || !is_same(view.moves, sight.last)) return;
            for (const ReportEvent& report : view.reports)
                if (observed.name(observed.report(report)) == goals[sight.goal].name)
                    judged = judge_permanence(space.stepper, report, options);
        });
        return judged == wanted;
    }

    // ---- The way ----

    Path path_to(std::uint32_t number)
    {
        std::vector<std::uint32_t> way{number};
        while (nodes[way.back()].parent != no_node) way.push_back(nodes[way.back()].parent);
        std::ranges::reverse(way);
        Path path;
        path.initial_state = nodes[way.front()].initial;
        for (std::size_t i = 1; i < way.size(); ++i)
            path.steps.push_back(step_between(nodes[way[i - 1]], nodes[way[i]]));
        return path;
    }

    Step step_between(const Node& from, const Node& to)
    {
        space.load(from.state);
        Step step;
        for (const ProcessId p : space.movers()) {
            if (mover(p, from.last) != to.last) continue;
            with_moves(p, [&](const StepView& view) {
                if (!step.empty() || view.trap.kind != nullptr || view.stopped) return;
                if (space.insert_successor(view).state == to.state) step.assign(view.moves.begin(), view.moves.end());
            });
        }
        if (step.empty()) throw std::logic_error("a step that was found on the clearest path is not found again");
        return step;
    }
};

}  // namespace

std::set<std::size_t> find_clearest_paths(const Program& program, const Options& options, const ClarityBudget& budget,
                                          std::vector<Violation>& violations)
{
    return ClearestPaths(program, options, budget, violations).run();
}

}  // namespace lockstep::explicit_engine
