// One line that says how far an exploration or a proof is, rewritten once a second, and only on a terminal.
//
// What an exploration has done changes with every state. What a proof is doing may be one question to the solver, which
// says nothing until it has answered: a thread of the line's own then shows for how long.
#pragma once

#include "result/result.h"

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>

namespace lockstep::report {

class ProgressLine {
public:
    /// Writes to `stream` if that is a terminal, nothing otherwise.
    explicit ProgressLine(std::FILE* stream);
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(const Statistics& statistics);
    /// What is being done, until something else is shown.
    void show(const std::string& stage);
    void clear();

private:
    using Clock = std::chrono::steady_clock;

    std::FILE* stream;
    std::size_t columns = 0;  // 0: no terminal
    std::uint64_t last_states = 0;
    double last_seconds = 0;
    Clock::time_point last_time;

    std::mutex mutex;  // of what follows, and of writing
    bool is_shown = false;
    std::string shown_stage;  // empty: it is no stage that is shown
    Clock::time_point stage_start;
    std::condition_variable_any ended;
    std::jthread ticker;  // while stages are shown; the last member, since it uses the others

    void show_line(const std::string& line);
    void tick(const std::stop_token& stop);
};

/// "1,234,567 states, 890,123/s, depth 45, frontier 6,789, 123.4 MiB".
std::string progress_text(const Statistics& statistics, double states_per_second);

}  // namespace lockstep::report
