// A search only notes the states at which something is wrong. Here they are looked at once more, one for each finding:
// the one that a breadth-first search by a single thread meets first (discovery.h), so that the violation shown, its
// permanence and its path are the same whatever the number of threads. Where two violations are met in one state, the
// steps' own come before what the states behind them break.
//
// Whoever is stuck while others go on is found here, in the terminal components (liveness.h), if all states are known.
//
// With symmetry the states are canonical ones, and a step leads from one of them to one whose CPUs have other names. So
// a path is executed from the initial state on, in concrete states, where each step is one whose canonical state is the
// next of the way; and what is shown at its end, with the names that CPUs have there, is looked for there again.
#include "explicit/findings.h"

#include "explicit/components.h"
#include "explicit/discovery.h"
#include "explicit/liveness.h"
#include "explicit/permanence.h"
#include "explicit/symmetric_liveness.h"
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

Observed::Observed(const Program& the_program, const Options& the_options) : program(the_program), options(the_options)
{
    if (options.symmetry == nullptr) return;
    for (std::uint32_t cpu = 0; cpu < options.symmetry->blocks.size(); ++cpu) {
        const std::vector<ProcessId>& processes = options.symmetry->blocks[cpu].processes;
        for (std::size_t i = 0; i < processes.size(); ++i) owners[program.processes[processes[i]].name] = {cpu, i};
    }
}

