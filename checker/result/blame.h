// Whether a detector's report names the one who is to blame.
#pragma once

#include "result/result.h"

namespace lockstep::result {

/// What a model's own detector says of a task that gets nowhere: not what the checker itself finds, and not a warning
/// that somebody gives of itself.
bool is_detectors_report(const std::string& kind, Permanence permanence);

/// The task of which the report speaks waits for others (Violation::waits_for), and none of these for it in turn: it
/// is a victim. In a cycle all are to blame, and so is who waits for nobody.
bool blames_falsely(const Violation& violation);

/// It might: the search for those for whom the task waits was cut short, and what was found is not enough to say.
bool may_blame_falsely(const Violation& violation);

/// NoFalseBlame: leaves only those of the detectors' reports that blame falsely, and sets the verdict anew (unknown, if
/// one of those left out may blame falsely). The violations have been described.
void keep_false_blame(Result& result);

/// NoSilentHang: leaves no detector's report but what the model says of hangs that were not reported (silent_hang).
void drop_reports(Result& result);

}  // namespace lockstep::result
