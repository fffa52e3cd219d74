#include "smt/own_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace lockstep::smt {

namespace {

using Against = OwnFact::Against;
using Relation = OwnFact::Relation;

/// What one CPU's number is compared with, in one control state.
struct Comparison {
    std::size_t control = 0, local = 0;
    std::optional<std::size_t> other;
    std::size_t number = 0;
    Against against = Against::constant;
    std::size_t index = 0;
    auto operator<=>(const Comparison&) const = default;
};

/// Of the differences that were seen.
struct Seen {
    std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> by_cpus;  // the least and the greatest
    bool is_zero = false;                                                   // once

    void add(std::int64_t cpus, std::int64_t difference)
    {
        const auto [entry, is_new] = by_cpus.try_emplace(cpus, difference, difference);
        entry->second.first = std::min(entry->second.first, difference);
        entry->second.second = std::max(entry->second.second, difference);
        is_zero |= difference == 0;
    }

    [[nodiscard]] std::int64_t least() const
    {
        std::int64_t least = INT64_MAX;
        for (const auto& [cpus, bounds] : by_cpus) least = std::min(least, bounds.first);
        return least;
    }
    [[nodiscard]] std::int64_t greatest() const
    {
        std::int64_t greatest = INT64_MIN;
        for (const auto& [cpus, bounds] : by_cpus) greatest = std::max(greatest, bounds.second);
        return greatest;
    }
    /// A bound that only the largest member reaches is none.
    [[nodiscard]] bool has_least() const { return by_cpus.size() < 2 || before_last().least() == least(); }
    [[nodiscard]] bool has_greatest() const { return by_cpus.size() < 2 || before_last().greatest() == greatest(); }

private:
    [[nodiscard]] Seen before_last() const
    {
        Seen smaller = *this;
        smaller.by_cpus.erase(std::prev(smaller.by_cpus.end()));
        return smaller;
    }
};

class Miner {
public:
    explicit Miner(const CountingSystem& the_system) : system(the_system) {}

    std::vector<OwnFact> run()
    {
        for (const CountingSystem::Visited& visited : system.visited) look_at(visited);
        for (const auto& [comparison, differences] : seen) {
            Comparison alone = comparison;
            alone.other.reset();
            const Seen* of_one = comparison.other && comparison.against != Against::others ? &seen.at(alone) : nullptr;
            // Of two CPUs only what is not so of one already.
            if (differences.has_least() && (of_one == nullptr || differences.least() > of_one->least()))
                add(comparison, Relation::at_least, differences.least());
            if (differences.has_greatest() && (of_one == nullptr || differences.greatest() < of_one->greatest()))
                add(comparison, Relation::at_most, differences.greatest());
            // That it is greater, or less, says so already.
            const bool may_be_equal = differences.is_zero || differences.least() > 0 || differences.greatest() < 0;
            const bool is_with_number = comparison.against == Against::others || comparison.against == Against::shared;
            if (is_with_number && !may_be_equal) add(comparison, Relation::differs, 0);
        }
        return std::move(facts);
    }

private:
    const CountingSystem& system;
    std::map<Comparison, Seen> seen;
    std::vector<OwnFact> facts;

    void add(const Comparison& c, Relation relation, std::int64_t offset)
    {
        facts.push_back({c.control, c.local, c.other, c.number, c.against, c.index, relation, offset});
    }

    void look_at(const CountingSystem::Visited& visited)
    {
        for (std::size_t i = 0; i < visited.own.size(); ++i) {
            const auto& [local, own] = visited.own[i];
            for (std::size_t n = 0; n < own.size(); ++n) {
                if (!system.has_own[local][n]) continue;
                Comparison what{visited.control, local, std::nullopt, n};
                compare(visited, what, own[n]);
                for (std::size_t k = 0; k < visited.own.size(); ++k) {
                    if (k == i) continue;
                    what.other = visited.own[k].first;
                    compare(visited, what, own[n]);
                    what.against = Against::others;
                    for (what.index = 0; what.index < own.size(); ++what.index)
                        if (system.has_own[*what.other][what.index])
                            seen[what].add(visited.cpus, own[n] - visited.own[k].second[what.index]);
                }
            }
        }
    }

