#include "graph/automata.h"

#include "base/diagnostic.h"
#include "graph/render.h"
#include "program/parser.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace lockstep::graph {

namespace {

std::string attribute(const Node& node, const std::string& name)
{
    for (const auto& [key, value] : node.attributes)
        if (key == name) return value;
    return {};
}

constexpr const char* two_automata = R"(
var x: u8
automaton A {
 location l, m finished
 l -> m when x < 3 { x := 1 }
}
automaton B {
 location l, m finished
 l -> m { x := 2 }
}
process p: A
process q: A
)";

}  // namespace

TEST_CASE("automata are drawn with guards, effects and source lines")
{
    const Program program = parse(two_automata, "folder/x.ls");
    const Drawing drawing = draw_automata(program, "the title");
    CHECK(drawing.title.starts_with("the title\n"));
    REQUIRE(drawing.nodes.size() == 4);
    REQUIRE(drawing.edges.size() == 2);
    REQUIRE(drawing.clusters.size() == 2);
    CHECK(drawing.nodes[0].label.starts_with("L0"));
    CHECK(drawing.nodes[0].label.find("x.ls:5") != std::string::npos);
    CHECK(drawing.nodes[0].label.find("folder/") == std::string::npos);
    CHECK(drawing.edges[0].label == "when [x < 3]\nx = 1");
    CHECK(drawing.edges[1].from == 2);
    CHECK(drawing.edges[1].to == 3);
    CHECK(drawing.clusters[0].label == "A, run by p, q");
    CHECK(drawing.clusters[0].nodes == std::vector<std::size_t>{0, 1});
    CHECK(drawing.clusters[1].label == "B");
    CHECK(drawing.clusters[1].nodes == std::vector<std::size_t>{2, 3});
    CHECK(!attribute(drawing.nodes[0], "fillcolor").empty());
    CHECK(attribute(drawing.nodes[1], "fillcolor").empty());
    CHECK(attribute(drawing.nodes[0], "peripheries").empty());
    CHECK(attribute(drawing.nodes[1], "peripheries") == "2");
}

TEST_CASE("one of them can be chosen")
{
    const Program program = parse(two_automata, "x.ls");
    const Drawing drawing = draw_automata(program, "", "B");
    CHECK(drawing.nodes.size() == 2);
    REQUIRE(drawing.edges.size() == 1);
    CHECK(drawing.edges[0].from == 0);
    CHECK(drawing.edges[0].label == "x = 2");
    CHECK_THROWS_WITH_AS(draw_automata(program, "", "C"), doctest::Contains("there are A, B"), InputError);
}

TEST_CASE("graphviz draws all of it")
{
    std::ifstream file(TEST_PROGRAM);
    std::stringstream text;
    text << file.rdbuf();
    const Program program = parse(text.str(), "everything.ls");
    const std::string svg = Renderer(Format::svg).render(to_dot(draw_automata(program, "")), 60).picture;
    CHECK(svg.find("CPU %d stuck for") != std::string::npos);
}

}  // namespace lockstep::graph
