// The Result as one self-contained page: CPU lanes over steps, with the source beside. See html/page.html.
#pragma once

#include "report/json.h"
#include "report/sources.h"

#include <string>

namespace lockstep::report {

std::string to_html(const Record& record, const Sources& sources);

}  // namespace lockstep::report
