// Every operator, at every width, against the same computed without bounds and then brought into the type.
#include "semantics/evaluator.h"
#include "program/builder.h"
#include "program/verifier.h"
#include "result/interpreter.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <limits>
#include <map>
#include <optional>
#include <vector>

namespace lockstep {

namespace {

using namespace build;  // NOLINT: this file does nothing but build

__extension__ using Wide = __int128;
__extension__ using UnsignedWide = unsigned __int128;

struct IntegerKind {
    std::uint8_t bits;
    bool is_signed;
};

Wide number_of(std::int64_t value, IntegerKind kind)
{
    return kind.is_signed ? Wide{value} : Wide{static_cast<std::uint64_t>(value)};
}

std::int64_t value_of(Wide number, IntegerKind kind)
{
    const Wide modulus = Wide{1} << kind.bits;
    number = (number % modulus + modulus) % modulus;
    if (kind.is_signed && number >= modulus / 2) number -= modulus;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(number));
}

/// Values at which something may go wrong.
std::vector<std::int64_t> values(IntegerKind kind)
{
    const Wide least = kind.is_signed ? -(Wide{1} << (kind.bits - 1)) : 0;
    const Wide most = (Wide{1} << (kind.is_signed ? kind.bits - 1 : kind.bits)) - 1;
    std::vector<std::int64_t> all;
    for (Wide number :
         {Wide{0}, Wide{1}, Wide{2}, Wide{3}, Wide{-1}, Wide{-2}, Wide{7}, least, least + 1, most, most - 1, most / 3})
        all.push_back(value_of(number, kind));
    return all;
}

/// nullopt: a trap.
std::optional<std::int64_t> expected(BinaryOp op, std::int64_t left_value, std::int64_t right_value, IntegerKind kind)
{
    const Wide left = number_of(left_value, kind), right = number_of(right_value, kind);
    switch (op) {
        case BinaryOp::add:
            return value_of(left + right, kind);
        case BinaryOp::subtract:
            return value_of(left - right, kind);
        case BinaryOp::multiply:
            return value_of(static_cast<Wide>(static_cast<UnsignedWide>(left) * static_cast<UnsignedWide>(right)),
                            kind);
        case BinaryOp::divide:
            if (right == 0) return std::nullopt;
            return value_of(left / right, kind);
        case BinaryOp::remainder:
            if (right == 0) return std::nullopt;
            return value_of(left % right, kind);
        case BinaryOp::bit_and:
            return value_of(left & right, kind);
        case BinaryOp::bit_or:
            return value_of(left | right, kind);
        case BinaryOp::bit_xor:
            return value_of(left ^ right, kind);
        case BinaryOp::shift_left:
            if (right < 0 || right >= kind.bits) return std::nullopt;
            return value_of(left << static_cast<int>(right), kind);
        case BinaryOp::shift_right:
            if (right < 0 || right >= kind.bits) return std::nullopt;
            return value_of(left >> static_cast<int>(right), kind);
        case BinaryOp::equal:
            return left == right;
        case BinaryOp::not_equal:
            return left != right;
        case BinaryOp::less:
            return left < right;
        case BinaryOp::less_equal:
            return left <= right;
        case BinaryOp::logical_and:
            return left != 0 && right != 0;
        case BinaryOp::logical_or:
            return left != 0 || right != 0;
        case BinaryOp::slots_between:
            break;
    }
    return std::nullopt;
}

/// A Program in which each expression is the value that one transition assigns to a local of its type.
class Bench {
public:
    Bench() : body(automaton(program, "body"))
    {
        from = location(program, body);
        end = location(program, body);
        process(program, "p", body);
    }

    Program program;
    AutomatonId body;
    LocationId from, end;

    VariableId operand(const std::string& name, TypeId type) { return register_local(program, body, name, type); }

    /// Which transition computes it.
    TransitionId compute(ExpressionId e)
    {
        const VariableId result = register_local(program, body, "result", type_of(program, e));
        results.push_back(result);
        return transition(program, body, from, end, {}, {assign(program, result, e)});
    }

