// What the names in a textual Program mean, and the types written there.
#pragma once

#include "program/lexer.h"
#include "program/program.h"

#include <map>
#include <string>
#include <variant>

namespace lockstep::text {

struct Enumerator {
    TypeId type;
    std::int64_t value = 0;
};
struct NamedNumber {  // const N = 3
    std::int64_t value = 0;
};
struct ArgumentName {};  // automaton P(i): i is the own argument
using Symbol = std::variant<VariableId, FunctionId, Enumerator, NamedNumber, ArgumentName>;

struct Scope {
    std::map<std::string, Symbol, std::less<>> globals;
    std::map<std::string, Symbol, std::less<>> locals;  // of the automaton that is being read
    std::map<std::string, TypeId, std::less<>> types;   // structs, unions and enums

    [[nodiscard]] const Symbol* find(std::string_view name) const;
};

inline constexpr std::uint64_t max_slots = std::uint64_t{1} << 22;
inline constexpr int max_type_depth = 48;
inline constexpr std::size_t max_types = 20000;  // types and strings are looked up one by one
inline constexpr std::size_t max_strings = 20000;

/// Reads a type:  u8  ptr T  T[4]  (ptr T)[4]  name
TypeId read_type(TokenStream& tokens, Program& program, const Scope& scope);
/// A string constant, found or added.
StringId string_constant(const TokenStream& tokens, Program& program, std::string_view text);
/// Reads a number or the name of one.
std::int64_t read_number(TokenStream& tokens, const Scope& scope, std::string_view what, std::int64_t low,
                         std::int64_t high);

}  // namespace lockstep::text
