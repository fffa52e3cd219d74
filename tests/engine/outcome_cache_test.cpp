// Random Programs on which steps that come from the outcome cache have to be those that the stepper makes.
#include "engine/environment.h"
#include "engine/random_program.h"

#include "explicit/outcome_cache.h"
#include "passes/mark_locations.h"
#include "program/parser.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace lockstep::explicit_engine {

namespace {

using testing::Random;
using Words = std::vector<std::uint32_t>;

/// Where a step leads, or how it ends, and what it shows on the way.
struct Seen {
    Words words;
    std::string text;
    bool operator==(const Seen&) const = default;
};

/// The states of a Program, as far as they are few, and their steps.
class States {
public:
    States(const Program& program, std::size_t most) : layout(make_layout(program)), stepper(program, layout)
    {
        const auto initial = initial_cells(program, layout);
        stepper.evaluator.cells = initial.front();  // with what is the same in every state
        for (const auto& cells : initial) add(packed(cells));
        for (std::size_t i = 0; i < all.size() && i < most; ++i)
            for (const Seen& step : steps(i))
                if (step.text.empty()) add(step.words);
    }

    Layout layout;
    Stepper stepper;
    std::vector<Words> all;

    /// In the stepper's order.
    std::vector<Seen> steps(std::size_t state)
    {
        load(all[state]);
        std::vector<Seen> result;
        stepper.all_steps([&](const StepView& view) { result.push_back(seen(view, stepper)); });
        return result;
    }

    [[nodiscard]] Seen seen(const StepView& view, const Stepper& made_by) const
    {
        Seen result;
        for (const ReportEvent& report : view.reports) result.text += report.report->kind + ';';
        if (view.trap.kind != nullptr) result.text += view.trap.kind;
        if (view.stopped) result.text += "stopped";
        if (view.trap.kind == nullptr && !view.stopped) result.words = packed(made_by.evaluator.cells);
        return result;
    }

    /// What the invariants show in a state.
    std::string shown_by_invariants(const Words& words)
    {
        load(words);
        std::string result;
        for (const Invariant& invariant : stepper.program.invariants)
            stepper.check_invariant(invariant, [&](const StepView&) { result += invariant.name + ';'; });
        return result;
    }

private:
    std::map<Words, std::size_t> numbers;

    void add(Words words)
    {
        if (numbers.emplace(words, all.size()).second) all.push_back(std::move(words));
    }
    void load(const Words& words)
    {
        for (std::uint32_t word = 0; word < layout.words; ++word)
            unpack_word(layout, word, words.data(), stepper.evaluator.cells.data());
    }
    [[nodiscard]] Words packed(std::span<const std::int64_t> cells) const
    {
        Words words(layout.words);
        pack(layout, cells, words.data());
        return words;
    }
};

/// Goes to and fro among the states as a search may, and makes their steps with a cache.
class CacheTest {
public:
    CacheTest(States& the_states, const OutcomeCache::Limits& limits)
        : states(the_states),
          stepper(the_states.stepper),
          words(the_states.layout.words, 0),
          cache(stepper, the_states.layout, words.data(), limits)
    {
        stepper.evaluator.cells = states.stepper.evaluator.cells;
        for (std::uint32_t word = 0; word < states.layout.words; ++word) cache.word_changed(word);
    }

    std::size_t plain = 0, shown = 0;

    void run(Random& random, std::size_t loads)
    {
        std::size_t at = 0;
        for (std::size_t i = 0; i < loads; ++i) {
            at = random.chance(80) ? (at + 1) % states.all.size() : random.below(states.all.size());
            load(at);
            const std::vector<Seen> expected = states.steps(at);
            const std::string invariants = states.shown_by_invariants(words);
            std::vector<Seen> found;
            const auto on_view = [&](const StepView& view) {
                ++shown;
                found.push_back(states.seen(view, stepper));
            };
            const auto on_plain = [&](std::span<const StateCursor::Change> changes) {
                ++plain;
                Words successor = words;
                for (const auto& [word, value] : changes) {
                    CHECK(successor[word] != value);
                    successor[word] = value;
                }
                CHECK(states.shown_by_invariants(successor) == invariants);
                found.push_back({std::move(successor), ""});
            };
            const bool any = random.chance(80) ? cache.steps_of(stepper.processes(), on_plain, on_view)
                                               : cache.steps_of(stepper.processes(), on_view);
            REQUIRE(found == expected);
            REQUIRE(any == !expected.empty());
        }
    }

private:
    States& states;
    Stepper stepper;
    Words words;
    OutcomeCache cache;

