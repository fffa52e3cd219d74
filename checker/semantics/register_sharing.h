// Which registers of an automaton may share a cell of the state, and which need none in the stored state.
//
// A register is occupied from its assignment (or Undefine) on, to its Kill. Two that are never occupied at the same
// time can share a cell: colouring the graph of those that interfere, first come first served (G. Chaitin: Register
// Allocation and Spilling via Graph Coloring, 1982). A register that may be read while it is not occupied (it is 0
// then) shares its cell with none.
//
// Most registers hold something within a step only. One that is occupied at no location where the process can stop
// has the same value in every state, so that it need not be stored.
#pragma once

#include "semantics/layout.h"

#include <vector>

namespace lockstep {

struct RegisterSharing {
    struct Cell {
        SlotClass slot;
        bool is_signed;
        bool has_mark;  // may be undefined
        bool is_stored;
        friend bool operator==(const Cell&, const Cell&) = default;
    };
    std::vector<Cell> cells;
    std::vector<VariableId> registers;
    std::vector<std::uint32_t> shared_cell;  // by position in `registers`: index into `cells`
};

RegisterSharing share_registers(const Program& program, AutomatonId automaton);

}  // namespace lockstep
