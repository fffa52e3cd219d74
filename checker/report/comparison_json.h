// What a change does, as JSON.
//
// "change" has "commit" (empty: none) and "patches"; "runs", one for each number of CPUs, has "cpus" and, under
// "before" and "after", what `check --json` writes, with empty traces and paths; "rows" has a violation in each, with
// its "cpus", "kind", "cpu", "task", its permanence "before" and "after" (null: not found) and the "difference" between
// them: "stays", "removed", "hidden", "added", "worse", "milder" or "undecided"; "conclusion" is "fixes", "partly",
// "nothing", "introduces", "hides" or "unknown"; "text" says it in words. result/compare.h has what these words mean.
#pragma once

#include "report/json.h"
#include "result/compare.h"

#include <string>
#include <vector>

namespace lockstep::report {

struct ComparisonRecord {
    struct Run {
        Record before, after;
        result::Comparison comparison;
    };

    std::string version;  // of lockstep
    std::string commit;
    std::vector<std::string> patches;
    std::vector<Run> runs;
    result::Conclusion conclusion = result::Conclusion::unknown;
    std::string text;
};

std::string to_json(const ComparisonRecord& record);

}  // namespace lockstep::report
