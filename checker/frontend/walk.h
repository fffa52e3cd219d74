// Walks over the parts of a body that are evaluated: not the operands of sizeof and typeof, not the sides of a
// selection that Clang has decided against, not what stands behind `if (0)`.
#pragma once

#include <functional>
#include <optional>

namespace clang {
class ASTContext;
class Expr;
class Stmt;
}  // namespace clang

namespace lockstep::frontend {

/// Calls `visit` for the statement and everything evaluated below it, parents first; below it only where `visit`
/// returns true.
void walk_evaluated(const clang::Stmt* root, const clang::ASTContext& context,
                    const std::function<bool(const clang::Stmt*)>& visit);

/// The value of a condition that Clang can compute, as of `if (IS_ENABLED(CONFIG_X))`.
std::optional<bool> known_truth(const clang::Expr* condition, const clang::ASTContext& context);
/// Whether control cannot come to the statement although it stands behind a condition that is never true: it has no
/// label that one could jump to.
bool is_dead_behind_false(const clang::Stmt* statement);

/// Without parentheses and what else has no meaning of its own (__extension__, _Generic, __builtin_choose_expr).
const clang::Expr* bare(const clang::Expr* expression);
/// Also without implicit and explicit casts.
const clang::Expr* without_casts(const clang::Expr* expression);

}  // namespace lockstep::frontend
