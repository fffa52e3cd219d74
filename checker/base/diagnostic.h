// What is wrong with the user's input: place, what, and what to do about it.
//
// Of the three channels for errors this is the user's: `assert` is a bug in lockstep, a Diagnostic is a mistake in
// the input (exit status 2), and "unknown, because ..." is what could not be decided (exit status 3).
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace lockstep {

struct Diagnostic {
    std::string file;          // empty: no file, e.g. a bad option
    std::uint32_t line = 0;    // 1-based; 0: the file as a whole
    std::uint32_t column = 0;  // 1-based; 0: the line as a whole
    std::string message;       // what is wrong, without a full stop
    std::string source_line;   // the text of the line, for the caret; may be empty
    std::string hint;          // what to do; may be empty
};

/// file:line:column: error: message, the source line, a caret, and the hint.
std::string to_string(const Diagnostic& diagnostic);

/// Thrown where bad input is found and caught once, in the command line.
class InputError : public std::runtime_error {
public:
    explicit InputError(Diagnostic what) : std::runtime_error(to_string(what)), diagnostic(std::move(what)) {}
    Diagnostic diagnostic;
};

/// Throws an InputError that has no place, only a message and a hint.
[[noreturn]] void reject_input(std::string message, std::string hint = {});

}  // namespace lockstep
