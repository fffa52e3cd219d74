#include "smt/mining.h"

#include "semantics/stepper.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

namespace lockstep::smt {

Sample sample_states(const Program& program, const Layout& layout, std::size_t most_states,
                     const std::function<bool(std::size_t)>& goes_on)
{
    constexpr std::size_t interval = 500;
    Sample sample;
    std::set<std::vector<std::int64_t>> met;
    const auto add = [&](const std::vector<std::int64_t>& cells) {
        if (met.size() < most_states && met.insert(cells).second) sample.states.push_back(cells);
    };
    Stepper stepper(program, layout);
    for (const auto& cells : initial_cells(program, layout)) add(cells);
    for (std::size_t i = 0; i < sample.states.size(); ++i) {  // NOLINT(modernize-loop-convert): it grows
        if (goes_on && i % interval == 0 && !goes_on(met.size())) return sample;
        stepper.evaluator.cells = sample.states[i];
        stepper.all_steps([&](const StepView& view) {
            if (view.trap.kind == nullptr && !view.stopped) add(stepper.evaluator.cells);
        });
    }
    sample.is_complete = met.size() < most_states;
    return sample;
}

namespace {

class Miner {
public:
    Miner(const Program& the_program, const Layout& the_layout, const Sample& the_sample,
          const MiningLimits& the_limits, const std::function<bool()>& the_goes_on)
        : program(the_program), layout(the_layout), sample(the_sample), limits(the_limits), goes_on(the_goes_on)
    {
        for (std::uint32_t c = 0; c < layout.cells.size(); ++c)
            if (layout.cells[c].word != Layout::no_word) cells.push_back(c);
        for (ProcessId p : ids_of(program.processes)) location_cells.insert(layout.processes[p].location_cell);
        for (const Layout::Address& address : layout.addresses)
            if (address.cell != Layout::no_cell) in_memory.insert(address.cell);
    }

    std::vector<Fact> run()
    {
        try {
            mine();
        } catch (const Ended&) {
            return std::move(facts);  // they can do without the rest
        }
        return std::move(facts);
    }

private:
    /// Is thrown where it is to end.
    struct Ended {};

    const Program& program;
    const Layout& layout;
    const Sample& sample;
    const MiningLimits& limits;
    const std::function<bool()>& goes_on;
    std::vector<std::uint32_t> cells;  // those that may change
    std::set<std::uint32_t> location_cells, in_memory;
    std::vector<Fact> facts;
    std::map<std::pair<std::vector<Fact::Place>, std::uint32_t>, std::size_t> values_at;  // how many a cell has
    std::map<std::pair<Fact::Given, std::uint32_t>, std::size_t> values_while;            // the same

    /// What is most often of use comes first, since there is a limit.
    void mine()
    {
        const std::vector<std::size_t> all = every_state();
        for (const std::uint32_t cell : cells)
            if (!location_cells.contains(cell)) say_values({}, cell, all);
        say_equal({}, all);
        std::map<Fact::Place, std::vector<std::size_t>> by_place;
        for (const std::size_t i : all)
            for (ProcessId p : ids_of(program.processes))
                by_place[{p, LocationId(static_cast<std::size_t>(sample.states[i][layout.processes[p].location_cell]))}]
                    .push_back(i);
        for (const auto& [place, states] : by_place) say_apart(place, states);
        for (const auto& [place, states] : by_place)
            for (const std::uint32_t cell : cells)
                if (!location_cells.contains(cell)) say_values({place}, cell, states);
        say_given(std::nullopt, all);
        for (const auto& [place, states] : by_place) say_given(place, states);
        for (const auto& [place, states] : by_place) say_equal({place}, states);
        for (const auto& [place, states] : by_place) say_of_pairs(place, states);
    }

    [[nodiscard]] std::vector<std::size_t> every_state() const
    {
        std::vector<std::size_t> all(sample.states.size());
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
        return all;
    }

    void keep_going() const
    {
        if (facts.size() >= limits.most_facts || (goes_on && !goes_on())) throw Ended{};
    }

    void say(Fact&& fact)
    {
        if (facts.size() < limits.most_facts) facts.push_back(std::move(fact));
    }

    void say_values(const std::vector<Fact::Place>& where, std::uint32_t cell, const std::vector<std::size_t>& states,
                    std::optional<Fact::Given> given = {})
    {
        keep_going();
        std::set<std::int64_t> values;
        for (const std::size_t i : states) values.insert(sample.states[i][cell]);
        // Where it says no more than what is said of fewer places, it is not said again.
        std::size_t known = SIZE_MAX;
        if (!where.empty() || given) known = values_at[{{}, cell}];
        if (given && !where.empty())
            known = std::min({known, values_at[{where, cell}], values_given(given->cell, given->value, cell)});
        if (where.size() > 1)
            for (const Fact::Place& place : where) known = std::min(known, values_at[{{place}, cell}]);
        if (where.size() < 2 && !given) values_at[{where, cell}] = values.size();
        if (values.size() >= known) return;
        const bool has_marks = values.contains(undefined_value) || values.contains(dead_value);
        if (values.size() <= limits.most_values)
            say({Fact::Kind::among, where, given, cell, 0, {values.begin(), values.end()}});
        const Layout::Cell& at = layout.cells[cell];
        const bool is_ordered = at.kind == SlotClass::Kind::integer && at.bits > 1 && (at.is_signed || at.bits < 64);
        if (is_ordered && !has_marks && values.size() > 1)
            say({Fact::Kind::range, where, given, cell, 0, {*values.begin(), *values.rbegin()}});
    }

