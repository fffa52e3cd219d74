// The command line as data.
#pragma once

#include "lockstep/options.h"
#include "suite/suite.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace lockstep {

/// How the terminal shows a trace.
enum class TraceFormat : std::uint8_t {
    automatic,  // columns on a terminal that is wider than 80, steps otherwise
    steps,
    columns,
    dmesg,
};

/// How a Result is shown, and the files it is written to (empty: not written; "-": standard output).
struct OutputOptions {
    TraceFormat format = TraceFormat::automatic;
    bool quiet = false;  // only the verdict's line
    bool full_trace = false;
    std::string json_file, html_file, perfetto_file, sarif_file, coverage_file;
};

struct CheckCommand {
    CheckOptions options;
    OutputOptions output;
    bool explain_symmetry = false;  // instead of checking
};

struct CompareCommand {
    CheckOptions before, after;       // for each number of CPUs
    std::vector<std::uint32_t> cpus;  // at least one
    std::string commit;               // the change, if it is one of the history; else it is after's patches
    std::string json_file;            // as above
    bool quiet = false;               // only the conclusion's line
};

struct HistoryCommand {
    std::string models_directory;  // empty: found
    std::string json_file;         // as above
};

struct ProveCommand {
    ProveOptions options;
    OutputOptions output;
};

struct ShowCommand {
    ModelOptions model;
    bool dot = false;
};

struct GraphCommand {
    enum class What : std::uint8_t { states, automata, waits } what = What::states;
    CheckOptions options;           // the model, and how it is checked for `waits`
    std::size_t limit = 200;        // states shown
    std::string automaton;          // empty: all
    std::string output_file = "-";  // its ending says the format
    double draw_timeout_seconds = 60;
};

struct SimulateCommand {
    ModelOptions model;
};

struct ReplayCommand {
    std::string record_file;
    std::string models_directory;  // empty: as recorded
    OutputOptions output;
};

struct SuiteCommand {
    suite::SuiteOptions options;
    std::string junit_file;  // as above
};

/// Help or the version was asked for: the text to print.
struct PrintCommand {
    std::string text;
};

using Command = std::variant<CheckCommand, ProveCommand, CompareCommand, HistoryCommand, ShowCommand, GraphCommand,
                             SimulateCommand, ReplayCommand, SuiteCommand, PrintCommand>;

/// Throws InputError.
Command parse_command_line(int argument_count, const char* const* arguments);

}  // namespace lockstep
