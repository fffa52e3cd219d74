// Statements, scopes and jumps.
//
// A local in memory is undefined from its declaration on and dead from the end of its scope on, in whichever way
// control leaves: a pointer kept longer is found out at its next use.
#include "frontend/lowering.h"
#include "frontend/walk.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>
#include <clang/AST/Stmt.h>

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

namespace lockstep::frontend {

void Lowering::statement(const clang::Stmt* statement)
{
    if (statement == nullptr) return;
    const Deeper deeper(*this, statement->getBeginLoc());
    const AtPlace at(*this, place_of(statement->getBeginLoc()));
    pass(statement);
    if (const auto* node = llvm::dyn_cast<clang::Expr>(statement)) {
        const FullExpression full(*this);
        return effect(node);
    }
    if (const auto* node = llvm::dyn_cast<clang::CompoundStmt>(statement)) return compound(node);
    if (const auto* node = llvm::dyn_cast<clang::DeclStmt>(statement)) return declaration(node);
    if (const auto* node = llvm::dyn_cast<clang::IfStmt>(statement)) return if_statement(node);
    if (const auto* node = llvm::dyn_cast<clang::WhileStmt>(statement)) return while_statement(node);
    if (const auto* node = llvm::dyn_cast<clang::DoStmt>(statement)) return do_statement(node);
    if (const auto* node = llvm::dyn_cast<clang::ForStmt>(statement)) return for_statement(node);
    if (const auto* node = llvm::dyn_cast<clang::SwitchStmt>(statement)) return switch_statement(node);
    if (const auto* node = llvm::dyn_cast<clang::SwitchCase>(statement)) return case_label(node);
    if (const auto* node = llvm::dyn_cast<clang::ReturnStmt>(statement)) return return_statement(node);
    if (const auto* node = llvm::dyn_cast<clang::GotoStmt>(statement)) return goto_statement(node);
    if (const auto* node = llvm::dyn_cast<clang::LabelStmt>(statement)) return label_statement(node);
    if (const auto* node = llvm::dyn_cast<clang::AttributedStmt>(statement)) return this->statement(node->getSubStmt());
    if (llvm::isa<clang::NullStmt>(statement)) return;
    if (llvm::isa<clang::BreakStmt>(statement) || llvm::isa<clang::ContinueStmt>(statement)) {
        const bool is_break = llvm::isa<clang::BreakStmt>(statement);
        const Jump& jump = is_break ? now->jumps.back()
                                    : *std::find_if(now->jumps.rbegin(), now->jumps.rend(),
                                                    [](const Jump& j) { return j.continue_to.valid(); });
        leave_scopes(jump.scopes);
        return build.jump(is_break ? jump.break_to : jump.continue_to);
    }
    if (llvm::isa<clang::AsmStmt>(statement)) return asm_statement(statement);
    if (llvm::isa<clang::IndirectGotoStmt>(statement))
        refuse(statement->getBeginLoc(), "a computed goto is not supported", "use a switch");
    refuse(statement->getBeginLoc(),
           fmt::format("this kind of statement is not supported ({})", statement->getStmtClassName()));
}

void Lowering::compound(const clang::CompoundStmt* block)
{
    now->scopes.push_back({block, {}});
    for (const clang::Stmt* item : block->body()) statement(item);
    pop_scope();
}

void Lowering::leave_scopes(std::size_t down_to)
{
    std::vector<Statement> kills;
    for (std::size_t i = now->scopes.size(); i-- > down_to;)
        for (VariableId variable : now->scopes[i].in_memory | std::views::reverse) kills.emplace_back(Kill{variable});
    if (!kills.empty()) build.step(std::move(kills));
}

void Lowering::pop_scope()
{
    leave_scopes(now->scopes.size() - 1);
    now->scopes.pop_back();
}

// ---- Declarations --------------------------------------------------------------------------------------------------

void Lowering::declaration(const clang::DeclStmt* declaration)
{
    for (const clang::Decl* declared : declaration->decls())
        if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(declared)) declare_local(variable);
}

