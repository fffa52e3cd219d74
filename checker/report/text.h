// The Result as the terminal shows it: the verdict first, then each violation with its trace, then who waits for whom,
// then what was covered. With full_trace it says everything that the JSON says but the numbers a trace is replayed by.
#pragma once

#include "report/sources.h"
#include "result/result.h"

#include <cstdint>
#include <string>

namespace lockstep::report {

enum class TraceLayout : std::uint8_t {
    steps,    // trace_text.h
    columns,  // columns.h
};

struct TextOptions {
    bool has_colour = false;
    std::size_t columns = 100;  // source lines are cut to fit; nothing else is
    bool full_trace = false;    // every line that was passed, and every call and return
    TraceLayout layout = TraceLayout::steps;
    Sources sources = {};  // for columns
};

/// "violated: deadlock, permanent: migration/1 on CPU1 (kernel/stop_machine.c:57)"; no line end.
std::string verdict_line(const Result& result, const TextOptions& options = {});

std::string to_text(const Result& result, const TextOptions& options = {});

}  // namespace lockstep::report
