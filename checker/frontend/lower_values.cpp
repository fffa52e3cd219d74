// Expressions that have a scalar value.
#include "frontend/lowering.h"
#include "frontend/walk.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>

#include <fmt/format.h>

namespace lockstep::frontend {

namespace {

std::string node_name(const clang::Stmt* statement) { return statement->getStmtClassName(); }

}  // namespace

// Whatever Clang can compute: literals, sizeof, offsetof, enumerators and arithmetic on them.
std::optional<ExpressionId> Lowering::constant(const clang::Expr* expression)
{
    const clang::QualType type = expression->getType();
    if (!type->isIntegralOrEnumerationType() || Types::is_time(type)) return std::nullopt;
    if (expression->isValueDependent()) return std::nullopt;
    clang::Expr::EvalResult result;
    if (!expression->EvaluateAsInt(result, *now->context, clang::Expr::SE_NoSideEffects)) return std::nullopt;
    const llvm::APSInt& value = result.Val.getInt();
    if (value.getBitWidth() > 64) return std::nullopt;
    const TypeId id = type_of(type, expression->getExprLoc());
    return expressions.constant(
        value.isSigned() ? value.getSExtValue() : static_cast<std::int64_t>(value.getZExtValue()), id);
}

ExpressionId Lowering::rvalue(const clang::Expr* expression)
{
    expression = bare(expression);
    const Deeper deeper(*this, expression->getExprLoc());
    if (expression->getType()->isRealFloatingType())
        refuse(expression->getExprLoc(), "floating point is not supported", "the kernel does without; use an integer");
    if (const auto value = constant(expression)) return *value;
    if (const auto* node = llvm::dyn_cast<clang::CastExpr>(expression)) return cast(node);
    if (const auto* node = llvm::dyn_cast<clang::UnaryOperator>(expression)) return unary(node);
    if (const auto* node = llvm::dyn_cast<clang::BinaryOperator>(expression)) return binary(node);
    if (const auto* node = llvm::dyn_cast<clang::AbstractConditionalOperator>(expression)) return select(node);
    if (const auto* node = llvm::dyn_cast<clang::StmtExpr>(expression)) return statement_value(node);
    if (const auto* node = llvm::dyn_cast<clang::AtomicExpr>(expression)) return atomic_builtin(node);
    if (const auto* node = llvm::dyn_cast<clang::CallExpr>(expression)) {
        const ExpressionId value = call(node, nullptr);
        if (!value.valid()) refuse(node->getExprLoc(), "the call has no value");
        return value;
    }
    if (const auto* node = llvm::dyn_cast<clang::MemberExpr>(expression)) {  // of a struct that is a value: f().member
        const Place place = lvalue_of_member(node);
        return expressions.convert(read(place), type_of(node->getType(), node->getExprLoc()));
    }
    if (const auto* node = llvm::dyn_cast<clang::OpaqueValueExpr>(expression)) {
        const auto found = now->opaque.find(node);
        if (found != now->opaque.end()) return found->second;
    }
    if (llvm::isa<clang::ImplicitValueInitExpr>(expression))
        return zero(type_of(expression->getType(), expression->getExprLoc()));
    if (const auto* list = llvm::dyn_cast<clang::InitListExpr>(expression)) {
        if (list->getNumInits() == 1) return rvalue(list->getInit(0));
        if (list->getNumInits() == 0) return zero(type_of(expression->getType(), expression->getExprLoc()));
    }
    if (llvm::isa<clang::AddrLabelExpr>(expression))
        refuse(expression->getExprLoc(), "the address of a label is not supported",
               "use a switch instead of a computed goto");
    if (llvm::isa<clang::VAArgExpr>(expression))
        refuse(expression->getExprLoc(), "variable argument lists are not supported");
    refuse(expression->getExprLoc(),
           fmt::format("this kind of expression is not supported ({})", node_name(expression)));
}

// ---- Casts ---------------------------------------------------------------------------------------------------------

ExpressionId Lowering::cast(const clang::CastExpr* cast)
{
    const clang::Expr* operand = cast->getSubExpr();
    const clang::SourceLocation location = cast->getExprLoc();
    switch (cast->getCastKind()) {
        case clang::CK_LValueToRValue: {
            const PerCpuAllowed allowed(*this, false);
            if (const auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(bare(operand))) {
                const auto found = now->bindings.find(llvm::dyn_cast<clang::VarDecl>(reference->getDecl()));
                if (found != now->bindings.end() && found->second.value.valid()) return found->second.value;
            }
            const Place place = lvalue(operand);
            const ExpressionId value = read(place);
            return place.is_bit_field ? expressions.convert(value, type_of(cast->getType(), location)) : value;
        }
        case clang::CK_NoOp:
        case clang::CK_IntegralCast:
        case clang::CK_BooleanToSignedIntegral:
            return integer_cast(cast);
        case clang::CK_IntegralToBoolean:
        case clang::CK_PointerToBoolean:
            return expressions.convert(truth_of(operand), expressions.bool_type);
        case clang::CK_NullToPointer:
            return zero(type_of(cast->getType(), location));
        case clang::CK_PointerToIntegral:
        case clang::CK_IntegralToPointer:
        case clang::CK_BitCast:
            return pointer_cast(cast);
        case clang::CK_ArrayToPointerDecay:
        case clang::CK_FunctionToPointerDecay:
            return decay(cast);
        case clang::CK_FloatingCast:
        case clang::CK_FloatingToIntegral:
        case clang::CK_IntegralToFloating:
        case clang::CK_FloatingToBoolean:
            refuse(location, "floating point is not supported", "the kernel does without; use an integer");
        case clang::CK_ToUnion:
            refuse(location, "a cast to a union is not supported", "assign to the member");
        default:
            refuse(location, fmt::format("this conversion is not supported ({})", cast->getCastKindName()));
    }
}

ExpressionId Lowering::integer_cast(const clang::CastExpr* cast)
{
    const ExpressionId value = rvalue(cast->getSubExpr());
    const clang::QualType type = cast->getType();
    const clang::SourceLocation location = cast->getExprLoc();
    const TypeId target = type_of(type, location);
    if (!target.valid()) return value;
    if (Types::is_time(type)) {
        // `stamp + 1` converts 1 to the stamp's type, which does not make it one.
        if (llvm::isa<clang::ImplicitCastExpr>(cast) && !expressions.is_time(value))
            return expressions.convert(value, expressions.unsigned_long_type);
        return coerce(value, target, location);
    }
    if (expressions.is_time(value)) {
        const bool is_word = is_integer(program.types[target]) && bits_of(program.types[target]) == 64;
        if (llvm::isa<clang::ImplicitCastExpr>(cast) && is_word) return value;
        refuse(location, "a time stamp cannot be converted to an integer",
               "time stamps are kept relative to now: subtract one from another to get ticks");
    }
    return expressions.convert(value, target);
}

ExpressionId Lowering::pointer_cast(const clang::CastExpr* cast)
{
    const clang::SourceLocation location = cast->getExprLoc();
    if (const auto container = member_of_container(cast->getSubExpr(), cast->getType())) return *container;
    const ExpressionId value = rvalue(cast->getSubExpr());
    if (expressions.is_time(value)) refuse(location, "a time stamp cannot be converted to a pointer");
    const TypeId target = type_of(cast->getType(), location);
    return target.valid() ? expressions.convert(value, target) : value;
}

ExpressionId Lowering::function_value_of(const clang::Expr* expression)
{
    expression = bare(expression);
    if (const auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(expression)) {
        const auto* function = llvm::dyn_cast<clang::FunctionDecl>(reference->getDecl());
        const clang::FunctionDecl* definition = function != nullptr ? context.symbols.definition(function) : nullptr;
        if (definition == nullptr)
            refuse(expression->getExprLoc(), "the address of a function without a body is not supported");
        return build::function_constant(program, context.function_id(definition));
    }
    // *pointer, which is the function itself again.
    if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(expression);
        unary != nullptr && unary->getOpcode() == clang::UO_Deref)
        return rvalue(unary->getSubExpr());
    return rvalue(expression);
}

