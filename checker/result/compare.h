// What a change does: the Results of a model before and after it, side by side.
//
// Both explorations have to go on after the first violation. Nothing is said that an exploration cut short does not
// show: what it found is a fact, what it did not find is not.
#pragma once

#include "result/result.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lockstep::result {

/// `hidden` is removed, where it was a detector's report and the stall is still there: with the change a silent_hang
/// (no progress, and no detector says so) comes up that was not there before, or a deadlock or livelock is there with
/// and without the change. `undecided` is what an exploration cut short leaves open.
enum class Difference : std::uint8_t { stays, removed, hidden, added, worse, milder, undecided };

/// One violation. The same kind, CPU and task, transient on one side and permanent on the other, are one row.
struct Row {
    std::string kind;
    std::int64_t cpu = -1;
    std::string task;
    std::optional<Permanence> before, after;  // nullopt: not found
    Difference difference = Difference::undecided;
};

struct Coverage {
    bool complete = false;
    std::uint64_t states = 0;
    std::string reason;  // why not complete
};

struct Comparison {
    std::uint32_t cpus = 0;
    Coverage before, after;
    std::vector<Row> rows;              // by kind, CPU and task
    std::vector<std::string> warnings;  // of either, each once
};

/// `partly`: violations are removed or made transient, others stay. `introduces`: some are added or made permanent,
/// whatever else is removed. `unknown`: something is undecided, or an exploration was cut short.
enum class Conclusion : std::uint8_t { fixes, partly, nothing, introduces, hides, unknown };

Comparison compare(const Result& before, const Result& after);

/// Of the comparisons for several numbers of CPUs together.
Conclusion conclude(std::span<const Comparison> comparisons);

}  // namespace lockstep::result