    struct Outcome {
        std::optional<std::int64_t> value;
        std::string trap;
        bool operator==(const Outcome&) const = default;
    };

    void ready()
    {
        verify(program);
        // Everybody is read before it is set, so that none shares a cell.
        layout = make_layout(program);
        evaluator.emplace(program, layout);
        evaluator->cells = initial_cells(program, layout).front();
        interpreter.emplace(program, layout);
    }

    Outcome run(TransitionId t, const std::map<VariableId, std::int64_t>& operands)
    {
        for (const auto& [variable, value] : operands)
            evaluator->cells[layout.processes[p].local[variable.index]] = value;
        const auto applied = evaluator->apply(p, t);
        Outcome fast;
        if (applied == Evaluator::Applied::trapped)
            fast.trap = evaluator->trap.message;
        else
            fast.value = evaluator->cells[layout.processes[p].local[results[t.index].index]];
        evaluator->undo_to(0);

        Interpreter::State state = interpreter->initial(0);
        for (const auto& [variable, value] : operands)
            state.registers[interpreter->register_index(ProcessId(0), variable)] = value;
        const auto taken = interpreter->take(state, {p, t, 0});
        Outcome slow;
        if (taken.end == Interpreter::Outcome::End::trapped)
            slow.trap = taken.trap.message;
        else
            slow.value = state.registers[interpreter->register_index(ProcessId(0), results[t.index])];
        CHECK(fast == slow);
        return fast;
    }

private:
    ProcessId p{0};
    std::vector<VariableId> results;  // by transition
    Layout layout;
    std::optional<Evaluator> evaluator;
    std::optional<Interpreter> interpreter;
};

const std::vector<IntegerKind> kinds = [] {
    std::vector<IntegerKind> all;
    for (std::uint8_t bits : {1, 2, 3, 7, 8, 9, 16, 31, 32, 33, 63, 64})
        for (bool is_signed : {false, true}) all.push_back({bits, is_signed});
    return all;
}();

constexpr BinaryOp operators[] = {
    BinaryOp::add,        BinaryOp::subtract,    BinaryOp::multiply,    BinaryOp::divide,
    BinaryOp::remainder,  BinaryOp::bit_and,     BinaryOp::bit_or,      BinaryOp::bit_xor,
    BinaryOp::shift_left, BinaryOp::shift_right, BinaryOp::equal,       BinaryOp::not_equal,
    BinaryOp::less,       BinaryOp::less_equal,  BinaryOp::logical_and, BinaryOp::logical_or};

}  // namespace

TEST_CASE("binary operators at all widths, of locals and of constants")
{
    for (IntegerKind kind : kinds) {
        CAPTURE(int{kind.bits});
        CAPTURE(kind.is_signed);
        Bench bench;
        const TypeId type = integer_type(bench.program, kind.bits, kind.is_signed);
        const VariableId a = bench.operand("a", type), b = bench.operand("b", type);
        const ExpressionId left = local_value(bench.program, a), right = local_value(bench.program, b);
        std::vector<TransitionId> of_locals;
        std::map<std::pair<std::size_t, std::int64_t>, TransitionId> of_constants;
        for (std::size_t i = 0; i < std::size(operators); ++i) {
            of_locals.push_back(bench.compute(binary(bench.program, operators[i], left, right)));
            for (std::int64_t value : values(kind))
                of_constants[{i, value}] =
                    bench.compute(binary(bench.program, operators[i], left, constant(bench.program, value, type)));
        }
        bench.ready();
        for (std::size_t i = 0; i < std::size(operators); ++i) {
            CAPTURE(i);
            for (std::int64_t x : values(kind)) {
                for (std::int64_t y : values(kind)) {
                    CAPTURE(x);
                    CAPTURE(y);
                    const auto wanted = expected(operators[i], x, y, kind);
                    REQUIRE(bench.run(of_locals[i], {{a, x}, {b, y}}).value == wanted);
                    REQUIRE(bench.run(of_constants[{i, y}], {{a, x}}).value == wanted);
                }
            }
        }
    }
}

