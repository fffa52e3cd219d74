// A search only notes the states at which something is wrong. Here they are looked at once more, one for each finding:
// the one that a breadth-first search by a single thread meets first (discovery.h), so that the violation shown, its
// permanence and its path are the same whatever the number of threads. Where two violations are met in one state, the
// steps' own come before what the states behind them break.
//
// Whoever is stuck while others go on is found here, in the terminal components (liveness.h), if all states are known.
#include "explicit/findings.h"

#include "explicit/components.h"
#include "explicit/discovery.h"
#include "explicit/liveness.h"
#include "explicit/permanence.h"
#include "semantics/report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <compare>
#include <optional>
#include <stdexcept>

namespace lockstep::explicit_engine {

// ---- Violations at a state -----------------------------------------------------------------------------------------

void Observed::set_place(Violation& violation, const Move& move) const
{
    const auto& automaton = program.automata[program.processes[move.process].automaton];
    const SourcePlace& place = automaton.transitions[move.transition].place;
    if (place.file.valid()) violation.file = program.files[place.file].name;
    violation.line = place.line;
}

void Observed::set_task(Violation& violation, std::int64_t task) const
{
    for (const Process& process : program.processes) {
        if (process.kind != ProcessKind::task || process.task != task) continue;
        violation.task = process.name;
        violation.pid = process.pid;
    }
}

Violation Observed::report(const ReportEvent& report) const
{
    Violation violation;
    violation.kind = report.report->kind;
    violation.cpu = report.cpu;
    violation.message = format_report(program, report);
    set_task(violation, report.task);
    if (program.processes[report.process].kind == ProcessKind::plain)
        violation.task = program.processes[report.process].name;
    set_place(violation, {report.process, report.transition, 0});
    return violation;
}

Violation Observed::trap(const StepView& view) const
{
    Violation violation;
    violation.kind = view.trap.kind;
    violation.message = view.trap.message;
    const Process& process = program.processes[view.process];
    violation.task = process.name;
    violation.pid = process.pid;
    set_place(violation, view.moves.back());
    return violation;
}

Violation Observed::invariant(const Invariant& invariant, const StepView& view) const
{
    Violation violation;
    violation.kind = "invariant " + invariant.name;
    violation.message = view.trap.kind != nullptr ? fmt::format("invariant {}: {}", invariant.name, view.trap.message)
                                                  : fmt::format("invariant {} does not hold", invariant.name);
    set_place(violation, view.moves.back());
    return violation;
}

std::string Observed::name(const Violation& v)
{
    return fmt::format("{}|{}|{}|{}|{}", v.kind, v.cpu, v.task, v.file, v.line);
}

std::string Observed::name(const Violation& v, const ReportEvent& report, std::span<const std::int64_t> cells) const
{
    return options.distinguish ? name(v) + options.distinguish(report, cells) : name(v);
}

namespace {

// ---- After the search ----------------------------------------------------------------------------------------------

class Findings {
public:
    Findings(const Program& the_program, const Options& the_options, const Explored& the_explored)
        : program(the_program),
          options(the_options),
          explored(the_explored),
          space(the_explored.space),
          observed(program, options)
    {
    }

    std::vector<Violation> make()
    {
        for (const Sightings& sightings : explored.sightings) add_first(sightings);
        std::ranges::stable_sort(findings, {}, &Finding::position);
        if (explored.is_complete && (options.all || findings.empty())) judge_components();
        // Finding the steps again moves the cursor.
        std::vector<Violation> result;
        for (Finding& finding : findings) {
            make_path(finding);
            result.push_back(std::move(finding.violation));
        }
        return result;
    }

private:
    /// In the order in which a single thread meets them: what initial states break comes before the first step, and of
    /// two places in the same state's expansion that of a step before that of a state to which one leads.
    struct Position {
        std::uint32_t expanded;  // the rank of the state with whose steps it is met, + 1; 0: an initial state
        std::uint32_t reached;   // 0: a step's own; otherwise the rank of the state that the step leads to, + 1
        std::size_t index = 0;   // among those at this place
        auto operator<=>(const Position&) const = default;
    };
    struct Finding {
        std::string name;
        Violation violation;
        std::uint32_t state;
        Step last;  // the step out of `state` that shows it; empty where the state itself does
        Position position;
    };

    const Program& program;
    const Options& options;
    const Explored& explored;
    StateSpace& space;
    Observed observed;
    std::optional<Discovery> known_discovery;
    std::vector<Finding> findings;

    // ---- Where states come from ----

    const Discovery& order()
    {
        if (!known_discovery) known_discovery = discovery(explored.edges, explored.initial_states, space.store.end());
        return *known_discovery;
    }
    /// Depth-first there is no other order than that in which places were noticed.
    [[nodiscard]] bool is_depth_first() const { return !explored.parents.empty(); }
    std::uint32_t parent(std::uint32_t state)
    {
        return is_depth_first() ? explored.parents[state] : order().parent[state];
    }

