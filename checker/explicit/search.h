// The search: every state that can be reached, on any number of threads.
#pragma once

#include "explicit/edge_log.h"
#include "explicit/explore.h"
#include "explicit/findings.h"
#include "explicit/paged_vector.h"
#include "explicit/rendezvous.h"
#include "explicit/team.h"
#include "explicit/worker.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace lockstep::explicit_engine {

class Search {
public:
    using Clock = std::chrono::steady_clock;

    /// Limits count the time from `started` on. `reduces`: with stubborn sets.
    Search(const Program& program, const Options& options, bool reduces, Clock::time_point started);

    /// Breadth-first, a search may be interrupted at the end of a level.
    struct Pause {
        std::uint64_t states = UINT64_MAX, depth = UINT64_MAX;  // whichever comes first
    };
    /// Goes on until the end, which it returns, or until it is time to pause.
    bool run(const Pause& pause);

    [[nodiscard]] std::uint64_t states() const { return first().space.store.size(); }
    [[nodiscard]] std::uint64_t levels() const { return depth; }

    /// Once, when it has ended.
    Result finish();

    /// What somebody else needs besides, for the memory limit.
    std::uint64_t memory_elsewhere = 0;

    /// What has been allocated.
    [[nodiscard]] std::uint64_t memory() const;

private:
    const Program& program;
    const Options& options;
    Rendezvous rendezvous;
    Team team;
    EdgeLog edges;
    Worker::Common common;
    std::vector<std::unique_ptr<Worker>> workers;  // the first is this thread's; the others are made when needed
    const Worker* watching = nullptr;              // the one that looks at the time, among those at work
    std::vector<std::uint32_t> initial_states, initial_index;
    std::vector<Sightings> sightings;           // as they came
    Frontier frontier;                          // breadth-first: the level to be expanded
    std::vector<std::uint32_t> stack, parents;  // depth-first only
    std::vector<std::uint32_t> to_complete;     // states of terminal components with steps left out, the next one last
    std::uint64_t depth = 0;
    bool has_begun = false;
    bool numbers_in_order = true;  // one thread alone gave them
    Clock::time_point started;
    Clock::time_point last_progress = Clock::now();
    double seconds_before = 0;  // the checkpoint that it went on from
    Clock::time_point last_checkpoint = started;
    std::uint64_t expanded_at_checkpoint = UINT64_MAX;
    bool has_written_checkpoint = false;
    std::string checkpoint_failure;        // of the last one
    std::atomic<bool> is_stopped = false;  // for good
    std::atomic<bool> is_paused = false;   // a checkpoint is due
    std::atomic<bool> is_out_of_memory = false;
    std::mutex stopping;
    std::string stop_reason;

    [[nodiscard]] Worker& first() { return *workers.front(); }
    [[nodiscard]] const Worker& first() const { return *workers.front(); }
    void add_initial_states();
    [[nodiscard]] bool has_found_enough() const { return !options.all && !sightings.empty(); }
    bool breadth_first(const Pause& pause);
    void depth_first();
    void push_found(std::uint32_t from);
    bool complete_components();
    void expand_level();
    void expand_frontier();
    void expand_pieces(std::size_t thread);
    std::uint64_t next_level();
    void collect_sightings();
    // checkpoint.cpp
    void write_checkpoint();
    void leave_out_expanded();
    [[nodiscard]] std::vector<CheckpointOptions::Fact> checkpoint_facts() const;
    template <typename File>
    void transfer_plain(File& file);
    void save(CheckpointWriter& out);
    void resume();
    void restore(CheckpointReader& in);

    void stop(std::string reason);
    bool must_end();
    bool is_at_limit(const Worker& worker);
    void check_slow_limits();
    [[nodiscard]] double seconds() const;
    [[nodiscard]] std::uint64_t expanded() const;
    [[nodiscard]] Statistics statistics(std::uint64_t states) const;
    void advise(Result& result) const;
};

}  // namespace lockstep::explicit_engine