void Lowering::declare_local(const clang::VarDecl* variable)
{
    const clang::SourceLocation location = variable->getLocation();
    const AtPlace at(*this, place_of(location));
    if (variable->getTLSKind() != clang::VarDecl::TLS_None)
        refuse(location, "thread-local variables are not supported", "index an array by ls_self()");
    if (!variable->hasLocalStorage()) return;
    if (variable->hasAttr<clang::CleanupAttr>())
        refuse(location, "the cleanup attribute is not supported", "call the function where the scope ends");
    if (variable->hasAttr<clang::AsmLabelAttr>()) refuse(location, "variables in named registers are not supported");
    const TypeId type = type_of(variable->getType(), location);
    const std::string name = variable->getNameAsString();
    const FullExpression full(*this);
    const clang::Expr* initialiser = variable->getInit();
    Place place;
    if (now->facts->in_memory.contains(variable)) {
        place = fresh_memory(variable, name, type, location);
        place.name = name;
        now->bindings[variable] = {place, {}};
        const VariableId local = std::get<AddressOf>(program.expressions[place.address].node).variable;
        if (initialiser == nullptr) return build.step({Undefine{local}});
        return initialise(place, initialiser, variable->getType(), local);
    }
    place.type = type;
    place.name = name;
    const std::vector<TypeId> types = slot_types(program, type);
    const bool is_struct = variable->getType()->isRecordType();
    for (std::uint32_t slot = 0; slot < types.size(); ++slot) {
        std::string slot_name = name;
        if (is_struct)
            slot_name += fmt::format(".{}", std::get<StructType>(program.types[type].kind).fields.size() > slot
                                                ? std::get<StructType>(program.types[type].kind).fields[slot].name
                                                : std::to_string(slot));
        place.registers.push_back(build.take_local(variable, slot, slot_name, types[slot], false, place_of(location)));
    }
    now->bindings[variable] = {place, {}};
    for (VariableId local : place.registers) build.flush_mentions(local);
    if (initialiser == nullptr) {
        std::vector<Statement> undefine;
        undefine.reserve(place.registers.size());
        for (VariableId local : place.registers) undefine.emplace_back(Undefine{local});
        return build.step(std::move(undefine));
    }
    if (is_struct) return initialise(place, initialiser, variable->getType(), {});
    const clang::Expr* value = bare(initialiser);
    build.step({AssignLocal{place.registers[0], coerce(rvalue(value), type, location)}});
}

// ---- Branches and loops --------------------------------------------------------------------------------------------

void Lowering::condition_of(const clang::Stmt* statement, const clang::Expr* expression, LocationId if_true,
                            LocationId if_false)
{
    condition(expression, build.passing(context.points.taken(statement, true), if_true),
              build.passing(context.points.taken(statement, false), if_false));
}

void Lowering::if_statement(const clang::IfStmt* test)
{
    if (const std::optional<bool> known = known_truth(test->getCond(), *now->context)) {
        const clang::Stmt* dead = *known ? test->getElse() : test->getThen();
        if (is_dead_behind_false(dead)) return statement(*known ? test->getThen() : test->getElse());
    }
    const LocationId if_true = build.new_location();
    const LocationId if_false = build.new_location();
    {
        const FullExpression full(*this);
        condition_of(test, test->getCond(), if_true, if_false);
    }
    build.enter(if_true);
    statement(test->getThen());
    if (test->getElse() == nullptr) return build.bind(if_false);
    const LocationId join = build.new_location();
    build.jump(join);
    build.enter(if_false);
    statement(test->getElse());
    build.bind(join);
}

void Lowering::while_statement(const clang::WhileStmt* loop)
{
    const LocationId head = build.new_location();
    const LocationId body = build.new_location();
    const LocationId end = build.new_location();
    build.bind(head);
    {
        const FullExpression full(*this);
        condition_of(loop, loop->getCond(), body, end);
    }
    build.enter(body);
    now->jumps.push_back({end, head, now->scopes.size()});
    statement(loop->getBody());
    now->jumps.pop_back();
    build.jump(head);
    build.enter(end);
}

void Lowering::do_statement(const clang::DoStmt* loop)
{
    const LocationId body = build.new_location();
    const LocationId test = build.new_location();
    const LocationId end = build.new_location();
    build.bind(body);
    now->jumps.push_back({end, test, now->scopes.size()});
    statement(loop->getBody());
    now->jumps.pop_back();
    build.bind(test);
    const AtPlace at(*this, place_of(loop->getCond()->getExprLoc()));
    const FullExpression full(*this);
    pass(loop->getCond());
    condition_of(loop, loop->getCond(), body, end);
    build.enter(end);
}

void Lowering::for_statement(const clang::ForStmt* loop)
{
    now->scopes.push_back({loop, {}});
    statement(loop->getInit());
    const LocationId head = build.new_location();
    const LocationId body = build.new_location();
    const LocationId next = build.new_location();
    const LocationId end = build.new_location();
    build.bind(head);
    if (loop->getCond() != nullptr) {
        const AtPlace at(*this, place_of(loop->getCond()->getExprLoc()));
        const FullExpression full(*this);
        condition_of(loop, loop->getCond(), body, end);
        build.enter(body);
    } else {
        build.bind(body);
    }
    now->jumps.push_back({end, next, now->scopes.size()});
    statement(loop->getBody());
    now->jumps.pop_back();
    build.bind(next);
    statement(loop->getInc());
    build.jump(head);
    build.enter(end);
    pop_scope();
}

