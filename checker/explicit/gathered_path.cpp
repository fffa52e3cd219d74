// A path is a sequence of blocks, each of one CPU. Where two blocks of one CPU have others between them, either may go
// to the other if it does not matter to those between. Whether it does is found out by trying: the steps in their new
// order are executed from the state before them, and must be possible and lead to the state in which they ended before.
// Then everything behind is as it was, and so is whatever the path shows. (Steps that commute so are independent in the
// sense of A. Mazurkiewicz's traces; here only at this place, which allows more.)
//
// This is a descent that ends where no single block can be moved with profit, and costs little: it is done for every
// path, also where searching for the best one (clearest_path.h) would take too long.
#include "explicit/gathered_path.h"

#include <algorithm>
#include <optional>
#include <span>

namespace lockstep::explicit_engine {

namespace {

/// Steps executed in all; tries beyond are not made.
constexpr std::size_t most_steps_executed = 2'000'000;
/// How many blocks apart two may be.
constexpr std::size_t farthest = 100;

using Cells = std::vector<std::int64_t>;

class Gathering {
public:
    Gathering(Stepper& the_stepper, Path& the_path, std::size_t the_fixed) : stepper(the_stepper), path(the_path)
    {
        states.push_back(stepper.evaluator.cells);
        const std::size_t movable = path.steps.size() - std::min(the_fixed, path.steps.size());
        for (std::size_t i = 0; i < movable; ++i) {
            const std::int64_t mover = mover_of(path.steps[i]);
            if (!execute(path.steps[i])) break;  // it ends here, in an error
            movers.push_back(mover);
            states.push_back(stepper.evaluator.cells);
        }
    }

    bool run()
    {
        bool has_moved = false;
        while (improve()) has_moved = true;
        return has_moved;
    }

private:
    static constexpr std::int64_t clock = -1;

    struct Block {
        std::size_t first, end;
        std::int64_t mover;
    };

    Stepper& stepper;
    Path& path;
    std::vector<std::int64_t> movers;  // by step
    std::vector<Cells> states;         // before each step, and at the end
    std::size_t executed = 0;

    std::int64_t mover_of(const Step& step)
    {
        const ProcessId p = step.front().process;
        return stepper.program.processes[p].kind == ProcessKind::clock ? clock : stepper.evaluator.own_cpu(p);
    }

    /// From the present state, if it is possible; leaves the state after it.
    bool execute(const Step& step)
    {
        ++executed;
        std::optional<Cells> after;
        stepper.record_moves = true;
        stepper.steps_of(step.front().process, [&](const StepView& view) {
            if (after || view.trap.kind != nullptr || view.stopped) return;
            const bool is_it = std::ranges::equal(view.moves, step, [](const Move& a, const Move& b) {
                return a.transition == b.transition && a.choice == b.choice;
            });
            if (is_it) after = stepper.evaluator.cells;
        });
        stepper.record_moves = false;
        if (after) stepper.evaluator.cells = std::move(*after);
        return after.has_value();
    }

    [[nodiscard]] std::vector<Block> blocks() const
    {
        std::vector<Block> all;
        for (std::size_t i = 0; i < movers.size(); ++i) {
            if (all.empty() || all.back().mover != movers[i]) all.push_back({i, i, movers[i]});
            all.back().end = i + 1;
        }
        return all;
    }

    /// Joins two blocks somewhere.
    bool improve()
    {
        const std::vector<Block> all = blocks();
        for (std::size_t b = 2; b < all.size(); ++b) {
            if (all[b].mover == clock) continue;
            for (std::size_t a = b - 1; a-- > 0 && b - a <= farthest;) {
                if (all[a].mover != all[b].mover) continue;
                if (executed > most_steps_executed) return false;
                if (swap(all[a].end, all[b].first, all[b].end) || swap(all[a].first, all[a].end, all[b].first))
                    return true;
                break;
            }
        }
        return false;
    }

    /// How often who moves changes, from the last before `first` to the first after `end`, if the steps from `middle`
    /// to `end` come before those from `first` to `middle`. Time is nobody's.
    [[nodiscard]] std::size_t switches(std::size_t first, std::size_t middle, std::size_t end) const
    {
        std::size_t count = 0;
        std::int64_t last = clock;
        const auto pass = [&](std::size_t i) {
            if (movers[i] == clock) return;
            if (last != clock && movers[i] != last) ++count;
            last = movers[i];
        };
        std::size_t before = first;
        while (before > 0 && last == clock) pass(--before);
        for (std::size_t i = middle; i < end; ++i) pass(i);
        for (std::size_t i = first; i < middle; ++i) pass(i);
        for (std::size_t i = end; i < movers.size(); ++i) {
            pass(i);
            if (movers[i] != clock) break;
        }
        return count;
    }

    /// Lets the steps from `middle` to `end` come before those from `first` to `middle`.
    bool swap(std::size_t first, std::size_t middle, std::size_t end)
    {
        if (switches(first, middle, end) >= switches(first, first, end)) return false;
        stepper.evaluator.cells = states[first];
        std::vector<Cells> between;
        const auto execute_all = [&](std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < to; ++i) {
                if (mover_of(path.steps[i]) != movers[i] || !execute(path.steps[i])) return false;
                between.push_back(stepper.evaluator.cells);
            }
            return true;
        };
        if (!execute_all(middle, end) || !execute_all(first, middle) || between.back() != states[end]) return false;
        const auto at = [](auto& row, std::size_t i) { return row.begin() + static_cast<std::ptrdiff_t>(i); };
        std::rotate(at(path.steps, first), at(path.steps, middle), at(path.steps, end));
        std::rotate(at(movers, first), at(movers, middle), at(movers, end));
        std::ranges::move(between, at(states, first + 1));
        return true;
    }
};

}  // namespace

bool gather_steps(Stepper& stepper, Path& path, std::size_t fixed)
{
    return path.steps.size() > fixed && Gathering(stepper, path, fixed).run();
}

}  // namespace lockstep::explicit_engine
