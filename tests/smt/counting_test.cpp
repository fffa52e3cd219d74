// Proofs for every number of CPUs: nothing is called proved that exploring any number of CPUs up to 6 refutes.
//
// LOCKSTEP_RANDOM_PROGRAMS=N, LOCKSTEP_RANDOM_SEED=S: so many random families, from that seed on.
#include "engine/environment.h"
#include "engine/random_program.h"
#include "explicit/explore.h"
#include "passes/passes.h"
#include "program/parser.h"
#include "random_family.h"
#include "semantics/stepper.h"
#include "smt/assignment.h"
#include "smt/counting_proof.h"
#include "smt/other_solvers.h"
#include "smt/smtlib.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace lockstep::smt {

namespace {

using testing::number_from_environment;

constexpr std::size_t most_states = 20'000;

Program member(const std::string& text)
{
    Program program = parse(text, "family.ls");
    run_passes(program);
    return program;
}

struct Proven {
    std::unique_ptr<CountingSystem> system;
    CountingProof proof;
    [[nodiscard]] bool has(const std::string& property) const
    {
        return std::ranges::any_of(proof.answers, [&](const CountingProof::Answer& answer) {
            return answer.is_proved && answer.property == property;
        });
    }
    [[nodiscard]] bool all() const
    {
        return proof.is_complete && std::ranges::all_of(proof.answers, &CountingProof::Answer::is_proved);
    }
};

/// Throws OutsideFragment.
template <typename Text>
Proven prove_family(Text text)
{
    std::vector<Program> programs;
    for (std::uint32_t cpus = 2; cpus < 5; ++cpus) programs.push_back(member(text(cpus)));
    Proven proven;
    proven.system = make_counting_system({&programs[0], &programs[1], &programs[2]}, most_states);
    proven.proof = prove_counting(*proven.system, {});
    testing::other_solvers_confirm(proven.system->terms, proven.proof.obligations);
    return proven;
}

/// Kinds of violation on so many CPUs; nullopt: not explored to the end.
std::optional<std::set<std::string>> refuted(const std::string& text)
{
    const Program program = member(text);
    explicit_engine::Options options;
    options.threads = 1;
    options.all = true;
    options.max_states = 200'000;
    const Result result = explicit_engine::explore(program, options);
    if (result.verdict == Verdict::unknown) return std::nullopt;
    std::set<std::string> kinds;
    for (const Violation& violation : result.violations) kinds.insert(violation.kind);
    return kinds;
}

/// There is a reachable state that every step leaves as it is, in which somebody has not finished.
bool is_stuck_somewhere(const std::string& text)
{
    const Program program = member(text);
    const Layout layout = make_layout(program);
    Stepper stepper(program, layout);
    for (const auto& cells : sample_states(program, layout, most_states).states) {
        stepper.evaluator.cells = cells;
        bool moves = false, finished = true;
        stepper.all_steps([&](const StepView& view) {
            moves |= view.trap.kind != nullptr || view.stopped || stepper.evaluator.cells != cells;
        });
        for (ProcessId p : ids_of(program.processes)) {
            const Automaton& automaton = program.automata[program.processes[p].automaton];
            const bool is_invariant = p == program.invariants.front().process;
            finished &= is_invariant || automaton.locations[stepper.evaluator.location(p)].is_finished;
        }
        if (!moves && !finished) return true;
    }
    return false;
}

std::size_t index_of(const std::vector<Signature>& all, const Signature& wanted)
{
    return static_cast<std::size_t>(std::ranges::find(all, wanted) - all.begin());
}

bool holds(const LinearFact& fact, const CountingSystem::Visited& visited)
{
    for (const std::size_t l : fact.occupied)
        if (visited.counts[l] == 0) return true;
    for (const std::size_t l : fact.empty)
        if (visited.counts[l] != 0) return true;
    std::int64_t sum = fact.constant + fact.cpus * visited.cpus;
    for (std::size_t l = 0; l < fact.counts.size(); ++l) sum += fact.counts[l] * visited.counts[l];
    for (std::size_t n = 0; n < fact.numbers.size(); ++n) sum += fact.numbers[n] * visited.numbers[n];
    return fact.is_equation ? sum == 0 : sum >= 0;
}

bool holds(const OwnFact& fact, const CountingSystem::Visited& visited, std::int64_t own, std::int64_t with)
{
    if (fact.against == OwnFact::Against::constant) with = 0;
    if (fact.against == OwnFact::Against::cpus) with = visited.cpus;
    if (fact.against == OwnFact::Against::shared) with = visited.numbers[fact.index];
    with += fact.offset;
    return fact.relation == OwnFact::Relation::at_least  ? own >= with
           : fact.relation == OwnFact::Relation::at_most ? own <= with
                                                         : own != with;
}

bool holds(const OwnFact& fact, const CountingSystem::Visited& visited)
{
    for (std::size_t i = 0; i < visited.own.size(); ++i) {
        const auto& [local, own] = visited.own[i];
        if (local != fact.local) continue;
        if (!fact.other && !holds(fact, visited, own[fact.number], 0)) return false;
        for (std::size_t k = 0; fact.other && k < visited.own.size(); ++k) {
            if (k == i || visited.own[k].first != *fact.other) continue;
            const bool is_pair = fact.against == OwnFact::Against::others;
            if (!holds(fact, visited, own[fact.number], is_pair ? visited.own[k].second[fact.index] : 0)) return false;
        }
    }
    return true;
}

/// The states of larger members, in the words of the system that was learnt from small ones; those that it has no words
/// for are left out.
std::vector<CountingSystem::Visited> visited_by(const CountingSystem& larger, const CountingSystem& learnt)
{
    std::vector<CountingSystem::Visited> all;
    if (larger.numbers != learnt.numbers || larger.own_numbers != learnt.own_numbers) return all;
    for (const CountingSystem::Visited& visited : larger.visited) {
        CountingSystem::Visited same = visited;
        same.control = index_of(learnt.controls, larger.controls[visited.control]);
        same.counts.assign(learnt.locals.size() + 1, 0);
        for (std::size_t l = 0; l < visited.counts.size(); ++l)
            same.counts[index_of(learnt.locals, larger.locals[l])] += visited.counts[l];
        if (same.control == learnt.controls.size() || same.counts.back() != 0) continue;
        for (auto& [local, own] : same.own) local = index_of(learnt.locals, larger.locals[local]);
        all.push_back(std::move(same));
    }
    return all;
}

/// Each CPU by itself, so that rules can be followed without the solver.
class Walker {
public:
    using Cpus = std::vector<std::pair<std::size_t, std::vector<std::int64_t>>>;
    struct State {
        std::size_t control = 0;
        Cpus cpus;
        std::vector<std::int64_t> numbers;
        auto operator<=>(const State&) const = default;
    };

