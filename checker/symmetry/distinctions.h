// What is done to a value, and for whom it comes out otherwise than for others.
#pragma once

#include "symmetry/sort_graph.h"

#include <string>
#include <vector>

namespace lockstep::symmetry {

/// A place that treats some CPUs (tasks, processes) otherwise than others.
struct Distinction {
    Sort sort = Sort::cpu;
    SourcePlace place;
    std::string what;        // "a CPU's number is compared with 0"
    std::vector<bool> side;  // by number: on which side of the distinction it is; empty: nobody is like another
    AutomatonId automaton;   // where; none: in the initial state
};

/// Something that is done to the value of a node.
struct Use {
    enum class Kind : std::uint8_t {
        plain,           // what is done to numbers: no tag fits
        literal,         // it is compared (`op`) with a literal, or given one
        bit_of_literal,  // the bit with a literal's number is tested or changed
        bits,            // and, or, xor, complement: a set of CPUs fits
    } kind = Kind::plain;
    SortGraph::Node node = 0;
    std::string what = {};  // "is used in arithmetic"
    BinaryOp op = BinaryOp::equal;
    std::int64_t literal = 0;
    bool literal_is_left = false;
    Where where = {};
};

/// `mask` must be a set of CPUs if `number` is a CPU's number.
struct BitUse {
    SortGraph::Node mask, number;
    Where where;
};

/// Tags have been spread.
std::vector<Distinction> find_distinctions(const Program& program, const SortGraph& graph, const std::vector<Use>& uses,
                                           const std::vector<BitUse>& bit_uses);

}  // namespace lockstep::symmetry
