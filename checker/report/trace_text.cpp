// One step is one or more moves; moves of one step on the same source line are shown as one line, since that is how
// the source reads. A step's first line is where it does what others can see; of the lines that it passes after that,
// only those are shown that change something, unless the full trace is asked for. Each source line stands in one
// column, its changes behind it where they fit and below it where they do not.
//
// Steps that do not matter to others (result/relevance.h) are folded: a row of at least three of them is one line that
// says who made them and where. With the full trace nothing is.
//
// A header is printed where another process or CPU goes on, with the whole call stack, and where a call or a return
// changes the stack; then only up to the first caller that the stack before had too ("...": and so on, as before).
#include "report/trace_text.h"

#include "report/numbers.h"
#include "report/terminal.h"
#include "report/trace_lines.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

namespace lockstep::report {

namespace {

/// What a variable becomes where its scope begins; shown in the full trace only.
constexpr std::string_view scope_begins = "(undefined)";

// A line of the trace: the moves of one step that stand on one source line.
struct Row {
    const TraceStep* step = nullptr;
    std::size_t number = 0;  // of the step, from 1 on
    bool begins_step = false;
    bool ends_step = false;
    const TraceMove* move = nullptr;  // the first; none: a step without moves
    std::vector<Change> changes = {};
    std::string folded = {};  // instead of all this: what steps there are here
};

bool same_stack(const std::vector<StackEntry>& left, const std::vector<StackEntry>& right)
{
    if (left.size() != right.size() || left.empty()) return left.size() == right.size();
    // Of the innermost entry the line is that of the step itself.
    return left.front().function == right.front().function &&
           std::equal(left.begin() + 1, left.end(), right.begin() + 1, same_entry);
}

bool same_line(const TraceMove& left, const TraceMove& right)
{
    return left.file == right.file && left.line == right.line && same_stack(left.stack, right.stack);
}

// "CPU1 timer_interrupt [irq] in migration/1:18".
std::string process_text(const TraceStep& step)
{
    std::string text = step.cpu >= 0 ? fmt::format("CPU{} ", step.cpu) : std::string();
    const std::string process = process_name(step);
    const bool is_the_task = process == step.task;
    text += is_the_task ? task_text(step.task, step.pid) : process;
    if (!step.context.empty() && step.context != process) text += fmt::format(" [{}]", step.context);
    if (!is_the_task && !step.task.empty()) text += " in " + task_text(step.task, step.pid);
    return text;
}

/// Fewer steps in a row that do not matter are shown like others.
constexpr std::size_t least_folded = 3;

/// How many steps in a row from this one on are to be folded.
std::size_t steps_to_fold(const std::vector<TraceStep>& trace, std::size_t first)
{
    std::size_t end = first;
    while (end < trace.size() && !trace[end].matters && trace[end].messages.empty()) ++end;
    return end - first < least_folded ? 0 : end - first;
}

/// The innermost function within which all of them happen.
std::string common_function(const std::vector<const TraceStep*>& steps)
{
    const std::vector<StackEntry>* common = nullptr;
    std::size_t count = 0;  // of the outermost entries that all have
    for (const TraceStep* step : steps)
        for (const TraceMove& move : step->moves) {
            if (common == nullptr) {
                common = &move.stack;
                count = common->size();
            }
            std::size_t same = 0;
            while (same < count && same < move.stack.size() &&
                   (*common)[common->size() - 1 - same].function == move.stack[move.stack.size() - 1 - same].function)
                ++same;
            count = same;
        }
    return count == 0 ? std::string() : (*common)[common->size() - count].function;
}

// "12 steps: swapper/2 on CPU2 in do_idle(), 2 ticks".
std::string folded_text(std::span<const TraceStep> steps)
{
    std::vector<std::pair<std::string, std::vector<const TraceStep*>>> by_process;
    std::size_t ticks = 0;
    for (const TraceStep& step : steps) {
        if (step.context == "clock") {
            ++ticks;
            continue;
        }
        const std::string who = process_text(step);
        auto known = std::ranges::find(by_process, who, [](const auto& entry) { return entry.first; });
        if (known == by_process.end()) known = by_process.insert(known, {who, {}});
        known->second.push_back(&step);
    }
    std::vector<std::string> parts;
    for (const auto& [who, all] : by_process) {
        const std::string function = common_function(all);
        parts.push_back(function.empty() ? who : fmt::format("{} in {}()", who, function));
    }
    if (ticks != 0) parts.push_back(counted(ticks, "tick") + " of time");
    return fmt::format("({}: {})", counted(steps.size(), "step"), fmt::join(parts, ", "));
}

std::vector<Row> rows_of(const Violation& violation, bool all)
{
    std::vector<Row> rows;
    for (std::size_t i = 0; i < violation.trace.size(); ++i) {
        const TraceStep& step = violation.trace[i];
        if (const std::size_t count = all ? 0 : steps_to_fold(violation.trace, i); count != 0) {
            rows.push_back({.step = &step,
                            .number = i + 1,
                            .begins_step = true,
                            .folded = folded_text(std::span(violation.trace).subspan(i, count))});
            i += count - 1;
            continue;
        }
        Row row{.step = &step, .number = i + 1, .begins_step = true};
        for (const TraceMove& move : step.moves) {
            if (row.move != nullptr && !same_line(*row.move, move)) {
                if (all || row.begins_step || !row.changes.empty()) rows.push_back(row);
                row = Row{.step = &step, .number = i + 1};
            }
            if (row.move == nullptr) row.move = &move;
            for (const Change& change : move.changes)
                if (all || change.after != scope_begins) row.changes.push_back(change);
        }
        if (all || row.begins_step || !row.changes.empty()) rows.push_back(row);
        rows.back().ends_step = true;
    }
    return rows;
}

bool same_process(const Row& left, const Row& right)
{
    return left.step->process == right.step->process && left.step->cpu == right.step->cpu &&
           left.step->context == right.step->context && left.step->task == right.step->task;
}

// The stack of `now`, up to the first entry that `before` has too, at the same distance from its outermost.
std::string stack_change_text(const std::vector<StackEntry>& before, const std::vector<StackEntry>& now)
{
    std::size_t common = 0;  // outermost entries that are the same; of an innermost one the line does not count
    while (common < before.size() && common < now.size()) {
        const StackEntry& left = before[before.size() - 1 - common];
        const StackEntry& right = now[now.size() - 1 - common];
        const bool is_innermost = &left == &before.front() || &right == &now.front();
        if (is_innermost ? left.function != right.function : !same_entry(left, right)) break;
        ++common;
    }
    const std::size_t shown = std::min(now.size(), now.size() - common + 1);
    const bool is_cut = shown < now.size();
    return stack_text({now.begin(), now.begin() + static_cast<std::ptrdiff_t>(shown)}) + (is_cut ? " ..." : "");
}

std::string changes_text(const std::vector<Change>& changes)
{
    std::string text;
    for (const Change& change : changes)
        text += fmt::format("{}{}: {} -> {}", text.empty() ? "" : ", ", change.name, change.before, change.after);
    return text;
}

std::string cut(const std::string& text, std::size_t columns)
{
    if (text.size() <= columns) return text;
    std::size_t end = columns > 3 ? columns - 3 : 0;
    // Not in the middle of a character.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return text.substr(0, end) + "...";
}

std::string row_place(const Row& row)
{
    return row.move == nullptr ? std::string() : place_text(row.move->file, row.move->line);
}

class Writer {
public:
    Writer(const std::vector<Row>& the_rows, const TextOptions& the_options) : rows(the_rows), options(the_options)
    {
        number_width = rows.empty() ? 1 : std::to_string(rows.back().number).size();
        for (const Row& row : rows) place_width = std::max(place_width, row_place(row).size());
        indent = number_width + place_width + 6;
    }

