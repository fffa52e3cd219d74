#include "report/wait_cycle.h"

#include <algorithm>
#include <map>
#include <set>

namespace lockstep::report {

std::vector<std::string> wait_cycle(const std::vector<Wait>& waits)
{
    std::map<std::string, std::set<std::string>> edges;
    for (const Wait& wait : waits) edges[wait.task].insert(wait.who.begin(), wait.who.end());
    std::vector<std::string> path;
    std::set<std::string> left_behind;
    const auto walk = [&](const auto& self, const std::string& task) -> bool {
        if (const auto seen = std::find(path.begin(), path.end(), task); seen != path.end()) {
            path.erase(path.begin(), seen);
            path.push_back(task);
            return true;
        }
        if (left_behind.contains(task) || !edges.contains(task)) return false;
        path.push_back(task);
        for (const std::string& next : edges.at(task))
            if (self(self, next)) return true;
        path.pop_back();
        left_behind.insert(task);
        return false;
    };
    for (const Wait& wait : waits)
        if (walk(walk, wait.task)) return path;
    return {};
}

}  // namespace lockstep::report
