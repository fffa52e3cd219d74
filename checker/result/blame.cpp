#include "result/blame.h"

#include <algorithm>
#include <set>

namespace lockstep::result {

bool is_detectors_report(const std::string& kind, Permanence permanence)
{
    return permanence != Permanence::not_applicable && !is_stuck(kind) && kind != "silent_hang";
}

Blame blame_of(const std::string& task, const std::vector<Wait>& waits_for)
{
    bool is_complete = true;
    std::set<std::string> waited_for;
    std::vector<std::string> work{task};
    while (!work.empty()) {
        const std::string waiter = std::move(work.back());
        work.pop_back();
        for (const Wait& wait : waits_for) {
            if (wait.task != waiter) continue;
            is_complete &= wait.is_complete;
            for (const std::string& who : wait.who)
                if (waited_for.insert(who).second) work.push_back(who);
        }
    }
    if (waited_for.contains(task)) return Blame::right;
    if (!waited_for.empty()) return Blame::wrong;
    return is_complete ? Blame::right : Blame::open;
}

Blame blame_of(const Violation& violation)
{
    return is_detectors_report(violation.kind, violation.permanence) ? blame_of(violation.task, violation.waits_for)
                                                                     : Blame::right;
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
    const bool is_open = std::ranges::any_of(
        result.violations, [](const Violation& violation) { return blame_of(violation) == Blame::open; });
    std::erase_if(result.violations, [](const Violation& violation) {
        return is_detectors_report(violation.kind, violation.permanence) && blame_of(violation) != Blame::wrong;
    });
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
