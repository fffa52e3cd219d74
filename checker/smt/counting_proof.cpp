#include "smt/counting_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <stdexcept>

namespace lockstep::smt {

namespace {

// ---- Linear algebra ------------------------------------------------------------------------------------------------

using Row = std::vector<std::int64_t>;

/// Divided by what all entries have in common, the first that is not 0 being positive.
void normalize(Row& row)
{
    std::int64_t divisor = 0;
    for (const std::int64_t v : row) divisor = std::gcd(divisor, v);
    if (divisor == 0) return;
    const auto first = std::ranges::find_if(row, [](std::int64_t v) { return v != 0; });
    if (*first < 0) divisor = -divisor;
    for (std::int64_t& v : row) v /= divisor;
}

/// Rows in echelon form, each with its own leading column, which is 0 in all others: reduced.
class RowSpace {
public:
    explicit RowSpace(std::size_t the_columns) : columns(the_columns) {}

    void add(Row row)
    {
        for (const auto& [lead, basis] : rows) eliminate(row, basis, lead);
        const auto first = std::ranges::find_if(row, [](std::int64_t v) { return v != 0; });
        if (first == row.end()) return;
        const auto lead = static_cast<std::size_t>(first - row.begin());
        normalize(row);
        for (auto& [other_lead, basis] : rows) eliminate(basis, row, lead);
        rows.emplace_back(lead, std::move(row));
    }

    /// What is orthogonal to all rows.
    [[nodiscard]] std::vector<Row> null_space() const
    {
        std::vector<bool> leads(columns, false);
        for (const auto& [lead, row] : rows) leads[lead] = true;
        std::vector<Row> basis;
        for (std::size_t free = 0; free < columns; ++free) {
            if (leads[free]) continue;
            std::int64_t scale = 1;
            for (const auto& [lead, row] : rows)
                if (row[free] != 0) scale = std::lcm(scale, row[lead]);
            Row vector(columns, 0);
            vector[free] = scale;
            for (const auto& [lead, row] : rows) vector[lead] = -row[free] * (scale / row[lead]);
            normalize(vector);
            basis.push_back(std::move(vector));
        }
        return basis;
    }

private:
    std::size_t columns;
    std::vector<std::pair<std::size_t, Row>> rows;

    static void eliminate(Row& row, const Row& by, std::size_t lead)
    {
        if (row[lead] == 0) return;
        const std::int64_t common = std::gcd(row[lead], by[lead]);
        const std::int64_t times = by[lead] / common, less = row[lead] / common;
        for (std::size_t c = 0; c < row.size(); ++c) row[c] = row[c] * times - by[c] * less;
        normalize(row);
    }
};

class Miner {
public:
    explicit Miner(const CountingSystem& the_system) : system(the_system), most(system.counts.size(), 0)
    {
        for (const CountingSystem::Visited& visited : system.visited)
            for (std::size_t l = 0; l < most.size(); ++l) most[l] = std::max(most[l], visited.counts[l]);
    }

    std::vector<LinearFact> run()
    {
        for (std::size_t c = 0; c < system.controls.size(); ++c) mine(c);
        return std::move(facts);
    }

private:
    using States = std::vector<const CountingSystem::Visited*>;
    const CountingSystem& system;
    std::vector<std::int64_t> most;  // CPUs in a local state at a time
    std::vector<LinearFact> facts;

    LinearFact fact(const LinearFact& where, bool is_equation) const
    {
        LinearFact empty = where;
        empty.is_equation = is_equation;
        empty.counts.assign(system.counts.size(), 0);
        empty.numbers.assign(system.number_values.size(), 0);
        return empty;
    }