    void compare(const CountingSystem::Visited& visited, Comparison& what, std::int64_t value)
    {
        what.index = 0;
        what.against = Against::constant;
        seen[what].add(visited.cpus, value);
        what.against = Against::cpus;
        seen[what].add(visited.cpus, value - visited.cpus);
        what.against = Against::shared;
        for (what.index = 0; what.index < visited.numbers.size(); ++what.index)
            seen[what].add(visited.cpus, value - visited.numbers[what.index]);
        what.index = 0;
    }
};

Term compared_with(const OwnFact& fact, CountingSystem& system, const std::vector<Term>& others,
                   const std::vector<Term>& numbers)
{
    Terms& terms = system.terms;
    const Term offset = terms.integer(fact.offset);
    switch (fact.against) {
        case Against::constant:
            return offset;
        case Against::cpus:
            return terms.binary(Op::add, system.cpus, offset);
        case Against::shared:
            return terms.binary(Op::add, numbers[fact.index], offset);
        case Against::others:
            return terms.binary(Op::add, others[fact.index], offset);
    }
    return {};
}

Term at_most(Terms& terms, Term a, Term b) { return terms.negation(terms.binary(Op::signed_less, b, a)); }

bool contains(const Terms& terms, Term root, Term wanted)
{
    std::set<std::uint32_t> met;
    std::vector<Term> open{root};
    while (!open.empty()) {
        const Term t = open.back();
        open.pop_back();
        if (t == wanted) return true;
        if (!met.insert(t.index).second) continue;
        for (const Term part : {terms[t].a, terms[t].b, terms[t].c})
            if (part.valid()) open.push_back(part);
    }
    return false;
}

bool says_different(const OwnFact& fact)
{
    return fact.relation == Relation::differs || (fact.relation == Relation::at_least && fact.offset > 0) ||
           (fact.relation == Relation::at_most && fact.offset < 0);
}

/// For one of the numbers: who has one, and between which bounds all of these lie.
class Pigeonhole {
public:
    Pigeonhole(CountingSystem& the_system, const std::vector<OwnFact>& the_facts, const std::vector<Term>& own_moves,
               std::size_t the_number)
        : system(the_system), terms(system.terms), facts(the_facts), moves(own_moves), number(the_number)
    {
        for (const OwnFact& fact : facts)
            if (fact.number == number && !fact.other) locals.insert(fact.local);
        // Those are left of which any two differ: first those of one local state, then those of two.
        std::erase_if(locals, [&](std::size_t local) { return !differ(local, local); });
        const auto two_may_be_alike = [&](std::size_t local) {
            return std::ranges::any_of(locals, [&](std::size_t other) { return !differ(local, other); });
        };
        while (std::erase_if(locals, [&](std::size_t local) { return two_may_be_alike(local); }) > 0) {
        }
    }

    std::vector<Term> run()
    {
        std::vector<Term> said;
        if (locals.empty()) return said;
        Term count = terms.integer(0);
        for (const std::size_t local : locals) count = terms.binary(Op::add, count, system.counts[local]);
        for (const Term low : bounds(Relation::at_least))
            for (const Term high : bounds(Relation::at_most)) {
                const Term none = terms.equal(count, terms.integer(0));
                const Term room = terms.binary(Op::add, terms.binary(Op::subtract, high, low), terms.integer(1));
                said.push_back(terms.either(none, at_most(terms, add(count, taken(low, high, {})), room)));
                std::vector<Term> values{low, high};
                values.insert(values.end(), system.number_values.begin(), system.number_values.end());
                for (const Term value : values) {
                    const Term used = add(add(count, taken(low, high, value)), terms.integer(1));
                    said.push_back(terms.implies(terms.both(is_between(low, value, high), nobody_has(value)),
                                                 terms.either(none, at_most(terms, used, room))));
                }
            }
        return said;
    }

private:
    CountingSystem& system;
    Terms& terms;
    const std::vector<OwnFact>& facts;
    const std::vector<Term>& moves;
    std::size_t number;
    std::set<std::size_t> locals;

    Term add(Term a, Term b) { return terms.binary(Op::add, a, b); }

    Term is_between(Term low, Term value, Term high)
    {
        return terms.both(at_most(terms, low, value), at_most(terms, value, high));
    }

    /// How many values between the bounds are those of shared numbers that no CPU's equals; `besides` is not counted.
    Term taken(Term low, Term high, Term besides)
    {
        Term sum = terms.integer(0);
        std::vector<Term> counted;
        if (besides.valid()) counted.push_back(besides);
        for (std::size_t g = 0; g < system.number_values.size(); ++g) {
            if (!std::ranges::all_of(locals, [&](std::size_t local) { return differs_from_shared(local, g); }))
                continue;
            const Term value = system.number_values[g];
            Term is_new = is_between(low, value, high);
            for (const Term before : counted) is_new = terms.both(is_new, terms.negation(terms.equal(value, before)));
            sum = add(sum, terms.choose(is_new, terms.integer(1), terms.integer(0)));
            counted.push_back(value);
        }
        return sum;
    }

