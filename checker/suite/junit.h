// A Suite as JUnit XML, which build servers read: a test suite for each file, a test case for each of its lines.
#pragma once

#include "suite/suite.h"

#include <string>

namespace lockstep::suite {

std::string to_junit(const Suite& suite);

}  // namespace lockstep::suite