    void mine(std::size_t control)
    {
        States here;
        for (const CountingSystem::Visited& visited : system.visited)
            if (visited.control == control) here.push_back(&visited);
        std::vector<std::size_t> single;  // never more than one CPU is there
        for (std::size_t l = 0; l < most.size(); ++l)
            if (most[l] == 1 && std::ranges::any_of(here, [&](const auto* visited) { return visited->counts[l] != 0; }))
                single.push_back(l);
        LinearFact where;
        where.control = control;
        mine(where, here);
        mine_apart(where, here, single);
        std::map<std::vector<std::size_t>, States> by_occupied;
        for (const auto* visited : here) {
            std::vector<std::size_t> occupied;
            for (const std::size_t l : single)
                if (visited->counts[l] != 0) occupied.push_back(l);
            by_occupied[std::move(occupied)].push_back(visited);
        }
        if (by_occupied.size() < 2) return;
        for (const auto& [occupied, states] : by_occupied) {
            where.occupied = occupied;
            where.empty.clear();
            for (const std::size_t l : single)
                if (std::ranges::find(occupied, l) == occupied.end()) where.empty.push_back(l);
            mine(where, states);
        }
    }

    void mine(const LinearFact& where, const States& here)
    {
        std::vector<std::size_t> present;
        for (std::size_t l = 0; l < system.counts.size(); ++l) {
            if (std::ranges::any_of(here, [&](const auto* visited) { return visited->counts[l] != 0; })) {
                present.push_back(l);
                continue;
            }
            if (std::ranges::find(where.empty, l) != where.empty.end()) continue;
            LinearFact none = fact(where, true);
            none.counts[l] = 1;
            facts.push_back(std::move(none));
        }
        mine_equations(where, here, present);
        mine_bounds(where, here, present);
    }

    /// Two that are never occupied at once.
    void mine_apart(const LinearFact& where, const States& here, const std::vector<std::size_t>& single)
    {
        for (std::size_t i = 0; i < single.size(); ++i) {
            for (std::size_t k = i + 1; k < single.size(); ++k) {
                const bool are_apart = std::ranges::none_of(here, [&](const auto* visited) {
                    return visited->counts[single[i]] != 0 && visited->counts[single[k]] != 0;
                });
                if (!are_apart) continue;
                LinearFact apart = fact(where, false);
                apart.counts[single[i]] = apart.counts[single[k]] = -1;
                apart.constant = 1;
                facts.push_back(std::move(apart));
            }
        }
    }

    void mine_equations(const LinearFact& where, const States& here, const std::vector<std::size_t>& present)
    {
        const std::size_t numbers = system.number_values.size();
        RowSpace space(present.size() + numbers + 2);
        for (const auto* visited : here) {
            Row row;
            for (const std::size_t l : present) row.push_back(visited->counts[l]);
            row.insert(row.end(), visited->numbers.begin(), visited->numbers.end());
            row.push_back(visited->cpus);
            row.push_back(1);
            space.add(std::move(row));
        }
        for (const Row& row : space.null_space()) {
            LinearFact equation = fact(where, true);
            for (std::size_t i = 0; i < present.size(); ++i) equation.counts[present[i]] = row[i];
            for (std::size_t n = 0; n < numbers; ++n) equation.numbers[n] = row[present.size() + n];
            equation.cpus = row[row.size() - 2];
            equation.constant = row.back();
            facts.push_back(std::move(equation));
        }
    }

    void mine_bounds(const LinearFact& where, const States& here, const std::vector<std::size_t>& present)
    {
        constexpr std::int64_t most_at_least = 2;
        for (const std::size_t l : present) {
            std::int64_t least = INT64_MAX, greatest = 0;
            for (const auto* visited : here) {
                least = std::min(least, visited->counts[l]);
                greatest = std::max(greatest, visited->counts[l]);
            }
            if (least >= 1) {
                LinearFact bound = fact(where, false);
                bound.counts[l] = 1;
                bound.constant = -std::min(least, most_at_least);
                facts.push_back(std::move(bound));
            }
            if (greatest == 1) {
                LinearFact bound = fact(where, false);
                bound.counts[l] = -1;
                bound.constant = 1;
                facts.push_back(std::move(bound));
            }
        }
        for (std::size_t n = 0; n < system.number_values.size(); ++n) {
            std::int64_t least = INT64_MAX, most_above = INT64_MIN;
            for (const auto* visited : here) {
                least = std::min(least, visited->numbers[n]);
                most_above = std::max(most_above, visited->numbers[n] - visited->cpus);
            }
            LinearFact low = fact(where, false), high = fact(where, false);
            low.numbers[n] = 1;
            low.constant = -least;
            high.numbers[n] = -1;
            high.cpus = 1;
            high.constant = most_above;
            facts.push_back(std::move(low));
            facts.push_back(std::move(high));
        }
    }
};

// ---- Proof ---------------------------------------------------------------------------------------------------------

double seconds_since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

class Prover {
public:
    Prover(CountingSystem& the_system, const Limits& the_limits)
        : system(the_system), terms(system.terms), limits(the_limits), solver(terms, Solver::Kind::integers)
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
    }

