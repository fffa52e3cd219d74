// The command line as data.
#pragma once

#include "lockstep/options.h"

#include <string>
#include <variant>

namespace lockstep {

struct CheckCommand {
    CheckOptions options;
    std::string json_file;  // empty: none; "-": standard output
    bool quiet = false;     // only the verdict's line
    bool full_trace = false;
};

struct ShowCommand {
    ModelOptions model;
    bool dot = false;
};

struct ReplayCommand {
    std::string record_file;
    std::string models_directory;  // empty: as recorded
    bool quiet = false;
    bool full_trace = false;
};

/// Help or the version was asked for: the text to print.
struct PrintCommand {
    std::string text;
};

using Command = std::variant<CheckCommand, ShowCommand, ReplayCommand, PrintCommand>;

/// Throws InputError.
Command parse_command_line(int argument_count, const char* const* arguments);

}  // namespace lockstep
