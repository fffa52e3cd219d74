// Places: what an lvalue denotes, reading and writing it.
//
// Outside LS_ATOMIC a read stays pending until it is used or until something else happens, and a write is a step of its
// own whose address and value are settled before. `x++` on memory is a read and a write.
#include "frontend/lowering.h"
#include "frontend/walk.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>

#include <fmt/format.h>

namespace lockstep::frontend {

Place Lowering::lvalue(const clang::Expr* expression)
{
    expression = bare(expression);
    const Deeper deeper(*this, expression->getExprLoc());
    if (const auto* node = llvm::dyn_cast<clang::DeclRefExpr>(expression)) return lvalue_of_name(node);
    if (const auto* node = llvm::dyn_cast<clang::MemberExpr>(expression)) return lvalue_of_member(node);
    if (const auto* node = llvm::dyn_cast<clang::ArraySubscriptExpr>(expression)) return lvalue_of_subscript(node);
    if (const auto* node = llvm::dyn_cast<clang::CompoundLiteralExpr>(expression)) return compound_literal(node);
    if (const auto* node = llvm::dyn_cast<clang::UnaryOperator>(expression);
        node != nullptr && node->getOpcode() == clang::UO_Deref) {
        Place place;
        place.type = type_of(node->getType(), node->getExprLoc());
        if (!place.type.valid()) refuse(node->getExprLoc(), "a pointer to void is dereferenced");
        place.address = expressions.address(rvalue(node->getSubExpr()), expressions.pointer_to(place.type));
        place.name = "value";
        return place;
    }
    if (const auto* node = llvm::dyn_cast<clang::CastExpr>(expression); node != nullptr && node->isGLValue())
        return lvalue(node->getSubExpr());
    if (llvm::isa<clang::StringLiteral, clang::PredefinedExpr>(expression))
        refuse(expression->getExprLoc(), "the characters of a string literal cannot be read",
               "strings may only be printed; use an array of char");
    if (expression->getType()->isRecordType()) return aggregate(expression);
    refuse(expression->getExprLoc(),
           fmt::format("this kind of expression is not supported as a place ({})", expression->getStmtClassName()));
}

Place Lowering::lvalue_of_name(const clang::DeclRefExpr* reference)
{
    const clang::SourceLocation location = reference->getExprLoc();
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(reference->getDecl());
    if (variable == nullptr)
        refuse(location, fmt::format("'{}' is no variable", reference->getDecl()->getNameAsString()));
    if (variable->hasLocalStorage()) {
        const auto found = now->bindings.find(variable);
        if (found == now->bindings.end())
            refuse(location, fmt::format("'{}' is used outside its scope", variable->getNameAsString()));
        return found->second.place;
    }
    const clang::VarDecl* definition = context.symbols.definition(variable);
    const auto found = context.globals.find(definition);
    if (found == context.globals.end())
        refuse(location, fmt::format("'{}' is used but defined nowhere", variable->getNameAsString()));
    if (program.variables[found->second].storage == Storage::per_cpu && !per_cpu_allowed) {
        refuse(location, fmt::format("'{}' has a copy on each CPU; which one is meant?", variable->getNameAsString()),
               fmt::format("write *ls_per_cpu_ptr(&{}, cpu)", variable->getNameAsString()));
    }
    Place place;
    place.type = program.variables[found->second].type;
    place.address = build::address_of(program, found->second);
    place.name = variable->getNameAsString();
    return place;
}

Place Lowering::part(const Place& whole, std::uint32_t offset, TypeId type, const std::string& name)
{
    Place place;
    place.type = type;
    place.name = name;
    place.invalidated = whole.invalidated;
    if (whole.in_memory()) {
        place.address =
            expressions.field(whole.address, static_cast<std::int32_t>(offset), expressions.pointer_to(type));
    } else {
        const auto first = whole.registers.begin() + offset;
        place.registers.assign(first, first + context.types.slots(type));
    }
    return place;
}

Place Lowering::lvalue_of_member(const clang::MemberExpr* member)
{
    const auto* field = llvm::dyn_cast<clang::FieldDecl>(member->getMemberDecl());
    if (field == nullptr) refuse(member->getExprLoc(), "this kind of member is not supported");
    const FieldSlot slot = context.types.field(field);
    Place whole;
    if (member->isArrow()) {
        whole.address = rvalue(member->getBase());
        whole.type = slot.record;
    } else {
        whole = lvalue(member->getBase());
    }
    if (field->getParent()->isUnion() && whole.in_memory()) whole.address = build.settled(whole.address, "pointer");
    Place place = part(whole, slot.offset, slot.type, field->getName().empty() ? whole.name : field->getNameAsString());
    place.is_bit_field = slot.is_bit_field;
    if (field->getParent()->isUnion()) note_union(place, whole, slot);
    return place;
}

// The members of a union have slots of their own; when one is written the others are undefined.
void Lowering::note_union(Place& member, const Place& whole, const FieldSlot& slot)
{
    const std::uint32_t size = context.types.slots(slot.record);
    const std::uint32_t after = slot.offset + context.types.slots(slot.type);
    const auto note = [&](std::uint32_t offset, std::uint32_t slots) {
        if (slots == 0) return;
        const ExpressionId address =
            expressions.field(whole.address, static_cast<std::int32_t>(offset), expressions.void_pointer_type);
        member.invalidated.emplace_back(address, slots);
    };
    note(0, slot.offset);
    note(after, size - after);
}

Place Lowering::lvalue_of_subscript(const clang::ArraySubscriptExpr* subscript)
{
    const clang::SourceLocation location = subscript->getExprLoc();
    const clang::Expr* base = bare(subscript->getBase());
    const auto* conversion = llvm::dyn_cast<clang::ImplicitCastExpr>(base);
    const clang::ConstantArrayType* array = nullptr;
    if (conversion != nullptr && conversion->getCastKind() == clang::CK_ArrayToPointerDecay)
        array = llvm::dyn_cast_or_null<clang::ConstantArrayType>(
            conversion->getSubExpr()->getType()->getAsArrayTypeUnsafe());

    Place place;
    place.type = type_of(subscript->getType(), location);
    const TypeId pointer = expressions.pointer_to(place.type);
    std::uint32_t count = 0;
    std::optional<Held> held;
    if (array != nullptr) {
        const Place whole = lvalue(conversion->getSubExpr());
        held.emplace(build, expressions.address(whole.address, pointer), "pointer");
        place.name = whole.name;
        place.invalidated = whole.invalidated;
        count = static_cast<std::uint32_t>(array->getSize().getZExtValue());
    } else {
        held.emplace(build, rvalue(base), "pointer");
        place.name = "element";
    }
    const PerCpuAllowed allowed(*this, false);
    const ExpressionId index = rvalue(subscript->getIdx());
    const std::uint32_t stride = context.types.slots(place.type);
    if (stride == 0) refuse(location, "an element of an incomplete type");
    place.address = expressions.element(held->take(), index, stride, count, pointer);
    return place;
}

ExpressionId Lowering::read(const Place& place)
{
    if (!is_scalar(program.types[place.type])) refuse({}, "a struct or an array is used as a value");
    if (!place.in_memory()) return expressions.local(place.registers[0]);
    return build.load(place.address, place.type, short_name(place.name));
}

void Lowering::write(const Place& place, ExpressionId value)
{
    if (!place.in_memory()) {
        build.flush_mentions(place.registers[0]);
        return build.step({AssignLocal{place.registers[0], value}});
    }
    ExpressionId address = place.address;
    if (!build.is_atomic()) {
        Held held_address(build, address, "pointer");
        value = build.settled(value, short_name(place.name));
        address = build.settled(held_address.take(), "pointer");
    }
    std::vector<Statement> effect{Store{address, value}};
    for (const auto& [other, slots] : place.invalidated) effect.emplace_back(Invalidate{other, slots});
    build.step(std::move(effect));
}

// What a place of this type holds after `value` is assigned to it, as a value of the place's own type.
ExpressionId Lowering::value_written(const Place& place, ExpressionId value, clang::QualType type,
                                     clang::SourceLocation location)
{
    if (place.is_bit_field && bits_of(program.types[place.type]) == 1 && !type->isBooleanType()) {
        const TypeId from = expressions.type_of(value);
        value = expressions.binary(BinaryOp::bit_and, value, expressions.constant(1, from), from);
    }
    return coerce(value, place.type, location);
}

ExpressionId Lowering::assign(const clang::BinaryOperator* binary, bool wanted)
{
    const clang::SourceLocation location = binary->getExprLoc();
    Place place = lvalue(binary->getLHS());
    ExpressionId value;
    if (place.in_memory()) {
        Held address(build, place.address, "pointer");
        value = rvalue(binary->getRHS());
        if (wanted) value = build.settled(value, short_name(place.name));
        place.address = address.take();
    } else {
        value = rvalue(binary->getRHS());
    }
    value = value_written(place, value, binary->getLHS()->getType(), location);
    write(place, value);
    if (!wanted) return {};
    const ExpressionId result = place.in_memory() ? value : expressions.local(place.registers[0]);
    return place.is_bit_field ? expressions.convert(result, type_of(binary->getType(), location)) : result;
}

ExpressionId Lowering::compound_assign(const clang::CompoundAssignOperator* assignment, bool wanted)
{
    const clang::SourceLocation location = assignment->getExprLoc();
    const int opcode = clang::BinaryOperator::getOpForCompoundAssignment(assignment->getOpcode());
    const clang::QualType left_type = assignment->getLHS()->getType();
    Place place = lvalue(assignment->getLHS());
    std::optional<Held> address;
    if (place.in_memory()) {
        // Used twice, so outside LS_ATOMIC it must not be read twice.
        if (!build.is_atomic()) place.address = build.settled(place.address, "pointer");
        address.emplace(build, place.address, "pointer");
    }
    ExpressionId old = read(place);
    const bool on_pointer = left_type->isPointerType();
    if (!on_pointer && !expressions.is_time(old))
        old = expressions.convert(old, plain_type_of(assignment->getComputationLHSType(), location));
    Held held_old(build, old, short_name(place.name));
    const ExpressionId right = rvalue(assignment->getRHS());
    old = held_old.take();
    ExpressionId value = on_pointer ? pointer_plus(assignment, old, right, left_type, 0, opcode == clang::BO_Sub)
                                    : arithmetic(assignment, opcode, old, right,
                                                 plain_type_of(assignment->getComputationResultType(), location));
    if (address) place.address = address->take();
    value = value_written(place, value, left_type, location);
    if (wanted) value = build.settled(value, short_name(place.name));
    write(place, value);
    if (!wanted) return {};
    const ExpressionId result = place.in_memory() ? value : expressions.local(place.registers[0]);
    return place.is_bit_field ? expressions.convert(result, type_of(assignment->getType(), location)) : result;
}

ExpressionId Lowering::increment(const clang::UnaryOperator* unary, bool wanted)
{
    const clang::SourceLocation location = unary->getExprLoc();
    const clang::QualType type = unary->getType();
    Place place = lvalue(unary->getSubExpr());
    if (place.in_memory() && !build.is_atomic()) place.address = build.settled(place.address, "pointer");
    ExpressionId old = read(place);
    if (wanted && unary->isPostfix()) old = build.into_temporary(old, short_name(place.name));
    const ExpressionId one = expressions.constant(1, expressions.int_type);
    ExpressionId value;
    if (type->isPointerType()) {
        value = pointer_plus(unary, old, one, type, 0, unary->isDecrementOp());
    } else if (expressions.is_time(old)) {
        refuse(location, "this arithmetic on a time stamp has no meaning", "add ticks to it");
    } else {
        // At least as wide as int, as C promotes.
        const TypeId own = plain_type_of(type, location);
        const TypeId wide = bits_of(program.types[own]) < 32 ? expressions.int_type : own;
        const BinaryOp op = unary->isIncrementOp() ? BinaryOp::add : BinaryOp::subtract;
        value = expressions.binary(op, expressions.convert(old, wide), expressions.constant(1, wide), wide);
    }
    value = value_written(place, value, type, location);
    if (wanted && unary->isPrefix()) value = build.settled(value, short_name(place.name));
    write(place, value);
    if (!wanted) return {};
    const ExpressionId result = unary->isPostfix()  ? old
                                : place.in_memory() ? value
                                                    : expressions.local(place.registers[0]);
    return place.is_bit_field ? expressions.convert(result, type_of(type, location)) : result;
}

}  // namespace lockstep::frontend
