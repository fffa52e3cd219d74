// Cubes: sets of states that are given by some bits of some cells.
//
// "p0 is at line 14 and bit 1 of level[1] is set": what property-directed reachability blocks. A clause, which says
// that no reachable state lies in a cube, is shown with the values that such bits leave a cell: "!(p0 is at
// filter3.ls:14 && level[1] == 2)".
#pragma once

#include "smt/symbolic_state.h"

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lockstep::smt {

/// One bit of a cell's value, or of its mark.
struct Literal {
    std::uint32_t cell = 0;
    bool is_mark = false;
    std::uint8_t bit = 0;
    bool is_set = false;
    auto operator<=>(const Literal&) const = default;
};

/// In rising order.
using Cube = std::vector<Literal>;

/// Every bit of which a state of variables says nothing, as in a state of which `value_of` knows the terms.
template <typename ValueOf>
Cube cube_of(const StateTerms& states, const SymbolicState& state, ValueOf value_of)
{
    Cube cube;
    const auto add = [&](std::uint32_t cell, bool is_mark, Term t) {
        if (!t.valid() || states.terms.is_constant(t)) return;
        const std::uint64_t value = value_of(t);
        for (unsigned bit = 0; bit < states.terms.width(t); ++bit)
            cube.push_back({cell, is_mark, static_cast<std::uint8_t>(bit), (value >> bit & 1) != 0});
    };
    for (std::uint32_t c = 0; c < state.values.size(); ++c) {
        add(c, false, state.values[c]);
        add(c, true, state.marks[c]);
    }
    return cube;
}

Term to_term(const Literal& literal, StateTerms& states, const SymbolicState& state);
Term to_term(const Cube& cube, StateTerms& states, const SymbolicState& state);

bool holds(const Literal& literal, const Layout& layout, std::span<const std::int64_t> cells);
bool holds(const Cube& cube, const Layout& layout, std::span<const std::int64_t> cells);

/// That no state lies in it, in C's syntax but for where processes stand.
std::string clause_text(const Cube& cube, const Program& program, const Layout& layout);

}  // namespace lockstep::smt