ExpressionId Lowering::decay(const clang::CastExpr* cast)
{
    const clang::Expr* operand = bare(cast->getSubExpr());
    if (cast->getCastKind() == clang::CK_FunctionToPointerDecay) return function_value_of(operand);
    if (const auto* literal = llvm::dyn_cast<clang::StringLiteral>(operand))
        return build::string_constant(program, literal->getBytes().str());
    if (const auto* name = llvm::dyn_cast<clang::PredefinedExpr>(operand))
        return build::string_constant(program, name->getFunctionName()->getString().str());
    const Place place = lvalue(operand);
    return expressions.address(place.address, type_of(cast->getType(), cast->getExprLoc()));
}

// ---- container_of --------------------------------------------------------------------------------------------------

// offsetof(type, member), or &((type *)0)->member as an integer: the offset in slots.
std::optional<std::int32_t> Lowering::slot_offset(const clang::Expr* expression)
{
    expression = without_casts(expression);
    std::int32_t offset = 0;
    if (const auto* list = llvm::dyn_cast<clang::OffsetOfExpr>(expression)) {
        clang::QualType type = list->getTypeSourceInfo()->getType();
        for (unsigned i = 0; i < list->getNumComponents(); ++i) {
            const clang::OffsetOfNode& node = list->getComponent(i);
            if (node.getKind() == clang::OffsetOfNode::Field) {
                offset += static_cast<std::int32_t>(context.types.field(node.getField()).offset);
                type = node.getField()->getType();
            } else if (node.getKind() == clang::OffsetOfNode::Array) {
                const auto* array = type->getAsArrayTypeUnsafe();
                clang::Expr::EvalResult index;
                if (!list->getIndexExpr(node.getArrayExprIndex())->EvaluateAsInt(index, *now->context))
                    return std::nullopt;
                type = array->getElementType();
                const TypeId element = type_of(type, expression->getExprLoc());
                offset += static_cast<std::int32_t>(index.Val.getInt().getSExtValue() * context.types.slots(element));
            } else {
                return std::nullopt;
            }
        }
        return offset;
    }
    const auto* address = llvm::dyn_cast<clang::UnaryOperator>(expression);
    if (address == nullptr || address->getOpcode() != clang::UO_AddrOf) return std::nullopt;
    const auto* member = llvm::dyn_cast<clang::MemberExpr>(bare(address->getSubExpr()));
    while (member != nullptr) {
        const auto* field = llvm::dyn_cast<clang::FieldDecl>(member->getMemberDecl());
        if (field == nullptr) return std::nullopt;
        offset += static_cast<std::int32_t>(context.types.field(field).offset);
        if (member->isArrow()) {
            const auto* null = llvm::dyn_cast<clang::IntegerLiteral>(without_casts(member->getBase()));
            return null != nullptr && null->getValue() == 0 ? std::optional(offset) : std::nullopt;
        }
        member = llvm::dyn_cast<clang::MemberExpr>(bare(member->getBase()));
    }
    return std::nullopt;
}