    /// What is in memory while some cell has a certain value, and while p is somewhere and a register of it has one.
    void say_given(const std::optional<Fact::Place>& place, const std::vector<std::size_t>& states)
    {
        keep_going();
        for (const std::uint32_t condition : cells) {
            if (location_cells.contains(condition)) continue;
            if (place && !is_register_of(place->process, condition)) continue;
            std::map<std::int64_t, std::vector<std::size_t>> by_value;
            for (const std::size_t i : states) {
                by_value[sample.states[i][condition]].push_back(i);
                if (by_value.size() > limits.most_values) break;
            }
            if (by_value.size() < 2 || by_value.size() > limits.most_values) continue;
            for (const auto& [value, there] : by_value) {
                if (place) say_apart_given(*place, {condition, value}, states, there);
                for (const std::uint32_t cell : cells)
                    if (cell != condition && in_memory.contains(cell))
                        say_values(place ? std::vector{*place} : std::vector<Fact::Place>{}, cell, there,
                                   Fact::Given{condition, value});
            }
        }
    }

    /// Where somebody else is while p is here, but not while a register of p's has that value.
    void say_apart_given(Fact::Place place, Fact::Given given, const std::vector<std::size_t>& here,
                         const std::vector<std::size_t>& there)
    {
        keep_going();
        for (ProcessId q : ids_of(program.processes)) {
            const std::uint32_t cell = layout.processes[q].location_cell;
            if (q == place.process || layout.cells[cell].word == Layout::no_word) continue;
            std::set<std::int64_t> with, without;
            for (const std::size_t i : there) with.insert(sample.states[i][cell]);
            for (const std::size_t i : here) without.insert(sample.states[i][cell]);
            for (const std::int64_t other : without)
                if (!with.contains(other)) say({Fact::Kind::other, {place}, given, cell, 0, {other}});
        }
    }

    /// How many values a cell has while another has a certain one.
    std::size_t values_given(std::uint32_t condition, std::int64_t value, std::uint32_t cell)
    {
        const auto [entry, is_new] = values_while.try_emplace({{condition, value}, cell}, 0);
        if (is_new) {
            std::set<std::int64_t> values;
            for (const auto& state : sample.states)
                if (state[condition] == value) values.insert(state[cell]);
            entry->second = values.size();
        }
        return entry->second;
    }

    [[nodiscard]] bool is_register_of(ProcessId p, std::uint32_t cell) const
    {
        return std::ranges::find(layout.processes[p].local, cell) != layout.processes[p].local.end();
    }

    /// Where nobody else is while p is here; of each two processes once.
    void say_apart(Fact::Place place, const std::vector<std::size_t>& states)
    {
        keep_going();
        for (ProcessId q : ids_of(program.processes)) {
            if (q <= place.process) continue;
            const std::uint32_t cell = layout.processes[q].location_cell;
            std::set<std::int64_t> here, anywhere;
            for (const std::size_t i : states) here.insert(sample.states[i][cell]);
            for (const auto& state : sample.states) anywhere.insert(state[cell]);
            for (const std::int64_t other : anywhere)
                if (!here.contains(other)) say({Fact::Kind::other, {place}, {}, cell, 0, {other}});
        }
    }

    /// What is so while p is here and somebody else there.
    void say_of_pairs(Fact::Place place, const std::vector<std::size_t>& states)
    {
        for (ProcessId q : ids_of(program.processes)) {
            if (q <= place.process) continue;
            std::map<std::int64_t, std::vector<std::size_t>> there;
            for (const std::size_t i : states) there[sample.states[i][layout.processes[q].location_cell]].push_back(i);
            if (there.size() < 2) continue;
            for (const auto& [location, both] : there)
                for (const std::uint32_t cell : cells)
                    if (!location_cells.contains(cell))
                        say_values({place, {q, LocationId(static_cast<std::size_t>(location))}}, cell, both);
        }
    }

    void say_equal(const std::vector<Fact::Place>& where, const std::vector<std::size_t>& states)
    {
        constexpr std::size_t most_cells = 60;
        if (cells.size() > most_cells) return;
        keep_going();
        for (std::size_t a = 0; a < cells.size(); ++a) {
            for (std::size_t b = a + 1; b < cells.size(); ++b) {
                const Layout::Cell& one = layout.cells[cells[a]];
                const Layout::Cell& other = layout.cells[cells[b]];
                if (one.kind != other.kind || one.bits != other.bits || one.is_signed != other.is_signed ||
                    one.has_mark != other.has_mark || location_cells.contains(cells[a]) ||
                    location_cells.contains(cells[b]))
                    continue;
                const bool are_equal = std::ranges::all_of(
                    states, [&](std::size_t i) { return sample.states[i][cells[a]] == sample.states[i][cells[b]]; });
                if (are_equal) say({Fact::Kind::same, where, {}, cells[a], cells[b], {}});
            }
        }
    }
};

}  // namespace

std::vector<Fact> mine_facts(const Program& program, const Layout& layout, const Sample& sample,
                             const MiningLimits& limits, const std::function<bool()>& goes_on)
{
    return Miner(program, layout, sample, limits, goes_on).run();
}

}  // namespace lockstep::smt
