#include "report/columns.h"

namespace lockstep::report {

std::string columns_text(const Violation& /*violation*/) { return {}; }

}  // namespace lockstep::report
