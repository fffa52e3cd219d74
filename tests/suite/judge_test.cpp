#include "suite/judge.h"

#include <doctest/doctest.h>

#include <string>

using namespace lockstep;
using namespace lockstep::suite;

namespace {

Expectation expectation(const std::string& verdict)
{
    return expectations_of("a.c", "/* expect --cpus 2: " + verdict + " */").at(0);
}

Violation violation(const char* kind, Permanence permanence, std::int64_t cpu, const char* task, const char* message)
{
    Violation made;
    made.kind = kind;
    made.permanence = permanence;
    made.cpu = cpu;
    made.task = task;
    made.message = message;
    return made;
}

Result holds()
{
    Result result;
    result.verdict = Verdict::holds;
    return result;
}

Result unknown()
{
    Result result;
    result.reason = "the time limit of 5 s is reached (--timeout)";
    return result;
}

Result violated()
{
    Result result;
    result.verdict = Verdict::violated;
    result.violations = {violation("soft_lockup", Permanence::transient, 1, "migration/1", "stuck for 22s! [x]"),
                         violation("deadlock", Permanence::permanent, 0, "one", "one, two")};
    return result;
}

Outcome outcome(const std::string& verdict, const Result& result, Strictness strictness = Strictness::findings)
{
    return judge(expectation(verdict), result, strictness).outcome;
}

std::string why(const std::string& verdict, const Result& result)
{
    return judge(expectation(verdict), result, Strictness::findings).why;
}

}  // namespace

TEST_CASE("the verdict has to be the expected one")
{
    CHECK(outcome("holds", holds()) == Outcome::as_expected);
    CHECK(outcome("holds", violated()) == Outcome::different);
    CHECK(outcome("violated deadlock", holds()) == Outcome::different);
    CHECK(outcome("violated deadlock", violated(), Strictness::verdict) == Outcome::as_expected);
    CHECK(outcome("holds", violated(), Strictness::verdict) == Outcome::different);
}

TEST_CASE("every violation is expected, and every expected one is there")
{
    CHECK(outcome("violated soft_lockup; deadlock", violated()) == Outcome::as_expected);
    CHECK(outcome("violated deadlock permanent cpu=0 task=one; soft_lockup transient cpu=1 task=migration/*",
                  violated()) == Outcome::as_expected);
    CHECK(why("violated deadlock", violated()) ==
          "not expected: soft_lockup transient cpu=1 task=migration/1 message=stuck for 22s! [x]");
    CHECK(why("violated deadlock; soft_lockup; livelock", violated()) == "not found: livelock");
    CHECK(outcome("violated deadlock transient; soft_lockup", violated()) == Outcome::different);
    CHECK(outcome("violated deadlock cpu=1; soft_lockup", violated()) == Outcome::different);
    CHECK(outcome("violated deadlock task=on; soft_lockup", violated()) == Outcome::different);
}

TEST_CASE("a star stands for anything, the rest for itself")
{
    const auto matches = [](const std::string& pattern) {
        return outcome("violated deadlock; soft_lockup message=" + pattern, violated()) == Outcome::as_expected;
    };
    CHECK(matches("*"));
    CHECK(matches("*22s*"));
    CHECK(matches("stuck*for*22s!*[x]"));
    CHECK(matches("stuck*[*"));
    CHECK(matches("**x]**"));
    CHECK_FALSE(matches("stuck"));
    CHECK_FALSE(matches("*22s"));
    CHECK_FALSE(matches("22s*"));
    CHECK_FALSE(matches("stuck*for*23s*"));
    CHECK_FALSE(matches("stuck*for*22s*x*x*"));
    CHECK_FALSE(matches(""));
}

TEST_CASE("a search that was cut short is wrong in what it found, not in what it did not find")
{
    CHECK(outcome("holds", unknown()) == Outcome::unknown);
    CHECK(why("holds", unknown()) == unknown().reason);
    CHECK(outcome("violated deadlock", unknown(), Strictness::verdict) == Outcome::unknown);
    Result result = violated();
    result.reason = unknown().reason;
    CHECK(outcome("violated deadlock; soft_lockup; livelock", result) == Outcome::unknown);
    CHECK(outcome("violated deadlock; livelock", result) == Outcome::different);
    CHECK(outcome("holds", result) == Outcome::different);
    CHECK(outcome("violated deadlock; soft_lockup", result) == Outcome::as_expected);
    result.violations[0].permanence = Permanence::undecided;
    CHECK(outcome("violated deadlock; soft_lockup transient", result) == Outcome::unknown);
    result.reason.clear();
    CHECK(outcome("violated deadlock; soft_lockup transient", result) == Outcome::different);
}

TEST_CASE("what came out is said in the words of an expectation")
{
    CHECK(as_verdict(expectation("holds"), violated()) ==
          "violated soft_lockup transient cpu=1 task=migration/1; deadlock permanent cpu=0 task=one");
    CHECK(as_verdict(expectation("violated deadlock message=x"), violated()) ==
          "violated soft_lockup transient cpu=1 task=migration/1 message=stuck for 22s! [x]; deadlock permanent cpu=0 "
          "task=one message=one, two");
    CHECK(as_verdict(expectation("holds"), holds()) == "holds");
}
