#include "result/compare.h"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::result;

namespace {

Violation violation(const char* kind, std::int64_t cpu, const char* task, Permanence permanence)
{
    Violation violation;
    violation.kind = kind;
    violation.cpu = cpu;
    violation.task = task;
    violation.permanence = permanence;
    return violation;
}

Violation soft_lockup(std::int64_t cpu, Permanence permanence = Permanence::transient)
{
    return violation("soft_lockup", cpu, "worker", permanence);
}

const Violation deadlock = violation("deadlock", 0, "worker", Permanence::permanent);
const Violation silent_hang = violation("silent_hang", 1, "idle", Permanence::transient);
const Violation assertion = violation("assertion", 0, "worker", Permanence::not_applicable);
const Violation warning = violation("warning", 0, "worker", Permanence::not_applicable);

Result complete(std::vector<Violation> violations = {})
{
    Result result;
    result.verdict = violations.empty() ? Verdict::holds : Verdict::violated;
    result.cpus = 2;
    result.statistics.complete = true;
    result.statistics.states = 10;
    result.violations = std::move(violations);
    return result;
}

Result cut_short(std::vector<Violation> violations = {})
{
    Result result = complete(std::move(violations));
    if (result.verdict == Verdict::holds) result.verdict = Verdict::unknown;
    result.statistics.complete = false;
    result.reason = "the limit is reached";
    return result;
}

Conclusion conclude(const Result& before, const Result& after)
{
    const Comparison comparison = compare(before, after);
    return result::conclude({&comparison, 1});
}

std::vector<Difference> differences(const Result& before, const Result& after)
{
    std::vector<Difference> differences;
    for (const Row& row : compare(before, after).rows) differences.push_back(row.difference);
    return differences;
}

using Differences = std::vector<Difference>;

}  // namespace

TEST_CASE("a change that leaves no violation fixes it, one that leaves some does so partly")
{
    CHECK(conclude(complete({soft_lockup(0), deadlock}), complete()) == Conclusion::fixes);
    CHECK(conclude(complete({soft_lockup(0), soft_lockup(1)}), complete({soft_lockup(1)})) == Conclusion::partly);
    CHECK(differences(complete({soft_lockup(1), soft_lockup(0)}), complete({soft_lockup(1)})) ==
          Differences{Difference::removed, Difference::stays});
}

TEST_CASE("where both sides are equal, nothing changes")
{
    CHECK(conclude(complete(), complete()) == Conclusion::nothing);
    CHECK(conclude(complete({deadlock, assertion}), complete({assertion, deadlock})) == Conclusion::nothing);
}

TEST_CASE("what is new counts, whatever else is removed")
{
    CHECK(conclude(complete(), complete({assertion})) == Conclusion::introduces);
    CHECK(conclude(complete({soft_lockup(0), deadlock}), complete({soft_lockup(1)})) == Conclusion::introduces);
    // Another task, or another kind, is another violation.
    CHECK(conclude(complete({soft_lockup(0)}),
                   complete({violation("soft_lockup", 0, "other", Permanence::transient)})) == Conclusion::introduces);
}

TEST_CASE("the same place and message do not matter, only kind, CPU, task and permanence do")
{
    Violation elsewhere = deadlock;
    elsewhere.line = 7;
    elsewhere.message = "other";
    CHECK(conclude(complete({deadlock}), complete({elsewhere})) == Conclusion::nothing);
    CHECK(compare(complete({deadlock, elsewhere}), complete()).rows.size() == 1);
}

TEST_CASE("transient here and permanent there are one row; worse counts as new")
{
    const Result transient = complete({soft_lockup(0)});
    const Result permanent = complete({soft_lockup(0, Permanence::permanent)});
    const Comparison worse = compare(transient, permanent);
    REQUIRE(worse.rows.size() == 1);
    CHECK(worse.rows[0].before == Permanence::transient);
    CHECK(worse.rows[0].after == Permanence::permanent);
    CHECK(worse.rows[0].difference == Difference::worse);
    CHECK(conclude(transient, permanent) == Conclusion::introduces);
    CHECK(differences(permanent, transient) == Differences{Difference::milder});
    CHECK(conclude(permanent, transient) == Conclusion::partly);
}

TEST_CASE("transient and permanent on the same side are two rows")
{
    const Result both = complete({soft_lockup(0), soft_lockup(0, Permanence::permanent)});
    const Result permanent = complete({soft_lockup(0, Permanence::permanent)});
    CHECK(differences(both, permanent) == Differences{Difference::stays, Difference::removed});
    CHECK(differences(permanent, both) == Differences{Difference::stays, Difference::added});
    CHECK(differences(both, both) == Differences{Difference::stays, Difference::stays});
}

