// What a run can reach: from boot, the optional hooks and the invariants, every function and variable that a reached
// body or initialiser names. Only this becomes part of the Program; a header may hold more.
#pragma once

#include "frontend/symbols.h"

#include <vector>

namespace clang {
class CallExpr;
}

namespace lockstep::frontend {

struct Reached {
    std::vector<const clang::FunctionDecl*> functions;  // definitions, in the order found
    std::vector<const clang::VarDecl*> globals;         // definitions, static locals included
};

/// True for functions of lockstep.h, which have no body.
[[nodiscard]] bool is_language_function(const std::string& name);

/// Throws InputError that lists all that is called or named but defined nowhere.
Reached reach(const Sources& sources, const Symbols& symbols, const std::vector<const clang::FunctionDecl*>& roots);

}  // namespace lockstep::frontend