// (type *)((char *)pointer - offsetof(type, member)), through whichever byte-sized, void or integer type.
std::optional<ExpressionId> Lowering::member_of_container(const clang::Expr* expression, clang::QualType target)
{
    const auto* sum = llvm::dyn_cast<clang::BinaryOperator>(without_casts(expression));
    if (sum == nullptr || !sum->isAdditiveOp()) return std::nullopt;
    const auto offset = slot_offset(sum->getRHS());
    if (!offset) return std::nullopt;
    const clang::Expr* value = bare(sum->getLHS());
    while (const auto* conversion = llvm::dyn_cast<clang::CastExpr>(value)) {
        const clang::CastKind kind = conversion->getCastKind();
        if (kind != clang::CK_BitCast && kind != clang::CK_NoOp && kind != clang::CK_PointerToIntegral) break;
        value = bare(conversion->getSubExpr());
    }
    if (!value->getType()->isPointerType()) return std::nullopt;
    const ExpressionId pointer = rvalue(value);
    const TypeId type = type_of(target, expression->getExprLoc());
    return expressions.field(pointer, sum->getOpcode() == clang::BO_Sub ? -*offset : *offset, type);
}

// ---- Operators -----------------------------------------------------------------------------------------------------

ExpressionId Lowering::unary(const clang::UnaryOperator* unary)
{
    const clang::SourceLocation location = unary->getExprLoc();
    if (unary->isIncrementDecrementOp()) return increment(unary, true);
    switch (unary->getOpcode()) {
        case clang::UO_Plus:
            return rvalue(unary->getSubExpr());
        case clang::UO_LNot:
            return expressions.negation(truth_of(unary->getSubExpr()));
        case clang::UO_Minus:
        case clang::UO_Not: {
            const ExpressionId value = rvalue(unary->getSubExpr());
            if (expressions.is_time(value)) refuse(location, "this arithmetic on a time stamp has no meaning");
            const auto op = unary->getOpcode() == clang::UO_Minus ? UnaryOp::negate : UnaryOp::bit_not;
            return expressions.unary(op, value, plain_type_of(unary->getType(), location));
        }
        case clang::UO_AddrOf: {
            if (unary->getSubExpr()->getType()->isFunctionType()) return function_value_of(unary->getSubExpr());
            if (const auto* literal = llvm::dyn_cast<clang::StringLiteral>(bare(unary->getSubExpr())))
                return build::string_constant(program, literal->getBytes().str());
            const Place place = lvalue(unary->getSubExpr());
            if (!place.in_memory()) refuse(location, "the address of this is not supported");
            return expressions.address(place.address, type_of(unary->getType(), location));
        }
        default:
            refuse(location, fmt::format("the operator '{}' is not supported",
                                         clang::UnaryOperator::getOpcodeStr(unary->getOpcode()).str()));
    }
}