    Walker(const CountingSystem& the_system, const CountingProof& the_proof, std::uint64_t seed)
        : system(the_system), proof(the_proof), random(seed)
    {
        const CountingSystem::Visited& any = system.visited.front();
        distinguished = any.cpus;
        for (const std::int64_t count : any.counts) distinguished -= count;
    }

    [[nodiscard]] State of(const CountingSystem::Visited& visited) const
    {
        State state{visited.control, visited.own, visited.numbers};
        if (state.cpus.empty())
            for (std::size_t l = 0; l < visited.counts.size(); ++l)
                for (std::int64_t i = 0; i < visited.counts[l]; ++i) state.cpus.push_back({l, {}});
        return state;
    }

    /// All states that rules lead to where there are so many CPUs, the CPUs in rising order.
    std::set<State> reachable(std::int64_t cpus)
    {
        const CountingSystem::Start& start = system.starts.front();
        Assignment values(system.terms);
        values.set(system.cpus, static_cast<std::uint64_t>(cpus));
        const auto value = [&](Term t) { return t.valid() ? static_cast<std::int64_t>(values.value(t)) : 0; };
        State first{start.control, {}, {}};
        std::vector<std::int64_t> own;
        for (const Term t : start.own) own.push_back(value(t));
        first.cpus.assign(static_cast<std::size_t>(cpus - distinguished), {start.local, own});
        for (const Term t : start.numbers) first.numbers.push_back(value(t));
        std::set<State> all{first};
        std::vector<State> open{first};
        while (!open.empty()) {
            const State state = std::move(open.back());
            open.pop_back();
            for (State& after : next(state)) {
                std::ranges::sort(after.cpus);
                if (all.insert(after).second) open.push_back(std::move(after));
            }
        }
        return all;
    }

    [[nodiscard]] const std::string* wrong_fact(const State& state)
    {
        const CountingSystem::Visited visited = counted(state);
        for (const LinearFact& fact : proof.facts)
            if (fact.control == state.control && !holds(fact, visited)) return &(said = to_text(fact, system));
        for (const OwnFact& fact : proof.own_facts)
            if (fact.control == state.control && !holds(fact, visited)) return &(said = to_text(fact, system));
        return nullptr;
    }

