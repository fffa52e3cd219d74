// Whom a detector blames: what is asked with --no-false-blame and --no-silent-hang.
//
// A report names the task that its CPU runs. It blames falsely where that task waits for others, and none of these (nor
// anybody for whom these wait) for it in turn: then it is a victim. In a cycle all are to blame, and so is who waits
// for nobody.
#pragma once

#include "result/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep::result {

/// What a model's own detector says of a task that gets nowhere: not what the checker itself finds, and not a warning
/// that somebody gives of itself.
bool is_detectors_report(const std::string& kind, Permanence permanence);

/// `open`: the search for those for whom the task waits was cut short, and what was found is not enough to say.
enum class Blame : std::uint8_t { right, wrong, open };
Blame blame_of(const std::string& task, const std::vector<Wait>& waits_for);

/// The same for a violation that has been described; `right` if it is no detector's report.
Blame blame_of(const Violation& violation);

/// NoFalseBlame: leaves only those of the detectors' reports that blame falsely, and sets the verdict anew (unknown, if
/// one of those left out may blame falsely). The violations have been described.
void keep_false_blame(Result& result);

/// NoSilentHang: leaves no detector's report but what the model says of hangs that were not reported (silent_hang).
void drop_reports(Result& result);

}  // namespace lockstep::result
