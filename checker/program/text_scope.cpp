#include "program/text_scope.h"

#include "program/builder.h"
#include "program/syntax.h"

#include <fmt/format.h>

namespace lockstep::text {

const Symbol* Scope::find(std::string_view name) const
{
    if (const auto local = locals.find(name); local != locals.end()) return &local->second;
    if (const auto global = globals.find(name); global != globals.end()) return &global->second;
    return nullptr;
}

std::int64_t read_number(TokenStream& tokens, const Scope& scope, std::string_view what, std::int64_t low,
                         std::int64_t high)
{
    const Token where = tokens.peek();
    if (where.kind != Token::Kind::name) return tokens.expect_number(what, low, high);
    const Symbol* symbol = scope.find(where.text);
    const auto* number = symbol == nullptr ? nullptr : std::get_if<NamedNumber>(symbol);
    if (number == nullptr) tokens.fail(fmt::format("'{}' is no number", where.text), "const NAME = 3 names one");
    tokens.next();
    if (number->value < low || number->value > high)
        tokens.fail(where, fmt::format("{} is not in {}..{}", what, low, high));
    return number->value;
}

namespace {

TypeId read_type(TokenStream& tokens, Program& program, const Scope& scope, int depth);

TypeId read_simple_type(TokenStream& tokens, Program& program, const Scope& scope, int depth)
{
    if (tokens.accept("(")) {
        const TypeId inner = read_type(tokens, program, scope, depth);
        tokens.expect(")");
        return inner;
    }
    const Token where = tokens.peek();
    const std::string name = tokens.expect_name("a type");
    if (name == "fn") return build::function_pointer_type(program);
    if (name == "time") return build::time_type(program);
    if (const auto integer = syntax::integer_type_named(name))
        return build::integer_type(program, integer->bits, integer->is_signed);
    if (const auto found = scope.types.find(name); found != scope.types.end()) return found->second;
    tokens.fail(where, fmt::format("unknown type '{}'", name),
                "known are u1 to u64, i1 to i64, bool, ptr TYPE, fn, time");
}

TypeId read_type(TokenStream& tokens, Program& program, const Scope& scope, int depth)
{
    if (depth > max_type_depth) tokens.fail("a type nested too deeply");
    if (tokens.accept("ptr")) {
        if (tokens.accept("void")) return build::void_pointer_type(program);
        return build::pointer_type(program, read_type(tokens, program, scope, depth + 1));
    }
    TypeId type = read_simple_type(tokens, program, scope, depth + 1);
    std::vector<std::uint32_t> counts;
    while (tokens.accept("[")) {
        counts.push_back(static_cast<std::uint32_t>(
            read_number(tokens, scope, "the number of elements", 0, static_cast<std::int64_t>(max_slots))));
        tokens.expect("]");
        if (counts.size() > max_type_depth) tokens.fail("an array of too many dimensions");
    }
    // As in C: u8[2][3] is two times three.
    for (std::size_t i = counts.size(); i-- > 0;) {
        if (std::uint64_t{counts[i]} * program.types[type].slots >= max_slots)
            tokens.fail(fmt::format("a type of more than {} slots", max_slots));
        type = build::array_type(program, type, counts[i]);
    }
    return type;
}

}  // namespace

TypeId read_type(TokenStream& tokens, Program& program, const Scope& scope)
{
    if (program.types.size() > max_types) tokens.fail(fmt::format("more than {} types", max_types));
    return read_type(tokens, program, scope, 0);
}

StringId string_constant(const TokenStream& tokens, Program& program, std::string_view text)
{
    if (program.strings.size() > max_strings) tokens.fail(fmt::format("more than {} strings", max_strings));
    return build::string(program, text);
}

}  // namespace lockstep::text