    CountingProof run()
    {
        const auto start = std::chrono::steady_clock::now();
        by_control.resize(system.controls.size());
        for (LinearFact& fact : mine_linear_facts(system)) {
            ++proof.candidates;
            by_control[fact.control].push_back(std::move(fact));
        }
        drop_what_does_not_begin();
        if (!keep_what_is_preserved()) return std::move(proof);
        for (const auto& facts : by_control) proof.facts.insert(proof.facts.end(), facts.begin(), facts.end());
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
    Solver solver;
    CountingProof proof;
    std::vector<Term> always;  // of every state of every member
    std::vector<std::vector<LinearFact>> by_control;

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
        for (const LinearFact& fact : by_control[control])
            all.push_back(said(fact, system.counts, system.number_values));
        return all;
    }

    /// Some CPU is where the rule begins, and its condition holds.
    Term enabled(const CountingSystem::Rule& rule)
    {
        return rule.local ? terms.both(at_least(system.counts[*rule.local], 1), rule.condition) : rule.condition;
    }

    /// A wait in a loop comes back to where it was.
    Term changes_something(const CountingSystem::Rule& rule)
    {
        if (rule.fails || rule.to_control != rule.control || (rule.local && rule.to_local != rule.local))
            return terms.truth(true);
        Term differs = terms.truth(false);
        for (std::size_t n = 0; n < rule.to_numbers.size(); ++n)
            differs = terms.either(differs, terms.negation(terms.equal(rule.to_numbers[n], system.number_values[n])));
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
        for (const CountingSystem::Start& start : system.starts)
            std::erase_if(by_control[start.control], [&](const LinearFact& fact) {
                const std::vector<Term> wanted{terms.negation(said(fact, first_counts(start), start.numbers))};
                Solver alone(terms, Solver::Kind::integers);
                alone.require(always[0]);
                return alone.check(wanted) != Solver::Answer::unsatisfiable;
            });
    }

    bool keep_what_is_preserved()
    {
        for (bool changed = true; changed;) {
            changed = false;
            for (const CountingSystem::Rule& rule : system.rules) {
                if (rule.fails || escapes(rule)) continue;
                if (!limits.reason().empty()) return false;
                changed |= drop_what_is_broken(rule);
            }
        }
        return true;
    }

    bool drop_what_is_broken(const CountingSystem::Rule& rule)
    {
        std::vector<LinearFact>& facts = by_control[*rule.to_control];
        const std::vector<Term> counts = counts_after(rule);
        bool dropped = false;
        for (;;) {
            std::vector<Term> wanted = invariant_of(rule.control);
            wanted.push_back(enabled(rule));
            Term broken = terms.truth(false);
            for (const LinearFact& fact : facts)
                broken = terms.either(broken, terms.negation(said(fact, counts, rule.to_numbers)));
            if (terms.is_false(broken)) return dropped;
            wanted.push_back(broken);
            const Solver::Answer answer = ask(solver, wanted, limits);
            if (answer == Solver::Answer::unsatisfiable) return dropped;
            if (answer == Solver::Answer::unknown) {
                facts.clear();
                return true;
            }
            std::vector<bool> holds;
            holds.reserve(facts.size());
            for (const LinearFact& fact : facts)
                holds.push_back(solver.value(said(fact, counts, rule.to_numbers)) != 0);
            std::size_t i = 0;
            std::erase_if(facts, [&](const LinearFact&) { return !holds[i++]; });
            dropped = true;
        }
    }

    // ---- Obligations ----

