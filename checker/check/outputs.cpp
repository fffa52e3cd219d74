#include "check/outputs.h"

#include "base/diagnostic.h"
#include "report/coverage.h"
#include "report/dmesg.h"
#include "report/html.h"
#include "report/perfetto.h"
#include "report/sarif.h"
#include "report/terminal.h"
#include "report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace lockstep {

namespace {

constexpr std::size_t columns_for_columns = 80;

report::TraceLayout layout_of(TraceFormat format, const report::Terminal& terminal)
{
    const bool is_wide = terminal.is_terminal && terminal.columns > columns_for_columns;
    return format == TraceFormat::columns || (format == TraceFormat::automatic && is_wide)
               ? report::TraceLayout::columns
               : report::TraceLayout::steps;
}

}  // namespace

void print_to(std::FILE* stream, const std::string& text)
{
    const bool is_written = std::fwrite(text.data(), 1, text.size(), stream) == text.size() && std::fflush(stream) == 0;
    if (!is_written) reject_input(fmt::format("cannot write the output: {}", std::strerror(errno)));
}

Destination::Destination(const std::string& name)
{
    if (name != "-") file = std::make_unique<report::OutputFile>(name);
}

void Destination::write(const std::string& text)
{
    if (file)
        file->commit(text);
    else
        print_to(stdout, text);
}

Outputs::Outputs(const OutputOptions& the_options) : options(the_options)
{
    add(options.json_file, [](const report::Record& record, const report::Sources&) { return to_json(record); });
    add(options.html_file, report::to_html);
    add(options.perfetto_file,
        [](const report::Record& record, const report::Sources&) { return to_perfetto(record); });
    add(options.sarif_file, report::to_sarif);
    add(options.coverage_file, [](const report::Record& record, const report::Sources&) {
        return record.result.source_coverage ? std::optional(report::to_lcov(record.result)) : std::nullopt;
    });
}

void Outputs::add(const std::string& name, Writer writer)
{
    if (name.empty()) return;
    Destination destination(name);
    if (destination.is_stdout() && text_stream() == stderr)
        reject_input("standard output (-) can take one format only");
    destinations.emplace_back(std::move(destination), std::move(writer));
}

std::FILE* Outputs::text_stream() const
{
    const auto is_stdout = [](const auto& entry) { return entry.first.is_stdout(); };
    return std::ranges::any_of(destinations, is_stdout) ? stderr : stdout;
}

report::TextOptions Outputs::text_options(const report::Sources& sources) const
{
    const report::Terminal terminal = report::terminal_of(fileno(text_stream()));
    return {.has_colour = terminal.has_colour,
            .columns = terminal.columns,
            .full_trace = options.full_trace,
            .layout = layout_of(options.format, terminal),
            .sources = sources};
}

std::string Outputs::text(const Result& result, const report::Sources& sources) const
{
    if (options.quiet) return report::verdict_line(result, text_options(sources)) + '\n';
    if (options.format == TraceFormat::dmesg) return report::dmesg_text(result);
    std::string text = report::to_text(result, text_options(sources));
    if (result.source_coverage) text += '\n' + report::source_coverage_text(result, sources);
    return text;
}

void Outputs::print(const std::string& text) const
{
    if (!options.quiet) print_to(text_stream(), text);
}

void Outputs::write(const report::Record& record, const report::Sources& sources)
{
    print_to(text_stream(), text(record.result, sources));
    for (auto& [destination, writer] : destinations)
        if (const std::optional<std::string> text = writer(record, sources)) destination.write(*text);
}

}  // namespace lockstep
