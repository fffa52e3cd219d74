// Compiler builtins: what the kernel's headers use of them. Atomic read-modify-writes are one transition.
#include "frontend/lowering.h"
#include "frontend/walk.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>

#include <fmt/format.h>

namespace lockstep::frontend {

namespace {

bool starts(const std::string& text, const char* prefix) { return text.starts_with(prefix); }

}  // namespace

ExpressionId Lowering::builtin(const clang::CallExpr* call, const std::string& name)
{
    const clang::SourceLocation location = call->getExprLoc();
    if (name == "__builtin_expect" || name == "__builtin_expect_with_probability") return rvalue(call->getArg(0));
    if (name == "__builtin_constant_p") {
        const TypeId type = type_of(call->getType(), location);
        return expressions.constant(constant(call->getArg(0)) ? 1 : 0, type);
    }
    if (name == "__builtin_unreachable" || name == "__builtin_trap" || name == "__builtin_abort") {
        const char* what = name == "__builtin_unreachable" ? "code marked as unreachable is reached" : "trap";
        build.step({Report{"assertion", what, {}, {}, {}, true}});
        return {};
    }
    if (name == "__builtin_prefetch" || name == "__sync_synchronize" || name == "__builtin_assume") return {};
    if (name == "__builtin_return_address" || name == "__builtin_frame_address")
        return zero(type_of(call->getType(), location));
    if (starts(name, "__builtin_add_overflow") || starts(name, "__builtin_sadd") || starts(name, "__builtin_uadd"))
        return overflow_builtin(call, BinaryOp::add);
    if (starts(name, "__builtin_sub_overflow") || starts(name, "__builtin_ssub") || starts(name, "__builtin_usub"))
        return overflow_builtin(call, BinaryOp::subtract);
    if (starts(name, "__builtin_mul_overflow") || starts(name, "__builtin_smul") || starts(name, "__builtin_umul"))
        return overflow_builtin(call, BinaryOp::multiply);
    for (const char* prefix :
         {"__builtin_ffs", "__builtin_clz", "__builtin_ctz", "__builtin_popcount", "__builtin_parity"})
        if (starts(name, prefix)) return bit_builtin(call, name);
    if (starts(name, "__sync_"))
        if (const auto value = sync_builtin(call, name)) return *value;
    std::string hint;
    if (name.find("alloc") != std::string::npos)
        hint = "unbounded allocation is not supported: take objects from a static array";
    if (name.find("jmp") != std::string::npos) hint = "setjmp and longjmp are not supported";
    if (starts(name, "__builtin_va")) hint = "variable argument lists are not supported; pass the values one by one";
    refuse(location, fmt::format("'{}' is not supported", name), hint);
}

// ---- Bits ----------------------------------------------------------------------------------------------------------

// The number of ones, by adding neighbours: Warren, "Hacker's Delight", 2002, section 5-1.
ExpressionId Lowering::count_bits(ExpressionId value, std::uint32_t bits)
{
    const TypeId word = expressions.unsigned_long_type;
    const auto number = [&](std::uint64_t n) { return expressions.constant(static_cast<std::int64_t>(n), word); };
    ExpressionId x = build.into_temporary(expressions.convert(value, word));
    if (bits < 64)
        x = build.into_temporary(
            expressions.binary(BinaryOp::bit_and, x, number((std::uint64_t{1} << bits) - 1), word));
    const std::uint64_t masks[] = {0x5555555555555555, 0x3333333333333333, 0x0f0f0f0f0f0f0f0f,
                                   0x00ff00ff00ff00ff, 0x0000ffff0000ffff, 0x00000000ffffffff};
    for (unsigned i = 0; i < 6; ++i) {
        const ExpressionId low = expressions.binary(BinaryOp::bit_and, x, number(masks[i]), word);
        const ExpressionId moved = expressions.binary(BinaryOp::shift_right, x, number(std::uint64_t{1} << i), word);
        const ExpressionId high = expressions.binary(BinaryOp::bit_and, moved, number(masks[i]), word);
        x = build.into_temporary(expressions.binary(BinaryOp::add, low, high, word));
    }
    return x;
}

ExpressionId Lowering::bit_builtin(const clang::CallExpr* call, const std::string& name)
{
    const clang::Expr* operand = call->getArg(0);
    const TypeId word = expressions.unsigned_long_type;
    const TypeId result = type_of(call->getType(), call->getExprLoc());
    const auto bits = static_cast<std::uint32_t>(now->context->getTypeSize(operand->getType()));
    const ExpressionId one = expressions.constant(1, word);
    ExpressionId x = build.settled(rvalue(operand));
    x = expressions.convert(x, word);
    const auto trailing = [&] {
        // The ones of (x & -x) - 1 are the zeros below the lowest one.
        const ExpressionId lowest =
            expressions.binary(BinaryOp::bit_and, x, expressions.unary(UnaryOp::negate, x, word), word);
        return count_bits(expressions.binary(BinaryOp::subtract, lowest, one, word), bits);
    };
    const ExpressionId is_zero =
        expressions.binary(BinaryOp::equal, x, expressions.constant(0, word), expressions.int_type);
    if (starts(name, "__builtin_popcount")) return expressions.convert(count_bits(x, bits), result);
    if (starts(name, "__builtin_parity"))
        return expressions.convert(expressions.binary(BinaryOp::bit_and, count_bits(x, bits), one, word), result);
    if (starts(name, "__builtin_ffs")) {
        const ExpressionId position = expressions.binary(BinaryOp::add, trailing(), one, word);
        const ExpressionId value = expressions.add({Select{is_zero, expressions.constant(0, word), position}, word});
        return expressions.convert(value, result);
    }
    if (starts(name, "__builtin_ctz")) return expressions.convert(trailing(), result);
    // Leading zeros: the number of zeros once every bit below the highest one is set.
    if (bits < 64) {
        const auto mask = static_cast<std::int64_t>((std::uint64_t{1} << bits) - 1);
        x = expressions.binary(BinaryOp::bit_and, x, expressions.constant(mask, word), word);
    }
    x = build.into_temporary(x);
    for (std::uint32_t shift = 1; shift < bits; shift *= 2) {
        const ExpressionId moved =
            expressions.binary(BinaryOp::shift_right, x, expressions.constant(shift, word), word);
        x = build.into_temporary(expressions.binary(BinaryOp::bit_or, x, moved, word));
    }
    const ExpressionId width = expressions.constant(bits, word);
    return expressions.convert(expressions.binary(BinaryOp::subtract, width, count_bits(x, bits), word), result);
}

// Computed with 64 bits and compared with what the narrower result holds.
ExpressionId Lowering::overflow_builtin(const clang::CallExpr* call, BinaryOp op)
{
    const clang::SourceLocation location = call->getExprLoc();
    const clang::QualType target = call->getArg(2)->getType()->getPointeeType();
    for (const clang::QualType type : {call->getArg(0)->getType(), call->getArg(1)->getType(), target}) {
        if (now->context->getTypeSize(type) <= 32) continue;
        refuse(location, "overflow checks are supported for integers of up to 32 bits only",
               "compare before you compute");
    }
    const TypeId wide = expressions.long_type;
    Held left(build, expressions.convert(rvalue(call->getArg(0)), wide));
    Held right(build, expressions.convert(rvalue(call->getArg(1)), wide));
    Place place;
    place.type = type_of(target, location);
    place.address = build.settled(rvalue(call->getArg(2)), "pointer");
    const ExpressionId exact = build.into_temporary(expressions.binary(op, left.take(), right.take(), wide));
    const ExpressionId stored = build.into_temporary(expressions.convert(exact, place.type));
    write(place, stored);
    const ExpressionId back = expressions.convert(stored, wide);
    return expressions.convert(expressions.binary(BinaryOp::not_equal, exact, back, expressions.int_type),
                               type_of(call->getType(), location));
}

// ---- Atomic operations ---------------------------------------------------------------------------------------------

ExpressionId Lowering::modify(ExpressionId address, TypeId type,
                              const std::function<ExpressionId(ExpressionId)>& change, bool wants_new)
{
    const VariableId old = build.take_temporary(type, "old");
    const ExpressionId changed = change(expressions.local(old));
    build.step({AssignLocal{old, expressions.load(address, type)}, Store{address, changed}});
    return wants_new ? changed : expressions.local(old);
}

namespace {

std::optional<BinaryOp> operation_in(const std::string& name)
{
    if (name.find("add") != std::string::npos) return BinaryOp::add;
    if (name.find("sub") != std::string::npos) return BinaryOp::subtract;
    if (name.find("xor") != std::string::npos) return BinaryOp::bit_xor;
    if (name.find("or") != std::string::npos) return BinaryOp::bit_or;
    if (name.find("and") != std::string::npos && name.find("nand") == std::string::npos) return BinaryOp::bit_and;
    return std::nullopt;
}

}  // namespace

std::optional<ExpressionId> Lowering::sync_builtin(const clang::CallExpr* call, const std::string& name)
{
    const clang::SourceLocation location = call->getExprLoc();
    const TypeId type = type_of(call->getArg(0)->getType()->getPointeeType(), location);
    Held address(build, build.settled(rvalue(call->getArg(0)), "pointer"));
    Held first(build, call->getNumArgs() > 1 ? rvalue(call->getArg(1)) : zero(type), "value");
    Held second(build, call->getNumArgs() > 2 ? rvalue(call->getArg(2)) : zero(type), "value");
    build.flush();
    const ExpressionId value = coerce(first.take(), type, location);
    const ExpressionId other = coerce(second.take(), type, location);
    const ExpressionId place = address.take();
    if (name.find("compare_and_swap") != std::string::npos) {
        const auto swap = [&](ExpressionId old) {
            const ExpressionId same = expressions.binary(BinaryOp::equal, old, value, expressions.int_type);
            return expressions.add({Select{same, other, old}, type});
        };
        const ExpressionId old = modify(place, type, swap, false);
        if (!starts(name, "__sync_bool")) return old;
        return expressions.convert(expressions.binary(BinaryOp::equal, old, value, expressions.int_type),
                                   type_of(call->getType(), location));
    }
    if (starts(name, "__sync_lock_test_and_set"))
        return modify(place, type, [&](ExpressionId) { return value; }, false);
    if (starts(name, "__sync_lock_release")) {
        build.step({Store{place, zero(type)}});
        return ExpressionId{};
    }
    const auto op = operation_in(name);
    if (!op || is_pointer(program.types[type])) return std::nullopt;
    const bool wants_new = name.find("_and_fetch") != std::string::npos;
    return modify(place, type, [&](ExpressionId old) { return expressions.binary(*op, old, value, type); }, wants_new);
}

ExpressionId Lowering::atomic_builtin(const clang::AtomicExpr* expression)
{
    const clang::SourceLocation location = expression->getExprLoc();
    const auto unsupported = [&]() -> ExpressionId {
        refuse(location, "this atomic builtin is not supported",
               "every access is a step of its own anyway; put several accesses into an LS_ATOMIC function");
    };
    const TypeId type = type_of(expression->getPtr()->getType()->getPointeeType(), location);
    if (!type.valid() || !is_scalar(program.types[type])) return unsupported();
    const ExpressionId address = build.settled(rvalue(expression->getPtr()), "pointer");
    const auto operand = [&](const clang::Expr* value) {
        return coerce(build.settled(rvalue(value), "value"), type, location);
    };
    const auto fetch = [&](BinaryOp op, bool wants_new) {
        if (is_pointer(program.types[type])) return unsupported();
        const ExpressionId value = operand(expression->getVal1());
        return modify(
            address, type, [&](ExpressionId old) { return expressions.binary(op, old, value, type); }, wants_new);
    };
    switch (expression->getOp()) {
        case clang::AtomicExpr::AO__atomic_load_n:
            return build.load(address, type);
        case clang::AtomicExpr::AO__atomic_store_n: {
            const ExpressionId value = operand(expression->getVal1());
            build.step({Store{address, value}});
            return {};
        }
        case clang::AtomicExpr::AO__atomic_exchange_n: {
            const ExpressionId value = operand(expression->getVal1());
            return modify(address, type, [&](ExpressionId) { return value; }, false);
        }
        case clang::AtomicExpr::AO__atomic_fetch_add:
            return fetch(BinaryOp::add, false);
        case clang::AtomicExpr::AO__atomic_fetch_sub:
            return fetch(BinaryOp::subtract, false);
        case clang::AtomicExpr::AO__atomic_fetch_or:
            return fetch(BinaryOp::bit_or, false);
        case clang::AtomicExpr::AO__atomic_fetch_and:
            return fetch(BinaryOp::bit_and, false);
        case clang::AtomicExpr::AO__atomic_fetch_xor:
            return fetch(BinaryOp::bit_xor, false);
        case clang::AtomicExpr::AO__atomic_add_fetch:
            return fetch(BinaryOp::add, true);
        case clang::AtomicExpr::AO__atomic_sub_fetch:
            return fetch(BinaryOp::subtract, true);
        case clang::AtomicExpr::AO__atomic_or_fetch:
            return fetch(BinaryOp::bit_or, true);
        case clang::AtomicExpr::AO__atomic_and_fetch:
            return fetch(BinaryOp::bit_and, true);
        case clang::AtomicExpr::AO__atomic_xor_fetch:
            return fetch(BinaryOp::bit_xor, true);
        default:
            return unsupported();
    }
}

// ---- Memory functions ----------------------------------------------------------------------------------------------

// memset() to 0 and memcpy() of whole objects, slot by slot.
bool Lowering::memory_function(const clang::CallExpr* call, const std::string& full_name)
{
    const std::string name = full_name.starts_with("__builtin_") ? full_name.substr(10) : full_name;
    if (name != "memset" && name != "memcpy" && name != "memmove") return false;
    const clang::SourceLocation location = call->getExprLoc();
    const auto below = [](const clang::Expr* expression) {
        expression = bare(expression);
        while (const auto* conversion = llvm::dyn_cast<clang::CastExpr>(expression)) {
            const clang::CastKind kind = conversion->getCastKind();
            if (kind != clang::CK_BitCast && kind != clang::CK_NoOp) break;
            expression = bare(conversion->getSubExpr());
        }
        return expression;
    };
    const auto object = [&](const clang::Expr* expression) {
        const clang::Expr* pointer = below(expression);
        Place place;
        const auto* conversion = llvm::dyn_cast<clang::CastExpr>(pointer);
        clang::QualType type = pointer->getType()->getPointeeType();
        if (conversion != nullptr && conversion->getCastKind() == clang::CK_ArrayToPointerDecay)
            type = conversion->getSubExpr()->getType();
        const auto size = constant(call->getArg(2));
        if (type->isVoidType() || type->isIncompleteType() || !size ||
            *expressions.constant_value(*size) != now->context->getTypeSizeInChars(type).getQuantity()) {
            refuse(location, fmt::format("{}() is supported for one whole object only", name),
                   "pass a pointer of the object's type and its sizeof; or assign the members");
        }
        place.type = type_of(type, location);
        place.address =
            expressions.address(build.settled(rvalue(pointer), "pointer"), expressions.pointer_to(place.type));
        return place;
    };
    Place to = object(call->getArg(0));
    if (name != "memset") {
        Held held(build, to.address);
        const Place from = object(call->getArg(1));
        to.address = held.take();
        if (slot_types(program, to.type) != slot_types(program, from.type))
            refuse(location, fmt::format("{}() between objects of different types is not supported", name));
        copy(to, from);
        return true;
    }
    const auto byte = constant(call->getArg(1));
    if (!byte || *expressions.constant_value(*byte) != 0)
        refuse(location, "memset() is supported with the value 0 only", "assign the members");
    const std::vector<TypeId> types = slot_types(program, to.type);
    std::vector<Statement> all;
    for (std::uint32_t slot = 0; slot < types.size(); ++slot) {
        if (!types[slot].valid()) continue;
        const Place part_of_it = part(to, slot, types[slot], {});
        if (build.is_atomic()) {
            all.emplace_back(Store{part_of_it.address, zero(types[slot])});
        } else {
            write(part_of_it, zero(types[slot]));
        }
    }
    if (!all.empty()) build.step(std::move(all));
    return true;
}

}  // namespace lockstep::frontend