    /// More CPUs, other numbers; what is said of states has to hold.
    std::optional<State> another(State state)
    {
        const std::size_t changes = 1 + random.below(3);
        for (std::size_t i = 0; i < changes; ++i) {
            const auto step = [&] { return static_cast<std::int64_t>(random.below(3)) - 1; };
            const std::size_t which = random.below(state.cpus.size());
            switch (random.below(4)) {
                case 0:
                    state.cpus.push_back(state.cpus[which]);
                    for (std::int64_t& own : state.cpus.back().second) own += step();
                    break;
                case 1:
                    for (std::int64_t& own : state.cpus[which].second) own += step();
                    break;
                case 2:
                    for (std::int64_t& number : state.numbers) number += step();
                    break;
                default:
                    state.cpus[which].first = random.below(system.locals.size());
            }
        }
        for (const auto& [local, own] : state.cpus)
            if (!system.is_met[state.control][local]) return std::nullopt;
        if (wrong_fact(state) != nullptr) return std::nullopt;
        return state;
    }

    /// What each rule makes of it.
    std::vector<State> next(const State& state)
    {
        std::vector<State> all;
        for (const CountingSystem::Rule& rule : system.rules) {
            if (rule.control != state.control || rule.fails || !rule.to_control || (rule.local && !rule.to_local))
                continue;
            for (std::size_t mover = 0; mover < state.cpus.size(); ++mover) {
                if (rule.local && state.cpus[mover].first != *rule.local) continue;
                if (auto after = apply(rule, state, mover)) all.push_back(std::move(*after));
                if (!rule.local) break;
            }
        }
        return all;
    }

private:
    const CountingSystem& system;
    const CountingProof& proof;
    testing::Random random;
    std::int64_t distinguished = 0;
    std::string said;

    [[nodiscard]] CountingSystem::Visited counted(const State& state) const
    {
        CountingSystem::Visited visited;
        visited.control = state.control;
        visited.cpus = static_cast<std::int64_t>(state.cpus.size()) + distinguished;
        visited.counts.assign(system.locals.size(), 0);
        for (const auto& [local, own] : state.cpus) ++visited.counts[local];
        visited.numbers = state.numbers;
        visited.own = state.cpus;
        return visited;
    }

    std::optional<State> apply(const CountingSystem::Rule& rule, const State& state, std::size_t mover)
    {
        const CountingSystem::Visited visited = counted(state);
        Assignment values(system.terms);
        const auto set = [&](Term t, std::int64_t value) { values.set(t, static_cast<std::uint64_t>(value)); };
        set(system.cpus, visited.cpus);
        for (std::size_t l = 0; l < visited.counts.size(); ++l) set(system.counts[l], visited.counts[l]);
        for (std::size_t n = 0; n < state.numbers.size(); ++n) set(system.number_values[n], state.numbers[n]);
        const auto& own = state.cpus[mover].second;
        for (std::size_t n = 0; rule.local && n < own.size(); ++n) set(system.mover_values[n], own[n]);
        if (!values.holds(rule.condition) || !values.holds(rule.sides)) return std::nullopt;
        State after = state;
        after.control = *rule.to_control;
        for (std::size_t n = 0; n < after.numbers.size(); ++n)
            after.numbers[n] = static_cast<std::int64_t>(values.value(rule.to_numbers[n]));
        if (!rule.local) return after;
        after.cpus[mover].first = *rule.to_local;
        for (std::size_t n = 0; n < own.size(); ++n)
            after.cpus[mover].second[n] =
                rule.to_own[n].valid() ? static_cast<std::int64_t>(values.value(rule.to_own[n])) : 0;
        return after;
    }
};

}  // namespace

