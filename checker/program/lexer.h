// Words, numbers, strings and signs of the textual form, with their places.
#pragma once

#include "base/diagnostic.h"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct Token {
    enum class Kind : std::uint8_t { end, name, number, string, sign } kind = Kind::end;
    std::string_view text;    // a string without its quotes and escapes
    std::int64_t value = 0;   // of a number; above the signed range: the same 64 bits
    std::string_view suffix;  // of a number: "u8" in 3u8
    std::uint32_t line = 1;   // 1-based
    std::uint32_t column = 1;
};

/// A text as tokens, read from left to right. Whoever finds an error says it at a token.
class TokenStream {
public:
    static constexpr std::size_t max_bytes = 8 << 20;

    /// Throws InputError at what is no token. The text outlives the stream.
    TokenStream(std::string_view text, std::string file_name);
    TokenStream(const TokenStream&) = delete;
    TokenStream& operator=(const TokenStream&) = delete;

    [[nodiscard]] const Token& peek(std::size_t ahead = 0) const;
    Token next();
    [[nodiscard]] bool at_end() const { return peek().kind == Token::Kind::end; }

    /// Whether the next token is this sign or this word.
    [[nodiscard]] bool sees(std::string_view text, std::size_t ahead = 0) const;
    /// Takes it if it is.
    bool accept(std::string_view text);
    Token expect(std::string_view text);
    std::string expect_name(std::string_view what);
    std::string expect_string(std::string_view what);
    /// An integer with an optional minus sign.
    std::int64_t expect_number(std::string_view what, std::int64_t low, std::int64_t high);

    [[nodiscard]] std::size_t position() const { return index; }
    void rewind(std::size_t position) { index = position; }

    [[noreturn]] void fail(const Token& where, std::string message, std::string hint = {}) const;
    [[noreturn]] void fail(std::string message, std::string hint = {}) const;

private:
    std::string_view source;
    std::string file;
    std::deque<std::string> strings;  // what the string tokens' text refers to
    std::vector<Token> tokens;
    std::size_t index = 0;
};

}  // namespace lockstep
