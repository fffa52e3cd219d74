// Which functions a function pointer may hold.
//
// An inclusion-based analysis (Andersen, "Program Analysis and Specialization for the C Programming Language", 1994),
// flow-insensitive and field-based: one node for each variable, each member of each struct type, each function's
// result. A pointer and what it points to share a node, so that `*table[i]` is as precise as `table`. Calls through
// pointers are resolved on the way. The result need not be complete: an indirect call ends in a branch that reports a
// pointer to any other function.
#pragma once

#include "frontend/reach.h"
#include "frontend/types.h"

#include <memory>
#include <string>
#include <vector>

namespace lockstep::frontend {

class PointsTo {
public:
    PointsTo(const Symbols& symbols, Types& types, const Sources& sources, const Reached& reached);
    ~PointsTo();

    /// Functions that the call may reach, in a fixed order; their types may not fit.
    [[nodiscard]] std::vector<const clang::FunctionDecl*> callees(const clang::CallExpr* call) const;
    /// Functions that reach a parameter of a function of lockstep.h.
    [[nodiscard]] std::vector<const clang::FunctionDecl*> passed_to(const std::string& name, unsigned parameter) const;

private:
    struct Analysis;
    std::unique_ptr<Analysis> analysis;
};

}  // namespace lockstep::frontend
