// What a file descriptor can show: colours, and how many columns.
#pragma once

#include <string>
#include <string_view>

namespace lockstep::report {

struct Terminal {
    bool is_terminal = false;
    bool has_colour = false;  // a terminal, and the user has not set NO_COLOR
    std::size_t columns = 100;
};

Terminal terminal_of(int file_descriptor);

enum class Colour { plain, bold, red, green, yellow, cyan, faint };

/// The text in a colour where there is one, as it is otherwise.
std::string paint(std::string_view text, Colour colour, bool has_colour);

}  // namespace lockstep::report
