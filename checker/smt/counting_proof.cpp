#include "smt/counting_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <stdexcept>

namespace lockstep::smt {

namespace {

// ---- Proof ---------------------------------------------------------------------------------------------------------

class Prover {
public:
    Prover(CountingSystem& the_system, const Limits& the_limits,
           const std::function<void(const std::string&)>& the_progress)
        : system(the_system),
          terms(system.terms),
          limits(the_limits),
          progress(the_progress),
          solver(terms, Solver::Kind::integers)
    {
        always.push_back(at_least(system.cpus, system.sizes.front()));
        always.push_back(at_least(terms.binary(Op::subtract, terms.integer(most_counted_cpus), system.cpus), 0));
        Term sum = terms.integer(0);
        for (const Term count : system.counts) {
            always.push_back(at_least(count, 0));
            sum = terms.binary(Op::add, sum, count);
        }
        always.push_back(terms.equal(sum, system.counted));
        for (const Term t : always) solver.require(t);
        for (std::size_t l = 0; l < system.locals.size(); ++l)
            for (auto* others : {&one, &another}) {
                others->emplace_back();
                for (std::size_t n = 0; n < system.own_numbers.size(); ++n)
                    others->back().push_back(terms.variable(Terms::integer_width, system.own_numbers[n]));
            }
    }

    CountingProof run()
    {
        const auto start = std::chrono::steady_clock::now();
        by_control.resize(system.controls.size());
        for (LinearFact& fact : mine_linear_facts(system)) {
            ++proof.candidates;
            by_control[fact.control].linear.push_back(std::move(fact));
        }
        for (OwnFact& fact : mine_own_facts(system)) {
            ++proof.candidates;
            by_control[fact.control].own.push_back(fact);
        }
        drop_what_does_not_begin();
        if (!keep_what_is_preserved()) return std::move(proof);
        for (const Facts& facts : by_control) {
            proof.facts.insert(proof.facts.end(), facts.linear.begin(), facts.linear.end());
            proof.own_facts.insert(proof.own_facts.end(), facts.own.begin(), facts.own.end());
        }
        note_induction();
        ask_properties();
        proof.is_complete = limits.reason().empty();
        proof.seconds = seconds_since(start);
        return std::move(proof);
    }

private:
    CountingSystem& system;
    Terms& terms;
    const Limits& limits;
    const std::function<void(const std::string&)>& progress;
    Solver solver;
    CountingProof proof;
    std::vector<Term> always;  // of every state of every member
    struct Facts {
        std::vector<LinearFact> linear;
        std::vector<OwnFact> own;
        void clear()
        {
            linear.clear();
            own.clear();
        }
    };
    std::vector<Facts> by_control;
    std::vector<std::vector<Term>> one, another;  // by local state: two CPUs' own numbers that do not make the step

    Term at_least(Term value, std::int64_t bound)
    {
        return terms.negation(terms.binary(Op::signed_less, value, terms.integer(bound)));
    }

    Term said(const LinearFact& fact, const std::vector<Term>& counts, const std::vector<Term>& numbers)
    {
        Term sum = terms.integer(fact.constant);
        const auto add = [&](std::int64_t times, Term value) {
            if (times == 0) return;
            sum = terms.binary(Op::add, sum,
                               times == 1 ? value : terms.binary(Op::multiply, terms.integer(times), value));
        };
        for (std::size_t l = 0; l < counts.size(); ++l) add(fact.counts[l], counts[l]);
        for (std::size_t n = 0; n < numbers.size(); ++n) add(fact.numbers[n], numbers[n]);
        add(fact.cpus, system.cpus);
        Term applies = terms.truth(true);
        for (const std::size_t l : fact.occupied) applies = terms.both(applies, at_least(counts[l], 1));
        for (const std::size_t l : fact.empty) applies = terms.both(applies, terms.negation(at_least(counts[l], 1)));
        return terms.implies(applies, fact.is_equation ? terms.equal(sum, terms.integer(0)) : at_least(sum, 0));
    }

