#include "frontend/facts.h"

#include "frontend/symbols.h"
#include "frontend/walk.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>
#include <clang/AST/Stmt.h>

namespace lockstep::frontend {

namespace {

class Collector {
public:
    Collector(FunctionFacts& the_facts, Types& the_types, const Sources& the_sources)
        : facts(the_facts), types(the_types), sources(the_sources)
    {
    }

    void declare(const clang::VarDecl* variable)
    {
        if (!variable->hasLocalStorage()) return;
        const SourcePlace place = sources.place(variable->getASTContext(), variable->getLocation());
        const TypeId type = types.of(variable->getType(), place);
        if (!type.valid()) return;
        if (types.needs_memory(type)) facts.in_memory.insert(variable);
        const bool is_copied =
            llvm::isa<clang::ParmVarDecl>(variable) ||
            (variable->getInit() != nullptr && !llvm::isa<clang::InitListExpr>(bare(variable->getInit())));
        if (is_copied && variable->getType()->isRecordType()) use_as_whole(variable);
    }

    void scan(const clang::Stmt* root, const clang::ASTContext& context)
    {
        walk_evaluated(root, context, [&](const clang::Stmt* statement) { return visit(statement); });
    }

private:
    FunctionFacts& facts;
    Types& types;
    const Sources& sources;

    void use_as_whole(const clang::VarDecl* variable)
    {
        const SourcePlace place = sources.place(variable->getASTContext(), variable->getLocation());
        if (types.slots(types.of(variable->getType(), place)) > 1) facts.in_memory.insert(variable);
    }

    bool visit(const clang::Stmt* statement)
    {
        if (const auto* declaration = llvm::dyn_cast<clang::DeclStmt>(statement)) {
            for (const clang::Decl* declared : declaration->decls())
                if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(declared)) declare(variable);
        } else if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(statement)) {
            if (unary->getOpcode() == clang::UO_AddrOf) take_address(unary->getSubExpr());
            if (unary->isIncrementDecrementOp()) assign(unary->getSubExpr());
        } else if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(statement)) {
            if (binary->isAssignmentOp()) assign(binary->getLHS());
        } else if (const auto* cast = llvm::dyn_cast<clang::CastExpr>(statement)) {
            if (cast->getCastKind() == clang::CK_ArrayToPointerDecay) take_address(cast->getSubExpr());
        } else if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(statement)) {
            return !is_member_of_variable(member);
        } else if (const auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(statement)) {
            const auto* variable = llvm::dyn_cast<clang::VarDecl>(reference->getDecl());
            if (variable != nullptr && variable->hasLocalStorage() && variable->getType()->isRecordType())
                use_as_whole(variable);
        }
        return true;
    }

    // `variable.member.member`, which is no use of the variable as a whole.
    static bool is_member_of_variable(const clang::MemberExpr* member)
    {
        while (!member->isArrow()) {
            const clang::Expr* base = bare(member->getBase());
            if (llvm::isa<clang::DeclRefExpr>(base)) return true;
            member = llvm::dyn_cast<clang::MemberExpr>(base);
            if (member == nullptr) return false;
        }
        return false;
    }

    static const clang::VarDecl* variable_under(const clang::Expr* place)
    {
        while (true) {
            place = bare(place);
            if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(place);
                member != nullptr && !member->isArrow()) {
                place = member->getBase();
            } else if (const auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(place)) {
                return llvm::dyn_cast<clang::VarDecl>(reference->getDecl());
            } else {
                return nullptr;
            }
        }
    }

    void take_address(const clang::Expr* place)
    {
        if (const clang::VarDecl* variable = variable_under(place)) facts.in_memory.insert(variable);
    }
    void assign(const clang::Expr* place)
    {
        if (const clang::VarDecl* variable = variable_under(place)) facts.assigned.insert(variable);
    }
};

void collect_labels(const clang::Stmt* statement, std::vector<const clang::Stmt*>& scopes, FunctionFacts& facts)
{
    if (statement == nullptr) return;
    if (const auto* label = llvm::dyn_cast<clang::LabelStmt>(statement)) facts.label_scopes[label->getDecl()] = scopes;
    const bool is_scope = llvm::isa<clang::CompoundStmt, clang::ForStmt>(statement);
    if (is_scope) scopes.push_back(statement);
    for (const clang::Stmt* child : statement->children()) collect_labels(child, scopes, facts);
    if (is_scope) scopes.pop_back();
}

}  // namespace

FunctionFacts facts_of(const clang::FunctionDecl* definition, Types& types, const Sources& sources)
{
    FunctionFacts facts;
    facts.is_atomic = has_annotation(definition, "ls_atomic");
    Collector collector(facts, types, sources);
    for (const clang::ParmVarDecl* parameter : definition->parameters()) collector.declare(parameter);
    collector.scan(definition->getBody(), definition->getASTContext());
    std::vector<const clang::Stmt*> scopes;
    collect_labels(definition->getBody(), scopes, facts);
    if (const auto* body = llvm::dyn_cast<clang::CompoundStmt>(definition->getBody());
        body != nullptr && body->size() == 1)
        if (const auto* result = llvm::dyn_cast<clang::ReturnStmt>(body->body_front()))
            facts.only_return = result->getRetValue();
    return facts;
}

}  // namespace lockstep::frontend
