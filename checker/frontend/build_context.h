// What all parts of the lowering share.
#pragma once

#include "frontend/expressions.h"
#include "frontend/facts.h"
#include "frontend/points.h"
#include "frontend/points_to.h"
#include "frontend/symbols.h"
#include "frontend/types.h"
#include "machine/machine.h"

#include <string>
#include <unordered_map>

namespace lockstep::frontend {

struct BuildContext {
    Program& program;
    const machine::Machine& machine;
    const Sources& sources;
    const Symbols& symbols;
    Types& types;
    const PointsTo& points_to;
    const Points& points;
    Expressions& expressions;

    std::unordered_map<const clang::VarDecl*, VariableId> globals;  // by definition
    std::unordered_map<const clang::FunctionDecl*, FunctionId> function_ids;
    std::unordered_map<const clang::FunctionDecl*, FunctionFacts> known_facts;

    /// The value that a pointer to the function has.
    FunctionId function_id(const clang::FunctionDecl* definition);
    const FunctionFacts& facts(const clang::FunctionDecl* definition);
};

/// Adds a variable for each global that is reached, with its initial value.
void declare_globals(BuildContext& context, const Reached& reached);

}  // namespace lockstep::frontend
