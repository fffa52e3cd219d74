#include "frontend/walk.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Expr.h>
#include <clang/AST/Stmt.h>

namespace lockstep::frontend {

const clang::Expr* bare(const clang::Expr* expression)
{
    while (true) {
        if (const auto* paren = llvm::dyn_cast<clang::ParenExpr>(expression)) {
            expression = paren->getSubExpr();
        } else if (const auto* generic = llvm::dyn_cast<clang::GenericSelectionExpr>(expression)) {
            expression = generic->getResultExpr();
        } else if (const auto* chosen = llvm::dyn_cast<clang::ChooseExpr>(expression)) {
            expression = chosen->getChosenSubExpr();
        } else if (const auto* constant = llvm::dyn_cast<clang::ConstantExpr>(expression)) {
            expression = constant->getSubExpr();
        } else if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(expression);
                   unary != nullptr && unary->getOpcode() == clang::UO_Extension) {
            expression = unary->getSubExpr();
        } else {
            return expression;
        }
    }
}

const clang::Expr* without_casts(const clang::Expr* expression)
{
    expression = bare(expression);
    while (const auto* cast = llvm::dyn_cast<clang::CastExpr>(expression)) expression = bare(cast->getSubExpr());
    return expression;
}

std::optional<bool> known_truth(const clang::Expr* condition, const clang::ASTContext& context)
{
    if (!condition->getType()->isIntegralOrEnumerationType()) return std::nullopt;
    clang::Expr::EvalResult result;
    if (!condition->EvaluateAsInt(result, context, clang::Expr::SE_NoSideEffects)) return std::nullopt;
    return result.Val.getInt().getBoolValue();
}

bool is_dead_behind_false(const clang::Stmt* statement)
{
    if (statement == nullptr) return true;
    if (llvm::isa<clang::LabelStmt, clang::SwitchCase>(statement)) return false;
    for (const clang::Stmt* child : statement->children())
        if (!is_dead_behind_false(child)) return false;
    return true;
}

void walk_evaluated(const clang::Stmt* root, const clang::ASTContext& context,
                    const std::function<bool(const clang::Stmt*)>& visit)
{
    if (root == nullptr) return;
    if (const auto* expression = llvm::dyn_cast<clang::Expr>(root)) root = bare(expression);
    if (!visit(root)) return;
    if (llvm::isa<clang::UnaryExprOrTypeTraitExpr, clang::OffsetOfExpr>(root)) return;
    const auto walk = [&](const clang::Stmt* statement) { walk_evaluated(statement, context, visit); };
    if (const auto* test = llvm::dyn_cast<clang::IfStmt>(root)) {
        const std::optional<bool> value = known_truth(test->getCond(), context);
        walk(test->getCond());
        if (value != false || !is_dead_behind_false(test->getThen())) walk(test->getThen());
        if (value != true || !is_dead_behind_false(test->getElse())) walk(test->getElse());
        return;
    }
    if (const auto* choice = llvm::dyn_cast<clang::ConditionalOperator>(root)) {
        const std::optional<bool> value = known_truth(choice->getCond(), context);
        walk(choice->getCond());
        if (value != false) walk(choice->getTrueExpr());
        if (value != true) walk(choice->getFalseExpr());
        return;
    }
    if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(root); binary != nullptr && binary->isLogicalOp()) {
        const std::optional<bool> value = known_truth(binary->getLHS(), context);
        walk(binary->getLHS());
        if (value != (binary->getOpcode() == clang::BO_LOr)) walk(binary->getRHS());
        return;
    }
    if (const auto* list = llvm::dyn_cast<clang::InitListExpr>(root)) {
        if (list->isSyntacticForm() && list->getSemanticForm() != nullptr) list = list->getSemanticForm();
        for (const clang::Expr* item : list->inits()) walk(item);
        if (list->hasArrayFiller()) walk(list->getArrayFiller());
        return;
    }
    if (const auto* declaration = llvm::dyn_cast<clang::DeclStmt>(root)) {
        for (const clang::Decl* declared : declaration->decls())
            if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(declared)) walk(variable->getInit());
        return;
    }
    for (const clang::Stmt* child : root->children()) walk(child);
}

}  // namespace lockstep::frontend
