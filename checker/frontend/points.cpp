#include "frontend/points.h"

#include "frontend/walk.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>
#include <clang/AST/Stmt.h>

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace lockstep::frontend {

Points::Points(Program& the_program, const Sources& the_sources, const Reached& reached)
    : program(the_program), sources(the_sources)
{
    for (const clang::FunctionDecl* definition : reached.functions) list_function(definition);
}

PointId Points::find(const Key& key) const
{
    const auto found = points.find(key);
    return found == points.end() ? PointId() : found->second;
}

/// Points of the same kind at the same place are one: a header's, read for several units, or a line's statements.
void Points::add(Key key, Point::Kind kind, SourcePlace place, std::string way)
{
    if (!place.file.valid() || place.line == 0) return;
    if (kind == Point::Kind::line) place.column = 0;
    const auto [entry, is_new] = known.try_emplace({kind, place, way});
    if (is_new) entry->second = program.points.add({kind, place, function, std::move(way)});
    points.emplace(key, entry->second);
}

void Points::list_function(const clang::FunctionDecl* definition)
{
    context = &definition->getASTContext();
    function = definition->getNameAsString();
    add({definition, statement}, Point::Kind::function, sources.place(*context, definition->getLocation()));
    list_statement(definition->getBody());
}

void Points::list_line(const clang::Stmt* it, const clang::Stmt* begin)
{
    add({it, statement}, Point::Kind::line, sources.place(*context, begin->getBeginLoc()));
}

/// As Lowering::statement goes through them.
void Points::list_statement(const clang::Stmt* it)
{
    if (it == nullptr || llvm::isa<clang::NullStmt, clang::AsmStmt>(it)) return;
    if (const auto* block = llvm::dyn_cast<clang::CompoundStmt>(it)) {
        for (const clang::Stmt* item : block->body()) list_statement(item);
        return;
    }
    if (const auto* label = llvm::dyn_cast<clang::LabelStmt>(it)) return list_statement(label->getSubStmt());
    if (const auto* attributed = llvm::dyn_cast<clang::AttributedStmt>(it))
        return list_statement(attributed->getSubStmt());
    if (const auto* choice = llvm::dyn_cast<clang::SwitchCase>(it)) return list_statement(choice->getSubStmt());
    if (const auto* declaration = llvm::dyn_cast<clang::DeclStmt>(it)) {
        for (const clang::Decl* declared : declaration->decls()) {
            const auto* variable = llvm::dyn_cast<clang::VarDecl>(declared);
            if (variable == nullptr || !variable->hasLocalStorage() || variable->getInit() == nullptr) continue;
            list_line(it, it);
            list_within(variable->getInit());
        }
        return;
    }
    if (const auto* loop = llvm::dyn_cast<clang::DoStmt>(it)) {
        list_statement(loop->getBody());
        list_line(loop->getCond(), loop->getCond());
        list_branches(loop, loop->getCond());
        return;
    }
    list_line(it, it);
    if (const auto* expression = llvm::dyn_cast<clang::Expr>(it)) return list_within(expression);
    if (const auto* result = llvm::dyn_cast<clang::ReturnStmt>(it)) {
        if (result->getRetValue() == nullptr) return;
        list_line(result->getRetValue(), it);
        return list_within(result->getRetValue());
    }
    if (const auto* test = llvm::dyn_cast<clang::IfStmt>(it)) {
        list_branches(test, test->getCond());
        list_statement(test->getThen());
        return list_statement(test->getElse());
    }
    if (const auto* loop = llvm::dyn_cast<clang::WhileStmt>(it)) {
        list_branches(loop, loop->getCond());
        return list_statement(loop->getBody());
    }
    if (const auto* loop = llvm::dyn_cast<clang::ForStmt>(it)) {
        list_statement(loop->getInit());
        list_branches(loop, loop->getCond());
        list_statement(loop->getInc());
        return list_statement(loop->getBody());
    }
    if (llvm::isa<clang::SwitchStmt>(it)) return list_switch(it);
}

/// Statement expressions.
void Points::list_within(const clang::Expr* expression)
{
    walk_evaluated(expression, *context, [&](const clang::Stmt* part) {
        const auto* block = llvm::dyn_cast<clang::StmtExpr>(part);
        if (block != nullptr) list_statement(block->getSubStmt());
        return block == nullptr;
    });
}

void Points::list_branches(const clang::Stmt* it, const clang::Expr* condition)
{
    if (condition == nullptr) return;
    list_within(condition);
    if (it->getBeginLoc().isMacroID() || known_truth(condition, *context)) return;
    const clang::Stmt* begin = llvm::isa<clang::DoStmt>(it) ? condition : it;
    const SourcePlace place = sources.place(*context, begin->getBeginLoc());
    add({it, if_true}, Point::Kind::branch, place, "true");
    add({it, if_false}, Point::Kind::branch, place, "false");
}

void Points::list_switch(const clang::Stmt* it)
{
    const auto* choice = llvm::cast<clang::SwitchStmt>(it);
    list_within(choice->getCond());
    std::vector<const clang::SwitchCase*> labels;
    for (const clang::SwitchCase* at = choice->getSwitchCaseList(); at != nullptr; at = at->getNextSwitchCase())
        labels.push_back(at);
    std::ranges::reverse(labels);
    const SourcePlace place = sources.place(*context, it->getBeginLoc());
    bool has_default = false;
    if (!it->getBeginLoc().isMacroID() && !known_truth(choice->getCond(), *context)) {
        for (const clang::SwitchCase* at : labels) {
            const auto* value = llvm::dyn_cast<clang::CaseStmt>(at);
            has_default |= value == nullptr;
            add({at, label}, Point::Kind::branch, place,
                value == nullptr ? "default" : "case " + sources.text(*context, value->getLHS()->getSourceRange()));
        }
        if (!has_default) add({it, label}, Point::Kind::branch, place, "another value");
    }
    list_statement(choice->getBody());
}

}  // namespace lockstep::frontend
