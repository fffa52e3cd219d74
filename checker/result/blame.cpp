#include "result/blame.h"

#include <algorithm>
#include <set>

namespace lockstep::result {

bool is_detectors_report(const std::string& kind, Permanence permanence)
{
    return permanence != Permanence::not_applicable && kind != "deadlock" && kind != "livelock" &&
           kind != "silent_hang";
}

namespace {

/// Everybody for whom the violation's task waits, and those for whom they wait.
struct Waited {
    std::set<std::string> waits_for;
    bool is_complete = true;
};

Waited waited_of(const Violation& violation)
{
    Waited waited;
    std::vector<std::string> work{violation.task};
    while (!work.empty()) {
        const std::string task = std::move(work.back());
        work.pop_back();
        for (const Wait& wait : violation.waits_for) {
            if (wait.task != task) continue;
            waited.is_complete &= wait.is_complete;
            for (const std::string& who : wait.who)
                if (waited.waits_for.insert(who).second) work.push_back(who);
        }
    }
    return waited;
}

}  // namespace

bool blames_falsely(const Violation& violation)
{
    if (!is_detectors_report(violation.kind, violation.permanence)) return false;
    const Waited waited = waited_of(violation);
    return !waited.waits_for.empty() && !waited.waits_for.contains(violation.task);
}

bool may_blame_falsely(const Violation& violation)
{
    if (!is_detectors_report(violation.kind, violation.permanence) || blames_falsely(violation)) return false;
    const Waited waited = waited_of(violation);
    return !waited.is_complete && !waited.waits_for.contains(violation.task);
}

namespace {

void judge_anew(Result& result)
{
    if (result.verdict != Verdict::violated || !result.violations.empty()) return;
    result.verdict = result.statistics.complete ? Verdict::holds : Verdict::unknown;
}

}  // namespace

void keep_false_blame(Result& result)
{
    const bool is_open = std::ranges::any_of(result.violations, may_blame_falsely);
    const auto rightful = std::erase_if(result.violations, [](const Violation& violation) {
        return is_detectors_report(violation.kind, violation.permanence) && !blames_falsely(violation);
    });
    if (rightful != 0)
        result.warnings.emplace_back(
            "a report that blames rightly on its shortest trace was not looked at on longer ones (--no-false-blame)");
    judge_anew(result);
    if (result.verdict == Verdict::holds && is_open) {
        result.verdict = Verdict::unknown;
        result.reason = "for whom a reported task waits could not be found out";
    }
}

void drop_reports(Result& result)
{
    std::erase_if(result.violations,
                  [](const Violation& violation) { return is_detectors_report(violation.kind, violation.permanence); });
    judge_anew(result);
}

}  // namespace lockstep::result