    Position position(const Sighting& place)
    {
        if (is_depth_first()) return {};
        if (!place.is_invariant) return {order().rank[place.state] + 1, 0};
        const std::uint32_t from = order().parent[place.state];
        return {from == Discovery::no_parent ? 0 : order().rank[from] + 1, order().rank[place.state] + 1};
    }

    std::vector<std::uint32_t> way_to(std::uint32_t state)
    {
        std::vector<std::uint32_t> states{state};
        while (parent(states.back()) != Discovery::no_parent) states.push_back(parent(states.back()));
        std::ranges::reverse(states);
        return states;
    }

    void make_path(Finding& finding)
    {
        const std::vector<std::uint32_t> states = way_to(finding.state);
        const auto initial = std::ranges::find(explored.initial_states, states.front());
        Path& path = finding.violation.path;
        path.initial_state =
            explored.initial_index[static_cast<std::size_t>(initial - explored.initial_states.begin())];
        for (std::size_t i = 1; i < states.size(); ++i) path.steps.push_back(space.find_step(states[i - 1], states[i]));
        if (!finding.last.empty()) path.steps.push_back(finding.last);
    }

    // ---- What was noticed ----

    void add_first(const Sightings& sightings)
    {
        const auto first = std::ranges::min_element(
            sightings.places, [&](const Sighting& a, const Sighting& b) { return position(a) < position(b); });
        space.load(first->state);
        Position at = position(*first);
        std::optional<Finding> found;
        const auto is_wanted = [&](const std::string& name) {
            ++at.index;
            return !found && (sightings.name.empty() || name == sightings.name);
        };
        const auto add = [&](Violation violation, std::string name, std::span<const Move> last) {
            found = {std::move(name), std::move(violation), first->state, Step(last.begin(), last.end()), at};
        };
        if (first->is_invariant) {
            look_at_invariants(is_wanted, add);
        } else {
            look_at_steps(first->state, is_wanted, add);
        }
        if (!found) throw std::logic_error("a violation noticed during the search is not found again");
        findings.push_back(std::move(*found));
    }

    template <typename IsWanted, typename Add>
    void look_at_invariants(IsWanted is_wanted, Add add)
    {
        for (const Invariant& invariant : program.invariants)
            space.stepper.check_invariant(invariant, [&](const StepView& view) {
                Violation violation = observed.invariant(invariant, view);
                std::string name = Observed::name(violation);
                if (is_wanted(name)) add(std::move(violation), std::move(name), {});
            });
    }

    template <typename IsWanted, typename Add>
    void look_at_steps(std::uint32_t state, IsWanted is_wanted, Add add)
    {
        const bool any = space.stepper.all_steps([&](const StepView& view) {
            const bool goes_on = !view.stopped && view.trap.kind == nullptr;
            for (const ReportEvent& report : view.reports) {
                Violation violation = observed.report(report);
                std::string name = observed.name(violation, report, space.stepper.evaluator.cells);
                if (!is_wanted(name)) continue;
                if (goes_on && !report.report->stops)
                    violation.permanence = judge_permanence(program, report, space.stepper.evaluator.cells, options);
                add(std::move(violation), std::move(name), view.moves);
            }
            if (view.trap.kind == nullptr) return;
            Violation violation = observed.trap(view);
            std::string name = Observed::name(violation);
            if (is_wanted(name)) add(std::move(violation), std::move(name), view.moves);
        });
        if (any) return;
        if (auto violation = judge_stuck_state(program, space, state)) {
            std::string name = Observed::name(*violation);
            if (is_wanted(name)) add(std::move(*violation), std::move(name), {});
        }
    }

    // ---- Who is stuck while others go on ----

    void judge_components()
    {
        auto components = terminal_components(explored.edges, space.store.end());
        const auto is_wrong = [&](const auto& component) {
            return judge_component(program, space, component).has_value();
        };
        if (!explored.numbers_in_order) {
            std::erase_if(components, [&](const auto& component) { return !is_wrong(component); });
            if (components.empty()) return;
            const auto rank = [&](std::uint32_t state) { return order().rank[state]; };
            for (auto& component : components) std::ranges::sort(component, {}, rank);
            std::ranges::sort(components, {}, [&](const auto& component) { return rank(component.front()); });
        }
        for (const auto& component : components) {
            auto found = judge_component(program, space, component);
            if (!found) continue;
            add_component(std::move(*found));
            if (!options.all) return;
        }
    }

    void add_component(StuckFinding found)
    {
        std::string name = Observed::name(found.violation);
        const auto known = std::ranges::find(findings, name, &Finding::name);
        if (known == findings.end()) {
            findings.push_back({std::move(name), std::move(found.violation), found.state, {}, {}});
        } else if (way_to(found.state).size() < way_to(known->state).size()) {
            // A component that begins earlier than the state in which this was seen during the search.
            known->violation = std::move(found.violation);
            known->state = found.state;
            known->last.clear();
        }
    }
};

}  // namespace

std::vector<Violation> make_findings(const Program& program, const Options& options, const Explored& explored)
{
    return Findings(program, options, explored).make();
}

}  // namespace lockstep::explicit_engine
