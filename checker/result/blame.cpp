#include "result/blame.h"

#include <algorithm>
#include <set>

namespace lockstep::result {

bool is_detectors_report(const std::string& kind, Permanence permanence)
{
    return permanence != Permanence::not_applicable && kind != "deadlock" && kind != "livelock" &&
           kind != "silent_hang";
}

bool blames_falsely(const Violation& violation)
{
    if (!is_detectors_report(violation.kind, violation.permanence)) return false;
    std::set<std::string> reached;
    std::vector<std::string> work{violation.task};
    while (!work.empty()) {
        const std::string task = std::move(work.back());
        work.pop_back();
        for (const Wait& wait : violation.waits_for) {
            if (wait.task != task) continue;
            for (const std::string& who : wait.who)
                if (reached.insert(who).second) work.push_back(who);
        }
    }
    return !reached.empty() && !reached.contains(violation.task);
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
    const auto rightful = std::erase_if(result.violations, [](const Violation& violation) {
        return is_detectors_report(violation.kind, violation.permanence) && !blames_falsely(violation);
    });
    if (rightful != 0)
        result.warnings.emplace_back(
            "a report that blames rightly on its shortest trace was not looked at on longer ones (--no-false-blame)");
    judge_anew(result);
}

void drop_reports(Result& result)
{
    std::erase_if(result.violations,
                  [](const Violation& violation) { return is_detectors_report(violation.kind, violation.permanence); });
    judge_anew(result);
}

}  // namespace lockstep::result
