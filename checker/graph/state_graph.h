// The first reachable states, as plain data: who stands where, what has changed, who can step where.
#pragma once

#include "program/program.h"
#include "result/result.h"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lockstep::graph {

/// Somebody who is in the middle of something.
struct Standing {
    std::string who;  // "CPU1 migration/1", "CPU0 timer_interrupt in task/0"
    LocationId location;
    std::string function;
    std::string file;
    std::uint32_t line = 0;
    std::int64_t cpu = -1;
    bool is_running = true;  // false: interrupted, preempted or asleep
};

struct ShownState {
    std::vector<Standing> standing;       // by CPU
    std::vector<Change> changes;          // against the state by which it was met first
    std::vector<std::string> violations;  // what is wrong with the state itself: an invariant, somebody stuck for ever
    std::uint64_t hidden_steps = 0;       // that lead to states which are not shown
    bool is_initial = false;
    bool is_end = false;  // no step leaves it
};

/// What one process does, with all choices that come to the same.
struct ShownStep {
    std::size_t from;
    std::optional<std::size_t>
        to;  // none: it ends in a failed assertion or an error of memory, and no state is reached
    std::string who;
    std::int64_t actor = -1;  // number of its CPU (of the process, in a Program without a machine); -1: the clock
    TraceMove move;           // the first one
    std::vector<std::int64_t> choices;
    std::vector<std::string> messages;  // reports and errors
};

struct StateGraph {
    std::vector<ShownState> states;  // breadth first
    std::vector<ShownStep> steps;
    std::uint64_t transitions = 0;  // all steps of the shown states, as the engine counts them
    std::uint64_t met = 0;          // states: the shown ones and those one step from them
    bool was_interrupted = false;
    [[nodiscard]] bool is_cut() const { return met > states.size(); }
};

/// The first `limit` (at least 1) states and all steps between them. Precondition: as explicit_engine::explore().
StateGraph make_state_graph(const Program& program, std::size_t limit, const std::atomic<bool>* interrupted = nullptr);

}  // namespace lockstep::graph
