// What is said about a graph goes to standard error, since the graph itself may go to standard output.
#include "check/graph_command.h"

#include "check/outputs.h"
#include "graph/automata.h"
#include "graph/render.h"
#include "graph/states.h"
#include "graph/waits.h"
#include "report/numbers.h"
#include "report/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace lockstep {

namespace {

/// More nodes than that are no picture any more that somebody looks at as a whole.
constexpr std::size_t most_readable_nodes = 400;

/// A drawing, or why there is none, and what its maker has found.
struct Made {
    std::optional<graph::Drawing> drawing;
    Verdict verdict = Verdict::holds;
    std::string reason = {};
};

std::string model_text(const GraphCommand& command, const Loaded& loaded)
{
    return fmt::format("{} on {}", fmt::join(command.options.model.files, " "),
                       report::counted(loaded.program.cpus, "CPU"));
}

Made make_states(const GraphCommand& command, const Loaded& loaded, const std::atomic<bool>& interrupted)
{
    const graph::StateGraph states = graph::make_state_graph(loaded.program, command.limit, &interrupted);
    if (states.was_interrupted) return {{}, Verdict::unknown, "interrupted"};
    fmt::print(stderr, "{}\n", graph::extent_text(states));
    return {graph::draw_states(states, model_text(command, loaded))};
}

Made make_automata(const GraphCommand& command, const Loaded& loaded)
{
    graph::Drawing drawing = graph::draw_automata(loaded.program, model_text(command, loaded), command.automaton);
    const std::size_t count = drawing.clusters.size();
    fmt::print(stderr, "{} {}, {}, {}\n", count, count == 1 ? "automaton" : "automata",
               report::counted(drawing.nodes.size(), "location"), report::counted(drawing.edges.size(), "transition"));
    return {std::move(drawing)};
}

Made make_waits(const GraphCommand& command, const Loaded& loaded, const Checker& check)
{
    const Result result = check(loaded, command.options);
    const std::string verdict = report::verdict_line(result);
    for (const std::string& warning : result.warnings) fmt::print(stderr, "warning: {}\n", warning);
    fmt::print(stderr, "{}\n", verdict);
    if (result.violations.empty()) return {{}, result.verdict, "no violation was found"};
    graph::Drawing drawing = graph::draw_waits(result.violations.front(), verdict);
    if (drawing.nodes.empty()) return {{}, result.verdict, "nobody waits for anybody there"};
    return {std::move(drawing), result.verdict};
}

Made make(const GraphCommand& command, const Loaded& loaded, const std::atomic<bool>& interrupted, const Checker& check)
{
    switch (command.what) {
        case GraphCommand::What::states:
            return make_states(command, loaded, interrupted);
        case GraphCommand::What::automata:
            return make_automata(command, loaded);
        case GraphCommand::What::waits:
            return make_waits(command, loaded, check);
    }
    return {};
}

void warn_of_size(const GraphCommand& command, const Loaded& loaded, const graph::Drawing& drawing)
{
    if (drawing.nodes.size() <= most_readable_nodes) return;
    std::string advice = "--limit N draws fewer";
    if (command.what == GraphCommand::What::automata) {
        std::vector<std::string> names;
        for (const Automaton& automaton : loaded.program.automata)
            if (!automaton.transitions.empty())
                names.push_back(fmt::format("{} ({})", automaton.name, automaton.locations.size()));
        advice = command.automaton.empty() ? fmt::format("--automaton NAME draws one of {}", fmt::join(names, ", "))
                                           : "`dot` may take minutes for them, sfdp is faster";
    }
    fmt::print(stderr, "warning: {} are hardly readable in one picture; {}\n",
               report::counted(drawing.nodes.size(), "node"), advice);
}

}  // namespace

Verdict draw(const GraphCommand& command, const std::atomic<bool>& interrupted, const Checker& check)
{
    const graph::Renderer renderer(graph::format_of(command.output_file));
    Destination destination(command.output_file);
    const Loaded loaded = load(command.options.model);
    if (command.what != GraphCommand::What::waits)  // those of a Result are these and others
        for (const std::string& warning : loaded.warnings) fmt::print(stderr, "warning: {}\n", warning);
    const Made made = make(command, loaded, interrupted, check);
    if (!made.drawing) {
        fmt::print(stderr, "nothing is drawn: {}\n", made.reason);
        return made.verdict;
    }
    warn_of_size(command, loaded, *made.drawing);
    const auto rendered = renderer.render(graph::to_dot(*made.drawing), command.draw_timeout_seconds, &interrupted);
    if (rendered.was_interrupted) {
        fmt::print(stderr, "nothing is drawn: interrupted\n");
        return Verdict::unknown;
    }
    if (!rendered.warnings.empty()) fmt::print(stderr, "dot: {}", rendered.warnings);
    destination.write(rendered.picture);
    return made.verdict;
}

}  // namespace lockstep