ExpressionId Lowering::binary(const clang::BinaryOperator* binary)
{
    if (const auto* compound = llvm::dyn_cast<clang::CompoundAssignOperator>(binary))
        return compound_assign(compound, true);
    if (binary->getOpcode() == clang::BO_Assign) return assign(binary, true);
    if (binary->isLogicalOp()) return logical(binary);
    if (binary->isCommaOp()) {
        effect(binary->getLHS());
        return rvalue(binary->getRHS());
    }
    const bool left_points = binary->getLHS()->getType()->isPointerType();
    const bool right_points = binary->getRHS()->getType()->isPointerType();
    if (binary->isAdditiveOp() && left_points && right_points) return pointer_difference(binary);
    if (binary->isAdditiveOp() && (left_points || right_points)) return pointer_arithmetic(binary);

    Held left(build, rvalue(binary->getLHS()));
    const ExpressionId right = rvalue(binary->getRHS());
    return arithmetic(binary, binary->getOpcode(), left.take(), right,
                      plain_type_of(binary->getType(), binary->getExprLoc()));
}

ExpressionId Lowering::arithmetic(clang::BinaryOperator const* expression, int opcode, ExpressionId left,
                                  ExpressionId right, TypeId type)
{
    if (expressions.is_time(left) || expressions.is_time(right))
        return time_arithmetic(expression, opcode, left, right);
    const auto make = [&](BinaryOp op, ExpressionId l, ExpressionId r) {
        // Pointers of different types may be compared.
        if (is_pointer(expressions.type(l)) && expressions.type_of(l) != expressions.type_of(r))
            r = expressions.convert(r, expressions.type_of(l));
        return expressions.binary(op, l, r, type);
    };
    switch (opcode) {
        case clang::BO_Mul:
            return make(BinaryOp::multiply, left, right);
        case clang::BO_Div:
            return make(BinaryOp::divide, left, right);
        case clang::BO_Rem:
            return make(BinaryOp::remainder, left, right);
        case clang::BO_Add:
            return make(BinaryOp::add, left, right);
        case clang::BO_Sub:
            return make(BinaryOp::subtract, left, right);
        case clang::BO_Shl:
            return make(BinaryOp::shift_left, left, right);
        case clang::BO_Shr:
            return make(BinaryOp::shift_right, left, right);
        case clang::BO_And:
            return make(BinaryOp::bit_and, left, right);
        case clang::BO_Or:
            return make(BinaryOp::bit_or, left, right);
        case clang::BO_Xor:
            return make(BinaryOp::bit_xor, left, right);
        case clang::BO_EQ:
            return make(BinaryOp::equal, left, right);
        case clang::BO_NE:
            return make(BinaryOp::not_equal, left, right);
        case clang::BO_LT:
            return make(BinaryOp::less, left, right);
        case clang::BO_LE:
            return make(BinaryOp::less_equal, left, right);
        case clang::BO_GT:
            return make(BinaryOp::less, right, left);
        case clang::BO_GE:
            return make(BinaryOp::less_equal, right, left);
        default:
            refuse(expression->getExprLoc(), "this operator is not supported");
    }
}

