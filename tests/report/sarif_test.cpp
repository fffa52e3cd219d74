#include "report/sarif.h"
#include "example.h"
#include "long_trace.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace lockstep;
using namespace lockstep::report;
using nlohmann::json;

namespace {

json run_of(const Record& record, const Sources& sources = {})
{
    const json document = json::parse(to_sarif(record, sources));
    CHECK(document.at("version") == "2.1.0");
    REQUIRE(document.at("runs").size() == 1);
    return document.at("runs").at(0);
}

const json& result_of(const json& run) { return run.at("results").at(0); }

const json& flows_of(const json& run) { return result_of(run).at("codeFlows").at(0).at("threadFlows"); }

std::vector<int> orders_of(const json& flows)
{
    std::vector<int> orders;
    for (const json& flow : flows)
        for (const json& location : flow.at("locations")) orders.push_back(location.at("executionOrder"));
    std::ranges::sort(orders);
    return orders;
}

}  // namespace

TEST_CASE("a violation is a result at its line, of the rule that its kind is")
{
    Record record = test::record();
    record.result.violations.push_back(test::deadlock());
    record.result.violations[1].kind = "invariant fair";
    const json run = run_of(record);
    const json& result = result_of(run);
    CHECK(result.at("ruleId") == "deadlock");
    CHECK(result.at("level") == "error");
    CHECK(result.at("message").at("text").get<std::string>().starts_with("deadlock: watchdog: BUG: soft lockup"));
    const json& place = result.at("locations").at(0).at("physicalLocation");
    CHECK(place.at("artifactLocation").at("uri") == "kernel/stop_machine.c");
    CHECK(place.at("region").at("startLine") == 295);
    CHECK(
        run.at("artifacts").at(place.at("artifactLocation").at("index").get<std::size_t>()).at("location").at("uri") ==
        "kernel/stop_machine.c");
    CHECK(run.at("results").at(1).at("ruleId") == "invariant");
    CHECK(run.at("results").at(1).at("properties").at("kind") == "invariant fair");
    const json& rules = run.at("tool").at("driver").at("rules");
    REQUIRE(rules.size() == 2);
    CHECK(rules.at(1).at("id") == "invariant");
    CHECK(result.at("relatedLocations").size() == 4);
    CHECK(result.at("stacks").size() == 5);
}

TEST_CASE("the places where others stand are related: where they wait, and who does not wait")
{
    const json run = run_of(test::record());
    const json& related = result_of(run).at("relatedLocations");
    REQUIRE(related.size() == 4);
    CHECK(related.at(0).at("message").at("text") ==
          "migration/1:18 waits for cpu_stopper[0].lock.owner; only swapper/0 could change that.");
    const json& busy = related.at(3);
    CHECK(busy.at("id") == 4);
    CHECK(busy.at("message").at("text") ==
          "kworker/7:707 does not wait; it is in process_one_work() at kernel/workqueue.c:13.");
    CHECK(busy.at("physicalLocation").at("region").at("startLine") == 13);
    CHECK(busy.at("properties").at("cpu") == 2);
    CHECK(busy.at("properties").at("line") == "do_work();");
    const json& stack = result_of(run).at("stacks").back();
    CHECK(stack.at("message").at("text") == "call trace of kworker/7:707");
    CHECK(stack.at("frames").size() == 2);
}

TEST_CASE("each CPU has a thread flow, in the order of the trace")
{
    const json run = run_of(test::record());
    const json& flows = flows_of(run);
    REQUIRE(flows.size() == 3);
    CHECK(flows.at(0).at("id") == "clock");
    CHECK(flows.at(1).at("id") == "CPU0");
    CHECK(flows.at(2).at("id") == "CPU1");
    const json& lock = flows.at(1).at("locations").at(0);
    CHECK(lock.at("location").at("message").at("text") ==
          "raw_spin_lock_irq(&stopper1->lock);   cpu_stopper[0].lock.owner: NULL -> swapper, irqs_off[0]: 0 -> 1");
    CHECK(lock.at("state").at("irqs_off[0]").at("text") == "0 -> 1");
    CHECK(lock.at("kinds") == json{"lock", "acquire"});
    CHECK(lock.at("importance") == "essential");
    CHECK(lock.at("nestingLevel") == 2);
    CHECK(flows.at(1).at("locations").at(1).at("importance") == "important");
    CHECK(flows.at(2).at("locations").at(0).at("importance") == "unimportant");
    const json& report = flows.at(2).at("locations").at(1);
    CHECK(report.at("location").at("message").at("text") == "a message of a detector");
    CHECK(report.at("importance") == "essential");
    CHECK(report.at("location").at("physicalLocation").at("region").at("startLine") == 77);
    const std::vector<int> orders = orders_of(flows);
    for (std::size_t i = 0; i < orders.size(); ++i) CHECK(orders[i] == static_cast<int>(i + 1));
}

TEST_CASE("files: those of the user, those of the kernel, their texts, names that a URI cannot have")
{
    Record record = test::record();
    record.options.model.files = {"my model+.c", "/abs/b.c"};
    Violation& violation = record.result.violations[0];
    violation.file.clear();
    const json run = run_of(record, {{"kernel/stop_machine.c", "its text"}});
    const json& artifacts = run.at("artifacts");
    CHECK(artifacts.at(0).at("location") == json{{"uri", "my%20model+.c"}});
    CHECK(artifacts.at(0).at("roles") == json{"analysisTarget"});
    CHECK(artifacts.at(1).at("location") == json{{"uri", "file:///abs/b.c"}});
    const auto kernel = std::ranges::find_if(
        artifacts, [](const json& artifact) { return artifact.at("location").at("uri") == "kernel/stop_machine.c"; });
    REQUIRE(kernel != artifacts.end());
    CHECK(kernel->at("location").at("uriBaseId") == "MODELS");
    CHECK(kernel->at("contents").at("text") == "its text");
    // What has no place of its own is shown at the model.
    CHECK(result_of(run).at("locations").at(0).at("physicalLocation").at("artifactLocation").at("index") == 0);
}

TEST_CASE("the invocation says what came out, and nothing is lost where there is no result")
{
    Record record = test::record();
    json invocation = run_of(record).at("invocations").at(0);
    CHECK(invocation.at("exitCode") == 1);
    CHECK(invocation.at("executionSuccessful") == true);
    CHECK(invocation.at("properties").at("states") == 1234567);
    CHECK(invocation.at("toolExecutionNotifications").size() == 2);
    record.result.violations.clear();
    record.result.verdict = Verdict::unknown;
    record.result.reason = "time ran out";
    const json run = run_of(record);
    CHECK(run.at("results") == json::array());
    invocation = run.at("invocations").at(0);
    CHECK(invocation.at("exitCode") == 3);
    CHECK(invocation.at("executionSuccessful") == false);
    CHECK(invocation.at("toolExecutionNotifications").back().at("message").at("text") == "unknown: time ran out");
}

TEST_CASE("a trace of 10,000 steps becomes thread flows")
{
    Record record = test::record();
    record.result.violations = {test::long_violation(10'000)};
    const json run = run_of(record);
    CHECK(orders_of(flows_of(run)).size() >= 10'000);
}