std::string Observed::name(const Violation& v) const
{
    std::string cpu = std::to_string(v.cpu), task = v.task;
    if (options.symmetry != nullptr) {
        // The CPU of whom it speaks goes by its class; whether the task's is the same is said, and no more.
        const auto class_name = [&](std::uint32_t number, const std::string& otherwise) {
            for (std::size_t c = 0; c < options.symmetry->classes.size(); ++c)
                if (std::ranges::find(options.symmetry->classes[c], number) != options.symmetry->classes[c].end())
                    return fmt::format("class {}", c);
            return otherwise;
        };
        if (const auto owner = owners.find(v.task); owner != owners.end())
            task = fmt::format("process {} of {} CPU of {}", owner->second.second,
                               owner->second.first == v.cpu ? "that" : "another", class_name(owner->second.first, ""));
        if (v.cpu >= 0) cpu = class_name(static_cast<std::uint32_t>(v.cpu), cpu);
    }
    return fmt::format("{}|{}|{}|{}|{}", v.kind, cpu, task, v.file, v.line);
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

    Found make()
    {
        for (const Sightings& sightings : explored.sightings) add_first(sightings);
        std::ranges::stable_sort(findings, {}, &Finding::position);
        if (explored.is_complete && (options.all || findings.empty())) judge_components();
        for (Finding& finding : findings) {
            make_path(finding);
            found.violations.push_back(std::move(finding.violation));
        }
        return std::move(found);
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
        enum class ShownBy : std::uint8_t { steps, invariants, component } shown_by;
        Step last;  // the step out of `state` that shows it; empty where the state itself does
        Position position;
        std::size_t component_size = 0;
    };
    using ShownBy = Finding::ShownBy;

    const Program& program;
    const Options& options;
    const Explored& explored;
    StateSpace& space;
    Observed observed;
    std::optional<Discovery> known_discovery;
    std::vector<Finding> findings;
    std::optional<Stepper> walker;  // at a concrete state, where the space has canonical ones
    std::optional<SymmetricLiveness> symmetric_liveness;
    Found found;

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
        Path path;
        path.initial_state =
            explored.initial_index[static_cast<std::size_t>(initial - explored.initial_states.begin())];
        if (!walker) walker.emplace(space.stepper);
        walker->evaluator.cells = initial_cells(program, space.layout)[path.initial_state];
        for (std::size_t i = 1; i < states.size(); ++i) path.steps.push_back(make_step(states[i - 1], states[i]));
        if (space.is_symmetric()) name_concretely(finding);
        if (!finding.last.empty()) path.steps.push_back(finding.last);
        finding.violation.path = std::move(path);
    }

    /// From the walker's state, which is `from`, a step to one that is `to`.
    Step make_step(std::uint32_t from, std::uint32_t to)
    {
        space.load(from);
        Step step;
        std::vector<std::int64_t> after;
        walker->record_moves = true;
        walker->all_steps([&](const StepView& view) {
            if (!step.empty() || view.trap.kind != nullptr || view.stopped) return;
            if (space.number_of(walker->evaluator.cells) != to) return;
            step.assign(view.moves.begin(), view.moves.end());
            after = walker->evaluator.cells;
        });
        walker->record_moves = false;
        if (step.empty()) throw std::logic_error("a step that was found during the search is not found again");
        walker->evaluator.cells = std::move(after);
        return step;
    }

    /// What is found, as it is in the walker's state.
    void name_concretely(Finding& finding)
    {
        std::optional<Violation> violation;
        const auto is_wanted = [&](const std::string& name) { return !violation && name == finding.name; };
        const auto add = [&](Violation shown, const std::string&, std::span<const Move> last) {
            violation = std::move(shown);
            finding.last.assign(last.begin(), last.end());
        };
        // Which task a deadlock is called after depends on how the CPUs are called.
        const auto is_of_kind = [&](const std::string& name) {
            return !violation && name.starts_with(finding.violation.kind + "|");
        };
        switch (finding.shown_by) {
            case ShownBy::steps:
                look_at_steps(*walker, is_wanted, add);
                if (!violation) look_at_steps(*walker, is_of_kind, add);
                break;
            case ShownBy::invariants:
                look_at_invariants(*walker, is_wanted, add);
                break;
            case ShownBy::component:
                violation = judge_symmetric(walker->evaluator.cells, finding.component_size);
                break;
        }
        if (!violation)
            throw std::logic_error("a violation of canonical states is not one of the states they stand for");
        violation->permanence = finding.violation.permanence;
        for (const std::vector<std::uint32_t>& members : options.symmetry->classes)
            if (std::ranges::find(members, violation->cpu) != members.end())
                std::ranges::copy_if(members, std::back_inserter(violation->alike_cpus),
                                     [&](std::uint32_t cpu) { return cpu != violation->cpu; });
        finding.violation = std::move(*violation);
    }

    // ---- What was noticed ----

    void add_first(const Sightings& sightings)
    {
        const auto first = std::ranges::min_element(
            sightings.places, [&](const Sighting& a, const Sighting& b) { return position(a) < position(b); });
        space.load(first->state);
        Position at = position(*first);
        std::optional<Finding> finding;
        const auto is_wanted = [&](const std::string& name) {
            ++at.index;
            return !finding && (sightings.name.empty() || name == sightings.name);
        };
        const auto add = [&](Violation violation, std::string name, std::span<const Move> last) {
            finding = {std::move(name),
                       std::move(violation),
                       first->state,
                       first->is_invariant ? ShownBy::invariants : ShownBy::steps,
                       Step(last.begin(), last.end()),
                       at};
        };
        if (first->is_invariant) {
            look_at_invariants(space.stepper, is_wanted, add);
        } else {
            look_at_steps(space.stepper, is_wanted, add);
        }
        if (!finding) throw std::logic_error("a violation noticed during the search is not found again");
        findings.push_back(std::move(*finding));
    }

    template <typename IsWanted, typename Add>
    void look_at_invariants(Stepper& stepper, IsWanted is_wanted, Add add)
    {
        for (const Invariant& invariant : program.invariants)
            stepper.check_invariant(invariant, [&](const StepView& view) {
                Violation violation = observed.invariant(invariant, view);
                std::string name = observed.name(violation);
                if (is_wanted(name)) add(std::move(violation), std::move(name), {});
            });
    }

    template <typename IsWanted, typename Add>
    void look_at_steps(Stepper& stepper, IsWanted is_wanted, Add add)
    {
        const bool any = stepper.all_steps([&](const StepView& view) {
            const bool goes_on = !view.stopped && view.trap.kind == nullptr;
            for (const ReportEvent& report : view.reports) {
                Violation violation = observed.report(report);
                std::string name = observed.name(violation, report, stepper.evaluator.cells);
                if (!is_wanted(name)) continue;
                if (goes_on && !report.report->stops && &stepper == &space.stepper)
                    violation.permanence = judge_permanence(stepper, report, options);
                add(std::move(violation), std::move(name), view.moves);
            }
            if (view.trap.kind == nullptr) return;
            Violation violation = observed.trap(view);
            std::string name = observed.name(violation);
            if (is_wanted(name)) add(std::move(violation), std::move(name), view.moves);
        });
        if (any) return;
        if (auto violation = judge_stuck_state(program, stepper)) {
            std::string name = observed.name(*violation);
            if (is_wanted(name)) add(std::move(*violation), std::move(name), {});
        }
    }

    // ---- Who is stuck while others go on ----

    void judge_components()
    {
        auto components = terminal_components(explored.edges, space.store.end(), root_of(explored.initial_states),
                                              &explored.team, options.threads);
        const auto is_wrong = [&](const auto& component) { return judge(component).has_value(); };
        if (!explored.numbers_in_order) {
            std::erase_if(components, [&](const auto& component) { return !is_wrong(component); });
            if (components.empty()) return;
            const auto rank = [&](std::uint32_t state) { return order().rank[state]; };
            for (StateList& component : components) {
                std::vector<std::uint32_t> states = component.numbers();
                std::ranges::sort(states, {}, rank);
                component = StateList(states);
            }
            std::ranges::sort(components, {}, [&](const auto& component) { return rank(component.front()); });
        }
        for (const auto& component : components) {
            auto violation = judge(component);
            if (!violation) continue;
            add_component(std::move(*violation), component);
            if (!options.all) return;
        }
    }

    std::optional<Violation> judge(const StateList& component)
    {
        if (!space.is_symmetric()) return judge_component(program, space, component);
        space.load(component.front());
        return judge_symmetric(space.stepper.evaluator.cells, component.size());
    }

    /// Of the component that a concrete state lies in.
    std::optional<Violation> judge_symmetric(const std::vector<std::int64_t>& cells, std::size_t size)
    {
        if (!symmetric_liveness) symmetric_liveness.emplace(space.stepper, options);
        SymmetricLiveness::Judgement judgement = symmetric_liveness->judge(cells, space.alike(cells), size);
        found.is_undecided |= judgement.is_undecided;
        return std::move(judgement.violation);
    }

    void add_component(Violation violation, const StateList& component)
    {
        std::string name = observed.name(violation);
        const std::uint32_t state = component.front();
        const auto known = std::ranges::find(findings, name, &Finding::name);
        if (known == findings.end()) {
            findings.push_back(
                {std::move(name), std::move(violation), state, ShownBy::component, {}, {}, component.size()});
        } else if (way_to(state).size() < way_to(known->state).size()) {
            // A component that begins earlier than the state in which this was seen during the search.
            known->violation = std::move(violation);
            known->state = state;
            known->shown_by = ShownBy::component;
            known->component_size = component.size();
            known->last.clear();
        }
    }
};

}  // namespace

Found make_findings(const Program& program, const Options& options, const Explored& explored)
{
    return Findings(program, options, explored).make();
}

}  // namespace lockstep::explicit_engine
