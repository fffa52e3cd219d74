#include "example.h"
#include "report/comparison_json.h"
#include "report/comparison_text.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace lockstep;
using namespace lockstep::report;
using namespace lockstep::result;

namespace {

constexpr auto none = std::nullopt;

Comparison comparison(std::vector<Row> rows) { return {2, {true, 1234, ""}, {true, 99, ""}, std::move(rows), {}}; }

const Row stays{"assertion", -1, "worker", Permanence::not_applicable, Permanence::not_applicable, Difference::stays};
const Row removed{"soft_lockup", 1, "migration/1", Permanence::transient, none, Difference::removed};
const Row hidden{"soft_lockup", 1, "migration/1", Permanence::transient, none, Difference::hidden};
const Row added{"silent_hang", 0, "idle", none, Permanence::permanent, Difference::added};
const Row worse{"hung_task", 0, "w", Permanence::transient, Permanence::permanent, Difference::worse};
const Row milder{"rcu_stall", 0, "w", Permanence::permanent, Permanence::transient, Difference::milder};
const Row open_before{"deadlock", 0, "w", Permanence::permanent, none, Difference::undecided};
const Row open_after{"livelock", 0, "w", none, Permanence::permanent, Difference::undecided};

std::string text(Conclusion conclusion, std::vector<Row> rows)
{
    const Comparison one = comparison(std::move(rows));
    return conclusion_text(conclusion, {&one, 1});
}

}  // namespace

TEST_CASE("the table has a line for each violation and one for the states")
{
    Comparison compared = comparison({stays, removed});
    CHECK(table_text(compared) ==
          "2 CPUs                         | before    | after\n"
          "assertion          worker      | yes       | yes\n"
          "soft_lockup  CPU1  migration/1 | transient | -\n"
          "states                         | 1,234     | 99\n");
    compared.rows.clear();
    compared.after.complete = false;
    CHECK(table_text(compared) ==
          "2 CPUs | before | after\n"
          "states | 1,234  | 99, cut short\n");
    compared.rows = {open_before};
    CHECK(table_text(compared).find("permanent | not found\n") != std::string::npos);
}

TEST_CASE("the conclusion says what the change does")
{
    CHECK(text(Conclusion::fixes, {removed}) == "fixes it: removes the only violation, none is left or new");
    CHECK(text(Conclusion::fixes, {removed, removed}) == "fixes it: removes all 2 violations, none is left or new");
    CHECK(text(Conclusion::partly, {removed, stays}) == "removes 1 of 2 violations; leaves assertion of worker");
    CHECK(text(Conclusion::partly, {milder}) == "makes rcu_stall of w on CPU0 transient instead of permanent");
    CHECK(text(Conclusion::nothing, {}) == "changes nothing: no violation before and none after");
    CHECK(text(Conclusion::nothing, {stays}) == "changes nothing: leaves assertion of worker");
    CHECK(
        text(Conclusion::introduces, {added, worse, removed}) ==
        "introduces silent_hang of idle on CPU0; makes hung_task of w on CPU0 permanent instead of transient; removes "
        "1 of 2 violations");
    CHECK(
        text(Conclusion::hides, {added, hidden}) ==
        "hides a report while the stall stays: removes soft_lockup of migration/1 on CPU1, but introduces silent_hang "
        "of idle on CPU0");
    CHECK(text(Conclusion::hides, {stays, hidden, removed}) ==
          "hides a report while the stall stays: removes soft_lockup of migration/1 on CPU1, but leaves assertion of "
          "worker; removes 1 of 3 violations");
}

TEST_CASE("what is unknown is told apart from what is certain")
{
    Comparison compared = comparison({open_before, open_after, added});
    compared.after = {false, 99, "interrupted"};
    CHECK(conclusion_text(Conclusion::unknown, {&compared, 1}) ==
          "unknown: the run after the change on 2 CPUs was cut short, interrupted; it is certain that the change "
          "introduces silent_hang of idle on CPU0; found before it: deadlock of w on CPU0; found after it: livelock of "
          "w on CPU0");
}

TEST_CASE("warnings are said once, and colours only where there are any")
{
    Comparison compared = comparison({removed});
    compared.warnings = {"hunk 1 fits only with fuzz"};
    const std::vector<Comparison> both{compared, compared};
    const std::string plain = to_text(Conclusion::fixes, both);
    CHECK(plain.find("\nwarning: hunk 1 fits only with fuzz\nfixes it: removes all 2") != std::string::npos);
    CHECK(plain.find("warning") == plain.rfind("warning"));
    CHECK(plain.find('\x1b') == std::string::npos);
    CHECK(to_text(Conclusion::fixes, both, true).find("\x1b[32mfixes it") != std::string::npos);
}

TEST_CASE("the JSON has the runs as check writes them, and the rows of all")
{
    ComparisonRecord record{"0.1", "", {"x.patch"}, {}, Conclusion::hides, "words"};
    record.runs = {{test::record(), test::record(), comparison({hidden, added})},
                   {test::record(), test::record(), comparison({stays})}};
    const auto json = nlohmann::json::parse(to_json(record));
    CHECK(json["change"]["patches"][0] == "x.patch");
    CHECK(json["conclusion"] == "hides");
    CHECK(json["text"] == "words");
    CHECK(json["runs"].size() == 2);
    CHECK(json["runs"][0]["cpus"] == 2);
    CHECK(json["runs"][0]["before"] == nlohmann::json::parse(to_json(test::record())));
    REQUIRE(json["rows"].size() == 3);
    CHECK(json["rows"][0]["kind"] == "soft_lockup");
    CHECK(json["rows"][0]["before"] == "transient");
    CHECK(json["rows"][0]["after"].is_null());
    CHECK(json["rows"][0]["difference"] == "hidden");
    CHECK(json["rows"][2]["before"] == "not applicable");
}
