// A Result as text, to compare two that must be the same.
#pragma once

#include "result/result.h"

#include <fmt/format.h>

#include <string>

namespace lockstep::testing {

/// Everything that is shown of a result, but for time and memory.
inline std::string text_of(const Result& result)
{
    const Statistics& s = result.statistics;
    std::string text =
        fmt::format("verdict {}, {} states, {} transitions, depth {}, frontier {}, complete {}\n",
                    static_cast<int>(result.verdict), s.states, s.transitions, s.depth, s.frontier, s.complete);
    for (const Violation& v : result.violations) {
        text += fmt::format("{}|{}|{}|{}|{}|{}|{}\n from {}:", v.kind, static_cast<int>(v.permanence), v.cpu, v.task,
                            v.message, v.file, v.line, v.path.initial_state);
        for (const Step& step : v.path.steps)
            for (const Move& move : step)
                text += fmt::format(" {}.{}.{}", move.process.index, move.transition.index, move.choice);
        text += "\n";
    }
    return text;
}

}  // namespace lockstep::testing