    void note_induction()
    {
        for (const CountingSystem::Start& start : system.starts) {
            Refuted base{"begin", "the facts hold where every member begins", {always[0]}, 0};
            Term broken = terms.truth(false);
            for (const LinearFact& fact : by_control[start.control])
                broken = terms.either(broken, terms.negation(said(fact, first_counts(start), start.numbers)));
            base.asserted.push_back(broken);
            confirm(base);
            proof.obligations.push_back(std::move(base));
        }
        for (std::size_t c = 0; c < system.controls.size(); ++c) {
            Term broken = terms.truth(false);
            for (const CountingSystem::Rule& rule : system.rules) {
                if (rule.control != c || rule.fails || escapes(rule)) continue;
                const std::vector<Term> counts = counts_after(rule);
                Term after = terms.truth(true);
                for (const LinearFact& fact : by_control[*rule.to_control])
                    after = terms.both(after, said(fact, counts, rule.to_numbers));
                broken = terms.either(broken, terms.both(enabled(rule), terms.negation(after)));
            }
            if (terms.is_false(broken)) continue;
            note(c, "step", fmt::format("every rule preserves the facts, while {}", system.control_text(c)), broken);
            confirm(proof.obligations.back());
        }
    }

    /// What was kept is asked once more, all rules of a control state together, by a solver that knows nothing.
    void confirm(const Refuted& obligation)
    {
        Solver fresh(terms, Solver::Kind::integers);
        const Solver::Answer answer = ask(fresh, obligation.asserted, limits);
        if (answer == Solver::Answer::satisfiable)
            throw std::logic_error(fmt::format("a fact was kept that does not hold for ever ({})", obligation.name));
    }

    void note(std::size_t control, const std::string& name, const std::string& says, Term bad)
    {
        Refuted obligation{fmt::format("{}-{}", name, control), says, always, 0};
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
            if (ask(solver, wanted, limits) == Solver::Answer::unsatisfiable) {
                note(c, name, fmt::format("{}, while {}", property, system.control_text(c)), here);
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
                const Term begins = rule.local ? at_least(system.counts[*rule.local], 1) : terms.truth(true);
                return terms.either(escapes(rule) ? enabled(rule) : terms.truth(false),
                                    terms.both(begins, terms.negation(rule.sides)));
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
            const Term goes_on = any_rule(c, [&](const CountingSystem::Rule& rule) {
                return terms.both(enabled(rule), changes_something(rule));
            });
            Term duty = terms.truth(system.control_has_duty[c]);
            for (std::size_t l = 0; l < system.counts.size(); ++l)
                if (system.has_duty[c][l]) duty = terms.either(duty, at_least(system.counts[l], 1));
            return terms.both(duty, terms.negation(goes_on));
        });
    }
};

}  // namespace

std::vector<LinearFact> mine_linear_facts(const CountingSystem& system) { return Miner(system).run(); }

CountingProof prove_counting(CountingSystem& system, const Limits& limits) { return Prover(system, limits).run(); }

std::string to_text(const LinearFact& fact, const CountingSystem& system)
{
    std::string left, right;
    const auto add = [&](std::int64_t times, const std::string& what) {
        if (times == 0) return;
        std::string& side = times > 0 ? left : right;
        const std::int64_t magnitude = times > 0 ? times : -times;
        if (!side.empty()) side += " + ";
        side += what.empty() ? std::to_string(magnitude)
                             : (magnitude == 1 ? what : fmt::format("{} * {}", magnitude, what));
    };
    for (std::size_t l = 0; l < fact.counts.size(); ++l)
        add(fact.counts[l], fmt::format("#[{}]", system.local_text(l)));
    for (std::size_t n = 0; n < fact.numbers.size(); ++n) add(fact.numbers[n], system.numbers[n]);
    add(fact.cpus, "N");
    add(fact.constant, "");
    if (left.empty()) left = "0";
    if (right.empty()) right = "0";
    std::string where = system.control_text(fact.control);
    for (const std::size_t l : fact.occupied) where += fmt::format("; somebody is [{}]", system.local_text(l));
    for (const std::size_t l : fact.empty) where += fmt::format("; nobody is [{}]", system.local_text(l));
    return fmt::format("while {}: {} {} {}", where, left, fact.is_equation ? "==" : ">=", right);
}

}  // namespace lockstep::smt