TEST_CASE("from a state in which all facts hold that are kept, reachable or not, a rule leads to one in which they do")
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t count = number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 150);
    constexpr int tries = 20;
    std::size_t not_visited = 0, steps = 0;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        CAPTURE(seed);
        std::optional<Proven> proven;
        try {
            proven = prove_family([&](std::uint32_t cpus) { return testing::random_family(seed, cpus); });
        } catch (const OutsideFragment&) {
            continue;
        }
        Walker walker(*proven->system, proven->proof, seed);
        for (const CountingSystem::Visited& visited : proven->system->visited) {
            REQUIRE(walker.wrong_fact(walker.of(visited)) == nullptr);
            for (int i = 0; i < tries; ++i) {
                const auto state = walker.another(walker.of(visited));
                if (!state) continue;
                ++not_visited;
                for (const Walker::State& after : walker.next(*state)) {
                    ++steps;
                    const std::string* wrong = walker.wrong_fact(after);
                    if (wrong != nullptr) FAIL_CHECK(*wrong);
                }
            }
        }
    }
    MESSAGE(not_visited << " states, " << steps << " steps");
    CHECK(steps > count);
}

TEST_CASE("rules lead to the states that were visited and to no other")
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t count = number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 150);
    std::size_t states = 0, with_sets = 0;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        CAPTURE(seed);
        std::unique_ptr<CountingSystem> system;
        const Program two = member(testing::random_family(seed, 2)), three = member(testing::random_family(seed, 3)),
                      four = member(testing::random_family(seed, 4));
        try {
            system = make_counting_system({&two, &three, &four}, most_states);
        } catch (const OutsideFragment&) {
            continue;
        }
        const CountingProof nothing_proved;
        Walker walker(*system, nothing_proved, seed);
        for (const std::int64_t cpus : {2, 3, 4}) {
            CAPTURE(cpus);
            std::set<Walker::State> visited;
            for (const CountingSystem::Visited& one : system->visited) {
                if (one.cpus != cpus) continue;
                Walker::State state = walker.of(one);
                std::ranges::sort(state.cpus);
                visited.insert(std::move(state));
            }
            const std::set<Walker::State> reachable = walker.reachable(cpus);
            CHECK(std::ranges::includes(reachable, visited));
            CHECK(std::ranges::includes(visited, reachable));
            states += visited.size();
        }
        with_sets += system->is_in.front().empty() ? 0 : 1;
    }
    MESSAGE(states << " states; " << with_sets << " families with sets");
    CHECK(states > count);
    if (count >= 100) CHECK(with_sets > 0);
}

TEST_CASE("facts that are kept hold in every state of larger members")
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t count = number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 150);
    std::size_t looked_at = 0, own_facts = 0;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        CAPTURE(seed);
        try {
            const auto text = [&](std::uint32_t cpus) { return testing::random_family(seed, cpus); };
            const Proven proven = prove_family(text);
            if (!proven.has("nothing happens that was not met on fewer CPUs")) continue;
            const Program four = member(text(4)), five = member(text(5)), six = member(text(6));
            const auto larger = make_counting_system({&four, &five, &six}, most_states);
            for (const CountingSystem::Visited& visited : visited_by(*larger, *proven.system)) {
                ++looked_at;
                for (const LinearFact& fact : proven.proof.facts)
                    if (fact.control == visited.control && !holds(fact, visited))
                        FAIL_CHECK(visited.cpus << " CPUs: " << to_text(fact, *proven.system));
                for (const OwnFact& fact : proven.proof.own_facts)
                    if (fact.control == visited.control && !holds(fact, visited))
                        FAIL_CHECK(visited.cpus << " CPUs: " << to_text(fact, *proven.system));
            }
            own_facts += proven.proof.own_facts.size();
        } catch (const OutsideFragment&) {
            continue;
        }
    }
    MESSAGE(looked_at << " states, " << own_facts << " facts about CPUs' own numbers");
    if (count < 100) return;  // of a few nothing may be learnt
    CHECK(looked_at > count);
    CHECK(own_facts > 0);
}

