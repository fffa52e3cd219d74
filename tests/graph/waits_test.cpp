#include "graph/waits.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace lockstep::graph {

namespace {

Wait waits(const std::string& task, const std::string& what, std::vector<std::string> who)
{
    Wait wait;
    wait.task = task;
    wait.what = what;
    wait.who = std::move(who);
    return wait;
}

Drawing drawn(std::vector<Wait> waits_for, std::vector<BusyProcess> busy = {})
{
    Violation violation;
    violation.waits_for = std::move(waits_for);
    violation.busy = std::move(busy);
    return draw_waits(violation, "title");
}

bool has(const Attributes& attributes, const std::string& name, const std::string& value)
{
    return std::ranges::find(attributes, std::pair(name, value)) != attributes.end();
}

/// The edges, as "a -> b", with "*" for those on a cycle and "." for dotted ones.
std::vector<std::string> edges_of(const Drawing& drawing)
{
    const auto name = [&](std::size_t node) {
        const std::string& label = drawing.nodes[node].label;
        return label.substr(0, label.find('\n'));
    };
    std::vector<std::string> edges;
    edges.reserve(drawing.edges.size());
    for (const Edge& edge : drawing.edges)
        edges.push_back(name(edge.from) + " -> " + name(edge.to) + (has(edge.attributes, "class", "cycle") ? "*" : "") +
                        (has(edge.attributes, "style", "dotted") ? "." : ""));
    std::ranges::sort(edges);
    return edges;
}

using Edges = std::vector<std::string>;

}  // namespace

TEST_CASE("nobody waits: there is no graph")
{
    CHECK(drawn({}).nodes.empty());
    CHECK(drawn({}, {{"a", 0, 1, "", {}}}).nodes.empty());
}

TEST_CASE("a cycle is red, and what leads to it is not")
{
    const Drawing drawing = drawn({waits("a", "x", {"b"}), waits("b", "y", {"a"}), waits("c", "z", {"a"})});
    CHECK(edges_of(drawing) == Edges{"a -> b*", "b -> a*", "c -> a"});
    REQUIRE(drawing.nodes.size() == 3);
    CHECK(has(drawing.nodes[0].attributes, "color", colour_of_trouble));
    CHECK(has(drawing.nodes[1].attributes, "color", colour_of_trouble));
    CHECK(!has(drawing.nodes[2].attributes, "color", colour_of_trouble));
    CHECK(drawing.edges[0].label == "x");
    CHECK(drawing.title.find("cycle") != std::string::npos);
    CHECK(edges_of(drawn({waits("a", "x", {"a"})})) == Edges{"a -> a*"});
}

TEST_CASE("who can go on is green, and there is no cycle then")
{
    const Drawing drawing = drawn({waits("a", "x", {"b"})}, {{"b", 1, 7, "ls_delay(3);", {{"f", "kernel/b.c", 4}}}});
    CHECK(edges_of(drawing) == Edges{"a -> b:7 on CPU1"});
    CHECK(drawing.nodes[1].label == "b:7 on CPU1\ncan go on\nin f()  b.c:4\nls_delay(3);");
    CHECK(has(drawing.nodes[1].attributes, "fillcolor", fill_of_start));
    CHECK(drawing.title.find("cycle") == std::string::npos);
}

TEST_CASE("who waits for the same thing has it not to give")
{
    const Drawing drawing = drawn({waits("a", "x", {"b", "c"}), waits("b", "x", {"a", "c"}), waits("c", "y", {"a"})});
    CHECK(edges_of(drawing) == Edges{"a -> b.", "a -> c*", "b -> a.", "b -> c", "c -> a*"});
    CHECK(drawing.title.find("dotted") != std::string::npos);
    // ... but if there is nobody else, it is for each other that they wait.
    CHECK(edges_of(drawn({waits("a", "x", {"b"}), waits("b", "x", {"a"})})) == Edges{"a -> b*", "b -> a*"});
}

TEST_CASE("that nobody can help is said, and whether that is known")
{
    Wait unknown = waits("b", "y", {});
    unknown.is_complete = false;
    const Drawing drawing = drawn({waits("a", "x", {}), unknown});
    CHECK(edges_of(drawing) == Edges{"a -> nobody can change that", "b -> nobody was found"});
    Wait partly = waits("a", "x", {"b"});
    partly.is_complete = false;
    CHECK(drawn({partly}).nodes[0].label.find("cut short") != std::string::npos);
}

TEST_CASE("a node says where its task stands, and who called")
{
    Wait wait = waits("a", "x", {"interrupt"});
    wait.cpu = 2;
    wait.pid = 18;
    wait.text = "cpu_relax();";
    for (const char* function : {"f1", "f2", "f3", "f4", "f5", "f6"}) wait.stack.push_back({function, "kernel/x.c", 5});
    const Drawing drawing = drawn({wait});
    CHECK(drawing.nodes[0].label ==
          "a:18 on CPU2\nwaits for x\nin f1()  x.c:5\n<- f2()  x.c:5\n<- f3()  x.c:5\n<- f4()  x.c:5\n<- ... (2 more)\n"
          "cpu_relax();");
    CHECK(drawing.nodes[1].label == "interrupt");
}

}  // namespace lockstep::graph
