// Walks over the parts of a body that are evaluated: not the operands of sizeof and typeof, not the sides of a
// selection that Clang has decided against, not what stands behind `if (0)`.
#pragma once

#include <functional>

namespace clang {
class Expr;
class Stmt;
}  // namespace clang

namespace lockstep::frontend {

/// Calls `visit` for the statement and everything evaluated below it, parents first; below it only where `visit`
/// returns true.
void walk_evaluated(const clang::Stmt* root, const std::function<bool(const clang::Stmt*)>& visit);

/// Without parentheses and what else has no meaning of its own (__extension__, _Generic, __builtin_choose_expr).
const clang::Expr* bare(const clang::Expr* expression);
/// Also without implicit and explicit casts.
const clang::Expr* without_casts(const clang::Expr* expression);

}  // namespace lockstep::frontend