TEST_CASE("unary operators at all widths")
{
    for (IntegerKind kind : kinds) {
        CAPTURE(int{kind.bits});
        CAPTURE(kind.is_signed);
        Bench bench;
        const TypeId type = integer_type(bench.program, kind.bits, kind.is_signed);
        const VariableId a = bench.operand("a", type);
        const ExpressionId operand = local_value(bench.program, a);
        const TransitionId negate = bench.compute(unary(bench.program, UnaryOp::negate, operand));
        const TransitionId bit_not = bench.compute(unary(bench.program, UnaryOp::bit_not, operand));
        const TransitionId logical_not = bench.compute(unary(bench.program, UnaryOp::logical_not, operand));
        bench.ready();
        for (std::int64_t x : values(kind)) {
            CAPTURE(x);
            CHECK(bench.run(negate, {{a, x}}).value == value_of(-number_of(x, kind), kind));
            CHECK(bench.run(bit_not, {{a, x}}).value == value_of(-number_of(x, kind) - 1, kind));
            CHECK(bench.run(logical_not, {{a, x}}).value == (x == 0 ? 1 : 0));
        }
    }
}

TEST_CASE("conversions between all widths")
{
    for (IntegerKind from : kinds) {
        for (IntegerKind to : kinds) {
            CAPTURE(int{from.bits});
            CAPTURE(from.is_signed);
            CAPTURE(int{to.bits});
            CAPTURE(to.is_signed);
            Bench bench;
            const VariableId a = bench.operand("a", integer_type(bench.program, from.bits, from.is_signed));
            const TypeId type = integer_type(bench.program, to.bits, to.is_signed);
            const TransitionId t =
                bench.compute(expression(bench.program, {Convert{local_value(bench.program, a)}, type}));
            bench.ready();
            for (std::int64_t x : values(from)) {
                const bool to_bool = to.bits == 1;  // C's _Bool: what is not 0 becomes 1
                CHECK(bench.run(t, {{a, x}}).value == (to_bool ? x != 0 : value_of(number_of(x, from), to)));
            }
        }
    }
}

// The same with the machine's own types, as a check on the reckoning above.
template <typename T>
void check_native()
{
    const IntegerKind kind{static_cast<std::uint8_t>(sizeof(T) * 8), std::numeric_limits<T>::is_signed};
    for (std::int64_t x : values(kind)) {
        for (std::int64_t y : values(kind)) {
            const T a = static_cast<T>(x), b = static_cast<T>(y);
            using U = std::make_unsigned_t<T>;
            CHECK(*expected(BinaryOp::add, x, y, kind) ==
                  static_cast<std::int64_t>(static_cast<T>(static_cast<U>(static_cast<U>(a) + static_cast<U>(b)))));
            CHECK((*expected(BinaryOp::less, x, y, kind) != 0) == (a < b));
            CHECK(*expected(BinaryOp::bit_xor, x, y, kind) == static_cast<std::int64_t>(static_cast<T>(a ^ b)));
            if (b != 0 && !(kind.is_signed && b == static_cast<T>(-1)))
                CHECK(*expected(BinaryOp::remainder, x, y, kind) == static_cast<std::int64_t>(static_cast<T>(a % b)));
        }
    }
}

TEST_CASE("what is expected is what C++ computes")
{
    check_native<std::int8_t>();
    check_native<std::uint8_t>();
    check_native<std::int16_t>();
    check_native<std::uint16_t>();
    check_native<std::int32_t>();
    check_native<std::uint32_t>();
    check_native<std::int64_t>();
    check_native<std::uint64_t>();
}

