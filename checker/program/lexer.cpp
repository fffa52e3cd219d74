#include "program/lexer.h"

#include "base/text_lines.h"

#include <fmt/format.h>

#include <array>
#include <optional>

namespace lockstep {

namespace {

constexpr std::size_t longest_shown_line = 300;

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

int digit_value(char c)
{
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return 99;
}

// Longer signs first.
constexpr std::array<std::string_view, 36> signs = {
    ":=", "->", "..", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+", "-", "*", "/", "%", "&", "|",
    "^",  "~",  "!",  "<",  ">",  "=",  "?",  ":",  "(",  ")",  "[",  "]", "{", "}", ",", ";", ".", "@",
};

std::string shown_line(std::string_view text, std::uint32_t number)
{
    const std::string_view line = line_of(text, number);
    return line.size() > longest_shown_line ? std::string() : std::string(line);
}

// Scans the text once; `at` is where the next token begins.
class Scanner {
public:
    struct Problem {
        Token where;
        std::string message, hint;
    };

    Scanner(std::string_view the_text, std::deque<std::string>& the_strings) : text(the_text), strings(the_strings) {}

    std::vector<Token> scan()
    {
        std::vector<Token> tokens;
        do {
            skip_blanks();
            tokens.push_back(token());
        } while (tokens.back().kind != Token::Kind::end && !problem);
        return tokens;
    }

    std::optional<Problem> problem;

private:
    std::string_view text;
    std::deque<std::string>& strings;
    std::size_t at = 0;
    std::uint32_t line = 1, column = 1;

    [[nodiscard]] char look(std::size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }

    char take()
    {
        const char c = text[at++];
        if (c == '\n') {
            ++line;
            column = 1;
        } else {
            ++column;
        }
        return c;
    }

    void skip_blanks()
    {
        while (at < text.size()) {
            const char c = look();
            if (c == '#' || (c == '/' && look(1) == '/')) {
                while (at < text.size() && look() != '\n') take();
            } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
                take();
            } else {
                return;
            }
        }
    }

    void fail(const Token& where, std::string message, std::string hint = {})
    {
        if (!problem) problem = {where, std::move(message), std::move(hint)};
    }

    Token token()
    {
        Token token;
        token.line = line;
        token.column = column;
        if (at >= text.size()) return token;
        if (is_name_start(look())) {
            token.kind = Token::Kind::name;
            const std::size_t start = at;
            while (is_name_part(look())) take();
            token.text = text.substr(start, at - start);
        } else if (is_digit(look())) {
            number(token);
        } else if (look() == '"') {
            string(token);
        } else {
            sign(token);
        }
        return token;
    }

    void number(Token& token)
    {
        token.kind = Token::Kind::number;
        const std::size_t start = at;
        int base = 10;
        if (look() == '0' && (look(1) == 'x' || look(1) == 'X') && digit_value(look(2)) < 16) {
            base = 16;
            take();
            take();
        }
        std::uint64_t value = 0;
        while (digit_value(look()) < base) {
            const auto digit = static_cast<std::uint64_t>(digit_value(look()));
            take();
            if (value > (UINT64_MAX - digit) / static_cast<std::uint64_t>(base)) {
                fail(token, "a number of more than 64 bits");
                return;
            }
            value = value * static_cast<std::uint64_t>(base) + digit;
        }
        token.text = text.substr(start, at - start);
        const std::size_t suffix_start = at;
        while (is_name_part(look())) take();
        token.suffix = text.substr(suffix_start, at - suffix_start);
        token.value = static_cast<std::int64_t>(value);
    }

    void string(Token& token)
    {
        token.kind = Token::Kind::string;
        take();
        std::string& content = strings.emplace_back();
        while (true) {
            if (at >= text.size() || look() == '\n') return fail(token, "a string without an end", "close it with \"");
            const char c = take();
            if (c == '"') break;
            content += c == '\\' ? escape(token) : c;
        }
        token.text = content;
    }

