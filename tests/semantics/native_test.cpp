// Native code against the interpreter: on the transitions that are met in every model, textual Program and in random
// Programs, both give the same results, writes (cells, values, order), reads and traps.
//
// LOCKSTEP_NATIVE_STATES=N looks at N states of each model instead of some; LOCKSTEP_RANDOM_PROGRAMS=N at that many
// random Programs.
#include "base/diagnostic.h"
#include "engine/environment.h"
#include "engine/model_files.h"
#include "engine/random_program.h"
#include "lockstep/lockstep.h"
#include "passes/mark_locations.h"
#include "semantics/stepper.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

namespace lockstep::testing {

namespace {

/// What running an entry point did.
struct Effect {
    std::int64_t result = 0, low = 0, high = 0;
    std::string trap;
    std::vector<std::int64_t> writes;  // cell, value before
    std::vector<std::int64_t> cells;
    std::vector<std::uint32_t> reads;
    bool made_progress = false;
    std::size_t reports = 0;
    friend bool operator==(const Effect&, const Effect&) = default;
};

std::string text_of(const Effect& e)
{
    return fmt::format("{} ({}..{}) '{}' wrote {} read {}{}, {} reports", e.result, e.low, e.high, e.trap, e.writes,
                       e.reads, e.made_progress ? ", progress" : "", e.reports);
}

template <typename Run>
Effect effect_of(Evaluator& evaluator, Run run)
{
    Effect effect;
    evaluator.forget_reads();
    evaluator.made_progress = false;
    run(effect);
    effect.trap = evaluator.trap.kind == nullptr ? "" : evaluator.trap.message;
    for (const Evaluator::Write& write : evaluator.writes) {
        effect.writes.push_back(write.cell);
        effect.writes.push_back(write.before);
        effect.cells.push_back(evaluator.cells[write.cell]);
    }
    effect.reads.assign(evaluator.reads.begin(), evaluator.reads.end());
    effect.made_progress = evaluator.made_progress;
    effect.reports = evaluator.reports.size();
    evaluator.undo_to(0);
    evaluator.reports.clear();
    return effect;
}

/// Explores some states, and makes everything twice in each.
class Comparison {
public:
    Comparison(const Program& the_program, std::size_t the_most_states, bool the_everywhere)
        : program(the_program),
          layout(make_layout(program)),
          everywhere(the_everywhere),
          most_states(the_most_states),
          interpreter(program, layout),
          native(program, layout)
    {
        native.evaluator.use_native(NativeMode::always);
    }

    std::vector<std::string> run()
    {
        for (const auto& cells : initial_cells(program, layout)) add(cells);
        while (!work.empty() && differences.empty()) {
            // Now the newest, now the oldest: deep states are met as well as all that is near.
            if (seen.size() % 2 == 0) std::swap(work.front(), work.back());
            const std::vector<std::int64_t> cells = std::move(work.back());
            work.pop_back();
            compare_state(cells);
        }
        if (functions() == 0 && !program.processes.empty()) differences.emplace_back("nothing was compiled");
        return differences;
    }

    [[nodiscard]] std::size_t functions() const { return native.evaluator.native_code()->functions(); }

private:
    const Program& program;
    Layout layout;
    bool everywhere;  // all transitions in all states, not only where their process stands
    std::size_t most_states;
    Stepper interpreter, native;
    std::vector<std::vector<std::int64_t>> work;
    std::set<std::vector<std::int64_t>> seen;
    std::vector<std::string> differences;

    void add(const std::vector<std::int64_t>& cells)
    {
        if (seen.size() < most_states && seen.insert(cells).second) work.push_back(cells);
    }

    void compare_state(const std::vector<std::int64_t>& cells)
    {
        interpreter.evaluator.cells = native.evaluator.cells = cells;
        for (const bool records_reads : {false, true}) {
            interpreter.evaluator.records_reads = native.evaluator.records_reads = records_reads;
            for (ProcessId p : ids_of(program.processes)) compare_process(p);
        }
        interpreter.evaluator.records_reads = native.evaluator.records_reads = false;
        for (ProcessId p : interpreter.processes()) compare_steps(p);
        if (native.evaluator.cells != cells || interpreter.evaluator.cells != cells)
            differences.emplace_back("something was not taken back");
    }

    void compare_process(ProcessId p)
    {
        const Automaton& automaton = program.automata[program.processes[p].automaton];
        compare("running", p, {}, [&](Evaluator& e, Effect& effect) { effect.result = e.running(p) ? 1 : 0; });
        compare("CPU", p, {}, [&](Evaluator& e, Effect& effect) { effect.result = e.own_cpu(p); });
        const Location& location = automaton.locations[interpreter.evaluator.location(p)];
        for (TransitionId t : ids_of(automaton.transitions))
            if (everywhere || std::ranges::find(location.outgoing, t) != location.outgoing.end())
                compare_transition(p, t, automaton.transitions[t].choice.has_value());
    }

