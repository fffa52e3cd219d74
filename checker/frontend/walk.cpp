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

namespace {

// The constant value of a condition without side effects: 0, 1, or -1 where it has none.
int decided(const clang::Expr* condition)
{
    // The context is only asked for sizes and the like; any declaration below knows it, but a constant needs none.
    if (const auto* literal = llvm::dyn_cast<clang::IntegerLiteral>(without_casts(condition)))
        return literal->getValue().getBoolValue() ? 1 : 0;
    return -1;
}

}  // namespace

void walk_evaluated(const clang::Stmt* root, const std::function<bool(const clang::Stmt*)>& visit)
{
    if (root == nullptr) return;
    if (const auto* expression = llvm::dyn_cast<clang::Expr>(root)) root = bare(expression);
    if (!visit(root)) return;
    if (llvm::isa<clang::UnaryExprOrTypeTraitExpr, clang::OffsetOfExpr>(root)) return;
    if (const auto* test = llvm::dyn_cast<clang::IfStmt>(root)) {
        const int value = decided(test->getCond());
        walk_evaluated(test->getCond(), visit);
        if (value != 0) walk_evaluated(test->getThen(), visit);
        if (value != 1) walk_evaluated(test->getElse(), visit);
        return;
    }
    if (const auto* list = llvm::dyn_cast<clang::InitListExpr>(root)) {
        if (list->isSyntacticForm() && list->getSemanticForm() != nullptr) list = list->getSemanticForm();
        for (const clang::Expr* item : list->inits()) walk_evaluated(item, visit);
        if (list->hasArrayFiller()) walk_evaluated(list->getArrayFiller(), visit);
        return;
    }
    if (const auto* declaration = llvm::dyn_cast<clang::DeclStmt>(root)) {
        for (const clang::Decl* declared : declaration->decls())
            if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(declared))
                walk_evaluated(variable->getInit(), visit);
        return;
    }
    for (const clang::Stmt* child : root->children()) walk_evaluated(child, visit);
}

}  // namespace lockstep::frontend