    std::vector<Term> invariant_of(std::size_t control)
    {
        std::vector<Term> all;
        for (const LinearFact& fact : by_control[control].linear)
            all.push_back(said(fact, system.counts, system.number_values));
        return all;
    }

    /// There are so many CPUs in the local state besides the one that makes the step, if some CPU does.
    Term others_in(std::size_t local, std::int64_t count, std::optional<std::size_t> mover)
    {
        return at_least(system.counts[local], count + (mover == local ? 1 : 0));
    }

    /// What is known of the CPU that makes the step and of two others in each local state, where there are such.
    Term known_of_cpus(std::size_t control, std::optional<std::size_t> mover)
    {
        const std::vector<OwnFact>& facts = by_control[control].own;
        struct Cpu {
            std::size_t local;
            const std::vector<Term>* own;
            Term exists;
        };
        std::vector<Cpu> cpus;
        if (mover) cpus.push_back({*mover, &system.mover_values, terms.truth(true)});
        std::set<std::size_t> locals;
        for (const OwnFact& fact : facts) {
            locals.insert(fact.local);
            if (fact.other) locals.insert(*fact.other);
        }
        for (const std::size_t l : locals) {
            cpus.push_back({l, &one[l], others_in(l, 1, mover)});
            cpus.push_back({l, &another[l], others_in(l, 2, mover)});
        }
        std::vector<Term> known;
        for (const OwnFact& fact : facts)
            for (const Cpu& cpu : cpus) {
                if (cpu.local != fact.local) continue;
                if (!fact.other) {
                    known.push_back(
                        terms.implies(cpu.exists, to_term(fact, system, *cpu.own, {}, system.number_values)));
                    continue;
                }
                for (const Cpu& other : cpus)
                    if (other.local == *fact.other && other.own != cpu.own)
                        known.push_back(
                            terms.implies(terms.both(cpu.exists, other.exists),
                                          to_term(fact, system, *cpu.own, *other.own, system.number_values)));
            }
        return terms.all_of(known);
    }

    /// The fact holds after the step of whoever it is about.
    Term said_after(const OwnFact& fact, const CountingSystem::Rule& rule)
    {
        const bool others_stay = rule.to_control == rule.control && rule.to_numbers == system.number_values;
        const auto said = [&](const std::vector<Term>& own, const std::vector<Term>& others) {
            return to_term(fact, system, own, others, rule.to_numbers);
        };
        const auto some = [&](std::size_t local, std::int64_t count) { return others_in(local, count, rule.local); };
        Term holds = terms.truth(true);
        const auto require = [&](Term applies, Term t) { holds = terms.both(holds, terms.implies(applies, t)); };
        const bool is_it = rule.local && rule.to_local == fact.local;
        const bool is_other = fact.other && rule.local && rule.to_local == fact.other;
        const std::size_t a = fact.local;
        if (!fact.other) {
            if (is_it) require(terms.truth(true), said(rule.to_own, {}));
            if (!others_stay) require(some(a, 1), said(one[a], {}));
            return holds;
        }
        const std::size_t b = *fact.other;
        if (is_it) require(some(b, 1), said(rule.to_own, one[b]));
        if (is_other) require(some(a, 1), said(one[a], rule.to_own));
        if (others_stay) return holds;
        if (a == b)
            require(some(a, 2), said(one[a], another[a]));
        else
            require(terms.both(some(a, 1), some(b, 1)), said(one[a], one[b]));
        return holds;
    }

    /// Whoever is where the rule begins goes on by it.
    Term begins(const CountingSystem::Rule& rule)
    {
        return rule.local ? at_least(system.counts[*rule.local], 1) : terms.truth(true);
    }

    /// Some CPU is where the rule begins, and its condition holds; with all that is known of it and of others.
    Term enabled(const CountingSystem::Rule& rule)
    {
        return terms.both(terms.both(begins(rule), rule.condition), known_of_cpus(rule.control, rule.local));
    }