// A time stamp is kept as its age, so that what is later has the smaller number.
ExpressionId Lowering::time_arithmetic(const clang::BinaryOperator* expression, int opcode, ExpressionId left,
                                       ExpressionId right)
{
    const clang::SourceLocation location = expression->getExprLoc();
    const TypeId word = expressions.unsigned_long_type;
    const auto age = [&](ExpressionId stamp) { return expressions.convert(stamp, word); };
    const auto stamp = [&](ExpressionId number) { return expressions.convert(number, expressions.time_type); };
    const bool comparison = expression->isComparisonOp();
    if (comparison) {
        left = coerce(left, expressions.time_type, location);
        right = coerce(right, expressions.time_type, location);
        switch (opcode) {
            case clang::BO_EQ:
                return expressions.binary(BinaryOp::equal, left, right, expressions.int_type);
            case clang::BO_NE:
                return expressions.binary(BinaryOp::not_equal, left, right, expressions.int_type);
            case clang::BO_LT:
                return expressions.binary(BinaryOp::less, right, left, expressions.int_type);
            case clang::BO_LE:
                return expressions.binary(BinaryOp::less_equal, right, left, expressions.int_type);
            case clang::BO_GT:
                return expressions.binary(BinaryOp::less, left, right, expressions.int_type);
            default:
                return expressions.binary(BinaryOp::less_equal, left, right, expressions.int_type);
        }
    }
    const bool both = expressions.is_time(left) && expressions.is_time(right);
    if (opcode == clang::BO_Sub && both) return expressions.binary(BinaryOp::subtract, age(right), age(left), word);
    if (opcode == clang::BO_Add && !both) {
        if (!expressions.is_time(left)) std::swap(left, right);
        return stamp(expressions.binary(BinaryOp::subtract, age(left), expressions.convert(right, word), word));
    }
    if (opcode == clang::BO_Sub && expressions.is_time(left))
        return stamp(expressions.binary(BinaryOp::add, age(left), expressions.convert(right, word), word));
    refuse(location, "this arithmetic on a time stamp has no meaning",
           "compare two time stamps, subtract one from another, or add ticks to one");
}

ExpressionId Lowering::coerce(ExpressionId value, TypeId type, clang::SourceLocation location)
{
    const bool to_time = std::holds_alternative<TimeType>(program.types[type].kind);
    const bool from_time = expressions.is_time(value);
    if (to_time && !from_time) {
        const auto number = expressions.constant_value(value);
        if (number && *number == -1) return expressions.constant(time_never, type);
        refuse(location, "an integer is used as a time stamp",
               "a time stamp comes from ls_now(), from another time stamp, or is LS_NEVER");
    }
    if (from_time && !to_time)
        refuse(location, "a time stamp is used as an integer",
               "declare what holds it as ls_time_t; subtract one time stamp from another to get ticks");
    return expressions.convert(value, type);
}

ExpressionId Lowering::truth_of(const clang::Expr* expression)
{
    const ExpressionId value = rvalue(expression);
    if (expressions.is_time(value))
        refuse(expression->getExprLoc(), "a time stamp is neither true nor false",
               "compare it with LS_NEVER or another one");
    return expressions.truth(value);
}

