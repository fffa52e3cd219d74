#include "report/dmesg.h"

namespace lockstep::report {

std::string dmesg_text(const Result& /*result*/) { return {}; }

}  // namespace lockstep::report
