#include "symmetry/automorphism.h"

#include "engine/random_program.h"
#include "semantics/stepper.h"
#include "symmetry/renaming.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

namespace lockstep::testing {

using symmetry::CpuSymmetry;
using symmetry::Permutation;
using symmetry::Sort;

namespace {

using Cells = std::vector<std::int64_t>;

struct Reported {
    std::string kind;
    std::int64_t cpu, task;
    auto operator<=>(const Reported&) const = default;
};

/// What somebody sees of a step.
struct Outcome {
    std::uint32_t process = 0;
    std::string trap;
    bool stopped = false, made_progress = false;
    std::vector<Reported> reports;
    Cells cells;  // after it, if there is an after
    auto operator<=>(const Outcome&) const = default;
};

std::string text_of(Trap trap) { return trap.kind == nullptr ? "" : trap.message; }

class Walker {
public:
    Walker(const Program& the_program, const Layout& the_layout, const CpuSymmetry& the_symmetry, std::uint64_t seed)
        : program(the_program), layout(the_layout), symmetry(the_symmetry), stepper(program, layout), random(seed)
    {
    }

    std::string run(const Walk& walk)
    {
        const auto initial = initial_cells(program, layout);
        for (std::size_t i = 0; i < walk.walks; ++i) {
            Cells state = random.pick(initial);
            if (!has_image(state, initial)) return "an initial state, renamed, is none";
            for (std::size_t step = 0; step < walk.steps; ++step) {
                const Permutation permutation = draw_permutation();
                if (std::string text = compare(state, permutation); !text.empty()) return text;
                std::vector<Cells> next;
                for (Outcome& outcome : outcomes(state))
                    if (!outcome.cells.empty()) next.push_back(std::move(outcome.cells));
                if (next.empty()) break;
                state = random.pick(next);
            }
        }
        return {};
    }

private:
    const Program& program;
    const Layout& layout;
    const CpuSymmetry& symmetry;
    Stepper stepper;
    Random random;

    Permutation draw_permutation()
    {
        std::vector<std::uint32_t> cpus(program.cpus);
        std::iota(cpus.begin(), cpus.end(), 0U);
        for (const auto& members : symmetry.classes)
            for (std::size_t i = members.size() - 1; i > 0; --i)
                std::swap(cpus[members[i]], cpus[members[random.below(i + 1)]]);
        return permutation_of(program, layout, symmetry, cpus);
    }

    [[nodiscard]] Cells renamed(const Cells& state, const Permutation& permutation) const
    {
        return rename(program, layout, symmetry, permutation, state);
    }

    /// What is the same in every state is looked at by nobody but reports if it differs between CPUs.
    bool has_image(const Cells& state, const std::vector<Cells>& initial)
    {
        const Cells image = renamed(state, draw_permutation());
        return std::ranges::any_of(initial, [&](const Cells& other) {
            for (std::size_t cell = 0; cell < image.size(); ++cell)
                if (image[cell] != other[cell] && layout.cells[cell].word != Layout::no_word) return false;
            return true;
        });
    }

    static std::vector<Reported> seen(std::span<const ReportEvent> reports)
    {
        std::vector<Reported> all;
        for (const ReportEvent& event : reports) all.push_back({event.report->kind, event.cpu, event.task});
        return all;
    }

    std::vector<Outcome> outcomes(const Cells& state)
    {
        stepper.evaluator.cells = state;
        std::vector<Outcome> all;
        stepper.all_steps([&](const StepView& step) {
            Outcome outcome{step.process.index, text_of(step.trap), step.stopped,
                            step.made_progress, seen(step.reports), {}};
            if (outcome.trap.empty() && !step.stopped) outcome.cells = stepper.evaluator.cells;
            all.push_back(std::move(outcome));
        });
        for (const Invariant& invariant : program.invariants)
            stepper.check_invariant(invariant, [&](const StepView& step) {
                all.push_back(
                    {invariant.process.index, text_of(step.trap), step.stopped, false, seen(step.reports), {}});
            });
        for (ProcessId p : stepper.processes()) all.push_back({p.index, "settled?", stepper.settled(p), false, {}, {}});
        std::ranges::sort(all);
        return all;
    }

    std::string compare(const Cells& state, const Permutation& permutation)
    {
        std::vector<Outcome> expected = outcomes(state);
        for (Outcome& outcome : expected) {
            outcome.process = permutation.processes[outcome.process].index;
            for (Reported& report : outcome.reports) {
                report.cpu = permutation.value({Sort::cpu, 0}, report.cpu);
                report.task = permutation.value({Sort::task, 0}, report.task);
            }
            if (!outcome.cells.empty()) outcome.cells = renamed(outcome.cells, permutation);
        }
        std::ranges::sort(expected);
        const std::vector<Outcome> found = outcomes(renamed(state, permutation));
        if (found == expected) return {};
        return describe(expected, found, permutation);
    }

    [[nodiscard]] std::string describe(const std::vector<Outcome>& expected, const std::vector<Outcome>& found,
                                       const Permutation& permutation) const
    {
        std::string text = "CPUs become";
        for (const std::uint32_t cpu : permutation.cpus) text += fmt::format(" {}", cpu);
        for (std::size_t i = 0; i < std::min(expected.size(), found.size()); ++i) {
            const Outcome &a = expected[i], &b = found[i];
            if (a == b) continue;
            text += fmt::format("; {} ({} outcomes) and {} ({})", program.processes[ProcessId(a.process)].name,
                                expected.size(), program.processes[ProcessId(b.process)].name, found.size());
            if (a.trap != b.trap) text += fmt::format(", traps {} and {}", a.trap, b.trap);
            for (std::size_t cell = 0; cell < std::min(a.cells.size(), b.cells.size()); ++cell)
                if (a.cells[cell] != b.cells[cell])
                    return text + fmt::format(": {} is {}, not {}",
                                              cell_name(program, layout, static_cast<std::uint32_t>(cell)),
                                              b.cells[cell], a.cells[cell]);
            return text;
        }
        return text + fmt::format("; {} outcomes instead of {}", found.size(), expected.size());
    }
};

}  // namespace

std::string find_difference(const Program& program, const Layout& layout, const CpuSymmetry& symmetry, const Walk& walk)
{
    if (symmetry.classes.empty()) return {};
    return Walker(program, layout, symmetry, walk.seed).run(walk);
}

}  // namespace lockstep::testing