TEST_CASE("?: and the logical operators evaluate only what C does")
{
    Bench bench;
    Program& program = bench.program;
    const VariableId a = bench.operand("a", int_type(program));
    const ExpressionId x = local_value(program, a), one = int_constant(program, 1);
    const ExpressionId traps_at_zero = binary(program, BinaryOp::divide, one, x);
    const TransitionId chosen = bench.compute(select(program, x, traps_at_zero, one));
    const TransitionId both = bench.compute(binary(program, BinaryOp::logical_and, x, traps_at_zero));
    const TransitionId either =
        bench.compute(binary(program, BinaryOp::logical_or, logical_not(program, x), traps_at_zero));
    const TransitionId always = bench.compute(binary(program, BinaryOp::logical_or, traps_at_zero, one));
    bench.ready();
    CHECK(bench.run(chosen, {{a, 0}}).value == 1);
    CHECK(bench.run(chosen, {{a, 1}}).value == 1);
    CHECK(bench.run(chosen, {{a, 2}}).value == 0);
    CHECK(bench.run(both, {{a, 0}}).value == 0);
    CHECK(bench.run(both, {{a, 2}}).value == 0);
    CHECK(bench.run(both, {{a, 1}}).value == 1);
    CHECK(bench.run(either, {{a, 0}}).value == 1);
    CHECK(bench.run(either, {{a, 2}}).value == 0);
    CHECK(bench.run(always, {{a, 0}}).trap == "division by zero");
}

TEST_CASE("time stamps saturate, and never stays never")
{
    Bench bench;
    Program& program = bench.program;
    const TypeId time = time_type(program), word = integer_type(program, 64, false);
    const VariableId a = bench.operand("a", time), n = bench.operand("n", word);
    // As the front end adds ticks to a stamp, and takes them off: by words, and back.
    const ExpressionId age = convert(program, local_value(program, a), word), ticks = local_value(program, n);
    const TransitionId later = bench.compute(convert(program, binary(program, BinaryOp::subtract, age, ticks), time));
    const TransitionId earlier = bench.compute(convert(program, binary(program, BinaryOp::add, age, ticks), time));
    const TransitionId minus =
        bench.compute(binary(program, BinaryOp::subtract, local_value(program, a), constant(program, 1, time)));
    bench.ready();
    CHECK(bench.run(later, {{a, 0}, {n, 5}}).value == -5);
    CHECK(bench.run(earlier, {{a, -5}, {n, 7}}).value == 2);
    CHECK(bench.run(later, {{a, 0}, {n, 5000}}).value == -time_saturation);
    CHECK(bench.run(earlier, {{a, 1000}, {n, 1000}}).value == time_saturation);
    CHECK(bench.run(later, {{a, time_never}, {n, 5}}).value == time_never);
    CHECK(bench.run(earlier, {{a, time_never}, {n, 5}}).value == time_never);
    CHECK(bench.run(minus, {{a, -time_saturation}}).value == -time_saturation);
    CHECK(bench.run(minus, {{a, time_never}}).value == time_never);
}

TEST_CASE("a pointer keeps an integer of up to 29 bits and gives it back")
{
    Bench bench;
    Program& program = bench.program;
    const TypeId word = integer_type(program, 64, true);
    const VariableId a = bench.operand("a", word);
    const ExpressionId pointer = expression(program, {Convert{local_value(program, a)}, void_pointer_type(program)});
    const TransitionId back = bench.compute(convert(program, pointer, word));
    const TransitionId narrow = bench.compute(convert(program, pointer, integer_type(program, 8, false)));
    const TransitionId is_null = bench.compute(logical_not(program, pointer));
    bench.ready();
    for (std::int64_t x : {0, 1, -1, 12345, (1 << 29) - 1, -(1 << 29)}) {
        CHECK(bench.run(back, {{a, x}}).value == x);
        CHECK(bench.run(narrow, {{a, x}}).value == (x & 0xff));
        CHECK(bench.run(is_null, {{a, x}}).value == (x == 0 ? 1 : 0));
    }
    CHECK(bench.run(back, {{a, 1 << 29}}).trap == "an integer of more than 29 bits is kept in a pointer");
    CHECK(bench.run(back, {{a, -(1 << 29) - 1}}).trap == "an integer of more than 29 bits is kept in a pointer");
}

}  // namespace lockstep