    [[nodiscard]] bool differs_from_shared(std::size_t local, std::size_t shared) const
    {
        return std::ranges::any_of(facts, [&](const OwnFact& fact) {
            return !fact.other && fact.local == local && fact.number == number && fact.against == Against::shared &&
                   fact.index == shared && says_different(fact);
        });
    }

    [[nodiscard]] bool differ(std::size_t one, std::size_t other) const
    {
        return std::ranges::any_of(facts, [&](const OwnFact& fact) {
            return fact.against == Against::others && fact.local == one && fact.other == other &&
                   fact.number == number && fact.index == number && says_different(fact);
        });
    }

    /// Of all CPUs in `locals`.
    std::vector<Term> bounds(Relation relation)
    {
        std::map<std::pair<Against, std::size_t>, std::map<std::size_t, OwnFact>> by_what;
        for (const OwnFact& fact : facts)
            if (fact.relation == relation && fact.number == number && !fact.other && locals.contains(fact.local))
                by_what[{fact.against, fact.index}].emplace(fact.local, fact);
        std::vector<Term> all;
        for (const auto& [what, by_local] : by_what) {
            if (by_local.size() < locals.size()) continue;
            OwnFact loosest = by_local.begin()->second;
            for (const auto& [local, fact] : by_local)
                loosest.offset = relation == Relation::at_least ? std::min(loosest.offset, fact.offset)
                                                                : std::max(loosest.offset, fact.offset);
            all.push_back(compared_with(loosest, system, {}, system.number_values));
        }
        return all;
    }

    /// As nobody goes on, nobody has a number with which he would.
    Term nobody_has(Term value)
    {
        Term nobody = terms.truth(true);
        for (const std::size_t local : locals) {
            Term goes_on = terms.replace(moves[local], system.mover_values[number], value);
            for (const Term own : system.mover_values)
                if (contains(terms, goes_on, own)) goes_on = terms.truth(false);
            nobody = terms.both(nobody, terms.either(terms.equal(system.counts[local], terms.integer(0)), goes_on));
        }
        return nobody;
    }
};

}  // namespace

std::vector<OwnFact> mine_own_facts(const CountingSystem& system) { return Miner(system).run(); }

Term to_term(const OwnFact& fact, CountingSystem& system, const std::vector<Term>& own, const std::vector<Term>& others,
             const std::vector<Term>& numbers)
{
    Terms& terms = system.terms;
    const Term value = own[fact.number], with = compared_with(fact, system, others, numbers);
    switch (fact.relation) {
        case Relation::at_least:
            return at_most(terms, with, value);
        case Relation::at_most:
            return at_most(terms, value, with);
        case Relation::differs:
            return terms.negation(terms.equal(value, with));
    }
    return {};
}

std::vector<Term> pigeonhole(CountingSystem& system, const std::vector<OwnFact>& facts,
                             const std::vector<Term>& own_moves)
{
    std::vector<Term> said;
    for (std::size_t n = 0; n < system.own_numbers.size(); ++n) {
        const std::vector<Term> of_one = Pigeonhole(system, facts, own_moves, n).run();
        said.insert(said.end(), of_one.begin(), of_one.end());
    }
    return said;
}

std::string to_text(const OwnFact& fact, const CountingSystem& system)
{
    std::string with;
    switch (fact.against) {
        case Against::constant:
            break;
        case Against::cpus:
            with = "N";
            break;
        case Against::shared:
            with = system.numbers[fact.index];
            break;
        case Against::others:
            with = fmt::format("the other's {}", system.own_numbers[fact.index]);
            break;
    }
    if (with.empty())
        with = std::to_string(fact.offset);
    else if (fact.offset != 0)
        with += fmt::format(" {} {}", fact.offset < 0 ? '-' : '+', fact.offset < 0 ? -fact.offset : fact.offset);
    const std::string_view sign = fact.relation == Relation::at_least  ? ">="
                                  : fact.relation == Relation::at_most ? "<="
                                                                       : "!=";
    std::string where = system.control_text(fact.control);
    if (!where.empty()) where = fmt::format("while {}: ", where);
    where += fmt::format("of each CPU that is [{}]", system.local_text(fact.local));
    if (fact.other) where += fmt::format(" and another that is [{}]", system.local_text(*fact.other));
    return fmt::format("{}: {} {} {}", where, system.own_numbers[fact.number], sign, with);
}

}  // namespace lockstep::smt