TEST_CASE("a report is hidden where a silent hang comes up instead, on whatever CPU")
{
    const Result before = complete({soft_lockup(0), assertion});
    const Result after = complete({silent_hang});
    CHECK(conclude(before, after) == Conclusion::hides);
    CHECK(differences(before, after) == Differences{Difference::removed, Difference::added,
                                                    Difference::hidden});  // assertion, silent_hang, soft_lockup
}

TEST_CASE("a report is hidden where the deadlock or livelock is still there")
{
    CHECK(conclude(complete({soft_lockup(0), deadlock}), complete({deadlock})) == Conclusion::hides);
    const Violation livelock = violation("livelock", -1, "worker", Permanence::permanent);
    CHECK(conclude(complete({soft_lockup(0), livelock}), complete({livelock})) == Conclusion::hides);
}

TEST_CASE("nothing is hidden where the stall is gone, where it was silent before, or where nobody was reported stuck")
{
    CHECK(conclude(complete({soft_lockup(0), deadlock}), complete()) == Conclusion::fixes);
    CHECK(conclude(complete({soft_lockup(0), silent_hang}), complete({silent_hang})) == Conclusion::partly);
    CHECK(conclude(complete({warning, deadlock}), complete({deadlock})) == Conclusion::partly);
    CHECK(conclude(complete({assertion}), complete({silent_hang})) == Conclusion::introduces);
    CHECK(conclude(complete({soft_lockup(0)}), complete({soft_lockup(0), silent_hang})) == Conclusion::introduces);
}

TEST_CASE("a run that was cut short shows what it found, and nothing else")
{
    const std::vector<Violation> found{soft_lockup(0)};
    CHECK(differences(cut_short(found), complete()) == Differences{Difference::removed});
    CHECK(differences(complete(found), cut_short()) == Differences{Difference::undecided});
    CHECK(differences(complete(), cut_short(found)) == Differences{Difference::added});
    CHECK(differences(cut_short(), complete(found)) == Differences{Difference::undecided});
    CHECK(differences(cut_short(found), cut_short(found)) == Differences{Difference::stays});
    const std::vector<Violation> permanent{soft_lockup(0, Permanence::permanent)};
    CHECK(differences(cut_short(found), complete(permanent)) == Differences{Difference::undecided});
    CHECK(differences(complete(found), cut_short(permanent)) == Differences{Difference::worse});
    CHECK(differences(complete(permanent), cut_short(found)) == Differences{Difference::undecided});
    CHECK(differences(cut_short(permanent), complete(found)) == Differences{Difference::milder});
    for (const std::vector<Violation>& violations : {std::vector<Violation>{}, found}) {
        CHECK(conclude(cut_short(violations), complete()) == Conclusion::unknown);
        CHECK(conclude(complete(violations), cut_short()) == Conclusion::unknown);
        CHECK(conclude(complete(), cut_short(violations)) == Conclusion::unknown);
    }
}

TEST_CASE("a permanence that was not decided leaves the change open")
{
    const Result undecided = complete({soft_lockup(0, Permanence::undecided)});
    CHECK(differences(undecided, undecided) == Differences{Difference::undecided});
    CHECK(conclude(undecided, complete({soft_lockup(0)})) == Conclusion::unknown);
    CHECK(conclude(undecided, complete()) == Conclusion::fixes);
    CHECK(conclude(complete(), undecided) == Conclusion::introduces);
}

TEST_CASE("the conclusion is about all numbers of CPUs")
{
    const Comparison fixed = compare(complete({deadlock}), complete());
    const Comparison clean = compare(complete(), complete());
    const Comparison broken = compare(complete(), complete({deadlock}));
    const Comparison same = compare(complete({deadlock}), complete({deadlock}));
    const Comparison open = compare(complete({deadlock}), cut_short());
    const auto together = [](std::vector<Comparison> comparisons) { return conclude(comparisons); };
    CHECK(together({clean, fixed}) == Conclusion::fixes);
    CHECK(together({fixed, same}) == Conclusion::partly);
    CHECK(together({fixed, broken}) == Conclusion::introduces);
    CHECK(together({fixed, open}) == Conclusion::unknown);
    // A report that goes on two CPUs is not hidden by a hang on three.
    const Comparison removed = compare(complete({soft_lockup(0)}), complete());
    const Comparison hangs = compare(complete(), complete({silent_hang}));
    CHECK(together({removed, hangs}) == Conclusion::introduces);
}

TEST_CASE("warnings of both sides are kept, each once")
{
    Result before = complete();
    Result after = complete();
    before.warnings = {"both"};
    after.warnings = {"both", "after"};
    CHECK(compare(before, after).warnings == std::vector<std::string>{"both", "after"});
}