ExpressionId Lowering::logical(const clang::BinaryOperator* binary)
{
    const TypeId type = plain_type_of(binary->getType(), binary->getExprLoc());
    if (const std::optional<bool> known = known_truth(binary->getLHS(), *now->context)) {
        if (*known != (binary->getOpcode() == clang::BO_LAnd)) return expressions.constant(*known ? 1 : 0, type);
        return expressions.convert(truth_of(binary->getRHS()), type);
    }
    if (is_pure(binary->getRHS())) {
        Held left(build, truth_of(binary->getLHS()));
        const ExpressionId right = truth_of(binary->getRHS());
        const BinaryOp op = binary->getOpcode() == clang::BO_LAnd ? BinaryOp::logical_and : BinaryOp::logical_or;
        return expressions.binary(op, left.take(), right, type);
    }
    const VariableId result = build.take_temporary(type, {});
    const LocationId if_true = build.new_location();
    const LocationId if_false = build.new_location();
    const LocationId join = build.new_location();
    condition(binary, if_true, if_false);
    build.enter(if_true);
    build.step({AssignLocal{result, expressions.constant(1, type)}});
    build.jump(join);
    build.enter(if_false);
    build.step({AssignLocal{result, expressions.constant(0, type)}});
    build.bind(join);
    return expressions.local(result);
}

ExpressionId Lowering::select(const clang::AbstractConditionalOperator* choice)
{
    // `a ?: b`: a is evaluated once.
    if (const auto* binary = llvm::dyn_cast<clang::BinaryConditionalOperator>(choice)) {
        const ExpressionId common = build.settled(rvalue(binary->getCommon()));
        now->opaque[binary->getOpaqueValue()] = common;
    }
    const clang::Expr* on_true = choice->getTrueExpr();
    const clang::Expr* on_false = choice->getFalseExpr();
    if (const auto known = constant(choice->getCond()))
        return rvalue(*expressions.constant_value(*known) != 0 ? on_true : on_false);
    const bool pure_sides =
        (is_pure(on_true) || llvm::isa<clang::BinaryConditionalOperator>(choice)) && is_pure(on_false);
    if (pure_sides) {
        Held test(build, truth_of(choice->getCond()));
        Held left(build, rvalue(on_true));
        ExpressionId right = rvalue(on_false);
        if (expressions.type_of(right) != expressions.type_of(left.value))
            right = coerce(right, expressions.type_of(left.value), choice->getExprLoc());
        const TypeId type = expressions.type_of(left.value);
        return expressions.add({Select{test.take(), left.take(), right}, type});
    }
    const LocationId if_true = build.new_location();
    const LocationId if_false = build.new_location();
    const LocationId join = build.new_location();
    condition(choice->getCond(), if_true, if_false);
    build.enter(if_true);
    const ExpressionId left = rvalue(on_true);
    const VariableId result = build.take_temporary(expressions.type_of(left), {});
    build.step({AssignLocal{result, left}});
    build.jump(join);
    build.enter(if_false);
    const ExpressionId right = coerce(rvalue(on_false), expressions.type_of(left), choice->getExprLoc());
    build.step({AssignLocal{result, right}});
    build.bind(join);
    return expressions.local(result);
}

ExpressionId Lowering::statement_value(const clang::StmtExpr* block)
{
    const clang::CompoundStmt* body = block->getSubStmt();
    now->scopes.push_back({body, {}});
    ExpressionId value;
    for (const clang::Stmt* item : body->body()) {
        const clang::Stmt* inner = item;
        while (const auto* label = llvm::dyn_cast<clang::LabelStmt>(inner)) {
            build.bind(label_location(label->getDecl()));
            inner = label->getSubStmt();
        }
        const auto* last = llvm::dyn_cast<clang::Expr>(inner);
        if (item == body->body_back() && last != nullptr && !last->getType()->isVoidType()) {
            const AtPlace at(*this, place_of(last->getExprLoc()));
            pass(last);
            value = rvalue(last);
        } else {
            statement(inner);
        }
    }
    if (value.valid()) {
        Held held(build, value);
        pop_scope();
        return held.take();
    }
    pop_scope();
    refuse(block->getExprLoc(), "the statement expression has no value");
}

// ---- Pointers ------------------------------------------------------------------------------------------------------

