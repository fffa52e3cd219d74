#include "graph/states.h"

#include <doctest/doctest.h>

namespace lockstep::graph {

namespace {

std::string attribute(const Attributes& attributes, const std::string& name)
{
    for (const auto& [key, value] : attributes)
        if (key == name) return value;
    return {};
}

/// Two states; a step between them, and one that ends in an error.
StateGraph example()
{
    StateGraph graph;
    graph.states.resize(2);
    graph.states[0].is_initial = true;
    graph.states[0].standing = {
        {.who = "CPU0 one", .location = LocationId(3), .function = "f", .file = "kernel/a.c", .line = 7, .cpu = 0},
        {.who = "CPU0 two",
         .location = LocationId(4),
         .function = "g",
         .file = "kernel/a.c",
         .line = 9,
         .cpu = 0,
         .is_running = false}};
    graph.states[1].is_end = true;
    graph.states[1].changes = {{"x", "0", "1"}};
    ShownStep step{.from = 0, .to = 1, .who = "CPU0 one", .actor = 0, .move = {}, .choices = {1, 2}, .messages = {}};
    step.move.line = 7;
    step.move.text = "x++;";
    graph.steps.push_back(step);
    step.to = {};
    step.actor = 1;
    step.choices.clear();
    step.messages = {"assertion failed: x"};
    graph.steps.push_back(step);
    graph.transitions = 3;
    graph.met = 2;
    return graph;
}

}  // namespace

TEST_CASE("states and steps say what they have to")
{
    const Drawing drawing = draw_states(example(), "title");
    REQUIRE(drawing.nodes.size() == 3);
    CHECK(drawing.title.starts_with("title\n2 states, 3 transitions: all that can be reached\n"));
    CHECK(drawing.title.find("dashed") == std::string::npos);
    CHECK(drawing.nodes[0].label == "state 0\nCPU0 one at L3: f() a.c:7");
    CHECK(attribute(drawing.nodes[0].attributes, "class") == "state initial");
    CHECK(attribute(drawing.nodes[0].attributes, "tooltip").find("two at L4: g() kernel/a.c:9  (not running)") !=
          std::string::npos);
    CHECK(drawing.nodes[1].label == "state 1\nthe end: nobody moves any more\n  x: 0 -> 1");
    CHECK(attribute(drawing.nodes[1].attributes, "class") == "state end");
    CHECK(drawing.nodes[2].label == "!! assertion failed: x");
    CHECK(attribute(drawing.nodes[2].attributes, "class") == "violation");
    REQUIRE(drawing.edges.size() == 2);
    CHECK(drawing.edges[0].label == "CPU0 one, line 7\nx++;\nchoose 1, 2");
    CHECK(drawing.edges[0].to == 1);
    CHECK(drawing.edges[1].to == 2);
    CHECK(attribute(drawing.edges[0].attributes, "color") != attribute(drawing.edges[1].attributes, "color"));
    CHECK(attribute(drawing.edges[1].attributes, "color") == colour_of_trouble);
}

TEST_CASE("what is wrong with a state is said in it, and it is red")
{
    StateGraph graph = example();
    graph.states[1].violations = {"deadlock: one can never go on"};
    const Drawing drawing = draw_states(graph, "");
    CHECK(drawing.nodes[1].label.starts_with("state 1\n!! deadlock: one can never go on\n"));
    CHECK(attribute(drawing.nodes[1].attributes, "class") == "state end violation");
    CHECK(attribute(drawing.nodes[1].attributes, "fillcolor") == fill_of_trouble);
}

TEST_CASE("a cut is said in a note, in the title and in the states")
{
    StateGraph graph = example();
    graph.met = 5;
    graph.states[0].hidden_steps = 4;
    CHECK(graph.is_cut());
    CHECK(extent_text(graph) ==
          "cut: the first 2 states are shown, breadth first; 4 steps lead from them to 3 states not shown, and so on "
          "(--limit)");
    const Drawing drawing = draw_states(graph, "");
    REQUIRE(drawing.nodes.size() == 4);
    CHECK(drawing.nodes[3].label == extent_text(graph));
    CHECK(attribute(drawing.nodes[3].attributes, "class") == "note");
    CHECK(drawing.title.find("cut: the first 2 states") != std::string::npos);
    CHECK(drawing.title.find("dashed") != std::string::npos);
    CHECK(drawing.nodes[0].label.find("(4 steps more to states not shown)") != std::string::npos);
    CHECK(attribute(drawing.nodes[0].attributes, "class") == "state initial cut");
    CHECK(attribute(drawing.nodes[0].attributes, "style").find("dashed") != std::string::npos);
    CHECK(attribute(drawing.nodes[1].attributes, "style").find("dashed") == std::string::npos);
}

}  // namespace lockstep::graph
