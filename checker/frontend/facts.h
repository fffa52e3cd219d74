// What has to be known of a function before its body is lowered.
#pragma once

#include "frontend/types.h"

#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace clang {
class Expr;
class FunctionDecl;
class LabelDecl;
class Stmt;
class VarDecl;
}  // namespace clang

namespace lockstep::frontend {

struct FunctionFacts {
    /// Locals that need an address: somebody takes it, or they are arrays or unions, or structs that are used as a
    /// whole (a register each for their members would trap where C copies a member that was never written).
    std::unordered_set<const clang::VarDecl*> in_memory;
    std::unordered_set<const clang::VarDecl*> assigned;
    /// The scopes (compound statements and for loops) around each label, outermost first.
    std::unordered_map<const clang::LabelDecl*, std::vector<const clang::Stmt*>> label_scopes;
    /// The expression of a body that is nothing but `return expression;`.
    const clang::Expr* only_return = nullptr;
    bool is_atomic = false;  // LS_ATOMIC
};

FunctionFacts facts_of(const clang::FunctionDecl* definition, Types& types, const Sources& sources);

}  // namespace lockstep::frontend
