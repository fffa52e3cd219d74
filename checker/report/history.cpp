#include "report/history.h"

#include "report/record_json.h"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::report {

std::string to_text(std::span<const sources::UpstreamChange> changes)
{
    std::size_t commit_width = 0;
    std::size_t title_width = 0;
    for (const sources::UpstreamChange& change : changes) {
        commit_width = std::max(commit_width, change.commit.size());
        title_width = std::max(title_width, change.title.size());
    }
    std::string text;
    for (const auto& [commit, title, scenario] : changes)
        text += fmt::format("{:<{}}  {:<{}}  {}\n", commit, commit_width, title, title_width,
                            scenario.empty() ? "-" : scenario);
    return text;
}

std::string to_json(std::span<const sources::UpstreamChange> changes)
{
    Json json;
    json["changes"] = Json::array();
    for (const auto& [commit, title, scenario] : changes)
        json["changes"].push_back(
            {{"commit", commit}, {"title", title}, {"scenario", scenario.empty() ? Json(nullptr) : Json(scenario)}});
    return dumped(json);
}

}  // namespace lockstep::report
