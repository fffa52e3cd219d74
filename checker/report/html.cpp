#include "report/html.h"

namespace lockstep::report {

std::string to_html(const Record& /*record*/, const Sources& /*sources*/) { return {}; }

}  // namespace lockstep::report
