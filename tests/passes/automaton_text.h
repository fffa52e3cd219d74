// Programs of one automaton, as text, for tests of passes.
#pragma once

#include "program/parser.h"
#include "program/printer.h"
#include "program/program.h"

#include <sstream>
#include <string>

namespace lockstep::testing {

inline constexpr AutomatonId only{0};

/// Some globals and the automaton A with these members.
inline Program automaton(const std::string& members)
{
    return parse("files { }\nvar x: u8\nvar y: u8\nvar a: u8[4]\nautomaton A {\n" + members + "\n}\nprocess p: A\n",
                 "automaton.ls");
}

/// The printed lines of A that contain `word`.
inline std::string lines_with(const Program& program, const std::string& word)
{
    std::istringstream text(print(program));
    std::string line, result;
    while (std::getline(text, line))
        if (line.find(word) != std::string::npos && line.starts_with("    ")) result += line.substr(4) + "\n";
    return result;
}

inline std::string transitions(const Program& program) { return lines_with(program, " -> "); }
inline std::string locations(const Program& program) { return lines_with(program, "location "); }

}  // namespace lockstep::testing
