// Programs for people: expressions as C would have them, with members' names found again from types. Not meant to be
// read back; printer.h is.
#pragma once

#include "program/program.h"

#include <string>

namespace lockstep {

/// "msdata->state != curstate", "per_cpu(cpu_stopper, cpu).lock.owner", "container_of(entry, struct work, list)"
std::string expression_text(const Program& program, ExpressionId expression);

/// What lies at an address: "flag[i]", "*p".
std::string place_text(const Program& program, ExpressionId address);

/// "done->nr_todo = nr", "kill i"
std::string statement_text(const Program& program, const Statement& statement);

/// "L12 -> L13  when [msdata->state != curstate]  curstate = msdata->state; ack = 1"
std::string transition_text(const Program& program, const Transition& transition);

/// "struct cpu_stop_work *", "u8", "int"
std::string type_text(const Program& program, TypeId type);

/// The text of a source line, without blanks at either end; empty where it is not known.
std::string source_line(const Program& program, SourcePlace place);

/// The whole Program: variables, processes, and each automaton's locations with their source lines and transitions.
std::string show(const Program& program);

}  // namespace lockstep
