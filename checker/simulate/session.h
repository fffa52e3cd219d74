// Walking through a Program at a terminal: commands from a stream, one a line, answers to another.
//
// A script of commands gives the same answers as a person at the keyboard, but for the prompt. A command that is wrong
// is answered with what there is, and the session goes on. Files are the caller's business.
#pragma once

#include "simulate/walk.h"

#include <functional>
#include <iosfwd>
#include <string>

namespace lockstep::simulate {

struct Files {
    /// The path of the first violation recorded there. What it throws is shown.
    std::function<Path(const std::string& file)> load;
    /// Writes a record with this one.
    std::function<void(const std::string& file, const Violation& walk)> write;
};

void run_session(const Program& program, const Files& files, std::istream& commands, std::ostream& answers,
                 bool has_prompt);

}  // namespace lockstep::simulate