TEST_CASE("nothing is called proved that exploring refutes")
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t count = number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 150);
    std::size_t outside = 0, proved = 0, refuted_count = 0, with_numbers = 0, with_own = 0, with_sets = 0;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        CAPTURE(seed);
        std::optional<Proven> proven;
        try {
            proven = prove_family([&](std::uint32_t cpus) { return testing::random_family(seed, cpus); });
        } catch (const OutsideFragment&) {
            ++outside;
            continue;
        }
        // All answers rest on this one.
        if (!proven->has("nothing happens that was not met on fewer CPUs")) continue;
        bool is_refuted = false;
        for (std::uint32_t cpus = 2; cpus <= 6; ++cpus) {
            CAPTURE(cpus);
            const auto kinds = refuted(testing::random_family(seed, cpus));
            if (!kinds) break;
            is_refuted |= !kinds->empty();
            if (proven->has("invariant bounded")) CHECK_FALSE(kinds->contains("invariant bounded"));
            if (proven->has("somebody can always go on, or all have finished") && cpus < 5)
                CHECK_FALSE(is_stuck_somewhere(testing::random_family(seed, cpus)));
        }
        proved += proven->all() ? 1 : 0;
        with_numbers += proven->all() && !proven->system->numbers.empty() ? 1 : 0;
        with_own += proven->all() && !proven->proof.own_facts.empty() ? 1 : 0;
        with_sets += proven->all() && !proven->system->is_in.front().empty() ? 1 : 0;
        refuted_count += is_refuted ? 1 : 0;
    }
    MESSAGE(proved << " proved (" << with_numbers << " with numbers, " << with_own << " with CPUs' own, " << with_sets
                   << " with sets), " << refuted_count << " refuted, " << outside << " outside the fragment, of "
                   << count);
    constexpr std::uint64_t enough = 100;  // to have some of each kind
    if (count < enough) return;
    CHECK(proved > count / 50);
    CHECK(with_numbers > 0);
    CHECK(with_own > 0);
    CHECK(with_sets > 0);
    CHECK(refuted_count > count / 20);
}

TEST_CASE("a fact is kept only if every rule preserves it")
{
    // `count` goes down by one for each CPU: on small numbers of CPUs it is never below -4.
    const auto text = [](std::uint32_t cpus) {
        std::string all = fmt::format("cpus {}\nvar count: i32\nvar flag: u1\n", cpus);
        all += "automaton A { location a await, b await finished\na -> b { count := count - 1 }\n}\n";
        for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) all += fmt::format("process p{}: A cpu {}\n", cpu, cpu);
        return all + "invariant low: count >= -4\n";
    };
    const Proven proven = prove_family(text);
    CHECK(proven.has("nothing happens that was not met on fewer CPUs"));
    CHECK_FALSE(proven.has("invariant low"));
    CHECK(proven.has("somebody can always go on, or all have finished"));
    const auto on_six = refuted(text(6));
    REQUIRE(on_six);
    CHECK(on_six->contains("invariant low"));
}

TEST_CASE("what happens on many CPUs only is not taken for impossible")
{
    // The seventh CPU finds -6, and reports it in this step, or goes where no CPU goes on fewer and reports it there.
    const auto family = [](const std::string& way) {
        return [way](std::uint32_t cpus) {
            std::string all = fmt::format("cpus {}\nvar count: i32\n", cpus);
            all +=
                "automaton A { location a await, far await, b await finished\n"
                "a -> b when count != -6 { count := count - 1 }\na -> far when count == -6 { count := count + 1 }\n" +
                way + "\n}\n";
            for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) all += fmt::format("process p{}: A cpu {}\n", cpu, cpu);
            return all;
        };
    };
    const auto at_once = family("far -> b { report \"bad\" \"bad\" }");
    CHECK_FALSE(prove_family(at_once).has("no step traps or reports"));
    const auto later = family("far -> b { count := count + 1; report \"bad\" \"bad\" }");
    CHECK_FALSE(prove_family(later).has("nothing happens that was not met on fewer CPUs"));
    for (const auto& text : {at_once, later}) {
        const auto on_seven = refuted(text(7));
        REQUIRE(on_seven);
        CHECK(on_seven->contains("bad"));
    }
}

TEST_CASE("what a step changes for others is not forgotten")
{
    // Whoever has a ticket finds `next` above it; until there are five, and it begins again for those who still wait.
    const auto text = [](std::uint32_t cpus) {
        std::string all = fmt::format("cpus {}\nvar next: i64\nper_cpu var ticket: i64\n", cpus);
        all +=
            "automaton A { location a await, b await, c await finished\n"
            "a -> b { per_cpu(ticket, own.cpu) := next; next := next + 1 }\n"
            "b -> c when per_cpu(ticket, own.cpu) < next && next < 5 { }\n"
            "b -> c when per_cpu(ticket, own.cpu) < next && next >= 5 { next := 0 }\n"
            "b -> c when per_cpu(ticket, own.cpu) >= next { report \"bad\" \"bad\" }\n}\n";
        for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) all += fmt::format("process p{}: A cpu {}\n", cpu, cpu);
        return all;
    };
    const Proven proven = prove_family(text);
    CHECK(proven.has("nothing happens that was not met on fewer CPUs"));
    CHECK_FALSE(proven.has("no step traps or reports"));
    const auto on_five = refuted(text(5));
    REQUIRE(on_five);
    CHECK(on_five->contains("bad"));
}

