// Facts: what may hold of every state, in a form that can be mined from states and turned into a formula.
//
// A fact says of one cell, or of two, what values it has; everywhere, or while one or two processes stand at certain
// locations, or some cell has a certain value: "while b is at line 12, turn is 0 or 1", "while a is at line 9, b is not
// there", "while is_busy is 0, the node's next is the node itself".
#pragma once

#include "smt/symbolic_state.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lockstep::smt {

struct Fact {
    enum class Kind : std::uint8_t {
        among,  // the cell holds one of `values` (undefined_value and dead_value are among what it may hold)
        range,  // low <= cell <= high, in the cell's own order
        other,  // the cell does not hold values[0]
        same,   // the cell holds what `second` holds
    } kind = Kind::among;
    struct Place {
        ProcessId process;
        LocationId location;
        auto operator<=>(const Place&) const = default;
    };
    std::vector<Place> where;  // while these processes stand there (at most two); none: always
    struct Given {
        std::uint32_t cell;
        std::int64_t value;
        auto operator<=>(const Given&) const = default;
    };
    std::optional<Given> given;  // and while that cell has that value
    std::uint32_t cell = 0;
    std::uint32_t second = 0;          // of `same`
    std::vector<std::int64_t> values;  // of `among` in rising order; of `range` the two bounds
};

bool holds(const Fact& fact, const Layout& layout, std::span<const std::int64_t> cells);

Term to_term(const Fact& fact, StateTerms& states, const SymbolicState& state);

/// What a cell holds; of a process's location its place.
std::string value_in_words(const Program& program, const Layout& layout, std::uint32_t cell, std::int64_t value);

/// "while b is at peterson.c:12: turn is 0 or 1".
std::string to_text(const Fact& fact, const Program& program, const Layout& layout);

}  // namespace lockstep::smt
