// Runs the lines of a Suite, one after the other. Each is run by the lockstep program itself, as a child: what crashes
// is one line that failed, the limit on time holds whatever happens, and each line can be repeated by hand.
#pragma once

#include "suite/child.h"
#include "suite/suite.h"

#include <atomic>
#include <functional>
#include <string>

namespace lockstep::suite {

/// `told` hears of each line that has been run. Once `interrupted` is set the line that runs ends with what it has, and
/// the others are not run.
void run_lines(Suite& suite, const SuiteOptions& options, const std::string& program,
               const std::atomic<bool>& interrupted, const std::function<void(const SuiteLine&)>& told);

/// What has come of the line whose child has ended like that.
void judge_child(SuiteLine& line, const Ended& ended, Strictness strictness);

}  // namespace lockstep::suite
