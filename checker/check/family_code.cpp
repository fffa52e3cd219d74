#include "check/family_code.h"

#include "program/printer.h"
#include "symmetry/cpu_symmetry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <set>
#include <sstream>

namespace lockstep {

namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// A line with its numbers taken out.
struct Line {
    std::string text;
    std::vector<std::int64_t> numbers;
    std::string automaton;
    std::string original;
};

Line line_of(const std::string& original, const std::string& automaton)
{
    Line line;
    line.original = original;
    line.automaton = automaton;
    for (std::size_t i = 0; i < original.size();) {
        if (!is_digit(original[i])) {
            line.text += original[i++];
            continue;
        }
        std::size_t end = i;
        while (end < original.size() && is_digit(original[end])) ++end;
        std::uint64_t number = 0;
        const auto [stopped, error] = std::from_chars(original.data() + i, original.data() + end, number);
        if (error == std::errc() && number <= INT64_MAX) {
            line.text += '#';
            line.numbers.push_back(static_cast<std::int64_t>(number));
        } else {
            line.text.append(original, i, end - i);
        }
        i = end;
    }
    return line;
}

/// What processes run, boot included: one line for each location and edge.
std::vector<Line> code_of(const Program& program)
{
    std::vector<Line> code;
    std::istringstream text(print(program));
    std::string automaton;
    for (std::string line; std::getline(text, line);) {
        constexpr std::string_view begins = "automaton ";
        if (line.starts_with(begins)) automaton = line.substr(begins.size());
        if (!automaton.empty()) code.push_back(line_of(line, automaton));
        if (line.starts_with("}")) automaton.clear();
    }
    return code;
}

/// What boot has made.
struct Start {
    std::size_t unlike = 0;  // CPUs that are not interchangeable with others
    std::size_t states = 0;
    std::map<std::string, std::int64_t> integers;  // of the first initial state, by name, where no CPU owns them
};

Start start_of(const Program& program)
{
    const Layout layout = make_layout(program);
    const symmetry::CpuSymmetry symmetry = symmetry::find_cpu_symmetry(program, layout);
    Start start;
    start.unlike = program.cpus;
    std::set<std::uint32_t> owned(symmetry.renamed.begin(), symmetry.renamed.end());
    for (const auto& alike : symmetry.classes) start.unlike -= alike.size();
    for (const symmetry::Block& block : symmetry.blocks) owned.insert(block.cells.begin(), block.cells.end());
    const auto initial = initial_cells(program, layout);
    start.states = initial.size();
    for (std::uint32_t c = 0; c < layout.cells.size(); ++c)
        if (layout.cells[c].kind == SlotClass::Kind::integer && layout.cells[c].word != Layout::no_word &&
            !owned.contains(c))
            start.integers.emplace(cell_name(program, layout, c), initial.front()[c]);
    return start;
}

class Comparison {
public:
    explicit Comparison(const std::vector<const Program*>& the_members) : members(the_members)
    {
        for (const Program* member : members) {
            codes.push_back(code_of(*member));
            starts.push_back(start_of(*member));
        }
    }

    std::optional<CodeDifference> run() const
    {
        for (std::size_t m = 1; m < members.size(); ++m)
            if (auto difference = compare(m)) return difference;
        return std::nullopt;
    }

private:
    const std::vector<const Program*>& members;
    std::vector<std::vector<Line>> codes;
    std::vector<Start> starts;

    [[nodiscard]] std::optional<CodeDifference> compare(std::size_t m) const
    {
        const std::vector<Line>& first = codes[0];
        for (std::size_t l = 0; l < std::max(first.size(), codes[m].size()); ++l) {
            if (l < first.size() && l < codes[m].size() && is_same(l, m)) continue;
            const Line& line = l < codes[m].size() ? codes[m][l] : first[l];
            return CodeDifference{m, text_of(line, *members[l < codes[m].size() ? m : 0])};
        }
        if (starts[m].unlike != starts[0].unlike)
            return CodeDifference{
                m, fmt::format("{} CPUs are like no other, instead of {}", starts[m].unlike, starts[0].unlike)};
        if (starts[m].states != starts[0].states) return CodeDifference{m, "there are other initial states"};
        for (const auto& [name, value] : starts[m].integers) {
            const auto first = starts[0].integers.find(name), second = starts[1].integers.find(name);
            if (first == starts[0].integers.end() || second == starts[1].integers.end()) continue;
            if (!follows(first->second, second->second, value, m))
                return CodeDifference{m, fmt::format("{} begins as {}", name, value)};
        }
        return std::nullopt;
    }

    /// Its place, if it has one, in front: the textual form has it at the end, as @FILE:LINE:COLUMN.
    static std::string text_of(const Line& line, const Program& program)
    {
        const std::string text =
            line.original.substr(std::min(line.original.find_first_not_of(' '), line.original.size()));
        const std::string automaton = line.automaton.substr(0, line.automaton.find(' '));
        const std::size_t at = text.rfind(" @");
        if (at == std::string::npos) return fmt::format("{}: {}", automaton, text);
        std::istringstream place(text.substr(at + 2));
        std::size_t file = 0;
        unsigned number = 0;
        char colon = 0;
        place >> file >> colon >> number;
        if (!place || file >= program.files.size()) return fmt::format("{}: {}", automaton, text);
        return fmt::format("{}:{}: {}: {}", program.files[FileId(file)].name, number, automaton, text.substr(0, at));
    }

    [[nodiscard]] bool is_same(std::size_t l, std::size_t m) const
    {
        const Line &first = codes[0][l], &second = codes[1][l], &line = codes[m][l];
        if (line.text != first.text || line.numbers.size() != first.numbers.size()) return false;
        for (std::size_t i = 0; i < line.numbers.size(); ++i)
            if (!follows(first.numbers[i], second.numbers[i], line.numbers[i], m)) return false;
        return true;
    }

    /// (value - v0) / (n - n0) is (v1 - v0) / (n1 - n0).
    [[nodiscard]] bool follows(std::int64_t v0, std::int64_t v1, std::int64_t value, std::size_t m) const
    {
        const std::int64_t n0 = members[0]->cpus, n1 = members[1]->cpus, n = members[m]->cpus;
        std::int64_t left = 0, right = 0, difference = 0, slope = 0;
        return !__builtin_sub_overflow(value, v0, &difference) && !__builtin_sub_overflow(v1, v0, &slope) &&
               !__builtin_mul_overflow(difference, n1 - n0, &left) && !__builtin_mul_overflow(slope, n - n0, &right) &&
               left == right;
    }
};

}  // namespace

std::optional<CodeDifference> find_code_difference(const std::vector<const Program*>& members)
{
    return Comparison(members).run();
}

}  // namespace lockstep
