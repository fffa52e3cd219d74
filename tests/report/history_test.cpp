#include "report/history.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace lockstep;
using namespace lockstep::report;

namespace {

const std::vector<sources::UpstreamChange> changes{{"1111111aaaa", "A title", "models/scenarios/a.c"},
                                                   {"2222222", "A longer title", ""}};

}  // namespace

TEST_CASE("one change a line, in columns")
{
    CHECK(to_text(changes) ==
          "1111111aaaa  A title         models/scenarios/a.c\n"
          "2222222      A longer title  -\n");
    CHECK(to_text({}).empty());
}

TEST_CASE("as JSON, null where no scenario is named")
{
    const auto json = nlohmann::json::parse(to_json(changes));
    CHECK(json["changes"].size() == 2);
    CHECK(json["changes"][0]["scenario"] == "models/scenarios/a.c");
    CHECK(json["changes"][1]["title"] == "A longer title");
    CHECK(json["changes"][1]["scenario"].is_null());
}
