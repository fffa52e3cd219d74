// The text of the files that a trace speaks of.
#pragma once

#include <map>
#include <string>

namespace lockstep::report {

/// By the name that traces give: "kernel/stop_machine.c".
using Sources = std::map<std::string, std::string>;

}  // namespace lockstep::report