    /// A wait in a loop comes back to where it was.
    Term changes_something(const CountingSystem::Rule& rule)
    {
        if (rule.fails || rule.to_control != rule.control || (rule.local && rule.to_local != rule.local))
            return terms.truth(true);
        Term differs = terms.truth(false);
        for (std::size_t n = 0; n < rule.to_numbers.size(); ++n)
            differs = terms.either(differs, terms.negation(terms.equal(rule.to_numbers[n], system.number_values[n])));
        for (std::size_t n = 0; n < rule.to_own.size(); ++n)
            if (rule.to_own[n].valid())
                differs = terms.either(differs, terms.negation(terms.equal(rule.to_own[n], system.mover_values[n])));
        return differs;
    }

    std::vector<Term> counts_after(const CountingSystem::Rule& rule)
    {
        std::vector<Term> counts = system.counts;
        if (!rule.local || rule.to_local == rule.local) return counts;
        counts[*rule.local] = terms.binary(Op::subtract, counts[*rule.local], terms.integer(1));
        counts[*rule.to_local] = terms.binary(Op::add, counts[*rule.to_local], terms.integer(1));
        return counts;
    }

    [[nodiscard]] static bool escapes(const CountingSystem::Rule& rule)
    {
        return !rule.fails && (!rule.to_control || (rule.local && !rule.to_local));
    }

    /// All counted CPUs in the first local state.
    std::vector<Term> first_counts(const CountingSystem::Start& start)
    {
        std::vector<Term> counts(system.counts.size(), terms.integer(0));
        counts[start.local] = system.counted;
        return counts;
    }

    void drop_what_does_not_begin()
    {
        for (const CountingSystem::Start& start : system.starts) {
            Solver alone(terms, Solver::Kind::integers);
            alone.require(always[0]);
            const auto may_be_wrong = [&](Term said) {
                if (terms.is_true(said)) return false;
                const std::vector<Term> wanted{terms.negation(said)};
                return alone.check(wanted) != Solver::Answer::unsatisfiable;
            };
            Facts& facts = by_control[start.control];
            std::erase_if(facts.linear, [&](const LinearFact& fact) {
                return may_be_wrong(said(fact, first_counts(start), start.numbers));
            });
            std::erase_if(facts.own, [&](const OwnFact& fact) { return may_be_wrong(said_first(fact, start)); });
        }
    }

    Term said_first(const OwnFact& fact, const CountingSystem::Start& start)
    {
        const bool is_about_them = fact.local == start.local && (!fact.other || *fact.other == start.local);
        return is_about_them ? to_term(fact, system, start.own, start.own, start.numbers) : terms.truth(true);
    }

    /// What each fact of the next control state says after the rule: first the linear ones.
    std::vector<Term> said_after(const CountingSystem::Rule& rule)
    {
        const Facts& facts = by_control[*rule.to_control];
        const std::vector<Term> counts = counts_after(rule);
        std::vector<Term> all;
        for (const LinearFact& fact : facts.linear) all.push_back(said(fact, counts, rule.to_numbers));
        for (const OwnFact& fact : facts.own) all.push_back(said_after(fact, rule));
        return all;
    }

    bool keep_what_is_preserved()
    {
        unsigned round = 0;
        for (bool changed = true; changed;) {
            changed = false;
            ++round;
            for (std::size_t r = 0; r < system.rules.size(); ++r) {
                const CountingSystem::Rule& rule = system.rules[r];
                if (rule.fails || escapes(rule)) continue;
                if (!limits.reason().empty()) return false;
                say(fmt::format("facts that every rule preserves: round {}, rule {} of {}", round, r + 1,
                                system.rules.size()));
                changed |= drop_what_is_broken(rule);
            }
        }
        return true;
    }

