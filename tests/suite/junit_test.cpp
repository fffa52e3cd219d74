#include "suite/junit.h"

#include <doctest/doctest.h>

#include <string>

using namespace lockstep;
using namespace lockstep::suite;

namespace {

SuiteLine line(const std::string& verdict, Outcome outcome, const std::string& got, const std::string& why)
{
    SuiteLine made;
    made.expectation = expectations_of("a.c", "/* expect --cpus 2: " + verdict + " */").at(0);
    made.words = {"check", "--cpus", "2", "a.c"};
    made.outcome = outcome;
    made.got = got;
    made.why = why;
    made.states = got.empty() ? 0 : 12;
    made.seconds = 0.25;
    return made;
}

Suite suite_of(const SuiteLine& only)
{
    Suite suite;
    suite.files = {{"a.c", {only}}};
    return suite;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("each file is a test suite, each line a test case, and what is wrong is counted")
{
    Suite suite;
    suite.files = {
        {"a.c",
         {line("holds", Outcome::as_expected, "holds", ""),
          line("holds", Outcome::different, "violated deadlock", "violated deadlock")}},
        {"b.c",
         {line("holds", Outcome::error, "", "exit status 4\nlockstep: crashed."),
          line("holds", Outcome::unknown, "unknown: late", "late"), line("holds", Outcome::not_run, "", "")}}};
    CHECK(to_junit(suite) == R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="lockstep" tests="5" failures="1" errors="1" time="1.250">
  <testsuite name="a.c" tests="2" failures="1" errors="0" time="0.500" skipped="0">
    <testcase classname="a.c" name="--cpus 2: holds" time="0.250">
      <system-out>lockstep check --cpus 2 a.c
12 states
</system-out>
    </testcase>
    <testcase classname="a.c" name="--cpus 2: holds" time="0.250">
      <failure message="expected holds, got violated deadlock" type="verdict">a.c:1
expected: holds
got: violated deadlock
</failure>
      <system-out>lockstep check --cpus 2 a.c
12 states
</system-out>
    </testcase>
  </testsuite>
  <testsuite name="b.c" tests="3" failures="0" errors="1" time="0.750" skipped="2">
    <testcase classname="b.c" name="--cpus 2: holds" time="0.250">
      <error message="exit status 4" type="no result">a.c:1
expected: holds
because: exit status 4
lockstep: crashed.
</error>
      <system-out>lockstep check --cpus 2 a.c
</system-out>
    </testcase>
    <testcase classname="b.c" name="--cpus 2: holds" time="0.250">
      <skipped message="unknown: late"/>
      <system-out>lockstep check --cpus 2 a.c
12 states
</system-out>
    </testcase>
    <testcase classname="b.c" name="--cpus 2: holds" time="0.250">
      <skipped message="not run: interrupted"/>
      <system-out>lockstep check --cpus 2 a.c
</system-out>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST_CASE("names are escaped, and what XML cannot say is dropped")
{
    SuiteLine odd = line("violated x message=<&>\"'*", Outcome::different, "violated y", "a\x01\x1b[31mb\nc\td");
    const std::string xml = to_junit(suite_of(odd));
    CHECK(contains(xml, "name=\"--cpus 2: violated x message=&lt;&amp;&gt;&quot;'*\""));
    CHECK(contains(xml, "because: a[31mb\nc\td\n"));
    odd.outcome = Outcome::unknown;
    odd.why = "a\nb\tc";
    CHECK(contains(to_junit(suite_of(odd)), "message=\"unknown: a&#10;b&#9;c\""));
}

TEST_CASE("what is no UTF-8 is replaced, what is stays")
{
    const auto as_message = [](const std::string& why) {
        const std::string xml = to_junit(suite_of(line("holds", Outcome::unknown, "", why)));
        const std::size_t begin = xml.find("unknown: ") + 9;
        return xml.substr(begin, xml.find('"', begin) - begin);
    };
    const std::string replacement = "\xef\xbf\xbd";
    CHECK(as_message("\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80") == "\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80");
    CHECK(as_message("a\xff"
                     "b") == "a" + replacement + "b");
    CHECK(as_message("\xc3") == replacement);                                                        // cut off
    CHECK(as_message("\xc0\xaf") == replacement + replacement);                                      // overlong
    CHECK(as_message("\xed\xa0\x80") == replacement + replacement + replacement);                    // a surrogate
    CHECK(as_message("\xef\xbf\xbf") == replacement + replacement + replacement);                    // no character
    CHECK(as_message("\xf4\x90\x80\x80") == replacement + replacement + replacement + replacement);  // too large
}
