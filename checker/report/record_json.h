// What the writers of JSON share. Only for files of this folder: nlohmann's names stay within it.
#pragma once

#include "report/json.h"

#include <nlohmann/json.hpp>

#include <string>

namespace lockstep::report {

using Json = nlohmann::ordered_json;

/// The object that to_json() writes.
Json to_object(const Record& record);

/// "not applicable", "transient", "permanent", "undecided".
const char* name_of(Permanence permanence);

/// Indented by one, with a line end. Source lines may hold any bytes; what is no UTF-8 is shown as U+FFFD.
std::string dumped(const Json& json);

}  // namespace lockstep::report