    bool drop_what_is_broken(const CountingSystem::Rule& rule)
    {
        Facts& facts = by_control[*rule.to_control];
        bool dropped = false;
        for (;;) {
            std::vector<Term> wanted = invariant_of(rule.control);
            wanted.push_back(enabled(rule));
            const std::vector<Term> after = said_after(rule);
            const Term broken = terms.negation(terms.all_of(after));
            if (terms.is_false(broken)) return dropped;
            wanted.push_back(broken);
            const Solver::Answer answer = ask(solver, wanted, limits);
            if (answer == Solver::Answer::unsatisfiable) return dropped;
            if (answer == Solver::Answer::unknown) {
                facts.clear();
                return true;
            }
            std::vector<bool> holds;
            holds.reserve(after.size());
            for (const Term fact : after) holds.push_back(solver.value(fact) != 0);
            std::size_t i = 0;
            std::erase_if(facts.linear, [&](const LinearFact&) { return !holds[i++]; });
            std::erase_if(facts.own, [&](const OwnFact&) { return !holds[i++]; });
            dropped = true;
        }
    }

    // ---- Obligations ----

    void note_induction()
    {
        for (const CountingSystem::Start& start : system.starts) {
            say("checking the facts again: where every member begins");
            Refuted base{"begin", "the facts hold where every member begins", {always[0]}, 0};
            Term broken = terms.truth(false);
            for (const LinearFact& fact : by_control[start.control].linear)
                broken = terms.either(broken, terms.negation(said(fact, first_counts(start), start.numbers)));
            for (const OwnFact& fact : by_control[start.control].own)
                broken = terms.either(broken, terms.negation(said_first(fact, start)));
            base.asserted.push_back(broken);
            confirm(base);
            proof.obligations.push_back(std::move(base));
        }
        for (std::size_t c = 0; c < system.controls.size(); ++c) {
            Term broken = terms.truth(false);
            for (const CountingSystem::Rule& rule : system.rules) {
                if (rule.control != c || rule.fails || escapes(rule)) continue;
                const Term after = terms.all_of(said_after(rule));
                broken = terms.either(broken, terms.both(enabled(rule), terms.negation(after)));
            }
            if (terms.is_false(broken)) continue;
            note(c, "step", fmt::format("every rule preserves the facts, while {}", system.control_text(c)), broken);
            say(fmt::format("checking the facts again: control state {} of {}", c + 1, system.controls.size()));
            confirm(proof.obligations.back());
        }
    }

    /// What was kept is asked once more, all rules of a control state together, by a solver that knows nothing.
    void confirm(Refuted& obligation)
    {
        const auto start = std::chrono::steady_clock::now();
        Solver fresh(terms, Solver::Kind::integers);
        const Solver::Answer answer = ask(fresh, obligation.asserted, limits);
        obligation.seconds = seconds_since(start);
        if (answer == Solver::Answer::satisfiable)
            throw std::logic_error(fmt::format("a fact was kept that does not hold for ever ({})", obligation.name));
    }

    void say(const std::string& stage) const
    {
        if (progress) progress(stage);
    }

    void note(std::size_t control, const std::string& name, const std::string& says, Term bad, double seconds = 0)
    {
        Refuted obligation{fmt::format("{}-{}", name, control), says, always, seconds};
        for (const Term t : invariant_of(control)) obligation.asserted.push_back(t);
        obligation.asserted.push_back(bad);
        proof.obligations.push_back(std::move(obligation));
    }

    /// `bad` of each control state has to be impossible.
    template <typename Bad>
    void ask_property(const std::string& property, const std::string& name, Bad bad)
    {
        const auto start = std::chrono::steady_clock::now();
        CountingProof::Answer answer{property, true, "", 0};
        for (std::size_t c = 0; c < system.controls.size() && answer.is_proved; ++c) {
            const Term here = bad(c);
            if (terms.is_false(here)) continue;
            std::vector<Term> wanted = invariant_of(c);
            wanted.push_back(here);
            say(fmt::format("{}: control state {} of {}", property, c + 1, system.controls.size()));
            const auto asked = std::chrono::steady_clock::now();
            if (ask(solver, wanted, limits) == Solver::Answer::unsatisfiable) {
                note(c, name, fmt::format("{}, while {}", property, system.control_text(c)), here,
                     seconds_since(asked));
            } else {
                answer.is_proved = false;
                answer.where = system.control_text(c);
            }
        }
        answer.seconds = seconds_since(start);
        proof.answers.push_back(std::move(answer));
    }

