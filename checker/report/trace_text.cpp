// One step is one or more moves; moves of one step on the same source line are shown as one line, since that is how
// the source reads. A header is printed where another process or CPU goes on, and one with the call stack alone where a
// call or a return changes that, which may be in the middle of a step. Each source line stands in one column, its
// changes behind it where they fit and below it where they do not.
#include "report/trace_text.h"

#include "report/terminal.h"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::report {

namespace {

// A line of the trace: the moves of one step that stand on one source line.
struct Row {
    const TraceStep* step = nullptr;
    std::size_t number = 0;  // of the step, from 1 on
    bool begins_step = false;
    bool ends_step = false;
    const TraceMove* move = nullptr;  // the first; none: a step without moves
    std::vector<Change> changes = {};
};

bool same_stack(const std::vector<StackEntry>& left, const std::vector<StackEntry>& right)
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](const StackEntry& a, const StackEntry& b) { return a.function == b.function; });
}

bool same_line(const TraceMove& left, const TraceMove& right)
{
    return left.file == right.file && left.line == right.line && same_stack(left.stack, right.stack);
}

std::vector<Row> rows_of(const Violation& violation)
{
    std::vector<Row> rows;
    for (std::size_t i = 0; i < violation.trace.size(); ++i) {
        const TraceStep& step = violation.trace[i];
        Row row{.step = &step, .number = i + 1, .begins_step = true};
        for (const TraceMove& move : step.moves) {
            if (row.move != nullptr && !same_line(*row.move, move)) {
                rows.push_back(row);
                row = Row{.step = &step, .number = i + 1};
            }
            if (row.move == nullptr) row.move = &move;
            row.changes.insert(row.changes.end(), move.changes.begin(), move.changes.end());
        }
        row.ends_step = true;
        rows.push_back(row);
    }
    return rows;
}

bool same_stack(const Row& left, const Row& right)
{
    if (left.move == nullptr || right.move == nullptr) return left.move == right.move;
    return same_stack(left.move->stack, right.move->stack);
}

bool same_process(const Row& left, const Row& right)
{
    return left.step->process == right.step->process && left.step->cpu == right.step->cpu &&
           left.step->context == right.step->context && left.step->task == right.step->task;
}

std::string row_stack(const Row& row) { return row.move == nullptr ? std::string() : stack_text(row.move->stack); }

// "CPU1 timer_interrupt [irq] in migration/1:18".
std::string process_text(const TraceStep& step)
{
    std::string text = step.cpu >= 0 ? fmt::format("CPU{} ", step.cpu) : std::string();
    std::string process = step.process;
    const std::string on_cpu = fmt::format(" on CPU{}", step.cpu);
    if (process.ends_with(on_cpu)) process.erase(process.size() - on_cpu.size());
    const bool is_the_task = process == step.task;
    text += is_the_task ? task_text(step.task, step.pid) : process;
    if (!step.context.empty() && step.context != process) text += fmt::format(" [{}]", step.context);
    if (!is_the_task && !step.task.empty()) text += " in " + task_text(step.task, step.pid);
    return text;
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
            const std::string stack = row_stack(rows[i]);
            if (i == 0 || !same_process(rows[i - 1], rows[i]))
                header("\n  ", process_text(*rows[i].step) + (stack.empty() ? "" : "  " + stack));
            else if (!stack.empty() && !same_stack(rows[i - 1], rows[i]))
                header("  ", stack);
            write(rows[i]);
        }
        return std::move(text);
    }

private:
    void header(const char* indentation, const std::string& line)
    {
        text += indentation + paint(line, Colour::cyan, options.has_colour) + '\n';
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
    std::string text;
};

}  // namespace

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
    const std::vector<Row> rows = rows_of(violation);
    return Writer(rows, options).run();
}

}  // namespace lockstep::report
