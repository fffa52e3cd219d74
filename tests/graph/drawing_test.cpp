// What is written is read by graphviz, and drawn as it was meant: whatever C writes into a label.
#include "graph/drawing.h"

#include "graph/render.h"

#include <doctest/doctest.h>

#include <string>

namespace lockstep::graph {

namespace {

std::string svg_of(const Drawing& drawing) { return Renderer(Format::svg).render(to_dot(drawing), 60).picture; }

/// Whether the picture of a node with this label has a text element with that text in it, as XML writes it.
bool draws(const std::string& label, const std::string& text)
{
    return svg_of({.title = "", .nodes = {{label}}, .edges = {}, .clusters = {}}).find('>' + text + "</text>") !=
           std::string::npos;
}

}  // namespace

TEST_CASE("C's own characters are drawn as they are")
{
    CHECK(draws("p = &sum;", "p = &amp;sum;"));
    CHECK(draws("&lt; &#65;", "&amp;lt; &amp;#65;"));
    CHECK(draws(R"(puts("a\n"))", R"(puts(&quot;a\n&quot;))"));
    CHECK(draws(R"(c == '\\')", R"(c == &#39;\\&#39;)"));
    CHECK(draws(R"(\N \G \l)", R"(\N \G \l)"));
    CHECK(draws("a->b < c", "a&#45;&gt;b &lt; c"));
    CHECK(draws("<b>no HTML</b>", "&lt;b&gt;no HTML&lt;/b&gt;"));
    CHECK(draws("node", "node"));
    CHECK(draws("-.", "&#45;."));
    CHECK(draws("{ a | b }", "{ a | b }"));
    CHECK(draws("caf\xc3\xa9 \xe2\x82\xac", "caf\xc3\xa9 \xe2\x82\xac"));
}

TEST_CASE("what is no text is drawn as question marks")
{
    CHECK(draws("caf\xe9", "caf?"));
    CHECK(draws("a\tb\x01", "a?b?"));
    CHECK(draws("\xc3", "?"));
    CHECK(draws("\xed\xa0\x80", "???"));
    CHECK(draws("\xc0\xaf", "??"));
    CHECK(draws("\xf4\x90\x80\x80", "????"));
}

TEST_CASE("lines are lines, and long ones are broken")
{
    CHECK(draws("one\ntwo", "one"));
    CHECK(draws("one\ntwo", "two"));
    const std::string words(30, 'a');
    CHECK(draws(words + ' ' + words + ' ' + words + " end", words + ' ' + words));
    CHECK(draws(words + ' ' + words + ' ' + words + " end", words + " end"));
}

TEST_CASE("titles, edges, frames and attributes are written, too")
{
    const Drawing drawing{.title = "the \"title\"",
                          .nodes = {{"a", {{"class", "first node"}}}, {"b"}},
                          .edges = {{0, 1, "to \\ b", {{"color", "#123456"}}}, {0, 1, "again"}, {1, 1, ""}},
                          .clusters = {{"node", {0}}}};
    const std::string svg = svg_of(drawing);
    for (const char* text : {"the &quot;title&quot;</text>", " to \\ b</text>", " again</text>", ">node</text>",
                             "class=\"node first node\"", "stroke=\"#123456\"", "class=\"cluster\""})
        CHECK_MESSAGE(svg.find(text) != std::string::npos, text);
    std::size_t edges = 0;
    for (std::size_t at = svg.find("class=\"edge\""); at != std::string::npos; at = svg.find("class=\"edge\"", at + 1))
        ++edges;
    CHECK(edges == 3);
}

TEST_CASE("places are short")
{
    CHECK(short_place("kernel/spinlock.c", 7) == "spinlock.c:7");
    CHECK(short_place("a.c", 1) == "a.c:1");
    CHECK(short_place("a.c", 0).empty());
    CHECK(short_place("", 3).empty());
}

}  // namespace lockstep::graph
