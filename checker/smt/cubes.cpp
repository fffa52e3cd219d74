#include "smt/cubes.h"

#include "smt/facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace lockstep::smt {

Term to_term(const Literal& literal, StateTerms& states, const SymbolicState& state)
{
    Terms& terms = states.terms;
    const Term whole = literal.is_mark ? state.marks[literal.cell] : state.values[literal.cell];
    const Term moved = terms.binary(Op::shift_right, whole, terms.constant(terms.width(whole), literal.bit));
    return terms.is(terms.low_bits(moved, 1), literal.is_set ? 1 : 0);
}

Term to_term(const Cube& cube, StateTerms& states, const SymbolicState& state)
{
    Term all = states.terms.truth(true);
    for (const Literal& literal : cube) all = states.terms.both(all, to_term(literal, states, state));
    return all;
}

bool holds(const Literal& literal, const Layout& layout, std::span<const std::int64_t> cells)
{
    const std::int64_t value = cells[literal.cell];
    const bool has_value = value != undefined_value && value != dead_value;
    std::uint64_t coded = 0;
    if (literal.is_mark)
        coded = static_cast<std::uint64_t>(has_value                  ? Mark::value
                                           : value == undefined_value ? Mark::undefined
                                                                      : Mark::dead);
    else if (has_value)
        coded = Coding::encode(layout.cells[literal.cell].kind, value);
    return (coded >> literal.bit & 1) == (literal.is_set ? 1 : 0);
}

bool holds(const Cube& cube, const Layout& layout, std::span<const std::int64_t> cells)
{
    return std::ranges::all_of(cube, [&](const Literal& literal) { return holds(literal, layout, cells); });
}

namespace {

constexpr unsigned most_bits_listed = 6, most_listed = 4;

struct Bits {
    std::uint64_t mask = 0, value = 0;
    void add(const Literal& literal)
    {
        mask |= std::uint64_t{1} << literal.bit;
        if (literal.is_set) value |= std::uint64_t{1} << literal.bit;
    }
    [[nodiscard]] bool allow(std::uint64_t coded) const { return (coded & mask) == value; }
};

std::string listed(const std::vector<std::string>& places)
{
    return places.size() == 1 ? places[0] : fmt::format("({})", fmt::join(places, " || "));
}

/// Where a process stands, as far as such bits of its location say.
std::string place_text(ProcessId p, const Bits& bits, const Program& program, const Layout& layout)
{
    const Process& process = program.processes[p];
    const Automaton& automaton = program.automata[process.automaton];
    const std::uint32_t cell = layout.processes[p].location_cell;
    std::vector<std::string> in, out;
    for (LocationId l : ids_of(automaton.locations)) {
        if (l != automaton.entry && automaton.locations[l].is_pass_through) continue;
        (bits.allow(l.index) ? in : out).push_back(value_in_words(program, layout, cell, l.index));
    }
    for (std::vector<std::string>* places : {&in, &out}) {
        std::ranges::sort(*places);
        places->erase(std::ranges::unique(*places).begin(), places->end());
    }
    const bool is_short = in.size() <= out.size();
    return fmt::format("{} is {} {}", process.name, is_short ? "at" : "not at",
                       fmt::join(is_short ? in : out, is_short ? " or " : " nor "));
}

std::string value_text(std::uint32_t cell, const Bits& bits, const Program& program, const Layout& layout)
{
    const std::string name = cell_name(program, layout, cell);
    const Layout::Cell& is = layout.cells[cell];
    const unsigned width = Coding::width(is.kind, is.bits);
    const std::uint64_t all = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
    const auto equals = [&](std::uint64_t coded, const char* comparison) {
        return fmt::format(
            "{} {} {}", name, comparison,
            value_in_words(program, layout, cell, Coding::decode(is.kind, is.bits, is.is_signed, coded)));
    };
    if (bits.mask == all) return equals(bits.value, "==");
    if (width <= most_bits_listed && is.kind == SlotClass::Kind::integer) {
        std::vector<std::string> in, out;
        for (std::uint64_t coded = 0; coded <= all; ++coded)
            bits.allow(coded) ? in.push_back(equals(coded, "==")) : out.push_back(equals(coded, "!="));
        if (out.size() < in.size() && out.size() <= most_listed) return fmt::format("{}", fmt::join(out, " && "));
        if (in.size() <= most_listed) return listed(in);
    }
    return fmt::format("({} & {:#x}) == {:#x}", name, bits.mask, bits.value);
}

std::string mark_text(std::uint32_t cell, const Bits& bits, const Program& program, const Layout& layout)
{
    static constexpr const char* words[] = {"has a value", "is undefined", "is out of scope"};
    std::vector<std::string> in;
    for (const Mark mark : {Mark::value, Mark::undefined, Mark::dead})
        if (bits.allow(static_cast<std::uint64_t>(mark))) in.emplace_back(words[static_cast<std::size_t>(mark)]);
    return fmt::format("{} {}", cell_name(program, layout, cell), fmt::join(in, " or "));
}

}  // namespace

std::string clause_text(const Cube& cube, const Program& program, const Layout& layout)
{
    std::vector<std::string> places, values;
    for (std::size_t i = 0; i < cube.size();) {
        const std::uint32_t cell = cube[i].cell;
        const bool is_mark = cube[i].is_mark;
        Bits bits;
        for (; i < cube.size() && cube[i].cell == cell && cube[i].is_mark == is_mark; ++i) bits.add(cube[i]);
        ProcessId at;
        for (ProcessId p : ids_of(program.processes))
            if (layout.processes[p].location_cell == cell) at = p;
        if (is_mark)
            values.push_back(mark_text(cell, bits, program, layout));
        else if (at.valid())
            places.push_back(place_text(at, bits, program, layout));
        else
            values.push_back(value_text(cell, bits, program, layout));
    }
    std::string text;
    if (!places.empty()) text = fmt::format("while {}: ", fmt::join(places, " and "));
    if (values.empty()) return places.empty() ? "0" : "never " + text.substr(0, text.size() - 2);
    if (values.size() == 1 && values[0].starts_with('(') && values[0].ends_with(')')) return text + '!' + values[0];
    return text + fmt::format("!({})", fmt::join(values, " && "));
}

}  // namespace lockstep::smt
