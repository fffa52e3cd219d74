// What the console of the machine would show.
#pragma once

#include "result/result.h"

#include <string>

namespace lockstep::report {

std::string dmesg_text(const Result& result);

}  // namespace lockstep::report