    std::string run()
    {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (!rows[i].folded.empty()) {
                text += fmt::format("\n{:{}}{}\n", "", number_width + 4,
                                    paint(rows[i].folded, Colour::faint, options.has_colour));
                last_stack.clear();
                continue;
            }
            if (i == 0 || !rows[i - 1].folded.empty() || !same_process(rows[i - 1], rows[i]))
                process_header(rows[i]);
            else if (options.full_trace || rows[i].begins_step)
                stack_header(rows[i]);
            write(rows[i]);
        }
        return std::move(text);
    }

private:
    void process_header(const Row& row)
    {
        std::string line = process_text(*row.step);
        last_stack.clear();
        if (row.move != nullptr) last_stack = row.move->stack;
        if (!last_stack.empty()) line += "  " + stack_text(last_stack);
        text += "\n  " + paint(line, Colour::cyan, options.has_colour) + '\n';
    }

    void stack_header(const Row& row)
    {
        if (row.move == nullptr || row.move->stack.empty() || same_stack(last_stack, row.move->stack)) return;
        const std::string line = stack_change_text(last_stack, row.move->stack);
        text += "  " + paint(line, Colour::cyan, options.has_colour) + '\n';
        last_stack = row.move->stack;
    }

    void write(const Row& row)
    {
        const std::string number = row.begins_step ? std::to_string(row.number) : std::string();
        const std::string prefix = fmt::format("  {:>{}}  {:<{}}  ", number, number_width, row_place(row), place_width);
        const std::size_t room = options.columns > indent + 20 ? options.columns - indent : 20;
        const std::string source = row.move == nullptr ? std::string() : cut(row.move->text, room);
        const std::string changes = changes_text(row.changes);
        text += prefix + source;
        if (!changes.empty() && source.size() + 3 + changes.size() <= room) {
            text += (source.empty() ? "" : "   ") + paint(changes, Colour::yellow, options.has_colour);
        } else {
            for (const Change& change : row.changes) below(changes_text({change}), Colour::yellow);
        }
        while (text.ends_with(' ')) text.pop_back();
        text += '\n';
        if (!row.ends_step) return;
        for (const std::string& message : row.step->messages)
            text +=
                fmt::format("{:{}}{}\n", "", number_width + 4, paint(">> " + message, Colour::red, options.has_colour));
    }

