#include "suite/suite.h"

#include <algorithm>
#include <string_view>

namespace lockstep::suite {

namespace {

std::string quoted(const std::string& word)
{
    constexpr std::string_view others = "-_=./,:+@%";
    const auto is_plain = [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               others.find(c) != std::string_view::npos;
    };
    if (!word.empty() && std::ranges::all_of(word, is_plain)) return word;
    std::string text = "'";
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + '\'';
}

}  // namespace

std::size_t count_lines(const Suite& suite)
{
    std::size_t count = 0;
    for (const SuiteFile& file : suite.files) count += file.lines.size();
    return count;
}

std::size_t count_lines(const Suite& suite, Outcome outcome)
{
    std::size_t count = 0;
    for (const SuiteFile& file : suite.files)
        count += static_cast<std::size_t>(std::ranges::count(file.lines, outcome, &SuiteLine::outcome));
    return count;
}

bool has_option(const std::vector<std::string>& options, std::string_view name)
{
    return std::ranges::any_of(options, [&](std::string_view option) {
        return option.starts_with(name) && (option.size() == name.size() || option[name.size()] == '=');
    });
}

std::string options_text(const SuiteLine& line)
{
    std::string text;
    for (std::size_t i = 1; i + 1 < line.words.size(); ++i) text += (i == 1 ? "" : " ") + line.words[i];
    return text;
}

std::string command_text(const SuiteLine& line)
{
    std::string text = "lockstep";
    for (const std::string& word : line.words) text += ' ' + quoted(word);
    return text;
}

}  // namespace lockstep::suite
