// Structs as values, and initialisers.
//
// C copies a struct member by member: outside LS_ATOMIC each slot is a step. A local's initialiser is one step, since
// nobody else can have its address yet. What an initialiser does not name is 0.
#include "frontend/lowering.h"
#include "frontend/walk.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>

#include <fmt/format.h>

namespace lockstep::frontend {

/// Memory that lives until the scope around it ends.
Place Lowering::fresh_memory(const void* owner, const std::string& name, TypeId type, clang::SourceLocation location)
{
    const VariableId variable = build.take_local(owner, 0, name, type, true, place_of(location));
    if (!now->scopes.empty()) now->scopes.back().in_memory.push_back(variable);
    Place place;
    place.type = type;
    place.address = build::address_of(program, variable);
    place.name = program.variables[variable].name;
    return place;
}

Place Lowering::aggregate(const clang::Expr* expression)
{
    expression = bare(expression);
    const Deeper deeper(*this, expression->getExprLoc());
    if (expression->isGLValue()) return lvalue(expression);
    if (const auto* conversion = llvm::dyn_cast<clang::CastExpr>(expression)) {
        if (conversion->getCastKind() == clang::CK_LValueToRValue) return lvalue(conversion->getSubExpr());
        if (conversion->getCastKind() == clang::CK_NoOp) return aggregate(conversion->getSubExpr());
    }
    if (const auto* node = llvm::dyn_cast<clang::CallExpr>(expression)) {
        Place result;
        call(node, &result);
        return result;
    }
    if (const auto* node = llvm::dyn_cast<clang::BinaryOperator>(expression)) {
        if (node->getOpcode() == clang::BO_Assign) {
            assign_aggregate(node);
            return lvalue(node->getLHS());
        }
        if (node->isCommaOp()) {
            effect(node->getLHS());
            return aggregate(node->getRHS());
        }
    }
    const TypeId type = type_of(expression->getType(), expression->getExprLoc());
    if (const auto* node = llvm::dyn_cast<clang::ConditionalOperator>(expression)) {
        const Place result = fresh_memory(node, "chosen", type, node->getExprLoc());
        const LocationId if_true = build.new_location();
        const LocationId if_false = build.new_location();
        const LocationId join = build.new_location();
        const VariableId variable = std::get<AddressOf>(program.expressions[result.address].node).variable;
        build.step({Undefine{variable}});
        condition(node->getCond(), if_true, if_false);
        build.enter(if_true);
        copy(result, aggregate(node->getTrueExpr()));
        build.jump(join);
        build.enter(if_false);
        copy(result, aggregate(node->getFalseExpr()));
        build.bind(join);
        return result;
    }
    if (const auto* node = llvm::dyn_cast<clang::StmtExpr>(expression)) {
        const Place result = fresh_memory(node, "value", type, node->getExprLoc());
        build.step({Undefine{std::get<AddressOf>(program.expressions[result.address].node).variable}});
        const clang::CompoundStmt* body = node->getSubStmt();
        now->scopes.push_back({body, {}});
        for (const clang::Stmt* item : body->body()) {
            if (item == body->body_back() && llvm::isa<clang::Expr>(item)) {
                copy(result, aggregate(llvm::cast<clang::Expr>(item)));
            } else {
                statement(item);
            }
        }
        pop_scope();
        return result;
    }
    refuse(expression->getExprLoc(),
           fmt::format("this kind of expression is not supported for a struct ({})", expression->getStmtClassName()));
}

void Lowering::copy_slot(const Place& to, const Place& from, std::uint32_t slot, TypeId type)
{
    const Place target = part(to, slot, type, to.name);
    const Place source = part(from, slot, type, from.name);
    if (target.in_memory() && source.in_memory()) {
        build.step({Copy{target.address, source.address, 1}});
    } else {
        write(target, read(source));
    }
}

void Lowering::copy(const Place& to, const Place& from)
{
    Place target = to;
    Place source = from;
    if (target.in_memory() && source.in_memory()) {
        Held held(build, target.address, "pointer");
        source.address = build.settled(source.address, "pointer");
        target.address = build.settled(held.take(), "pointer");
    }
    std::vector<Statement> others;
    others.reserve(target.invalidated.size());
    for (const auto& [address, slots] : target.invalidated) others.emplace_back(Invalidate{address, slots});
    if (!others.empty()) build.step(std::move(others));
    target.invalidated.clear();
    const std::vector<TypeId> types = slot_types(program, target.type);
    if (build.is_atomic() && target.in_memory() && source.in_memory()) {
        return build.step({Copy{target.address, source.address, static_cast<std::uint32_t>(types.size())}});
    }
    for (std::uint32_t slot = 0; slot < types.size(); ++slot)
        if (types[slot].valid()) copy_slot(target, source, slot, types[slot]);
}

void Lowering::assign_aggregate(const clang::BinaryOperator* binary)
{
    Place to = lvalue(binary->getLHS());
    if (to.in_memory() && !build.is_atomic()) to.address = build.settled(to.address, "pointer");
    assign_from(to, binary->getRHS());
}

void Lowering::assign_from(const Place& to, const clang::Expr* value)
{
    // `*p = (struct s){ ... }`: all values first, then a store each.
    const clang::Expr* literal_value = bare(value);
    if (const auto* conversion = llvm::dyn_cast<clang::ImplicitCastExpr>(literal_value))
        literal_value = bare(conversion->getSubExpr());
    if (const auto* literal = llvm::dyn_cast<clang::CompoundLiteralExpr>(literal_value);
        literal != nullptr && !literal->isFileScope())
        return initialise(to, literal->getInitializer(), literal->getType(), {});
    std::optional<Held> held;
    if (to.in_memory()) held.emplace(build, to.address, "pointer");
    const Place from = aggregate(value);
    Place target = to;
    if (held) target.address = held->take();
    copy(target, from);
}

// ---- Initialisers --------------------------------------------------------------------------------------------------

void Lowering::collect(const clang::Expr* initialiser, clang::QualType type, TypeId type_id, std::uint32_t slot,
                       Initialiser& into)
{
    initialiser = bare(initialiser);
    const clang::SourceLocation location = initialiser->getExprLoc();
    if (llvm::isa<clang::ImplicitValueInitExpr>(initialiser)) return;
    if (const auto* list = llvm::dyn_cast<clang::InitListExpr>(initialiser)) {
        if (list->isSyntacticForm() && list->getSemanticForm() != nullptr) list = list->getSemanticForm();
        if (type->isRecordType()) return collect_record(list, type_id, slot, into);
        if (type->isArrayType()) return collect_array(list, type, type_id, slot, into);
        if (list->getNumInits() == 1) return collect(list->getInit(0), type, type_id, slot, into);
        return;
    }
    if (type->isArrayType()) {
        const auto* text = llvm::dyn_cast<clang::StringLiteral>(initialiser);
        if (text == nullptr) refuse(location, "this initialiser of an array is not supported");
        const ArrayType array = std::get<ArrayType>(program.types[type_id].kind);
        for (unsigned i = 0; i < text->getLength() && i < array.count; ++i) {
            const ExpressionId unit = expressions.constant(text->getCodeUnit(i), array.element);
            into.values.emplace_back(slot + i, std::make_unique<Held>(build, unit));
        }
        return;
    }
    if (type->isRecordType()) {
        Place from = aggregate(initialiser);
        if (from.in_memory()) from.address = build.settled(from.address, "pointer");
        into.copies.emplace_back(slot, from);
        return;
    }
    const ExpressionId value = coerce(rvalue(initialiser), type_id, location);
    into.values.emplace_back(slot, std::make_unique<Held>(build, value));
}

void Lowering::collect_record(const clang::InitListExpr* list, TypeId type, std::uint32_t slot, Initialiser& into)
{
    const clang::RecordDecl* record = list->getType()->castAs<clang::RecordType>()->getDecl()->getDefinition();
    const auto one = [&](const clang::FieldDecl* field, const clang::Expr* value) {
        const FieldSlot field_slot = context.types.field(field);
        if (field_slot.is_bit_field && !llvm::isa<clang::ImplicitValueInitExpr>(value)) {
            Place place;
            place.type = field_slot.type;
            place.is_bit_field = true;
            const ExpressionId written = value_written(place, rvalue(value), field->getType(), value->getExprLoc());
            into.values.emplace_back(slot + field_slot.offset, std::make_unique<Held>(build, written));
            return;
        }
        collect(value, field->getType(), field_slot.type, slot + field_slot.offset, into);
    };
    if (record->isUnion()) {
        const clang::FieldDecl* field = list->getInitializedFieldInUnion();
        if (field == nullptr && !record->field_empty()) field = *record->field_begin();
        if (field == nullptr) return;
        const FieldSlot field_slot = context.types.field(field);
        const std::uint32_t after = field_slot.offset + context.types.slots(field_slot.type);
        if (list->getNumInits() == 0) return;  // all of it is 0
        if (field_slot.offset > 0) into.untouched.emplace_back(slot, field_slot.offset);
        if (after < context.types.slots(type))
            into.untouched.emplace_back(slot + after, context.types.slots(type) - after);
        return one(field, list->getInit(0));
    }
    unsigned i = 0;
    for (const clang::FieldDecl* field : record->fields()) {
        if (field->isUnnamedBitField()) continue;
        if (i >= list->getNumInits()) break;
        one(field, list->getInit(i++));
    }
}

void Lowering::collect_array(const clang::InitListExpr* list, clang::QualType type, TypeId type_id, std::uint32_t slot,
                             Initialiser& into)
{
    const ArrayType array = std::get<ArrayType>(program.types[type_id].kind);
    const clang::QualType element = type->getAsArrayTypeUnsafe()->getElementType();
    const std::uint32_t stride = context.types.slots(array.element);
    if (list->isStringLiteralInit()) return collect(list->getInit(0), type, type_id, slot, into);
    for (std::uint32_t i = 0; i < array.count; ++i) {
        const clang::Expr* value = i < list->getNumInits()  ? list->getInit(i)
                                   : list->hasArrayFiller() ? list->getArrayFiller()
                                                            : nullptr;
        if (value != nullptr) collect(value, element, array.element, slot + i * stride, into);
    }
}

void Lowering::initialise(const Place& place, const clang::Expr* initialiser, clang::QualType type, VariableId fresh)
{
    Initialiser found;
    Held address(build, place.in_memory() ? place.address : expressions.constant(0, expressions.int_type), "pointer");
    collect(initialiser, type, place.type, 0, found);
    const std::vector<TypeId> types = slot_types(program, place.type);
    std::vector<ExpressionId> values(types.size());
    for (std::uint32_t i = 0; i < types.size(); ++i)
        if (types[i].valid()) values[i] = zero(types[i]);
    for (auto& [slot, held] : found.values) values[slot] = held->take();
    found.values.clear();
    const auto skip = [&](std::uint32_t first, std::uint32_t count) {
        for (std::uint32_t i = first; i < first + count; ++i) {
            const auto value = values[i].valid() ? expressions.constant_value(values[i]) : std::nullopt;
            if (value && *value == 0) values[i] = {};
        }
    };
    for (const auto& [first, count] : found.untouched) skip(first, count);
    for (const auto& [slot, from] : found.copies) skip(slot, context.types.slots(from.type));

    Place target = place;
    if (place.in_memory()) target.address = build.settled(address.take(), "pointer");
    std::vector<Statement> all;
    if (fresh.valid()) all.emplace_back(Undefine{fresh});
    for (std::uint32_t i = 0; i < types.size(); ++i) {
        if (!values[i].valid()) continue;
        const Place slot = part(target, i, types[i], target.name);
        if (!slot.in_memory()) {
            all.emplace_back(AssignLocal{slot.registers[0], values[i]});
        } else if (fresh.valid() || build.is_atomic()) {
            all.emplace_back(Store{slot.address, values[i]});
        } else {
            write(slot, values[i]);
        }
    }
    if (!fresh.valid())
        for (const auto& [first, count] : found.untouched)
            all.emplace_back(Invalidate{part(target, first, types[first], {}).address, count});
    if (!all.empty()) build.step(std::move(all));
    for (const auto& [slot, from] : found.copies) copy(part(target, slot, from.type, target.name), from);
}

Place Lowering::compound_literal(const clang::CompoundLiteralExpr* literal)
{
    const clang::SourceLocation location = literal->getExprLoc();
    const TypeId type = type_of(literal->getType(), location);
    const Place place = fresh_memory(literal, "literal", type, location);
    const VariableId variable = std::get<AddressOf>(program.expressions[place.address].node).variable;
    initialise(place, literal->getInitializer(), literal->getType(), variable);
    return place;
}

}  // namespace lockstep::frontend
