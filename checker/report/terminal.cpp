#include "report/terminal.h"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>

#include <sys/ioctl.h>
#include <unistd.h>

namespace lockstep::report {

Terminal terminal_of(int file_descriptor)
{
    Terminal terminal;
    terminal.is_terminal = isatty(file_descriptor) == 1;
    if (!terminal.is_terminal) return terminal;
    const char* no_colour = std::getenv("NO_COLOR");
    const char* kind = std::getenv("TERM");
    terminal.has_colour =
        (no_colour == nullptr || *no_colour == '\0') && kind != nullptr && std::strcmp(kind, "dumb") != 0;
    winsize size{};
    if (ioctl(file_descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) terminal.columns = size.ws_col;
    return terminal;
}

std::string paint(std::string_view text, Colour colour, bool has_colour)
{
    if (!has_colour || colour == Colour::plain || text.empty()) return std::string(text);
    const auto code = [&] {
        switch (colour) {
            case Colour::plain:
                return 0;
            case Colour::bold:
                return 1;
            case Colour::red:
                return 31;
            case Colour::green:
                return 32;
            case Colour::yellow:
                return 33;
            case Colour::cyan:
                return 36;
            case Colour::faint:
                return 2;
        }
        return 0;
    };
    return fmt::format("\x1b[{}m{}\x1b[0m", code(), text);
}

}  // namespace lockstep::report