void Lowering::switch_statement(const clang::SwitchStmt* choice)
{
    std::vector<const clang::SwitchCase*> labels;
    for (const clang::SwitchCase* label = choice->getSwitchCaseList(); label != nullptr;
         label = label->getNextSwitchCase())
        labels.push_back(label);
    std::reverse(labels.begin(), labels.end());
    const LocationId end = build.new_location();
    LocationId otherwise = end;
    const clang::Stmt* other_label = choice;
    for (const clang::SwitchCase* label : labels) {
        now->cases[label] = build.new_location();
        if (!llvm::isa<clang::DefaultStmt>(label)) continue;
        otherwise = now->cases[label];
        other_label = label;
    }
    const auto chosen = [&](const clang::Stmt* label, LocationId target) {
        return build.passing(context.points.chosen(label), target);
    };
    {
        const FullExpression full(*this);
        ExpressionId value = rvalue(choice->getCond());
        if (expressions.is_time(value)) refuse(choice->getCond()->getExprLoc(), "a switch over a time stamp");
        if (labels.size() > 2) value = build.settled(value);
        build.flush();
        const TypeId type = expressions.type_of(value);
        ExpressionId none = expressions.constant(1, expressions.int_type);
        const TypeId truth = expressions.int_type;
        const auto bound = [&](const clang::Expr* expression) {
            return expressions.convert(*constant(expression), type);
        };
        bool decided = false;
        for (const clang::SwitchCase* label : labels) {
            const auto* single = llvm::dyn_cast<clang::CaseStmt>(label);
            if (single == nullptr) continue;
            ExpressionId guard;
            if (single->getRHS() != nullptr) {
                guard = expressions.binary(
                    BinaryOp::logical_and,
                    expressions.binary(BinaryOp::less_equal, bound(single->getLHS()), value, truth),
                    expressions.binary(BinaryOp::less_equal, value, bound(single->getRHS()), truth), truth);
            } else {
                guard = expressions.binary(BinaryOp::equal, value, bound(single->getLHS()), truth);
            }
            if (const auto known = expressions.constant_value(guard)) {
                if (*known == 0) continue;
                build.edge({}, {}, chosen(label, now->cases[label]));
                decided = true;
                break;
            }
            build.edge(guard, {}, chosen(label, now->cases[label]));
            none = expressions.binary(BinaryOp::logical_and, none, expressions.negation(guard), truth);
        }
        if (!decided)
            build.edge(expressions.constant_value(none) ? ExpressionId{} : none, {}, chosen(other_label, otherwise));
    }
    build.enter(build.new_location());  // what stands before the first label is not reached
    now->jumps.push_back({end, {}, now->scopes.size()});
    statement(choice->getBody());
    now->jumps.pop_back();
    build.bind(end);
}

void Lowering::case_label(const clang::SwitchCase* label)
{
    build.bind(now->cases.at(label));
    statement(label->getSubStmt());
}

// ---- Jumps ---------------------------------------------------------------------------------------------------------

LocationId Lowering::label_location(const clang::LabelDecl* label)
{
    const auto [found, is_new] = now->labels.try_emplace(label);
    if (is_new) found->second = build.new_location();
    return found->second;
}

void Lowering::label_statement(const clang::LabelStmt* label)
{
    build.bind(label_location(label->getDecl()));
    statement(label->getSubStmt());
}

void Lowering::goto_statement(const clang::GotoStmt* jump)
{
    const std::vector<const clang::Stmt*>& around = now->facts->label_scopes.at(jump->getLabel());
    std::size_t common = 0;
    while (common < around.size() && common < now->scopes.size() && now->scopes[common].statement == around[common])
        ++common;
    leave_scopes(common);
    build.jump(label_location(jump->getLabel()));
}

void Lowering::return_statement(const clang::ReturnStmt* result)
{
    const clang::Expr* value = result->getRetValue();
    if (value != nullptr) {
        const FullExpression full(*this);
        if (value->getType()->isVoidType()) {
            effect(value);
        } else if (value->getType()->isRecordType()) {
            copy(now->result, aggregate(value));
        } else {
            const ExpressionId returned = coerce(rvalue(value), now->result.type, value->getExprLoc());
            build.flush_mentions(now->result.registers[0]);
            build.step({AssignLocal{now->result.registers[0], returned}});
        }
    }
    leave_scopes(0);
    build.jump(now->exit);
}

void Lowering::asm_statement(const clang::Stmt* statement)
{
    // asm volatile("" ::: "memory"), the compiler barrier, does nothing here.
    const auto* gcc = llvm::dyn_cast<clang::GCCAsmStmt>(statement);
    const bool is_barrier = gcc != nullptr && gcc->getNumOutputs() == 0 && gcc->getNumInputs() == 0 &&
                            gcc->getAsmString()->getString().trim().empty();
    if (!is_barrier) {
        refuse(statement->getBeginLoc(), "inline assembly is not supported, except an empty one as a compiler barrier",
               "write what it does in C, in an LS_ATOMIC function if it is one operation");
    }
}

}  // namespace lockstep::frontend