TEST_CASE("numbers whose highest bit is set are the same in rules and in states")
{
    for (const bool is_own : {false, true}) {
        CAPTURE(is_own);
        const auto text = [&](std::uint32_t cpus) {
            const std::string number = is_own ? "per_cpu(ticket, own.cpu)" : "count";
            std::string all = fmt::format("cpus {}\nvar count: u8 = 200\nper_cpu var ticket: u8\n", cpus);
            all += fmt::format(
                "automaton A {{ location a await, b await, c await finished\n"
                "a -> b {{ per_cpu(ticket, own.cpu) := count; count := count + 1 }}\n"
                "b -> c when {0} != 205 {{ }}\nb -> c when {0} == 205 {{ report \"bad\" \"bad\" }}\n}}\n",
                number);
            for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) all += fmt::format("process p{}: A cpu {}\n", cpu, cpu);
            return all;
        };
        CHECK_FALSE(prove_family(text).has("no step traps or reports"));
        const auto on_six = refuted(text(6));
        REQUIRE(on_six);
        CHECK(on_six->contains("bad"));
    }
}

TEST_CASE("all initial states are begun from")
{
    // In the second one the flag is set, and the fifth CPU's way ends badly.
    const auto text = [](std::uint32_t cpus) {
        std::string all = fmt::format("cpus {}\nvar flag: bool\nvar count: i64\n", cpus);
        all +=
            "automaton A { location a await, b await, c await finished\n"
            "a -> b { count := count + 1 }\n"
            "b -> c when !(flag && count > 4) { }\nb -> c when flag && count > 4 { report \"bad\" \"bad\" }\n}\n";
        for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) all += fmt::format("process p{}: A cpu {}\n", cpu, cpu);
        return all + "state [ 0, 0 ]\nstate [ 1, 0 ]\n";
    };
    const Proven proven = prove_family(text);
    CHECK(proven.system->starts.size() == 2);
    CHECK_FALSE(proven.has("no step traps or reports"));
    const auto on_five = refuted(text(5));
    REQUIRE(on_five);
    CHECK(on_five->contains("bad"));
}

TEST_CASE("what cannot be counted is refused, with the reason")
{
    const auto refuse = [](const std::string& shared, const std::string& body) {
        try {
            prove_family([&](std::uint32_t cpus) {
                std::string all = fmt::format("cpus {}\n{}", cpus, shared);
                all += fmt::format("automaton A {{ local l: u8 location a await, b await, c await finished\n{}}}\n",
                                   fmt::format(fmt::runtime(body), fmt::arg("n", cpus)));
                for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) all += fmt::format("process p{}: A cpu {}\n", cpu, cpu);
                return all;
            });
        } catch (const OutsideFragment& why) {
            return std::string(why.what());
        }
        return std::string("counted");
    };
    CHECK(refuse("var x: u8\n", "a -> b {{ x := 1 }}\nb -> c {{ }}\n") == "counted");
    // Who was last is told by a CPU's number, and CPU 0 is the one who was at first.
    CHECK(refuse("var who: u8\n", "a -> b {{ who := own.cpu }}\nb -> c when who == own.cpu {{ }}\n") != "counted");
    // CPUs begin with different numbers of their own.
    CHECK(refuse("per_cpu var mine: i32\n",
                 "a -> b {{ per_cpu(mine, own.cpu) := per_cpu(mine, own.cpu) + own.cpu }}\n"
                 "b -> c {{ }}\n") != "counted");
    // One step changes what is a part of all CPUs' local states.
    const std::string leave = "b -> c {{ set := set & ~(1u64 << own.cpu) }}\n";
    CHECK(refuse("var set: u64\n", "a -> b {{ set := set | (1u64 << own.cpu) }}\n" + leave) == "counted");
    CHECK(refuse("var set: u64\n", "a -> b {{ set := (1u64 << {n}) - 1 }}\n" + leave)
              .find("changes other CPUs' bits in set") != std::string::npos);
    // One CPU looks at another's state.
    CHECK(refuse("per_cpu var mine: u2\n",
                 "a -> b choose l in 0..{n} - 1 {{ per_cpu(mine, own.cpu) := 1 }}\n"
                 "b -> c when per_cpu(mine, l) == 0 {{ }}\n") != "counted");
}

}  // namespace lockstep::smt
