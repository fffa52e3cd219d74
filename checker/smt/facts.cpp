#include "smt/facts.h"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::smt {

namespace {

bool less(const Layout::Cell& cell, std::int64_t a, std::int64_t b)
{
    const bool is_unsigned = cell.kind == SlotClass::Kind::integer && !cell.is_signed;
    return is_unsigned ? static_cast<std::uint64_t>(a) < static_cast<std::uint64_t>(b) : a < b;
}

Term coded(StateTerms& states, std::uint32_t c, std::int64_t value)
{
    const Layout::Cell& cell = states.layout.cells[c];
    return states.terms.constant(Coding::width(cell.kind, cell.bits), Coding::encode(cell.kind, value));
}

Term holds_value(StateTerms& states, const SymbolicState& state, std::uint32_t cell, std::int64_t value)
{
    Terms& terms = states.terms;
    const Term mark = state.marks[cell];
    const auto is_marked = [&](Mark what) {
        return mark.valid() ? terms.equal(mark, states.mark(what)) : terms.truth(what == Mark::value);
    };
    if (value == undefined_value) return is_marked(Mark::undefined);
    if (value == dead_value) return is_marked(Mark::dead);
    return terms.both(is_marked(Mark::value), terms.equal(state.values[cell], coded(states, cell, value)));
}

/// low <= value <= high; addresses are ordered by their codes.
Term is_between(StateTerms& states, const SymbolicState& state, std::uint32_t c, std::int64_t low, std::int64_t high)
{
    Terms& terms = states.terms;
    const Layout::Cell& cell = states.layout.cells[c];
    const bool is_signed_order =
        cell.kind == SlotClass::Kind::time || (cell.kind == SlotClass::Kind::integer && cell.is_signed);
    const Op op = is_signed_order ? Op::signed_less : Op::unsigned_less;
    const Term value = state.values[c];
    const Term within = terms.both(terms.negation(terms.binary(op, value, coded(states, c, low))),
                                   terms.negation(terms.binary(op, coded(states, c, high), value)));
    const Term mark = state.marks[c];
    return mark.valid() ? terms.both(within, terms.equal(mark, states.mark(Mark::value))) : within;
}

}  // namespace

std::string value_in_words(const Program& program, const Layout& layout, std::uint32_t cell, std::int64_t value)
{
    if (value == undefined_value) return "undefined";
    if (value == dead_value) return "out of scope";
    for (ProcessId p : ids_of(program.processes)) {
        if (layout.processes[p].location_cell != cell) continue;
        const Automaton& automaton = program.automata[program.processes[p].automaton];
        const Location& at = automaton.locations[LocationId(static_cast<std::size_t>(value))];
        const std::string file = at.place.file.valid() ? program.files[at.place.file].name : "";
        return at.is_finished ? "finished" : fmt::format("{}:{}", file, at.place.line);
    }
    for (const Layout::Address& address : layout.addresses)
        if (address.cell == cell) {
            const TypeId type = slot_types(program, program.variables[address.variable].type)[address.offset];
            return value_text(program, layout, program.types[type], value);
        }
    return layout.cells[cell].kind == SlotClass::Kind::pointer && value > 0 && value < integer_pointer_tag
               ? "&" + address_name(program, layout, static_cast<std::uint32_t>(value))
               : std::to_string(value);
}

bool holds(const Fact& fact, const Layout& layout, std::span<const std::int64_t> cells)
{
    for (const Fact::Place& place : fact.where)
        if (cells[layout.processes[place.process].location_cell] != std::int64_t{place.location.index}) return true;
    if (fact.given && cells[fact.given->cell] != fact.given->value) return true;
    const std::int64_t value = cells[fact.cell];
    switch (fact.kind) {
        case Fact::Kind::among:
            return std::ranges::find(fact.values, value) != fact.values.end();
        case Fact::Kind::range: {
            const Layout::Cell& cell = layout.cells[fact.cell];
            return value != undefined_value && value != dead_value && !less(cell, value, fact.values[0]) &&
                   !less(cell, fact.values[1], value);
        }
        case Fact::Kind::other:
            return value != fact.values[0];
        case Fact::Kind::same:
            return value == cells[fact.second];
    }
    return false;
}

Term to_term(const Fact& fact, StateTerms& states, const SymbolicState& state)
{
    Terms& terms = states.terms;
    Term said = terms.truth(false);
    switch (fact.kind) {
        case Fact::Kind::among:
            for (const std::int64_t value : fact.values)
                said = terms.either(said, holds_value(states, state, fact.cell, value));
            break;
        case Fact::Kind::range:
            said = is_between(states, state, fact.cell, fact.values[0], fact.values[1]);
            break;
        case Fact::Kind::other:
            said = terms.negation(holds_value(states, state, fact.cell, fact.values[0]));
            break;
        case Fact::Kind::same:
            said = terms.equal(state.values[fact.cell], state.values[fact.second]);
            if (state.marks[fact.cell].valid() && state.marks[fact.second].valid())
                said = terms.both(said, terms.equal(state.marks[fact.cell], state.marks[fact.second]));
            break;
    }
    Term applies = terms.truth(true);
    for (const Fact::Place& place : fact.where)
        applies = terms.both(applies, terms.is(state.values[states.layout.processes[place.process].location_cell],
                                               place.location.index));
    if (fact.given) applies = terms.both(applies, holds_value(states, state, fact.given->cell, fact.given->value));
    return terms.implies(applies, said);
}

std::string to_text(const Fact& fact, const Program& program, const Layout& layout)
{
    std::string text;
    for (const Fact::Place& place : fact.where) {
        const std::uint32_t cell = layout.processes[place.process].location_cell;
        text += fmt::format("{} {} is at {}", text.empty() ? "while" : " and", program.processes[place.process].name,
                            value_in_words(program, layout, cell, place.location.index));
    }
    if (fact.given)
        text +=
            fmt::format("{} {} == {}", text.empty() ? "while" : " and", cell_name(program, layout, fact.given->cell),
                        value_in_words(program, layout, fact.given->cell, fact.given->value));
    if (!text.empty()) text += ": ";
    const auto value = [&](std::int64_t v) { return value_in_words(program, layout, fact.cell, v); };
    const std::string name = cell_name(program, layout, fact.cell);
    switch (fact.kind) {
        case Fact::Kind::among: {
            std::string list;
            for (std::size_t i = 0; i < fact.values.size(); ++i)
                list += (i == 0 ? "" : " || ") + fmt::format("{} == {}", name, value(fact.values[i]));
            return text + list;
        }
        case Fact::Kind::range:
            return text + fmt::format("{} <= {} && {} <= {}", value(fact.values[0]), name, name, value(fact.values[1]));
        case Fact::Kind::other:
            for (ProcessId p : ids_of(program.processes))
                if (layout.processes[p].location_cell == fact.cell)
                    return text + fmt::format("{} is not at {}", program.processes[p].name, value(fact.values[0]));
            return text + fmt::format("{} != {}", name, value(fact.values[0]));
        case Fact::Kind::same:
            return text + fmt::format("{} == {}", name, cell_name(program, layout, fact.second));
    }
    return text;
}

}  // namespace lockstep::smt
