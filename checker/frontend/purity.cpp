// Which expressions can be evaluated as a part of one transition: no side effects, no calls, and, outside LS_ATOMIC, no
// read of memory. The right sides of && and ||, and those of ?:, become expressions where this holds, control flow
// where not.
#include "frontend/lowering.h"
#include "frontend/walk.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>
#include <clang/AST/ExprCXX.h>

namespace lockstep::frontend {

namespace {

bool is_free_builtin(const clang::CallExpr* call)
{
    const clang::FunctionDecl* callee = call->getDirectCallee();
    if (callee == nullptr) return false;
    const std::string name = callee->getNameAsString();
    return name == "__builtin_expect" || name == "__builtin_expect_with_probability";
}

}  // namespace

bool Lowering::is_register(const clang::Expr* place)
{
    place = bare(place);
    if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(place))
        return !member->isArrow() && is_register(member->getBase());
    const auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(place);
    if (reference == nullptr) return false;
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(reference->getDecl());
    if (variable == nullptr || !variable->hasLocalStorage()) return false;
    const auto found = now->bindings.find(variable);
    if (found == now->bindings.end()) return false;
    return found->second.value.valid() || !found->second.place.in_memory();
}

// True for && and || that have to become control flow, here or below.
bool Lowering::needs_flow(const clang::Expr* condition)
{
    condition = bare(condition);
    while (const auto* conversion = llvm::dyn_cast<clang::ImplicitCastExpr>(condition))
        condition = bare(conversion->getSubExpr());
    if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(condition))
        return unary->getOpcode() == clang::UO_LNot && needs_flow(unary->getSubExpr());
    const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(condition);
    return binary != nullptr && binary->isLogicalOp() &&
           (!is_pure(binary->getRHS()) || needs_flow(binary->getLHS()) || needs_flow(binary->getRHS()));
}

bool Lowering::is_pure(const clang::Expr* expression)
{
    expression = bare(expression);
    if (const auto* conversion = llvm::dyn_cast<clang::CastExpr>(expression)) {
        const clang::Expr* operand = conversion->getSubExpr();
        switch (conversion->getCastKind()) {
            case clang::CK_LValueToRValue:
                return is_register(operand) || (build.is_atomic() && is_pure_place(operand));
            case clang::CK_ArrayToPointerDecay:
                return is_pure_place(operand);
            case clang::CK_FunctionToPointerDecay:
                return llvm::isa<clang::DeclRefExpr>(bare(operand));
            default:
                return is_pure(operand);
        }
    }
    if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(expression)) {
        if (unary->isIncrementDecrementOp()) return false;
        return unary->getOpcode() == clang::UO_AddrOf ? is_pure_place(unary->getSubExpr())
                                                      : is_pure(unary->getSubExpr());
    }
    if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(expression))
        return !binary->isAssignmentOp() && !binary->isCommaOp() && is_pure(binary->getLHS()) &&
               is_pure(binary->getRHS());
    if (const auto* choice = llvm::dyn_cast<clang::ConditionalOperator>(expression))
        return is_pure(choice->getCond()) && is_pure(choice->getTrueExpr()) && is_pure(choice->getFalseExpr());
    if (const auto* call = llvm::dyn_cast<clang::CallExpr>(expression))
        return is_free_builtin(call) && is_pure(call->getArg(0));
    return llvm::isa<clang::IntegerLiteral, clang::CharacterLiteral, clang::UnaryExprOrTypeTraitExpr,
                     clang::OffsetOfExpr, clang::TypeTraitExpr, clang::ImplicitValueInitExpr>(expression) ||
           (llvm::isa<clang::DeclRefExpr>(expression) &&
            llvm::isa<clang::EnumConstantDecl>(llvm::cast<clang::DeclRefExpr>(expression)->getDecl()));
}

bool Lowering::is_pure_place(const clang::Expr* expression)
{
    expression = bare(expression);
    if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(expression))
        return member->isArrow() ? is_pure(member->getBase()) : is_pure_place(member->getBase());
    if (const auto* subscript = llvm::dyn_cast<clang::ArraySubscriptExpr>(expression))
        return is_pure(subscript->getBase()) && is_pure(subscript->getIdx());
    if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(expression))
        return unary->getOpcode() == clang::UO_Deref && is_pure(unary->getSubExpr());
    return llvm::isa<clang::DeclRefExpr, clang::StringLiteral>(expression);
}

}  // namespace lockstep::frontend
