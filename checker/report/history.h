// The miniature kernel's history: one change a line, or as JSON ("changes", each with "commit", "title", "scenario";
// null: the patch names none).
#pragma once

#include "sources/history.h"

#include <span>
#include <string>

namespace lockstep::report {

std::string to_text(std::span<const sources::UpstreamChange> changes);
std::string to_json(std::span<const sources::UpstreamChange> changes);

}  // namespace lockstep::report