    void compare_transition(ProcessId p, TransitionId t, bool has_choice)
    {
        compare("guard", p, t, [&](Evaluator& e, Effect& effect) { effect.result = e.enabled(p, t) ? 1 : 0; });
        compare("effect", p, t, [&](Evaluator& e, Effect& effect) { effect.result = static_cast<int>(e.apply(p, t)); });
        compare("step", p, t, [&](Evaluator& e, Effect& effect) { effect.result = static_cast<int>(e.step(p, t)); });
        if (!has_choice) return;
        compare("choice", p, t, [&](Evaluator& e, Effect& effect) {
            effect.result = e.choice_bounds(p, t, effect.low, effect.high) ? 1 : 0;
            if (effect.result == 0) effect.low = effect.high = 0;
        });
    }

    template <typename Run>
    void compare(const char* what, ProcessId p, TransitionId t, Run run)
    {
        const Effect expected = effect_of(interpreter.evaluator, [&](Effect& e) { run(interpreter.evaluator, e); });
        native.evaluator.given_up = 0;
        const Effect found = effect_of(native.evaluator, [&](Effect& e) { run(native.evaluator, e); });
        if (native.evaluator.given_up != 0 && expected.trap.empty())
            differences.push_back(fmt::format("{} of {}, transition {}: given up without a trap", what,
                                              program.processes[p].name, t.valid() ? t.index : 0));
        if (expected == found) return;
        differences.push_back(fmt::format("{} of {}, transition {}: expected {}; found {}", what,
                                          program.processes[p].name, t.valid() ? t.index : 0, text_of(expected),
                                          text_of(found)));
    }

    struct Seen {
        std::vector<std::int64_t> cells;
        std::string trap;
        bool stopped, progress;
        std::size_t moves, reports;
        friend bool operator==(const Seen&, const Seen&) = default;
    };

    std::vector<Seen> steps_of(Stepper& stepper, ProcessId p)
    {
        std::vector<Seen> all;
        stepper.steps_of(p, [&](const StepView& view) {
            all.push_back({stepper.evaluator.cells, view.trap.kind == nullptr ? "" : view.trap.message, view.stopped,
                           view.made_progress, view.moves.size(), view.reports.size()});
        });
        return all;
    }

    // Transition by transition, so that what is at pass-through locations is run by itself.
    void compare_steps(ProcessId p)
    {
        for (const bool record_moves : {true, false}) {
            interpreter.record_moves = native.record_moves = record_moves;
            const std::vector<Seen> expected = steps_of(interpreter, p), found = steps_of(native, p);
            if (expected != found)
                differences.push_back(fmt::format("steps of {}: {} expected, {} found, or others",
                                                  program.processes[p].name, expected.size(), found.size()));
            for (const Seen& step : expected)
                if (step.trap.empty() && !step.stopped) add(step.cells);
        }
    }
};

void compare(const std::string& name, const Program& program, std::size_t states, bool everywhere)
{
    CAPTURE(name);
    const std::vector<std::string> differences = Comparison(program, states, everywhere).run();
    CHECK_MESSAGE(differences.empty(), fmt::format("{}", fmt::join(differences, "\n")));
}

void compare_file(const std::filesystem::path& file, std::size_t states, bool everywhere)
{
    try {
        compare(file.filename().string(), load(options_for(file)).program, states, everywhere);
    } catch (const InputError& error) {
        MESSAGE(file.filename().string(), " is left out: ", std::string(error.what()));
    }
}

}  // namespace

TEST_CASE("native code does what the interpreter does, in textual Programs")
{
    for (const auto& file : files_in("tests/programs", ".ls")) compare_file(file, 500, true);
}

TEST_CASE("native code does what the interpreter does, in random Programs")
{
    const std::uint64_t count = number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 60);
    for (std::uint64_t seed = 1; seed <= count; ++seed) {
        Program program = random_program(seed);
        mark_locations(program);
        compare(fmt::format("random Program {}", seed), program, 60, true);
    }
}

TEST_CASE("native code does what the interpreter does, in the models")
{
    const std::uint64_t states = number_from_environment("LOCKSTEP_NATIVE_STATES", 40);
    for (const char* folder : {"tests/models", "tests/machine", "models/scenarios"})
        for (const auto& file : files_in(folder, ".c")) compare_file(file, states, false);
}

TEST_CASE("native code does what the interpreter does, in some scenarios")
{
    const std::filesystem::path folder = std::filesystem::path(PROJECT_FOLDER) / "models/scenarios";
    for (const char* name : {"multi_cpu_stop.c", "migrate_swap.c"}) compare_file(folder / name, 10, false);
}

TEST_CASE("an evaluator's sibling has a state of its own, and shares what was compiled")
{
    Program program = random_program(7);
    mark_locations(program);
    const Layout layout = make_layout(program);
    Evaluator first(program, layout);
    first.use_native(NativeMode::always);
    const Evaluator second = first.sibling();
    CHECK(second.native_code() == first.native_code());
    first.write(0, 1);
    CHECK(second.writes.empty());
}

}  // namespace lockstep::testing