ExpressionId Lowering::pointer_plus(const clang::Expr* expression, ExpressionId pointer, ExpressionId index,
                                    clang::QualType pointer_type, std::uint32_t count, bool minus)
{
    const clang::SourceLocation location = expression->getExprLoc();
    const clang::QualType pointee = pointer_type->getPointeeType();
    if (pointee->isVoidType() || pointee->isFunctionType()) {
        refuse(location, "arithmetic on a pointer without an element type is not supported",
               "cast it to a pointer to what it points at; container_of() and offsetof() are known");
    }
    if (minus) {
        index = expressions.convert(index, expressions.long_type);
        index = expressions.unary(UnaryOp::negate, index, expressions.long_type);
    }
    const std::uint32_t stride = context.types.slots(type_of(pointee, location));
    if (stride == 0) refuse(location, "arithmetic on a pointer to an incomplete type");
    return expressions.element(pointer, index, stride, count, type_of(pointer_type, location));
}

namespace {

// The number of elements where the pointer is an array's name.
std::uint32_t static_count(const clang::Expr* pointer)
{
    const auto* conversion = llvm::dyn_cast<clang::ImplicitCastExpr>(bare(pointer));
    if (conversion == nullptr || conversion->getCastKind() != clang::CK_ArrayToPointerDecay) return 0;
    const auto* array =
        llvm::dyn_cast_or_null<clang::ConstantArrayType>(conversion->getSubExpr()->getType()->getAsArrayTypeUnsafe());
    return array != nullptr ? static_cast<std::uint32_t>(array->getSize().getZExtValue()) : 0;
}

}  // namespace

ExpressionId Lowering::pointer_arithmetic(const clang::BinaryOperator* binary)
{
    if (const auto container = member_of_container(binary, binary->getType())) return *container;
    const bool pointer_first = binary->getLHS()->getType()->isPointerType();
    const clang::Expr* pointer = pointer_first ? binary->getLHS() : binary->getRHS();
    Held left(build, rvalue(binary->getLHS()));
    const ExpressionId right = rvalue(binary->getRHS());
    const ExpressionId left_value = left.take();
    return pointer_plus(binary, pointer_first ? left_value : right, pointer_first ? right : left_value,
                        binary->getType(), static_count(pointer), binary->getOpcode() == clang::BO_Sub);
}

ExpressionId Lowering::pointer_difference(const clang::BinaryOperator* binary)
{
    const clang::SourceLocation location = binary->getExprLoc();
    const clang::QualType pointee = binary->getLHS()->getType()->getPointeeType();
    if (pointee->isVoidType()) refuse(location, "the difference of pointers without an element type is not supported");
    Held left(build, rvalue(binary->getLHS()));
    const ExpressionId right = rvalue(binary->getRHS());
    const std::uint32_t stride = context.types.slots(type_of(pointee, location));
    return expressions.add({Binary{BinaryOp::slots_between, left.take(), right, stride}, expressions.long_type});
}

// ---- For their effect, and as conditions ---------------------------------------------------------------------------

