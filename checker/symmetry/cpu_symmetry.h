// Which CPUs of a Program are interchangeable, and what has to be renamed with them.
//
// The result is plain data. A renaming (symmetry/renaming.h) of the CPUs of a class takes every state to one whose
// steps are the steps of the first, renamed: violations, deadlocks and terminal components included.
#pragma once

#include "program/program.h"
#include "semantics/layout.h"
#include "symmetry/sorts.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep::symmetry {

/// Why some CPUs are not interchangeable.
struct Reason {
    SourcePlace place;  // none: it lies in the initial state, or in no line of the model
    std::string what;
    std::vector<std::uint32_t> apart;  // the CPUs that it keeps apart from the others; empty: each from each
};

/// What belongs to one CPU, in corresponding order for all CPUs of a class.
struct Block {
    std::vector<std::uint32_t> addresses;  // per-CPU copies, elements of arrays, objects that only they lead to
    std::vector<std::int64_t> tasks;
    std::vector<ProcessId> processes;
    std::vector<std::uint32_t> cells;  // at these addresses; the processes' locations and registers
};

struct CpuSymmetry {
    std::vector<std::vector<std::uint32_t>> classes;  // of two or more interchangeable CPUs each, ascending
    std::vector<Block> blocks;                        // by CPU; empty where it is in no class
    std::vector<Reason> reasons;

    std::vector<Tag> cell_tags;          // by cell; of registers' cells: plain, see below
    std::vector<std::uint32_t> renamed;  // cells outside blocks whose values change with a renaming
    /// By automaton and location: the registers that may hold a number that has to be renamed there. Registers share
    /// cells, so that what a cell holds depends on where its process is.
    IdVector<AutomatonId, std::vector<std::vector<RegisterSort>>> registers;
};

/// Precondition: all passes have been run.
CpuSymmetry find_cpu_symmetry(const Program& program, const Layout& layout);

/// Classes and reasons, for people.
std::string describe(const Program& program, const CpuSymmetry& symmetry);

}  // namespace lockstep::symmetry
