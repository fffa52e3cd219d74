// A line of a column is a call, or the source line of a step that matters to another CPU (result/relevance.h); below
// the calls that lead there it is indented. What a primitive does inside (a lock, a list, an atomic: functions of
// headers and of kernel/spinlock.c) is shown as the line that uses it. A call is named once, as long as the CPU stays
// within it. Where somebody waits at the end, for whom follows behind "--". Reports and the passing of time go across
// all columns.
#include "report/columns.h"

#include "base/text_lines.h"
#include "report/numbers.h"
#include "report/trace_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace lockstep::report {

namespace {

constexpr std::size_t page_width = 72, gap = 2, column_of_many = 34;
constexpr std::size_t most_depth_of_two_spaces = 4;  // deeper than that a call indents by one space only

/// Whose own lines say nothing to a reader who knows what it does.
bool is_primitive(const StackEntry& entry)
{
    return entry.file.ends_with(".h") || entry.file.ends_with("/spinlock.c") || entry.file == "spinlock.c";
}

std::string source_line(const Sources& sources, const std::string& file, std::uint32_t line)
{
    const auto found = sources.find(file);
    return found == sources.end() ? std::string() : std::string(trimmed(line_of(found->second, line)));
}

/// Where something happens: the calls, outermost first, and the line itself.
struct Place {
    std::vector<std::string> calls;
    std::string line;
    bool operator==(const Place&) const = default;
};

Place place_of(const std::vector<StackEntry>& stack, const std::string& text, const Sources& sources)
{
    Place place{{}, text};
    std::size_t innermost = 0;
    while (innermost + 1 < stack.size() && is_primitive(stack[innermost])) {
        ++innermost;
        const std::string line = source_line(sources, stack[innermost].file, stack[innermost].line);
        place.line = line.empty() ? stack[innermost - 1].function + "()" : line;
    }
    while (place.line.ends_with('{') || place.line.ends_with(' ')) place.line.pop_back();
    for (std::size_t i = stack.size(); i-- > innermost;) place.calls.push_back(stack[i].function + "()");
    return place;
}

/// Something in one column, or across all of them.
struct Row {
    std::optional<std::int64_t> cpu;  // none: across
    std::string who;                  // "migration/1:18"; in an interrupt or hook with its name behind
    Place place;
    std::string note;  // "waits for custom_exporter"
};

std::string who_of(const TraceStep& step)
{
    std::string who = task_text(step.task, step.pid);
    if (step.context == "irq" || step.context == "nmi") {
        who +=
            fmt::format("{}<{}> {}", who.empty() ? "" : " ", step.context == "irq" ? "IRQ" : "NMI", process_name(step));
    }
    return who;
}

class Rows {
public:
    Rows(const Violation& the_violation, const Sources& the_sources, const ColumnOptions& the_options)
        : violation(the_violation), sources(the_sources), options(the_options)
    {
    }

    std::vector<Row> make()
    {
        for (const TraceStep& step : violation.trace) {
            if (step.cpu >= 0 && (step.matters || options.all)) add(step);
        }
        pass_time(violation.ticks);
        for (const Wait& wait : violation.waits_for) add(wait);
        for (const BusyProcess& process : violation.busy)
            rows.push_back({process.cpu, task_text(process.task, process.pid),
                            place_of(process.stack, process.text, sources), "is still here"});
        return std::move(rows);
    }

private:
    const Violation& violation;
    const Sources& sources;
    const ColumnOptions& options;
    std::vector<Row> rows;
    double ticks = 0;

    /// The move of the last step at the violation's own line; its last one if there is none.
    [[nodiscard]] const TraceMove* where_it_shows(const TraceStep& step) const
    {
        const TraceMove* last = nullptr;
        for (const TraceMove& move : step.moves) {
            last = &move;
            if (move.file == violation.file && move.line == violation.line) break;
        }
        return last;
    }

    void pass_time(double now)
    {
        if (now <= ticks) return;
        const double seconds = (now - ticks) * options.tick_milliseconds / 1000;
        ticks = now;
        if (!rows.empty()) rows.push_back({{}, {}, {}, fmt::format("({:g} s later)", seconds)});
    }

    void add(const TraceStep& step)
    {
        pass_time(step.ticks);
        const TraceMove* shows =
            &step == &violation.trace.back() && !is_stuck(violation.kind) ? where_it_shows(step) : nullptr;
        for (const TraceMove& move : step.moves)
            if (move.matters || options.all || &move == shows) add(step, move);
        for (const std::string& message : step.messages) rows.push_back({{}, {}, {}, message});
    }

    void add(const TraceStep& step, const TraceMove& move)
    {
        Row row{step.cpu, who_of(step), place_of(move.stack, move.text, sources), {}};
        const bool is_repeated =
            !rows.empty() && rows.back().cpu == row.cpu && rows.back().who == row.who && rows.back().place == row.place;
        if (!is_repeated) rows.push_back(std::move(row));
    }

