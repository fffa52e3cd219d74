// A state's node says who stands where and what has changed against the state above it; a step's edge says who moves,
// in the colour of its CPU, so that an interleaving is seen as a way that changes its colour. A step that ends in an
// error leads to a node of its own, which is no state. Where the graph is cut, the states with hidden steps are dashed,
// and a note says so.
#include "graph/states.h"

#include "report/numbers.h"
#include "report/trace_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace lockstep::graph {

namespace {

constexpr std::size_t changes_shown = 6;
constexpr std::size_t choices_shown = 6;
constexpr std::size_t source_shown = 44;  // characters of a line

/// Dark enough for text; red is kept for what is wrong.
constexpr std::array<const char*, 8> colours = {"#1f5fa8", "#b35900", "#2e7d32", "#7b1fa2",
                                                "#00838f", "#795548", "#ad1457", "#546e7a"};
constexpr const char* colour_of_time = "#757575";

const char* colour_of(std::int64_t actor)
{
    return actor < 0 ? colour_of_time : colours[static_cast<std::size_t>(actor) % colours.size()];
}

std::string standing_text(const Standing& standing, const std::string& place)
{
    std::string text = fmt::format("{} at L{}", standing.who, standing.location.index);
    if (!standing.function.empty()) text += fmt::format(": {}()", standing.function);
    return place.empty() ? text : text + ' ' + place;
}

std::string state_label(const ShownState& state, std::size_t number)
{
    std::string label = fmt::format("state {}", number);
    for (const std::string& violation : state.violations) label += "\n!! " + violation;
    for (const Standing& standing : state.standing)
        if (standing.is_running) label += '\n' + standing_text(standing, short_place(standing.file, standing.line));
    if (state.is_end)
        label += state.violations.empty() ? "\nthe end: nobody moves any more" : "\nnobody moves any more";
    for (std::size_t i = 0; i < std::min(state.changes.size(), changes_shown); ++i)
        label +=
            fmt::format("\n  {}: {} -> {}", state.changes[i].name, state.changes[i].before, state.changes[i].after);
    if (state.changes.size() > changes_shown)
        label += fmt::format("\n  and {} more changes", state.changes.size() - changes_shown);
    if (state.hidden_steps > 0)
        label += fmt::format("\n({} more to states not shown)", report::counted(state.hidden_steps, "step"));
    return label;
}

/// All of it: whoever is off its CPU, every change. A browser shows it where the mouse is.
std::string state_tooltip(const ShownState& state)
{
    std::string text;
    for (const Standing& standing : state.standing)
        text += standing_text(standing, report::place_text(standing.file, standing.line)) +
                (standing.is_running ? "\n" : "  (not running)\n");
    for (const Change& change : state.changes)
        text += fmt::format("{}: {} -> {}\n", change.name, change.before, change.after);
    return text;
}

Attributes state_look(const ShownState& state)
{
    std::string style = "filled", classes = "state", fill = "#ffffff";
    Attributes look;
    if (state.is_end) {
        fill = fill_of_end;
        classes += " end";
    }
    if (state.is_initial) {
        fill = fill_of_start;
        classes += " initial";
        look.emplace_back("penwidth", "2");
    }
    if (!state.violations.empty()) {
        fill = fill_of_trouble;
        classes += " violation";
        look.emplace_back("color", colour_of_trouble);
    }
    if (state.hidden_steps > 0) {
        style += ",dashed";
        classes += " cut";
    }
    look.insert(look.end(),
                {{"style", style}, {"fillcolor", fill}, {"class", classes}, {"tooltip", state_tooltip(state)}});
    return look;
}

std::string shortened(const std::string& text)
{
    return text.size() <= source_shown ? text : text.substr(0, source_shown - 3) + "...";
}

std::string choices_text(const std::vector<std::int64_t>& choices)
{
    if (choices.empty()) return {};
    const std::size_t shown = std::min(choices.size(), choices_shown);
    return fmt::format("\nchoose {}{}",
                       fmt::join(choices.begin(), choices.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
                       shown < choices.size() ? " ..." : "");
}

std::string step_label(const ShownStep& step)
{
    std::string label = step.who;
    if (step.actor >= 0) {
        if (step.move.line != 0) label += fmt::format(", line {}", step.move.line);
        if (!step.move.text.empty()) label += '\n' + shortened(step.move.text);
    }
    label += choices_text(step.choices);
    if (step.to)
        for (const std::string& message : step.messages) label += "\n!! " + message;
    return label;
}

std::string step_tooltip(const ShownStep& step)
{
    const std::string place = report::place_text(step.move.file, step.move.line);
    return step.actor < 0 ? step.who : fmt::format("{} {} {}", step.who, place, step.move.text);
}

Attributes step_look(const ShownStep& step)
{
    const char* colour = step.messages.empty() ? colour_of(step.actor) : colour_of_trouble;
    Attributes look = {{"color", colour}, {"fontcolor", colour}, {"tooltip", step_tooltip(step)}};
    if (step.actor < 0) look.emplace_back("style", "dashed");
    if (!step.messages.empty()) look.emplace_back("penwidth", "2");
    return look;
}

std::string legend(const StateGraph& graph)
{
    const bool has_violation =
        std::ranges::any_of(graph.states, [](const ShownState& state) { return !state.violations.empty(); }) ||
        std::ranges::any_of(graph.steps, [](const ShownStep& step) { return !step.messages.empty(); });
    std::string text = "bold green: where it begins";
    if (std::ranges::any_of(graph.states, &ShownState::is_end)) text += "; grey: the end";
    if (has_violation) text += "; red: what is wrong";
    if (graph.is_cut()) text += "; dashed: some steps are not shown";
    return text +
           "\narrow: a step, in its CPU's colour; L1, L2 ...: locations, as `lockstep graph --automata` draws them"
           "\nx: 0 -> 1: what the step has changed that led to this state first";
}

}  // namespace

std::string extent_text(const StateGraph& graph)
{
    const std::string size = fmt::format("{}, {}", report::counted(graph.states.size(), "state"),
                                         report::counted(graph.transitions, "transition"));
    if (!graph.is_cut()) return size + ": all that can be reached";
    std::uint64_t hidden_steps = 0;
    for (const ShownState& state : graph.states) hidden_steps += state.hidden_steps;
    return fmt::format("cut: the first {} are shown, breadth first; {} from them to {} not shown, and so on (--limit)",
                       report::counted(graph.states.size(), "state"),
                       hidden_steps == 1 ? "1 step leads" : report::counted(hidden_steps, "step") + " lead",
                       report::counted(graph.met - graph.states.size(), "state"));
}

Drawing draw_states(const StateGraph& graph, const std::string& title)
{
    Drawing drawing;
    drawing.title = fmt::format("{}\n{}\n{}", title, extent_text(graph), legend(graph));
    for (std::size_t i = 0; i < graph.states.size(); ++i)
        drawing.nodes.push_back({state_label(graph.states[i], i), state_look(graph.states[i])});
    for (const ShownStep& step : graph.steps) {
        if (!step.to)
            drawing.nodes.push_back({fmt::format("!! {}", fmt::join(step.messages, "\n!! ")),
                                     {{"shape", "octagon"},
                                      {"style", "filled"},
                                      {"fillcolor", fill_of_trouble},
                                      {"color", colour_of_trouble},
                                      {"class", "violation"}}});
        drawing.edges.push_back(
            {step.from, step.to.value_or(drawing.nodes.size() - 1), step_label(step), step_look(step)});
    }
    if (graph.is_cut())
        drawing.nodes.push_back(
            {extent_text(graph),
             {{"shape", "note"}, {"style", "filled"}, {"fillcolor", "#fff3c4"}, {"class", "note"}}});
    return drawing;
}

}  // namespace lockstep::graph