void Lowering::effect(const clang::Expr* expression)
{
    expression = bare(expression);
    const Deeper deeper(*this, expression->getExprLoc());
    if (const auto* conversion = llvm::dyn_cast<clang::CastExpr>(expression);
        conversion != nullptr && conversion->getCastKind() == clang::CK_ToVoid)
        return effect(conversion->getSubExpr());
    if (const auto* node = llvm::dyn_cast<clang::CompoundAssignOperator>(expression)) {
        compound_assign(node, false);
        return;
    }
    if (const auto* node = llvm::dyn_cast<clang::BinaryOperator>(expression)) {
        if (node->getOpcode() == clang::BO_Assign) {
            if (node->getType()->isRecordType()) return assign_aggregate(node);
            assign(node, false);
            return;
        }
        if (node->isCommaOp()) {
            effect(node->getLHS());
            return effect(node->getRHS());
        }
    }
    if (const auto* node = llvm::dyn_cast<clang::UnaryOperator>(expression);
        node != nullptr && node->isIncrementDecrementOp()) {
        increment(node, false);
        return;
    }
    if (const auto* node = llvm::dyn_cast<clang::AtomicExpr>(expression)) {
        atomic_builtin(node);
        return;
    }
    if (const auto* node = llvm::dyn_cast<clang::CallExpr>(expression)) {
        Place aggregate_result;
        call(node, &aggregate_result);
        return;
    }
    if (const auto* node = llvm::dyn_cast<clang::StmtExpr>(expression)) return compound(node->getSubStmt());
    if (const auto* node = llvm::dyn_cast<clang::ConditionalOperator>(expression)) {
        if (const std::optional<bool> known = known_truth(node->getCond(), *now->context))
            return effect(*known ? node->getTrueExpr() : node->getFalseExpr());
        const LocationId if_true = build.new_location();
        const LocationId if_false = build.new_location();
        const LocationId join = build.new_location();
        condition(node->getCond(), if_true, if_false);
        build.enter(if_true);
        effect(node->getTrueExpr());
        build.jump(join);
        build.enter(if_false);
        effect(node->getFalseExpr());
        return build.bind(join);
    }
    if (expression->getType()->isVoidType())
        refuse(expression->getExprLoc(),
               fmt::format("this kind of expression is not supported ({})", node_name(expression)));
    if (expression->isGLValue() || expression->getType()->isRecordType()) {
        if (!llvm::isa<clang::DeclRefExpr>(expression) && !expression->getType()->isRecordType()) lvalue(expression);
        return;
    }
    if (const auto* node = llvm::dyn_cast<clang::BinaryOperator>(expression); node != nullptr && node->isLogicalOp()) {
        const LocationId join = build.new_location();
        condition(node, join, join);
        return build.enter(join);
    }
    build.settled(rvalue(expression));  // a read that nobody wants is a step all the same
}

void Lowering::condition(const clang::Expr* expression, LocationId if_true, LocationId if_false)
{
    expression = bare(expression);
    const Deeper deeper(*this, expression->getExprLoc());
    if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(expression);
        unary != nullptr && unary->getOpcode() == clang::UO_LNot)
        return condition(unary->getSubExpr(), if_false, if_true);
    if (const auto* conversion = llvm::dyn_cast<clang::CastExpr>(expression);
        conversion != nullptr && (conversion->getCastKind() == clang::CK_IntegralToBoolean ||
                                  conversion->getCastKind() == clang::CK_PointerToBoolean))
        return condition(conversion->getSubExpr(), if_true, if_false);
    if (const auto* call_node = llvm::dyn_cast<clang::CallExpr>(expression)) {
        const clang::FunctionDecl* callee = call_node->getDirectCallee();
        if (callee != nullptr && callee->getName() == "__builtin_expect")
            return condition(call_node->getArg(0), if_true, if_false);
    }
    if (const auto* widened = llvm::dyn_cast<clang::ImplicitCastExpr>(expression);
        widened != nullptr && widened->getCastKind() == clang::CK_IntegralCast &&
        now->context->getTypeSize(widened->getType()) >= now->context->getTypeSize(widened->getSubExpr()->getType()))
        return condition(widened->getSubExpr(), if_true, if_false);
    const auto* binary_node = llvm::dyn_cast<clang::BinaryOperator>(expression);
    if (binary_node != nullptr && binary_node->isLogicalOp()) {
        if (const std::optional<bool> known = known_truth(binary_node->getLHS(), *now->context)) {
            if (*known != (binary_node->getOpcode() == clang::BO_LAnd)) return build.jump(*known ? if_true : if_false);
            return condition(binary_node->getRHS(), if_true, if_false);
        }
    }
    if (binary_node != nullptr && needs_flow(binary_node)) {
        const LocationId second = build.new_location();
        if (binary_node->getOpcode() == clang::BO_LAnd) {
            condition(binary_node->getLHS(), second, if_false);
        } else {
            condition(binary_node->getLHS(), if_true, second);
        }
        build.enter(second);
        const AtPlace at(*this, place_of(binary_node->getRHS()->getExprLoc()));
        return condition(binary_node->getRHS(), if_true, if_false);
    }
    build.branch(truth_of(expression), if_true, if_false);
}

}  // namespace lockstep::frontend
