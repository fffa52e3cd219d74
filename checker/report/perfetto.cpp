#include "report/perfetto.h"

namespace lockstep::report {

std::string to_perfetto(const Record& /*record*/) { return {}; }

}  // namespace lockstep::report
