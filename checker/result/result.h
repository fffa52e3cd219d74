// What an engine found, as plain data: the verdict, how much was covered, and each violation with its path.
//
// An engine says a path as the moves that were made (Path). result/describe turns a path into what people read
// (TraceStep), after result/replay has executed it again, independently.
#pragma once

#include "program/program.h"
#include "result/source_coverage.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

enum class Verdict : std::uint8_t { holds, violated, unknown };

/// One transition taken by one process; `choice` is the value that its Choice took, if it has one.
struct Move {
    ProcessId process;
    TransitionId transition;
    std::int64_t choice = 0;
};

/// What others see as one step: the moves of one process from one stopping location to the next.
using Step = std::vector<Move>;

struct Path {
    std::uint32_t initial_state = 0;  // index into Program::initial_states, 0 where that is empty
    std::vector<Step> steps;
};

/// Whether the one who is stuck can ever get on again: from some continuation (transient) or from none (permanent).
enum class Permanence : std::uint8_t { not_applicable, transient, permanent, undecided };

struct StackEntry {
    std::string function;
    std::string file;
    std::uint32_t line = 0;
};

struct Change {
    std::string name;  // "cpu_stopper[1].lock.owner"
    std::string before;
    std::string after;
};

/// Somebody has taken a lock (anything with a member `owner`), or given it back.
struct LockEvent {
    std::string lock;  // "cpu_stopper[1].lock"
    bool is_taken = true;
};

/// One transition within a step: where, the source line's text, and what it changed.
struct TraceMove {
    Move move;
    std::string file;
    std::uint32_t line = 0;
    std::string text;
    std::vector<StackEntry> stack;  // innermost first
    std::vector<Change> changes;
    std::vector<LockEvent> locks = {};
    bool matters = false;  // to somebody else (relevance.h)
};

struct TraceStep {
    std::string process;    // "migration/1", "timer_interrupt on CPU1"
    std::int64_t cpu = -1;  // -1: the clock
    std::string task;       // whose task this is or interrupts; empty: nobody's
    std::int64_t pid = 0;
    std::string context;  // "task", "irq", "nmi", "exit", "clock"
    std::vector<TraceMove> moves;
    std::vector<std::string> messages;  // what reports said in this step
    double ticks = 0;                   // how many had passed before it
    bool matters = true;                // for how the violation comes about (relevance.h)
};

struct Wait {
    std::string task;
    std::string what;              // "cpu_stopper[0].lock.owner", the awaited condition, "CPU0"
    std::vector<std::string> who;  // tasks (or interrupts) that could change that; empty: nobody can
    StackEntry place;
    bool is_complete = true;  // false: the search for them was cut short, there may be more
    std::int64_t cpu = -1;    // on which it waits
    std::int64_t pid = 0;
    std::string text = {};               // the line at which it stands
    std::vector<StackEntry> stack = {};  // innermost first; begins with `place`
};

/// Somebody for whom others wait and who could go on: what it is doing.
struct BusyProcess {
    std::string task;
    std::int64_t cpu = -1;
    std::int64_t pid = 0;
    std::string text;               // the line at which it stands
    std::vector<StackEntry> stack;  // innermost first
};

/// A kind of violation that is found in where a run can end up, not in a step.
inline bool is_stuck(std::string_view kind) { return kind == "deadlock" || kind == "livelock"; }

struct Violation {
    std::string kind;  // "deadlock", "livelock", "assertion", "soft_lockup", "memory", "invariant NAME" ...
    Permanence permanence = Permanence::not_applicable;
    std::int64_t cpu = -1;
    std::string task;
    std::int64_t pid = 0;
    std::string message;
    std::vector<std::uint32_t> alike_cpus;  // up to whose renaming it is one of several: these can change places with
                                            // `cpu` (search with symmetry of CPUs; otherwise none)
    std::string file;
    std::uint32_t line = 0;
    std::vector<StackEntry> stack;
    std::vector<Wait> waits_for;
    std::vector<BusyProcess> busy = {};
    Path path;
    std::vector<TraceStep> trace;
    double ticks = 0;  // how many ticks had passed at its end
};

/// How much of what it met an approximate search has looked at; an estimate (bitstate.h, hash_compaction.h).
struct Coverage {
    std::string technique;  // "bitstate", "hash"
    std::uint64_t memory_bytes = 0;
    double expected_omissions = 0;    // states that were met and taken for others
    double omission_probability = 0;  // that there is at least one
    double share = 1;                 // of the states met, those that were looked at
};

struct Statistics {
    bool complete = false;  // everything reachable was explored
    std::uint64_t states = 0;
    std::uint64_t transitions = 0;  // steps between stored states, duplicates included
    std::uint64_t depth = 0;        // longest shortest path; of the search where it is depth-first
    std::uint64_t frontier = 0;     // states not yet expanded at the end
    double seconds = 0;             // exploration alone
    double seconds_total = 0;       // from reading the first file to the verdict
    std::uint64_t peak_memory_bytes = 0;
    double bytes_per_state = 0;  // in the store of states
    std::vector<std::string> reductions;
    std::optional<Coverage> coverage = {};  // of an approximate search
};

struct Result {
    Verdict verdict = Verdict::unknown;
    std::string reason;         // why unknown
    std::string evidence = {};  // what the verdict rests on where it is not an exploration: "proved by induction"
    std::uint32_t cpus = 0;
    std::uint32_t tick_milliseconds = 1000;
    Statistics statistics;
    std::vector<Violation> violations;
    std::vector<std::string> warnings;
    std::vector<std::string> advice;                     // what can be done where the search was ended
    std::vector<StackEntry> never_executed = {};         // functions of the files given, where all was explored
    std::optional<SourceCoverage> source_coverage = {};  // if asked for
};

}  // namespace lockstep
