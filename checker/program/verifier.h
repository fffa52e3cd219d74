// Checks that a Program is well formed. The rules are listed at the head of verifier.cpp.
#pragma once

#include "program/program.h"

#include <string>
#include <vector>

namespace lockstep {

struct BrokenRule {
    std::string rule;     // "E4"
    std::string place;    // "automaton worker, transition 3, stop_machine.c:210"
    std::string message;  // what is wrong there
    // Where it is one variable, expression or transition that is wrong:
    VariableId variable = {};
    ExpressionId expression = {};
    AutomatonId automaton = {};
    TransitionId transition = {};
};

std::vector<BrokenRule> broken_rules(const Program& program);

/// Throws std::logic_error that lists every broken rule with its place. Run after each stage that makes or changes a
/// Program: what it finds is a bug in that stage.
void verify(const Program& program);

}  // namespace lockstep
