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
    CHECK(blames_falsely(report("spinner", {wait("spinner", {"holder"})})));
    CHECK(blames_falsely(report("a", {wait("a", {"b"}), wait("b", {"c"})})));
}

TEST_CASE("who waits for nobody is to blame, and so is everybody in a cycle")
{
    CHECK_FALSE(blames_falsely(report("holder", {})));
    CHECK_FALSE(blames_falsely(report("holder", {wait("holder", {})})));
    CHECK_FALSE(blames_falsely(report("a", {wait("a", {"b"}), wait("b", {"a"})})));
    CHECK_FALSE(blames_falsely(report("a", {wait("a", {"b"}), wait("b", {"c"}), wait("c", {"a"})})));
    CHECK(blames_falsely(report("a", {wait("a", {"b"}), wait("b", {"c"}), wait("c", {"b"})})));  // before a cycle
}

TEST_CASE("who was not found may be there")
{
    Violation unclear = report("a", {{"a", "something", {}, {}, false}});
    CHECK_FALSE(blames_falsely(unclear));
    CHECK(may_blame_falsely(unclear));
    CHECK_FALSE(may_blame_falsely(report("a", {wait("a", {})})));
    CHECK_FALSE(may_blame_falsely(report("a", {{"a", "something", {"a"}, {}, false}})));
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
    CHECK_FALSE(blames_falsely(violation));
    violation.kind = "silent_hang";
    CHECK_FALSE(blames_falsely(violation));
    violation.kind = "warning";
    violation.permanence = Permanence::not_applicable;
    CHECK_FALSE(blames_falsely(violation));
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
