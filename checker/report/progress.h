// One line that says how far an exploration or a proof is, rewritten once a second, and only on a terminal.
#pragma once

#include "result/result.h"

#include <chrono>
#include <cstdio>
#include <string>

namespace lockstep::report {

class ProgressLine {
public:
    /// Writes to `stream` if that is a terminal, nothing otherwise.
    explicit ProgressLine(std::FILE* stream);
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(const Statistics& statistics);
    /// What is being done.
    void show(const std::string& stage);
    void clear();

private:
    std::FILE* stream;
    bool is_shown = false;
    std::size_t columns = 0;  // 0: no terminal
    std::uint64_t last_states = 0;
    double last_seconds = 0;

    void show_line(const std::string& line);
    std::chrono::steady_clock::time_point last_time{};
};

/// "1,234,567 states, 890,123/s, depth 45, frontier 6,789, 123.4 MiB".
std::string progress_text(const Statistics& statistics, double states_per_second);

}  // namespace lockstep::report
