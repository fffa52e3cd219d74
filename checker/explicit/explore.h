// The explicit engine: explores every reachable state.
#pragma once

#include "program/program.h"
#include "result/result.h"
#include "semantics/evaluator.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace lockstep::explicit_engine {

enum class Order : std::uint8_t { breadth_first, depth_first };

enum class Reduction : std::uint8_t {
    never,
    automatic,  // where the whole takes long and it pays (explore.cpp); breadth-first only
    always,
};

struct Options {
    Order order = Order::breadth_first;
    unsigned threads = 1;                             // breadth-first; what is found is the same for any number
    std::uint64_t states_for_threads = 4096;          // a level of fewer states is expanded by one thread
    bool all = false;                                 // go on after the first violation
    Reduction stubborn_sets = Reduction::never;       // partial order reduction; not with `distinguish`
    std::uint64_t states_before_reduction = 200'000;  // with Reduction::automatic
    std::uint64_t max_memory_bytes = 0;               // 0: no limit
    std::uint64_t max_states = 0;                     // 0: no limit
    double timeout_seconds = 0;                       // 0: no limit
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();  // set by explore()
    NativeMode native = NativeMode::automatic;
    const std::atomic<bool>* interrupted = nullptr;
    std::function<void(const Statistics&)> progress = {};  // called about once a second
    /// Called by one thread at a time. What tells two reports apart that agree in kind, CPU, task and place, besides;
    /// given the state after the report.
    std::function<std::string(const ReportEvent&, std::span<const std::int64_t> cells)> distinguish = {};
};

/// The verdict, with each violation's path and permanence; traces and wait-for graphs are for result/ to add.
/// Precondition: the passes have been run on the Program, and boot too.
Result explore(const Program& program, const Options& options);

}  // namespace lockstep::explicit_engine
