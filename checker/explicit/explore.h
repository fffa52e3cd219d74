// The explicit engine: explores every reachable state.
#pragma once

#include "program/program.h"
#include "result/result.h"
#include "semantics/evaluator.h"
#include "semantics/passed_points.h"
#include "symmetry/cpu_symmetry.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace lockstep::explicit_engine {

enum class Order : std::uint8_t { breadth_first, depth_first };

/// What is kept of a state that has been visited: all of it, or less (approximate_search.h).
enum class Approximation : std::uint8_t { none, bitstate, hash };

/// See checkpoint.cpp.
struct CheckpointOptions {
    std::string file;    // where to; empty: none is written
    std::string resume;  // where the search goes on; empty: from the beginning
    double every_seconds = 600;
    /// Whether a difference makes it another search, or only helps to say why it is one.
    enum class Role : std::uint8_t { decides, explains };
    struct Fact {
        std::string name, value;
        Role role;
    };
    std::vector<Fact> facts;  // what a checkpoint has to be of, besides what is said in Options
};

enum class Reduction : std::uint8_t {
    never,
    automatic,  // where the whole takes long and it pays (explore.cpp); breadth-first only
    always,
};

struct Options {
    Order order = Order::breadth_first;
    unsigned threads = 1;                               // breadth-first; what is found is the same for any number
    std::uint64_t states_for_threads = 4096;            // a level of fewer states is expanded by one thread
    bool all = false;                                   // go on after the first violation
    Reduction stubborn_sets = Reduction::never;         // partial order reduction; not with `distinguish`
    std::uint64_t states_before_reduction = 200'000;    // with Reduction::automatic
    const symmetry::CpuSymmetry* symmetry = nullptr;    // states are one up to it (canonical_states.h); not with
                                                        // `distinguish` or approximation
    Approximation approximation = Approximation::none;  // not with depth_first, stubborn sets, checkpoint
    std::uint64_t approximate_memory_bytes = 0;         // for the states visited; 0: three quarters of max_memory_bytes
    std::uint64_t max_memory_bytes = 0;                 // 0: no limit
    std::uint64_t max_states = 0;                       // 0: no limit
    double timeout_seconds = 0;                         // 0: no limit
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();  // set by explore()
    NativeMode native = NativeMode::automatic;
    const std::atomic<bool>* interrupted = nullptr;
    PassedPoints* passed = nullptr;  // is told what is executed, by searches without stubborn sets; none: nobody is
    CheckpointOptions checkpoint = {};
    std::function<void(const Statistics&)> progress = {};  // called about once a second
    std::function<void(const std::string&)> warn = {};     // at once; the Result may say it again
    /// Called by one thread at a time. What tells two reports apart that agree in kind, CPU, task and place, besides;
    /// given the state after the report.
    std::function<std::string(const ReportEvent&, std::span<const std::int64_t> cells)> distinguish = {};
};

/// The verdict, with each violation's path and permanence; traces and wait-for graphs are for result/ to add.
/// Precondition: the passes have been run on the Program, and boot too.
Result explore(const Program& program, const Options& options);

}  // namespace lockstep::explicit_engine