    void add(const Wait& wait)
    {
        Row row{wait.cpu, task_text(wait.task, wait.pid), place_of(wait.stack, wait.text, sources), {}};
        row.note = wait.who.empty() ? fmt::format("waits for {}", wait.what)
                                    : fmt::format("waits for {}", fmt::join(wait.who, " or "));
        rows.push_back(std::move(row));
    }
};

/// Lines of at most `width` characters, broken at spaces where there are some; all but the first further indented.
std::vector<std::string> wrapped(std::string_view text, std::size_t indent, std::size_t width)
{
    std::vector<std::string> lines;
    indent = std::min(indent, width / 3);
    while (!text.empty()) {
        const std::size_t margin = lines.empty() ? indent : std::min(indent + 2, width / 3 + 2);
        const std::size_t room = width - margin;
        std::size_t count = text.size();
        if (count > room) {
            count = text.rfind(' ', room);
            if (count == std::string_view::npos || count == 0) count = text.find_last_of("(,", room - 1) + 1;
            if (count == 0) count = text.find_last_of(">&|", room - 1) + 1;
            if (count == 0) count = room;
        }
        lines.push_back(std::string(margin, ' ') + std::string(text.substr(0, count)));
        text.remove_prefix(count);
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    }
    return lines;
}

class Page {
public:
    explicit Page(const std::vector<Row>& the_rows) : rows(the_rows)
    {
        for (const Row& row : rows)
            if (row.cpu) columns[*row.cpu].names.insert(row.who.substr(0, row.who.find(" <")));
        const std::size_t count = std::max<std::size_t>(columns.size(), 1);
        width = count > 2 ? column_of_many : (page_width - gap * (count - 1)) / count;
        std::size_t offset = 0;
        for (auto& [cpu, column] : columns) {
            column.offset = offset;
            offset += width + gap;
            for (const Row& row : rows)
                if (row.cpu == cpu && row.place.calls.size() > most_depth_of_two_spaces) column.step = 1;
        }
    }

    std::string write()
    {
        write_titles();
        for (const Row& row : rows) {
            if (row.cpu) {
                write(columns.at(*row.cpu), row);
            } else {
                for (const std::string& line : wrapped(row.note, 4, page_width)) text += line + '\n';
            }
        }
        return std::move(text);
    }

private:
    struct Column {
        std::set<std::string> names;  // of the tasks that run there
        std::size_t offset = 0;
        std::size_t step = 2;  // by which a call is indented
        std::string who;       // what was shown last
        std::vector<std::string> calls;
        std::string line;
    };
    const std::vector<Row>& rows;
    std::map<std::int64_t, Column> columns;
    std::size_t width = page_width;
    std::string text;

    /// Who is alone on a CPU is in its title.
    void write_titles()
    {
        std::string titles, rule;
        for (auto& [cpu, column] : columns) {
            std::string title = fmt::format("CPU{}", cpu);
            if (column.names.size() == 1) {
                title += ": " + *column.names.begin();
                column.who = *column.names.begin();
            }
            titles.resize(column.offset, ' ');
            titles += title.substr(0, width);
            rule.resize(column.offset, ' ');
            rule += std::string(std::min(title.size(), width), '-');
        }
        text += titles + '\n' + rule + '\n';
    }

    void line_in(const Column& column, std::string_view line, std::size_t depth)
    {
        for (const std::string& part : wrapped(line, depth * column.step, width))
            text += std::string(column.offset, ' ') + part + '\n';
    }

    void write(Column& column, const Row& row)
    {
        if (column.who != row.who) {
            line_in(column, fmt::format("[{}]", row.who), 0);
            column.who = row.who;
            column.calls.clear();
            column.line.clear();
        }
        const std::vector<std::string>& calls = row.place.calls;
        const auto [old_end, new_begin] = std::ranges::mismatch(column.calls, calls);
        const bool is_same_place = old_end == column.calls.end() && new_begin == calls.end();
        for (auto call = new_begin; call != calls.end(); ++call)
            line_in(column, *call, static_cast<std::size_t>(call - calls.begin()));
        // Where it waits is often what it did last.
        const bool is_known = is_same_place && column.line == row.place.line && !row.note.empty();
        if (!is_known) line_in(column, row.place.line, calls.size());
        if (!row.note.empty()) line_in(column, "-- " + row.note, calls.size());
        column.calls = calls;
        column.line = row.place.line;
    }
};

}  // namespace

std::string columns_text(const Violation& violation, const Sources& sources, const ColumnOptions& options)
{
    const std::vector<Row> rows = Rows(violation, sources, options).make();
    std::string text = Page(rows).write();
    const auto left_out = std::ranges::count(violation.trace, false, &TraceStep::matters);
    if (left_out != 0 && !options.all)
        text += fmt::format("\n({} of {}, which no other CPU notices, are left out: --full-trace)\n", grouped(left_out),
                            counted(violation.trace.size(), "step"));
    return text + (left_out != 0 && !options.all ? "" : "\n") + "(--format steps shows what each step changes)\n";
}

}  // namespace lockstep::report
