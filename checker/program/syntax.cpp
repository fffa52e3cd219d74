#include "program/syntax.h"

#include "program/builder.h"

#include <algorithm>
#include <cassert>

namespace lockstep::syntax {

bool is_reserved(std::string_view word)
{
    static constexpr std::array<std::string_view, 26> words = {
        "own",        "null",   "never",    "true", "false", "as",       "report", "copy",  "store",
        "undefine",   "kill",   "progress", "age",  "prune", "choose",   "when",   "in",    "settled",
        "invalidate", "struct", "union",    "enum", "const", "location", "local",  "files",
    };
    return std::ranges::find(words, word) != words.end();
}

bool is_type_word(std::string_view word)
{
    return word == "ptr" || word == "fn" || word == "time" || word == "void" || integer_type_named(word);
}

bool is_identifier(std::string_view text)
{
    auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    if (text.empty() || !is_letter(text[0])) return false;
    return std::ranges::all_of(text, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

std::optional<IntegerType> integer_type_named(std::string_view word)
{
    if (word == "bool") return IntegerType{1, false};
    if (word.size() < 2 || word.size() > 3 || (word[0] != 'u' && word[0] != 'i') || word[1] == '0') return std::nullopt;
    int bits = 0;
    for (char c : word.substr(1)) {
        if (c < '0' || c > '9') return std::nullopt;
        bits = bits * 10 + (c - '0');
    }
    if (bits > 64) return std::nullopt;
    return IntegerType{static_cast<std::uint8_t>(bits), word[0] == 'i'};
}

const BinaryOperator& operator_of(BinaryOp op)
{
    const BinaryOp written = op == BinaryOp::slots_between ? BinaryOp::subtract : op;
    const auto* found = std::ranges::find_if(binary_operators, [&](const BinaryOperator& candidate) {
        return candidate.op == written && !candidate.swapped;
    });
    assert(found != binary_operators.end());
    return *found;
}

std::string_view sign_of(UnaryOp op)
{
    switch (op) {
        case UnaryOp::negate:
            return "-";
        case UnaryOp::bit_not:
            return "~";
        case UnaryOp::logical_not:
            return "!";
    }
    return "";
}

bool ImpliedTypes::is_integer_type(TypeId type) const { return type.valid() && is_integer(program.types[type]); }

TypeId ImpliedTypes::expected_integer_or(TypeId expected, std::uint8_t bits)
{
    return is_integer_type(expected) ? expected : build::integer_type(program, bits, true);
}

TypeId ImpliedTypes::literal(std::int64_t value, TypeId expected)
{
    if (expected.valid() && is_scalar(program.types[expected])) return expected;
    const bool narrow = value >= INT32_MIN && value <= INT32_MAX;
    return build::integer_type(program, narrow ? 32 : 64, true);
}

TypeId ImpliedTypes::truth(TypeId expected) { return expected_integer_or(expected, 32); }

TypeId ImpliedTypes::own(Own::What what, TypeId expected)
{
    const bool takes_anything = what == Own::What::argument && expected.valid() && is_scalar(program.types[expected]);
    return takes_anything ? expected : expected_integer_or(expected, 32);
}

TypeId ImpliedTypes::promoted(TypeId type)
{
    if (!is_integer_type(type) || bits_of(program.types[type]) >= 32) return type;
    return build::int_type(program);
}

TypeId ImpliedTypes::difference(TypeId expected) { return expected_integer_or(expected, 64); }

TypeId ImpliedTypes::string() { return build::pointer_type(program, build::integer_type(program, 8, true)); }

TypeId ImpliedTypes::function() { return build::function_pointer_type(program); }

}  // namespace lockstep::syntax
