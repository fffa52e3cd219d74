#include "suite/expectation.h"

#include "base/diagnostic.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace lockstep;
using namespace lockstep::suite;

namespace {

std::vector<Expectation> parse(const std::string& text) { return expectations_of("a.c", text); }

Diagnostic refusal_of(const std::string& line)
{
    try {
        parse("/*\n * " + line + "\n */\n");
    } catch (const InputError& error) {
        return error.diagnostic;
    }
    FAIL("not refused: " << line);
    return {};
}

}  // namespace

TEST_CASE("an expectation is its options, and a verdict with what is found")
{
    const auto all = parse(
        "/*\n"
        " * A scenario.\n"
        " *\n"
        " * expect --cpus 2 -D X=1: holds\n"
        " * expect-long --cpus 3 --all: violated soft_lockup transient cpu=1 task=migration/1 message=*x=1*; invariant "
        "a\n"
        " * expect: violated deadlock permanent\n"
        " */\n"
        "/* expect --cpus 9: holds */\n");
    REQUIRE(all.size() == 3);
    CHECK(all[0].file == "a.c");
    CHECK(all[0].line == 4);
    CHECK(all[0].options == std::vector<std::string>{"--cpus", "2", "-D", "X=1"});
    CHECK(all[0].holds);
    CHECK(all[0].findings.empty());
    CHECK_FALSE(all[0].is_long);
    CHECK(all[1].is_long);
    CHECK_FALSE(all[1].holds);
    CHECK(all[1].verdict == "violated soft_lockup transient cpu=1 task=migration/1 message=*x=1*; invariant a");
    REQUIRE(all[1].findings.size() == 2);
    CHECK(all[1].findings[0].kind == "soft_lockup");
    CHECK(all[1].findings[0].permanence == Permanence::transient);
    const std::vector<std::pair<std::string, std::string>> attributes{
        {"cpu", "1"}, {"task", "migration/1"}, {"message", "*x=1*"}};
    CHECK(all[1].findings[0].attributes == attributes);
    CHECK(all[1].findings[1].kind == "invariant a");
    CHECK(all[1].findings[1].permanence == Permanence::not_applicable);
    CHECK(all[2].options.empty());
    CHECK(all[2].findings.at(0).permanence == Permanence::permanent);
}

TEST_CASE("the first comment may be of one line, have other ends of lines, and come after lines of //")
{
    CHECK(parse("/* expect --cpus 2: holds */\nint x;\n").size() == 1);
    CHECK(parse("// SPDX-License-Identifier: GPL-2.0\r\n\r\n/*\r\n * expect --cpus 2: holds\r\n */\r\n").at(0).holds);
    CHECK(parse("/*\n   expect --cpus 2: holds").size() == 1);
    CHECK(parse("").empty());
    CHECK(parse("int x; /* expect --cpus 2: holds */\n").empty());
    CHECK(parse("int x;\n/*\n * expect --cpus 2: holds\n */\n").empty());
}

TEST_CASE("prose may begin with the word")
{
    CHECK(parse("/*\n * expect nothing: it is quiet\n * expected: holds\n * expects --this\n * expect\n */\n").empty());
}

TEST_CASE("what is not of the grammar is refused at its place")
{
    const Diagnostic no_verdict = refusal_of("expect --cpus 2 holds");
    CHECK(no_verdict.file == "a.c");
    CHECK(no_verdict.line == 2);
    CHECK(no_verdict.column == 11);
    CHECK(no_verdict.source_line == " * expect --cpus 2 holds");
    CHECK(no_verdict.message == "the expectation has no verdict");
    CHECK_FALSE(no_verdict.hint.empty());
    CHECK(refusal_of("expect --cpus 2: hold").message ==
          "the verdict is neither `holds` nor `violated` and what is found");
    CHECK(refusal_of("expect --cpus 2: hold").column == 21);
    CHECK(refusal_of("expect --cpus 2:").message == "the verdict is neither `holds` nor `violated` and what is found");
    CHECK(refusal_of("expect --cpus 2: violated").column == 21);
    CHECK(refusal_of("expect --cpus 2: violatedly deadlock").column == 21);
    CHECK(refusal_of("expect --cpus 2: violated permanent").message == "what is found has no kind");
    CHECK(refusal_of("expect --cpus 2: violated deadlock;").message == "what is found has no kind");
    CHECK(refusal_of("expect --cpus 2: violated deadlock pid=3").message ==
          "'pid' is no attribute: there are cpu, task and message");
    CHECK(refusal_of("expect cpus 2: holds").message == "'cpus' is no option");
}
