#include "report/sarif.h"

namespace lockstep::report {

std::string to_sarif(const Record& /*record*/, const Sources& /*sources*/) { return {}; }

}  // namespace lockstep::report
