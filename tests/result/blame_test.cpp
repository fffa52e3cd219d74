#include "result/blame.h"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::result;

namespace {

Violation report(const std::string& task, std::vector<Wait> waits_for)
{
    Violation violation;
    violation.kind = "soft_lockup";
    violation.permanence = Permanence::transient;
    violation.task = task;
    violation.waits_for = std::move(waits_for);
    return violation;
}

Wait wait(const std::string& task, std::vector<std::string> who)
{
    return {task, "something", std::move(who), {}, true};
}

Result found(std::vector<Violation> violations, bool complete)
{
    Result result;
    result.verdict = Verdict::violated;
    result.statistics.complete = complete;
    result.violations = std::move(violations);
    return result;
}

}  // namespace

TEST_CASE("who waits for another is a victim")
{
    CHECK(blame_of(report("spinner", {wait("spinner", {"holder"})})) == Blame::wrong);
    CHECK(blame_of(report("a", {wait("a", {"b"}), wait("b", {"c"})})) == Blame::wrong);
}

TEST_CASE("who waits for nobody is to blame, and so is everybody in a cycle")
{
    CHECK(blame_of(report("holder", {})) == Blame::right);
    CHECK(blame_of(report("holder", {wait("holder", {})})) == Blame::right);
    CHECK(blame_of(report("a", {wait("a", {"b"}), wait("b", {"a"})})) == Blame::right);
    CHECK(blame_of(report("a", {wait("a", {"b"}), wait("b", {"c"}), wait("c", {"a"})})) == Blame::right);
    CHECK(blame_of(report("a", {wait("a", {"b"}), wait("b", {"c"}), wait("c", {"b"})})) ==
          Blame::wrong);  // before a cycle
}

TEST_CASE("who was not found may be there")
{
    Violation unclear = report("a", {{"a", "something", {}, {}, false}});
    CHECK(blame_of(unclear) == Blame::open);
    CHECK(blame_of(report("a", {wait("a", {})})) == Blame::right);
    CHECK(blame_of(report("a", {{"a", "something", {"a"}, {}, false}})) == Blame::right);
    Result result = found({unclear}, true);
    keep_false_blame(result);
    CHECK(result.violations.empty());
    CHECK(result.verdict == Verdict::unknown);
    CHECK_FALSE(result.reason.empty());
}

TEST_CASE("only a detector blames")
{
    Violation violation = report("spinner", {wait("spinner", {"holder"})});
    violation.kind = "deadlock";
    CHECK(blame_of(violation) == Blame::right);
    violation.kind = "silent_hang";
    CHECK(blame_of(violation) == Blame::right);
    violation.kind = "warning";
    violation.permanence = Permanence::not_applicable;
    CHECK(blame_of(violation) == Blame::right);
}

TEST_CASE("what the properties leave, and the verdict")
{
    const Violation victim = report("spinner", {wait("spinner", {"holder"})});
    const Violation culprit = report("holder", {});
    Violation silent = report("holder", {});
    silent.kind = "silent_hang";

    Result result = found({victim, culprit, silent}, true);
    keep_false_blame(result);
    CHECK(result.violations.size() == 2);
    CHECK(result.verdict == Verdict::violated);

    result = found({culprit}, true);
    keep_false_blame(result);
    CHECK(result.verdict == Verdict::holds);

    result = found({victim, culprit}, false);
    drop_reports(result);
    CHECK(result.violations.empty());
    CHECK(result.verdict == Verdict::unknown);

    result = found({victim, silent}, true);
    drop_reports(result);
    REQUIRE(result.violations.size() == 1);
    CHECK(result.violations[0].kind == "silent_hang");
}
