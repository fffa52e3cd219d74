// A state whose values are terms: what a cell holds is said by a formula over other states' cells.
//
// One term for each cell of the layout, as wide as the cell's values need (32 bits for an address or a function: two of
// what, 30 of which one; 12 for a time stamp, "never" being 1024), and for a cell that may be undefined or dead another
// of two bits, the mark, as in the packed state (0 a value, 1 undefined, 2 dead). A cell without a value holds 0, so
// that equal states have equal terms' values.
#pragma once

#include "program/program.h"
#include "semantics/layout.h"
#include "smt/terms.h"

#include <span>
#include <vector>

namespace lockstep::smt {

enum class Mark : std::uint8_t { value, undefined, dead };

/// Between what a cell holds (program.h: values are std::int64_t) and a term's bits.
struct Coding {
    static constexpr unsigned pointer_bits = 32, time_bits = 12, mark_bits = 2;
    static constexpr std::uint64_t coded_never = 1024;
    static constexpr std::uint64_t packed_integer = 1, packed_string = 2, packed_function = 3;  // the two upper bits
    static constexpr unsigned payload_bits = 30;

    static unsigned width(SlotClass::Kind kind, unsigned bits);
    static std::uint64_t encode(SlotClass::Kind kind, std::int64_t value);
    static std::int64_t decode(SlotClass::Kind kind, unsigned bits, bool is_signed, std::uint64_t coded);
};

struct SymbolicState {
    std::vector<Term> values;  // by cell
    std::vector<Term> marks;   // by cell; none where it always has a value
    bool operator==(const SymbolicState&) const = default;
};

class StateTerms {
public:
    StateTerms(Terms& the_terms, const Program& the_program, const Layout& the_layout);

    /// A state that is known.
    SymbolicState known(std::span<const std::int64_t> cells);
    /// Any state of which the types are right: a variable for each cell that is not the same in every state.
    SymbolicState any(const std::string& name);
    /// What holds of such variables in every reachable state because of their types alone.
    Term well_typed(const SymbolicState& state);

    Term same(const SymbolicState& a, const SymbolicState& b);
    /// condition ? a : b, cell by cell.
    SymbolicState choose(Term condition, const SymbolicState& a, const SymbolicState& b);
    /// The cells that a model of the formula gives; `value_of` yields a term's value.
    template <typename ValueOf>
    std::vector<std::int64_t> cells(const SymbolicState& state, ValueOf value_of)
    {
        std::vector<std::int64_t> cells;
        cells.reserve(state.values.size());
        for (std::size_t c = 0; c < state.values.size(); ++c)
            cells.push_back(cell(c, value_of(state.values[c]),
                                 state.marks[c].valid() ? static_cast<Mark>(value_of(state.marks[c])) : Mark::value));
        return cells;
    }

    Term mark(Mark mark) { return terms.constant(Coding::mark_bits, static_cast<std::uint64_t>(mark)); }
    /// The value and mark that say what `value` says.
    void set(SymbolicState& state, std::uint32_t cell, std::int64_t value);
    void set_without_value(SymbolicState& state, std::uint32_t cell, Mark why);

    Terms& terms;
    const Program& program;
    const Layout& layout;

private:
    std::vector<std::int64_t> first_initial;

    [[nodiscard]] std::int64_t cell(std::size_t cell, std::uint64_t coded, Mark mark) const;
    Term well_typed(const Layout::Cell& cell, Term value);
};

}  // namespace lockstep::smt
