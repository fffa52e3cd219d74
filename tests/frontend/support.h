// Reads C from strings, and looks at the Program that comes out.
#pragma once

#include "base/diagnostic.h"
#include "frontend/frontend.h"
#include "program/program.h"

#include <map>
#include <string>
#include <string_view>

namespace lockstep::test {

/// File name -> text; `files` of them are given on the command line (all that end in .c, where none is named).
frontend::Options options_for(const std::map<std::string, std::string>& texts);
frontend::Output read(const std::map<std::string, std::string>& texts);
/// One file, model.c, with lockstep.h included and a boot that starts `void task(void *)`; verified.
frontend::Output read_task(std::string_view text);
/// The error that reading the file model.c with this text gives.
Diagnostic refusal(std::string_view text);
Diagnostic refusal(const std::map<std::string, std::string>& texts);

const Automaton& automaton_of(const Program& program, std::string_view name);
/// Transitions that touch memory.
std::size_t accesses(const Program& program, const Automaton& automaton);
/// The automaton as text, without places: "l0 -> l1 when ... { ... }" lines of the printer.
std::string text_of(const Program& program, std::string_view automaton);
bool contains(const std::string& text, std::string_view part);

}  // namespace lockstep::test
