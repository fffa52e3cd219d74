#include "base/diagnostic.h"

#include <fmt/format.h>

namespace lockstep {

namespace {

// Tabs before the caret are kept, so that the caret stands under its column whatever the tab width.
std::string caret_line(const Diagnostic& diagnostic)
{
    std::string line;
    for (std::uint32_t i = 1; i < diagnostic.column; ++i)
        line += i <= diagnostic.source_line.size() && diagnostic.source_line[i - 1] == '\t' ? '\t' : ' ';
    return line + '^';
}

}  // namespace

std::string to_string(const Diagnostic& diagnostic)
{
    std::string text;
    if (!diagnostic.file.empty()) {
        text += diagnostic.file;
        if (diagnostic.line != 0) text += fmt::format(":{}", diagnostic.line);
        if (diagnostic.column != 0) text += fmt::format(":{}", diagnostic.column);
        text += ": ";
    }
    text += "error: " + diagnostic.message;
    if (!diagnostic.source_line.empty()) {
        text += "\n    " + diagnostic.source_line;
        if (diagnostic.column != 0) text += "\n    " + caret_line(diagnostic);
    }
    if (!diagnostic.hint.empty()) text += "\n  hint: " + diagnostic.hint;
    return text;
}

void reject_input(std::string message, std::string hint)
{
    Diagnostic diagnostic;
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    throw InputError(std::move(diagnostic));
}

}  // namespace lockstep
