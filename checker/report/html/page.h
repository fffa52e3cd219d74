// The page's parts, as embed.cmake puts them into the program: in pieces, to be read one after the other.
#pragma once

#include <span>
#include <string_view>

namespace lockstep::report::page {

std::span<const std::string_view> document();  // page.html
std::span<const std::string_view> style();     // page.css
std::span<const std::string_view> script();    // trace.js and the others

}  // namespace lockstep::report::page