    char escape(const Token& token)
    {
        const char c = at < text.size() ? take() : '\0';
        switch (c) {
            case 'n':
                return '\n';
            case 't':
                return '\t';
            case '\\':
            case '"':
                return c;
            case 'x': {
                const int high = digit_value(look());
                const int low = digit_value(look(1));
                if (high > 15 || low > 15) break;
                take();
                take();
                return static_cast<char>(high * 16 + low);
            }
            default:
                break;
        }
        fail(token, "an unknown escape in a string", "\\n, \\t, \\\\, \\\" and \\xHH are known");
        return '\0';
    }

    void sign(Token& token)
    {
        token.kind = Token::Kind::sign;
        for (std::string_view candidate : signs) {
            if (text.substr(at, candidate.size()) != candidate) continue;
            for (std::size_t i = 0; i < candidate.size(); ++i) take();
            token.text = candidate;
            return;
        }
        const auto byte = static_cast<unsigned char>(look());
        if (byte == 0) return fail(token, "a zero byte: this is no text");
        fail(token, byte < 0x7f && byte > 0x20 ? fmt::format("unexpected '{}'", look())
                                               : fmt::format("unexpected byte 0x{:02x}", byte));
    }
};

std::string description(const Token& token)
{
    switch (token.kind) {
        case Token::Kind::end:
            return "the end of the file";
        case Token::Kind::string:
            return "a string";
        default:
            return fmt::format("'{}{}'", token.text, token.suffix);
    }
}

}  // namespace

TokenStream::TokenStream(std::string_view text, std::string file_name) : source(text), file(std::move(file_name))
{
    if (text.size() > max_bytes) fail(Token{}, fmt::format("a textual Program has at most {} bytes", max_bytes));
    Scanner scanner(text, strings);
    tokens = scanner.scan();
    if (scanner.problem) fail(scanner.problem->where, scanner.problem->message, scanner.problem->hint);
}

const Token& TokenStream::peek(std::size_t ahead) const { return tokens[std::min(index + ahead, tokens.size() - 1)]; }

Token TokenStream::next()
{
    Token token = peek();
    if (index + 1 < tokens.size()) ++index;
    return token;
}

bool TokenStream::sees(std::string_view text, std::size_t ahead) const
{
    const Token& token = peek(ahead);
    return (token.kind == Token::Kind::name || token.kind == Token::Kind::sign) && token.text == text;
}

bool TokenStream::accept(std::string_view text)
{
    if (!sees(text)) return false;
    next();
    return true;
}

Token TokenStream::expect(std::string_view text)
{
    if (!sees(text)) fail(fmt::format("expected '{}' before {}", text, description(peek())));
    return next();
}

std::string TokenStream::expect_name(std::string_view what)
{
    if (peek().kind != Token::Kind::name) fail(fmt::format("expected {} before {}", what, description(peek())));
    return std::string(next().text);
}

std::string TokenStream::expect_string(std::string_view what)
{
    if (peek().kind != Token::Kind::string)
        fail(fmt::format("expected {} (a string) before {}", what, description(peek())));
    return std::string(next().text);
}

std::int64_t TokenStream::expect_number(std::string_view what, std::int64_t low, std::int64_t high)
{
    const Token first = peek();
    const bool negative = accept("-");
    if (peek().kind != Token::Kind::number || !peek().suffix.empty())
        fail(fmt::format("expected {} (a number) before {}", what, description(peek())));
    const auto magnitude = static_cast<std::uint64_t>(next().value);
    const auto value = static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
    if (value < low || value > high || (!negative && value < 0 && low >= 0))
        fail(first, fmt::format("{} is not in {}..{}", what, low, high));
    return value;
}

void TokenStream::fail(const Token& where, std::string message, std::string hint) const
{
    Diagnostic diagnostic;
    diagnostic.file = file;
    diagnostic.line = where.line;
    diagnostic.column = where.column;
    diagnostic.message = std::move(message);
    diagnostic.source_line = shown_line(source, where.line);
    diagnostic.hint = std::move(hint);
    throw InputError(std::move(diagnostic));
}

void TokenStream::fail(std::string message, std::string hint) const
{
    fail(peek(), std::move(message), std::move(hint));
}

}  // namespace lockstep
