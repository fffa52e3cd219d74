#include "smt/symbolic_state.h"

#include <algorithm>
#include <cassert>

namespace lockstep::smt {

using Kind = SlotClass::Kind;

// ---- Coding --------------------------------------------------------------------------------------------------------

unsigned Coding::width(Kind kind, unsigned bits)
{
    if (kind == Kind::time) return time_bits;
    return kind == Kind::integer ? bits : pointer_bits;
}

std::uint64_t Coding::encode(Kind kind, std::int64_t value)
{
    const auto raw = static_cast<std::uint64_t>(value);
    if (kind == Kind::integer) return raw;
    if (kind == Kind::time) return value == time_never ? coded_never : raw;
    const std::uint64_t payload = raw & ((std::uint64_t{1} << payload_bits) - 1);
    if (value & function_pointer_tag) return packed_function << payload_bits | payload;
    if (value & string_pointer_tag) return packed_string << payload_bits | payload;
    if (value & integer_pointer_tag) return packed_integer << payload_bits | payload;
    return payload;
}

std::int64_t Coding::decode(Kind kind, unsigned bits, bool is_signed, std::uint64_t coded)
{
    if (kind == Kind::integer) return is_signed ? signed_value(coded, bits) : static_cast<std::int64_t>(coded);
    if (kind == Kind::time) return coded == coded_never ? time_never : signed_value(coded, time_bits);
    const auto payload = static_cast<std::int64_t>(coded & ((std::uint64_t{1} << payload_bits) - 1));
    switch (coded >> payload_bits) {
        case packed_function:
            return function_pointer_tag | payload;
        case packed_string:
            return string_pointer_tag | payload;
        case packed_integer:
            return integer_pointer_tag | payload;
        default:
            return payload;
    }
}

// ---- States --------------------------------------------------------------------------------------------------------

StateTerms::StateTerms(Terms& the_terms, const Program& the_program, const Layout& the_layout)
    : terms(the_terms),
      program(the_program),
      layout(the_layout),
      first_initial(initial_cells(the_program, the_layout).front())
{
}

std::int64_t StateTerms::cell(std::size_t at, std::uint64_t coded, Mark mark) const
{
    if (mark != Mark::value) return mark == Mark::undefined ? undefined_value : dead_value;
    const Layout::Cell& cell = layout.cells[at];
    return Coding::decode(cell.kind, cell.bits, cell.is_signed, coded);
}

void StateTerms::set(SymbolicState& state, std::uint32_t at, std::int64_t value)
{
    const Layout::Cell& cell = layout.cells[at];
    const bool has_value = value != undefined_value && value != dead_value;
    assert(has_value || cell.has_mark);
    if (!has_value) return set_without_value(state, at, value == undefined_value ? Mark::undefined : Mark::dead);
    state.values[at] = terms.constant(Coding::width(cell.kind, cell.bits), Coding::encode(cell.kind, value));
    if (cell.has_mark) state.marks[at] = mark(Mark::value);
}

void StateTerms::set_without_value(SymbolicState& state, std::uint32_t at, Mark why)
{
    const Layout::Cell& cell = layout.cells[at];
    state.values[at] = terms.constant(Coding::width(cell.kind, cell.bits), 0);
    state.marks[at] = mark(why);
}

SymbolicState StateTerms::known(std::span<const std::int64_t> cells)
{
    SymbolicState state{std::vector<Term>(cells.size()), std::vector<Term>(cells.size())};
    for (std::uint32_t c = 0; c < cells.size(); ++c) set(state, c, cells[c]);
    return state;
}

SymbolicState StateTerms::any(const std::string& name)
{
    SymbolicState state = known(first_initial);
    for (std::uint32_t c = 0; c < state.values.size(); ++c) {
        const Layout::Cell& cell = layout.cells[c];
        if (cell.word == Layout::no_word) continue;
        const std::string cell_is = name + "." + cell_name(program, layout, c);
        state.values[c] = terms.variable(Coding::width(cell.kind, cell.bits), cell_is);
        if (cell.has_mark) state.marks[c] = terms.variable(Coding::mark_bits, cell_is + " mark");
    }
    return state;
}

Term StateTerms::well_typed(const Layout::Cell& cell, Term value)
{
    const auto between = [&](std::int64_t low, std::int64_t high) {
        const auto coded = [&](std::int64_t v) {
            return terms.constant(Coding::time_bits, static_cast<std::uint64_t>(v));
        };
        return terms.both(terms.negation(terms.binary(Op::signed_less, value, coded(low))),
                          terms.negation(terms.binary(Op::signed_less, coded(high), value)));
    };
    const auto below = [&](std::uint64_t first, std::uint64_t count) {
        const Term distance = terms.binary(Op::subtract, value, terms.constant(Coding::pointer_bits, first));
        return terms.binary(Op::unsigned_less, distance, terms.constant(Coding::pointer_bits, count));
    };
    constexpr unsigned payload = Coding::payload_bits;
    switch (cell.kind) {
        case Kind::integer:
            return terms.truth(true);
        case Kind::time:
            return between(-time_saturation, time_saturation + 1);  // the last one stands for never
        case Kind::pointer:
            // One past the end of the last array is a pointer as well.
            return terms.either(
                below(0, layout.addresses.size() + 1),
                terms.either(below(Coding::packed_integer << payload, std::uint64_t{1} << payload),
                             terms.either(below(Coding::packed_string << payload, program.strings.size()),
                                          below(Coding::packed_function << payload, program.functions.size()))));
        case Kind::function:
            return terms.either(terms.is(value, 0),
                                terms.either(below(Coding::packed_integer << payload, std::uint64_t{1} << payload),
                                             below(Coding::packed_function << payload, program.functions.size())));
    }
    return terms.truth(true);
}

Term StateTerms::well_typed(const SymbolicState& state)
{
    Term all = terms.truth(true);
    for (std::size_t c = 0; c < state.values.size(); ++c) {
        const Term value = state.values[c];
        if (terms.is_constant(value)) continue;
        all = terms.both(all, well_typed(layout.cells[c], value));
        if (!state.marks[c].valid()) continue;
        all = terms.both(all, terms.binary(Op::unsigned_less, state.marks[c], terms.constant(Coding::mark_bits, 3)));
        all = terms.both(all, terms.either(terms.is(state.marks[c], 0), terms.is(value, 0)));
    }
    for (ProcessId p : ids_of(program.processes)) {
        const Term at = state.values[layout.processes[p].location_cell];
        const Automaton& automaton = program.automata[program.processes[p].automaton];
        if (terms.is_constant(at)) continue;
        std::vector<Term> places;  // where steps end, and where it begins
        for (LocationId l : ids_of(automaton.locations))
            if (l == automaton.entry || !automaton.locations[l].is_pass_through)
                places.push_back(terms.is(at, l.index));
        all = terms.both(all, terms.any_of(places));
    }
    return all;
}

Term StateTerms::same(const SymbolicState& a, const SymbolicState& b)
{
    Term all = terms.truth(true);
    for (std::size_t c = 0; c < a.values.size(); ++c) {
        if (a.values[c] != b.values[c]) all = terms.both(all, terms.equal(a.values[c], b.values[c]));
        if (a.marks[c] != b.marks[c]) all = terms.both(all, terms.equal(a.marks[c], b.marks[c]));
        if (terms.is_false(all)) break;
    }
    return all;
}

SymbolicState StateTerms::choose(Term condition, const SymbolicState& a, const SymbolicState& b)
{
    if (terms.is_true(condition)) return a;
    SymbolicState chosen = b;
    for (std::size_t c = 0; c < a.values.size(); ++c) {
        if (a.values[c] != b.values[c]) chosen.values[c] = terms.choose(condition, a.values[c], b.values[c]);
        if (a.marks[c] != b.marks[c]) chosen.marks[c] = terms.choose(condition, a.marks[c], b.marks[c]);
    }
    return chosen;
}

}  // namespace lockstep::smt
