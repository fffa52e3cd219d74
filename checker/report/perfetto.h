// The traces in Chrome's trace event format ("Trace Event Format", Google, 2016), which Perfetto and other viewers
// open.
//
// Each violation is a process, each CPU a thread of it (a track), and so is the clock. One step of the trace takes one
// millisecond, whatever time passes in the model: "otherData" says so. On a CPU's track, slices nest: the task (or
// idleness), its exit hook, the interrupt, the NMI; in each of these its functions; in the innermost function the
// source line that was executed, which has the step, the place and what changed as its arguments. Locks that are held
// are asynchronous slices of their own. Reports are instants. At the end those who wait have a slice that says for
// what, and an arrow (a flow) from it to each who could end that.
#pragma once

#include "report/json.h"

#include <string>

namespace lockstep::report {

std::string to_perfetto(const Record& record);

}  // namespace lockstep::report
