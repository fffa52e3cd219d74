#include "smt/linear_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

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
            for (std::size_t k = 0; k < system.number_values.size(); ++k)
                if (k != n) mine_difference(where, here, n, k);
        }
    }

    /// One number is at least another one, and by how much.
    void mine_difference(const LinearFact& where, const States& here, std::size_t n, std::size_t k)
    {
        std::int64_t least = INT64_MAX, least_of_smaller = INT64_MAX;
        for (const auto* visited : here) {
            const std::int64_t difference = visited->numbers[n] - visited->numbers[k];
            least = std::min(least, difference);
            if (visited->cpus < system.sizes.back()) least_of_smaller = std::min(least_of_smaller, difference);
        }
        if (least != least_of_smaller) return;  // it goes on falling
        LinearFact bound = fact(where, false);
        bound.numbers[n] = 1;
        bound.numbers[k] = -1;
        bound.constant = -least;
        facts.push_back(std::move(bound));
    }
};

}  // namespace

std::vector<LinearFact> mine_linear_facts(const CountingSystem& system) { return Miner(system).run(); }

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