    void load(std::size_t state)
    {
        for (std::uint32_t word = 0; word < words.size(); ++word) {
            if (words[word] == states.all[state][word]) continue;
            words[word] = states.all[state][word];
            cache.word_changed(word);
        }
    }
};

}  // namespace

TEST_CASE("steps from the outcome cache are those that the stepper makes")
{
    std::size_t plain = 0, shown = 0;
    const std::uint64_t programs = testing::number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 300);
    for (std::uint64_t seed = 1; seed <= programs; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        Program program = testing::random_program(seed);
        mark_locations(program, Merge::invisible);
        States states(program, 300);
        OutcomeCache::Limits limits;
        if (random.chance(50)) limits.kept = 3000 + random.below(3000);  // an empty tree has some 1,000 edges
        if (random.chance(50)) limits.tried_states = limits.states_between = 1 + static_cast<int>(random.below(50));
        CacheTest test(states, limits);
        test.run(random, 400);
        plain += test.plain;
        shown += test.shown;
    }
    CHECK(plain > 100 * programs);
    CHECK(shown > 20 * programs);
}

TEST_CASE("values that have no short code are told apart")
{
    Program program = parse(R"(
        var wide: u32
        var longer: u64
        var seen: u8
        automaton Writer {
            location small, larger, huge
            small -> larger { wide := 100000; longer := 10000000000 }
            larger -> huge  { wide := 200000; longer := 20000000000 }
            huge -> small   { wide := 5; longer := 6 }
        }
        automaton Reader {
            location watch
            watch -> watch when wide == 100000 && longer == 10000000000 { seen := 1 }
            watch -> watch when wide == 200000 && longer == 20000000000 { seen := 2 }
            watch -> watch when wide < 10 { seen := 3 }
        }
        process w: Writer
        process r: Reader
    )",
                            "wide.ls");
    mark_locations(program, Merge::invisible);
    States states(program, 100);
    CHECK(states.all.size() == 14);  // 2 before the writer moves, 3 places of the writer with 4 values of `seen`
    CacheTest test(states, {});
    Random random(1);
    test.run(random, 200);
    CHECK(test.plain > 300);
}

namespace {

struct Place {
    std::uint32_t number;
    unsigned bits;
    bool operator==(const Place&) const = default;
    [[nodiscard]] unsigned narrow_bits() const { return bits; }
};
struct Value {
    std::uint32_t value;
    bool operator==(const Value&) const = default;
    [[nodiscard]] std::uint32_t number() const { return value; }
    [[nodiscard]] std::uint64_t hash() const { return value; }
};

}  // namespace

TEST_CASE("a tree of what was read, whatever the order")
{
    // What was read with these results is kept in a list, too; of four places, two of which have rows.
    using Tree = ReadTree<Place, Value>;
    const std::vector<Place> places{{0, 2}, {1, 0}, {2, 3}, {3, 0}};
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        Random random(seed);
        Tree tree(2);
        std::map<std::uint32_t, std::vector<Tree::Look>> runs;
        std::size_t found = 0;
        for (std::uint32_t run = 0; run < 300; ++run) {
            std::vector<Value> state;
            for (int i = 0; i < 4; ++i) state.push_back({static_cast<std::uint32_t>(random.below(4))});
            const auto see = [&](const Place& place) { return state[place.number]; };
            if (const std::uint32_t result = tree.find(1, see); result != Tree::nothing) {
                ++found;
                REQUIRE(std::ranges::all_of(runs.at(result),
                                            [&](const Tree::Look& look) { return see(look.place) == look.seen; }));
                continue;
            }
            // It looks at the first two, and, if these are equal, at the other two; in any order.
            const std::size_t count = state[0] == state[1] ? 4 : 2;
            std::vector<Tree::Look> looks;
            for (std::size_t i = 0; i < count; ++i) looks.push_back({places[i], state[i]});
            if (random.chance(50)) std::swap(looks[0], looks[1]);
            if (count == 4 && random.chance(50)) std::swap(looks[2], looks[3]);
            runs[run] = looks;
            tree.insert(1, looks, run);
            CHECK(tree.find(1, see) == run);
        }
        CHECK(found > 150);
        CHECK(tree.find(0, [](const Place&) { return Value{0}; }) == Tree::nothing);
    }
}

}  // namespace lockstep::explicit_engine
