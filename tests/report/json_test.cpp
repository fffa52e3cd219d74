#include "report/json.h"
#include "base/diagnostic.h"
#include "example.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <limits>

using namespace lockstep;
using namespace lockstep::report;
using nlohmann::json;

namespace {

std::string error_of(const std::string& text)
{
    try {
        from_json(text, "x.json");
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("what is written is read back, everything of it")
{
    const Record record = test::record();
    const std::string text = to_json(record);
    const Record back = from_json(text, "x.json");
    CHECK(to_json(back) == text);
    CHECK(back.options.model.replacements == record.options.model.replacements);
    CHECK(back.options.search == SearchOrder::depth_first);
    CHECK(back.result.violations[0].permanence == Permanence::permanent);
    const Path& path = back.result.violations[0].path;
    CHECK(path.initial_state == 2);
    REQUIRE(path.steps.size() == 3);
    CHECK(path.steps[1][0].process == ProcessId(1));
    CHECK(path.steps[1][0].transition == TransitionId(4));
    CHECK(path.steps[1][0].choice == -5);
}

TEST_CASE("a proof is read back, everything of it")
{
    Record record = test::record();
    const std::string without = to_json(record);
    CHECK(json::parse(without).at("proof").is_null());
    CHECK(!from_json(without, "x.json").proof);
    record.result.evidence = "proved by induction (k = 2)";
    Proof& proof = record.proof.emplace();
    CHECK(json::parse(to_json(record)).at("proof").at("engine").is_null());
    proof.engine = Engine::reachability;
    proof.is_for_every_n = true;
    proof.bound = 12;
    proof.properties = {{"no step fails", ProvedProperty::Status::proved, 2, 0.5, ""},
                        {"never_seven", ProvedProperty::Status::not_inductive, 3, 1.5, "while x"}};
    proof.lemmas = {"x == 0 || x == 1"};
    proof.candidates = 5;
    proof.sampled_states = 70;
    proof.sampled_cpus = {3, 4};
    proof.lemma_rounds = 6;
    proof.lemma_seconds = 0.25;
    proof.search_seconds = 0.75;
    proof.terms = 1000;
    proof.not_inductive = {{"never_seven", {"x == 5"}, record.result.violations[0].trace}};
    proof.obligations = {{"lemmas-base", "they hold", 0.125}};
    proof.reachability = {true, {"!(x == 7)"}, 4, 99, 2.5};
    proof.solver = "Z3";
    proof.not_covered = {"livelocks"};
    proof.family = "2 control states";
    proof.certificate = "folder";
    const std::string text = to_json(record);
    const Record back = from_json(text, "x.json");
    CHECK(to_json(back) == text);
    CHECK(back.result.evidence == record.result.evidence);
    REQUIRE(back.proof);
    CHECK(back.proof->engine == Engine::reachability);
    CHECK(back.proof->properties[1].status == ProvedProperty::Status::not_inductive);
    CHECK(back.proof->sampled_cpus == std::vector<std::uint32_t>{3, 4});
    CHECK(back.proof->obligations[0].seconds == 0.125);
    CHECK(back.proof->reachability->questions == 99);
    CHECK(back.proof->not_inductive[0].steps.size() == record.result.violations[0].trace.size());
    const json written = json::parse(text).at("proof");
    CHECK(written.at("engine") == "property-directed reachability");
    CHECK(written.at("mined_from") == json({{"cpus", {3, 4}}, {"states", 70}, {"facts", 5}}));
}

TEST_CASE("every field of the Result is there under its name")
{
    const json document = json::parse(to_json(test::record()));
    for (const char* name : {"verdict", "reason", "cpus", "complete", "states", "transitions", "depth", "seconds",
                             "peak_memory_bytes", "bytes_per_state", "violations"}) {
        CAPTURE(name);
        CHECK(document.contains(name));
    }
    const json& violation = document.at("violations").at(0);
    for (const char* name : {"kind", "permanent", "cpu", "task", "message", "file", "line", "waits_for", "trace"}) {
        CAPTURE(name);
        CHECK(violation.contains(name));
    }
    CHECK(document.at("verdict") == "violated");
    CHECK(violation.at("permanent") == true);
    CHECK(violation.at("waits_for").at(0).at("task") == "migration/1");
    CHECK(violation.at("waits_for").at(0).at("what") == "cpu_stopper[0].lock.owner");
    CHECK(violation.at("waits_for").at(0).at("who") == json::array({"swapper/0"}));
    CHECK(violation.at("trace").size() == 4);
}

TEST_CASE("permanent is true, false or null")
{
    Record record = test::record();
    const auto permanent = [&](Permanence permanence) {
        record.result.violations[0].permanence = permanence;
        const Record back = from_json(to_json(record), "x.json");
        CHECK(back.result.violations[0].permanence == permanence);
        return json::parse(to_json(record)).at("violations").at(0).at("permanent");
    };
    CHECK(permanent(Permanence::permanent) == true);
    CHECK(permanent(Permanence::transient) == false);
    CHECK(permanent(Permanence::undecided).is_null());
    CHECK(permanent(Permanence::not_applicable).is_null());
}

TEST_CASE("bytes that are no text, and numbers that JSON does not have, do not spoil the document")
{
    Record record = test::record();
    record.result.violations[0].message = "\xff\xfe";
    record.result.violations[0].path.steps[0][0].choice = std::numeric_limits<std::int64_t>::min();
    record.result.statistics.states = std::numeric_limits<std::uint64_t>::max();
    record.result.statistics.bytes_per_state = std::numeric_limits<double>::quiet_NaN();
    const Record back = from_json(to_json(record), "x.json");
    CHECK(back.result.violations[0].path.steps[0][0].choice == std::numeric_limits<std::int64_t>::min());
    CHECK(back.result.statistics.states == std::numeric_limits<std::uint64_t>::max());
    CHECK(back.result.statistics.bytes_per_state == 0);
}

TEST_CASE("what is no record is refused with its reason")
{
    CHECK(contains(error_of(""), "x.json: error: this is no JSON"));
    CHECK(contains(error_of("\x7f"
                            "ELF"),
                   "this is no JSON"));
    CHECK(contains(error_of("[]"), "this is no record of lockstep"));
    CHECK(contains(error_of("{\"format\": 1}"), "format 1 is not known"));
    json document = json::parse(to_json(test::record()));
    document["verdict"] = "perhaps";
    CHECK(contains(error_of(document.dump()), "'perhaps' is no value"));
    document["verdict"] = 3;
    CHECK(contains(error_of(document.dump()), "this is no record"));
    document["verdict"] = "holds";
    document["violations"][0]["path"][0][0] = "x";
    CHECK(contains(error_of(document.dump()), "this is no record"));
}

TEST_CASE("no field can be left out or change its type without being noticed, and none makes a crash")
{
    const json document = json::parse(to_json(test::record()));
    const json flat = document.flatten();
    for (const auto& [pointer, value] : flat.items()) {
        json changed = document;
        const json::json_pointer place(pointer);
        changed[place.parent_pointer()].is_object() ? (void)changed[place.parent_pointer()].erase(place.back())
                                                    : (void)(changed[place] = json::object());
        CAPTURE(pointer);
        const bool is_derived = pointer.ends_with("/permanent") || pointer.ends_with("/false_blame");
        const bool is_of_a_proof = pointer == "/evidence" || pointer == "/proof";  // an exploration has none
        CHECK((error_of(changed.dump()).empty()) == (is_derived || is_of_a_proof));
    }
}