    template <typename Predicate>
    Term any_rule(std::size_t control, Predicate predicate)
    {
        Term any = terms.truth(false);
        for (const CountingSystem::Rule& rule : system.rules)
            if (rule.control == control) any = terms.either(any, predicate(rule));
        return any;
    }

    void ask_properties()
    {
        ask_property("nothing happens that was not met on fewer CPUs", "known", [&](std::size_t c) {
            Term bad = any_rule(c, [&](const CountingSystem::Rule& rule) {
                const Term wraps = terms.is_true(rule.sides)
                                       ? terms.truth(false)
                                       : terms.both(terms.both(begins(rule), known_of_cpus(c, rule.local)),
                                                    terms.negation(rule.sides));
                return terms.either(escapes(rule) ? enabled(rule) : terms.truth(false), wraps);
            });
            for (std::size_t l = 0; l < system.counts.size(); ++l)
                if (!system.is_met[c][l]) bad = terms.either(bad, at_least(system.counts[l], 1));
            for (const CountingSystem::Broken& broken : system.broken)
                if (broken.control == c) bad = terms.either(bad, terms.negation(broken.sides));
            return bad;
        });
        ask_property("no step traps or reports", "no-failure", [&](std::size_t c) {
            return any_rule(
                c, [&](const CountingSystem::Rule& rule) { return rule.fails ? enabled(rule) : terms.truth(false); });
        });
        for (std::size_t i = 0; i < system.invariants.size(); ++i)
            ask_property("invariant " + system.invariants[i], "invariant-" + system.invariants[i], [&](std::size_t c) {
                Term bad = terms.truth(false);
                for (const CountingSystem::Broken& broken : system.broken) {
                    if (broken.control != c || broken.invariant != i) continue;
                    const Term some = broken.local ? at_least(system.counts[*broken.local], 1) : terms.truth(true);
                    bad = terms.either(bad, terms.both(some, broken.condition));
                }
                return bad;
            });
        ask_property("somebody can always go on, or all have finished", "not-stuck", [&](std::size_t c) {
            const Term nobody_goes_on = nobody_moves(c);
            Term duty = terms.truth(system.control_has_duty[c]);
            for (std::size_t l = 0; l < system.counts.size(); ++l)
                if (system.has_duty[c][l]) duty = terms.either(duty, at_least(system.counts[l], 1));
            return terms.both(duty, nobody_goes_on);
        });
    }

    /// Where who goes on depends on a CPU's own numbers, that nobody does is said of one CPU in each local state, and
    /// by counting.
    Term nobody_moves(std::size_t control)
    {
        Term nobody = known_of_cpus(control, std::nullopt);
        std::vector<Term> moves(system.locals.size(), terms.truth(false));
        for (const CountingSystem::Rule& rule : system.rules) {
            if (rule.control != control) continue;
            const Term goes_on = terms.both(rule.condition, changes_something(rule));
            if (rule.local)
                moves[*rule.local] = terms.either(moves[*rule.local], goes_on);
            else
                nobody = terms.both(nobody, terms.negation(goes_on));
        }
        for (std::size_t l = 0; l < moves.size(); ++l) {
            Term here = moves[l];
            for (std::size_t n = 0; n < system.own_numbers.size(); ++n)
                here = terms.replace(here, system.mover_values[n], one[l][n]);
            nobody = terms.both(nobody, terms.implies(at_least(system.counts[l], 1), terms.negation(here)));
        }
        for (const Term t : pigeonhole(system, by_control[control].own, moves)) nobody = terms.both(nobody, t);
        return nobody;
    }
};

}  // namespace

CountingProof prove_counting(CountingSystem& system, const Limits& limits,
                             const std::function<void(const std::string&)>& progress)
{
    return Prover(system, limits, progress).run();
}

}  // namespace lockstep::smt
