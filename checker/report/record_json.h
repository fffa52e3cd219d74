// What the writers of JSON share. Only for files of this folder: nlohmann's names stay within it.
#pragma once

#include "report/json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <stdexcept>
#include <string>

namespace lockstep::report {

using Json = nlohmann::ordered_json;

/// The object that to_json() writes.
Json to_object(const Record& record);

Json to_object(const TraceStep& step);
TraceStep read_step(const Json& json);

/// "not applicable", "transient", "permanent", "undecided".
const char* name_of(Permanence permanence);

// JSON has no infinity.
inline double finite(double number) { return std::isfinite(number) ? number : 0; }

template <typename Value>
Value get(const Json& json, const char* name)
{
    return json.at(name).get<Value>();
}

template <typename Enum, std::size_t count>
Enum from_name(const std::array<const char*, count>& names, const Json& json)
{
    const auto name = json.get<std::string>();
    for (std::size_t i = 0; i < count; ++i)
        if (name == names[i]) return static_cast<Enum>(i);
    throw std::out_of_range(fmt::format("'{}' is no value of this field", name));
}

template <typename Enum, std::size_t count>
const char* name_of(const std::array<const char*, count>& names, Enum value)
{
    return names.at(static_cast<std::size_t>(value));
}

/// Indented by one, with a line end. Source lines may hold any bytes; what is no UTF-8 is shown as U+FFFD.
std::string dumped(const Json& json);

}  // namespace lockstep::report
