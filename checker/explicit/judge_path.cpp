#include "explicit/judge_path.h"

#include "explicit/components.h"
#include "explicit/findings.h"
#include "explicit/liveness.h"
#include "semantics/stepper.h"

#include <algorithm>
#include <stdexcept>

namespace lockstep::explicit_engine {

namespace {

constexpr std::uint32_t most_states_after = 4096;

bool is_same(const Move& a, const Move& b)
{
    return a.process == b.process && a.transition == b.transition && a.choice == b.choice;
}

class Judge {
public:
    Judge(const Program& the_program, const Options& options, const Path& the_path)
        : program(the_program),
          path(the_path),
          layout(make_layout(program)),
          stepper(program, layout),
          observed(program, options)
    {
        stepper.record_moves = true;
        stepper.evaluator.cells = initial_cells(program, layout).at(path.initial_state);
    }

    std::optional<Violation> run()
    {
        std::optional<Violation> found;
        for (const Step& step : path.steps) {
            if (found) throw std::logic_error("the path goes on after its end");
            found = go(step);
        }
        if (!found) found = judge_state();
        if (found) found->path = path;
        return found;
    }

private:
    const Program& program;
    const Path& path;
    Layout layout;
    Stepper stepper;
    Observed observed;

    /// Makes a step, and says what is wrong with it.
    std::optional<Violation> go(const Step& step)
    {
        std::optional<Violation> found;
        std::vector<std::int64_t> after;
        stepper.steps_of(step.front().process, [&](const StepView& view) {
            if (!after.empty() || found || !std::ranges::equal(view.moves, step, is_same)) return;
            if (view.trap.kind != nullptr) {
                found = observed.trap(view);
            } else if (!view.reports.empty()) {
                found = observed.report(view.reports.front());
            }
            if (view.trap.kind == nullptr && !view.stopped) after = stepper.evaluator.cells;
        });
        if (after.empty() && !found) throw std::logic_error("the path has a step that is none of the Program's");
        if (!after.empty()) stepper.evaluator.cells = std::move(after);
        return found;
    }

    std::optional<Violation> judge_state()
    {
        std::optional<Violation> found;
        for (const Invariant& invariant : program.invariants)
            stepper.check_invariant(invariant, [&](const StepView& view) {
                if (!found) found = observed.invariant(invariant, view);
            });
        if (found) return found;
        if (stepper.all_steps([](const StepView&) {})) return judge_what_follows();
        return judge_stuck_state(program, stepper);
    }

    /// Whether somebody is stuck in the terminal component in which the last state lies, if it does and is a small one.
    std::optional<Violation> judge_what_follows()
    {
        StateSpace space(stepper, nullptr);
        EdgeLog log;
        EdgeLog::Writer& edges = log.add_writer();
        const std::uint32_t last = space.insert(stepper.evaluator.cells).state;
        bool is_bad = false;
        for (std::uint32_t state = last; state < space.store.size(); ++state) {
            if (state == most_states_after || is_bad) return std::nullopt;
            space.load(state);
            edges.begin_state(state);
            space.stepper.all_steps([&](const StepView& view) {
                is_bad |= view.trap.kind != nullptr || view.stopped || !view.reports.empty();
                if (!is_bad) edges.add(space.insert_successor(view).state);
            });
            edges.end_state();
        }
        const auto components = terminal_components(log, space.store.size(), last);
        if (components.size() != 1 || components.front().size() != space.store.size()) return std::nullopt;
        return judge_component(program, space, components.front());
    }
};

}  // namespace

std::optional<Violation> judge_path(const Program& program, const Options& options, const Path& path)
{
    return Judge(program, options, path).run();
}

}  // namespace lockstep::explicit_engine
