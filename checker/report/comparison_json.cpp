#include "report/comparison_json.h"

#include "report/record_json.h"

#include <array>

namespace lockstep::report {

namespace {

constexpr int format_version = 1;
constexpr std::array difference_names{"stays", "removed", "hidden", "added", "worse", "milder", "undecided"};
constexpr std::array conclusion_names{"fixes", "partly", "nothing", "introduces", "hides", "unknown"};

Json side(std::optional<Permanence> found) { return found ? Json(name_of(*found)) : Json(nullptr); }

Json write(const result::Row& row, std::uint32_t cpus)
{
    return {{"cpus", cpus},
            {"kind", row.kind},
            {"cpu", row.cpu},
            {"task", row.task},
            {"before", side(row.before)},
            {"after", side(row.after)},
            {"difference", difference_names.at(static_cast<std::size_t>(row.difference))}};
}

}  // namespace

std::string to_json(const ComparisonRecord& record)
{
    Json runs = Json::array();
    Json rows = Json::array();
    for (const auto& [before, after, comparison] : record.runs) {
        runs.push_back({{"cpus", comparison.cpus}, {"before", to_object(before)}, {"after", to_object(after)}});
        for (const result::Row& row : comparison.rows) rows.push_back(write(row, comparison.cpus));
    }
    Json json;
    json["lockstep"] = record.version;
    json["format"] = format_version;
    json["change"] = {{"commit", record.commit}, {"patches", record.patches}};
    json["runs"] = std::move(runs);
    json["rows"] = std::move(rows);
    json["conclusion"] = conclusion_names.at(static_cast<std::size_t>(record.conclusion));
    json["text"] = record.text;
    return dumped(json);
}

}  // namespace lockstep::report
