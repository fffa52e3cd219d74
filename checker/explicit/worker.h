// One thread of the search: expands states. What all threads share (the store, the names of what is known) they read
// here without locks; what a worker finds it keeps to itself until the level is over.
#pragma once

#include "explicit/edge_log.h"
#include "explicit/findings.h"
#include "explicit/frontier.h"
#include "explicit/state_space.h"
#include "explicit/stubborn_set.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::explicit_engine {

/// A number that its own thread changes and others may look at.
class Counter {
public:
    void add(std::uint64_t n) { value.store(value.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
    operator std::uint64_t() const { return value.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value = 0;
};

class Worker {
public:
    /// What all workers of a search read.
    struct Common {
        const Program& program;
        const Options& options;
        bool reduces;  // stubborn sets
        Observed observed;
        std::map<std::string, std::size_t> known;  // what was noticed before, by name; changes only between levels
        std::mutex distinguishing;                 // Options::distinguish is called by one at a time
    };

    Worker(Common& the_common, EdgeLog::Writer& the_edges, Rendezvous* rendezvous)
        : common(the_common), space(the_common.program, rendezvous, the_common.options.symmetry), edges(the_edges)
    {
        prepare();
    }
    /// Another one, with the same store.
    Worker(const Worker& first, EdgeLog::Writer& the_edges) : common(first.common), space(first.space), edges(the_edges)
    {
        prepare();
    }

    Common& common;
    StateSpace space;
    Counter transitions, expanded;

    // What was found since this was last emptied.
    std::vector<Range> found;
    std::map<std::string, std::vector<Sighting>> sightings;  // by name; without Options::all all under ""

    [[nodiscard]] EdgeLog::Writer& log() { return edges; }

    enum class Steps : std::uint8_t { enough, all };
    /// Makes the steps of a state and notes what they show. Where they lead is inserted then, or with that of the next
    /// states.
    void expand(std::uint32_t state, Steps steps = Steps::enough);
    /// Inserts what is still to be inserted.
    void insert_pending();
    void add_initial(std::uint32_t state);

private:
    EdgeLog::Writer& edges;
    std::optional<StubbornSets> stubborn;

    // What is still to be inserted: the successors of these states, one state's after the other's.
    static constexpr std::size_t most_pending = 64;
    struct Expansion {
        std::uint32_t state;
        bool is_partial;
        std::size_t end = 0;    // in `pending`
        bool is_begun = false;  // some of its successors are inserted already
    };
    std::vector<Expansion> expansions;
    std::vector<StateCursor::Root> pending;

    void prepare();
    void take(std::uint32_t state, const StepView& view);
    void take(std::span<const StateCursor::Change> changes);
    StateCursor::Inserted insert_so_far();
    StateCursor::Inserted insert(bool is_last_complete);
    void note_new(std::uint32_t state);
    void check_invariant(const Invariant& invariant, std::uint32_t state);
    void note_report(const ReportEvent& report, std::uint32_t state);
    void note(std::string name, Sighting sighting);
};

}  // namespace lockstep::explicit_engine
