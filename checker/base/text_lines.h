// Lines of a text, as places in sources name them.
#pragma once

#include <cstdint>
#include <string_view>

namespace lockstep {

/// Line `number`, from 1 on, without its end; empty where the text has no such line.
std::string_view line_of(std::string_view text, std::uint32_t number);

/// Without the blanks at its beginning and end.
std::string_view trimmed(std::string_view text);

}  // namespace lockstep