    void below(const std::string& line, Colour colour)
    {
        text += fmt::format("\n{:{}}{}", "", indent, paint(line, colour, options.has_colour));
    }

    const std::vector<Row>& rows;
    const TextOptions& options;
    std::size_t number_width = 1;
    std::size_t place_width = 0;
    std::size_t indent = 0;
    std::vector<StackEntry> last_stack;  // of the last header
    std::string text;
};

}  // namespace

std::string process_name(const TraceStep& step)
{
    std::string name = step.process;
    const std::string on_cpu = fmt::format(" on CPU{}", step.cpu);
    if (name.ends_with(on_cpu)) name.erase(name.size() - on_cpu.size());
    return name;
}

std::string busy_text(const BusyProcess& process)
{
    std::string text = task_text(process.task, process.pid) + " does not wait";
    if (process.stack.empty()) return text;
    const StackEntry& at = process.stack.front();
    text += fmt::format("; it is in {}()", at.function);
    if (const std::string place = place_text(at.file, at.line); !place.empty()) text += " at " + place;
    return text;
}

std::string task_text(const std::string& task, std::int64_t pid)
{
    return task.empty() || pid == 0 ? task : fmt::format("{}:{}", task, pid);
}

std::string place_text(const std::string& file, std::uint32_t line)
{
    if (file.empty()) return {};
    return line == 0 ? file : fmt::format("{}:{}", file, line);
}

std::string stack_text(const std::vector<StackEntry>& stack)
{
    std::string text;
    for (std::size_t i = 0; i < stack.size(); ++i) {
        text += fmt::format("{}{}()", i == 0 ? "" : " <- ", stack[i].function);
        if (i > 0 && stack[i].line != 0) text += fmt::format(":{}", stack[i].line);
    }
    return text;
}

std::string trace_text(const Violation& violation, const TextOptions& options)
{
    const std::vector<Row> rows = rows_of(violation, options.full_trace);
    return Writer(rows, options).run();
}

}  // namespace lockstep::report
