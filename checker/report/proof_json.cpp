// Both directions of each struct stand next to each other, as in json.cpp.
#include "report/proof_json.h"

namespace lockstep::report {

namespace {

constexpr std::array engine_names{"none",     "induction",      "property-directed reachability",
                                  "counting", "bounded search", "exploration"};
constexpr std::array status_names{"proved", "not inductive", "unknown"};

Json write(const ProvedProperty& property)
{
    return {{"name", property.name},
            {"status", name_of(status_names, property.status)},
            {"k", property.k},
            {"seconds", finite(property.seconds)},
            {"reason", property.reason}};
}

ProvedProperty read_property(const Json& json)
{
    return {get<std::string>(json, "name"), from_name<ProvedProperty::Status>(status_names, json.at("status")),
            get<unsigned>(json, "k"), get<double>(json, "seconds"), get<std::string>(json, "reason")};
}

Json write(const Obligation& obligation)
{
    return {{"name", obligation.name}, {"says", obligation.says}, {"seconds", finite(obligation.seconds)}};
}

Obligation read_obligation(const Json& json)
{
    return {get<std::string>(json, "name"), get<std::string>(json, "says"), get<double>(json, "seconds")};
}

Json write(const NotInductive& failed)
{
    Json steps = Json::array();
    for (const TraceStep& step : failed.steps) steps.push_back(to_object(step));
    return {{"property", failed.property}, {"start", failed.start}, {"steps", std::move(steps)}};
}

NotInductive read_not_inductive(const Json& json)
{
    NotInductive failed{get<std::string>(json, "property"), get<std::vector<std::string>>(json, "start"), {}};
    for (const Json& step : json.at("steps")) failed.steps.push_back(read_step(step));
    return failed;
}

Json write(const ReachabilityAttempt& found)
{
    return {{"proved", found.is_proved},
            {"invariant", found.invariant},
            {"frames", found.frames},
            {"questions", found.questions},
            {"seconds", finite(found.seconds)}};
}

ReachabilityAttempt read_reachability(const Json& json)
{
    return {get<bool>(json, "proved"), get<std::vector<std::string>>(json, "invariant"), get<unsigned>(json, "frames"),
            get<std::size_t>(json, "questions"), get<double>(json, "seconds")};
}

template <typename Part>
Json write_all(const std::vector<Part>& parts)
{
    Json all = Json::array();
    for (const Part& part : parts) all.push_back(write(part));
    return all;
}

}  // namespace

Json to_object(const Proof& proof)
{
    return {
        {"engine", proof.engine == Engine::none ? Json(nullptr) : Json(name_of(engine_names, proof.engine))},
        {"every_n", proof.is_for_every_n},
        {"properties", write_all(proof.properties)},
        {"lemmas", proof.lemmas},
        {"mined_from", {{"cpus", proof.sampled_cpus}, {"states", proof.sampled_states}, {"facts", proof.candidates}}},
        {"lemma_questions", proof.lemma_rounds},
        {"lemma_seconds", finite(proof.lemma_seconds)},
        {"reachability", proof.reachability ? write(*proof.reachability) : Json(nullptr)},
        {"bound", proof.bound},
        {"search_seconds", finite(proof.search_seconds)},
        {"obligations", write_all(proof.obligations)},
        {"not_inductive", write_all(proof.not_inductive)},
        {"not_covered", proof.not_covered},
        {"family", proof.family},
        {"terms", proof.terms},
        {"solver", proof.solver},
        {"certificate", proof.certificate}};
}

Proof read_proof(const Json& json)
{
    Proof proof;
    if (!json.at("engine").is_null()) proof.engine = from_name<Engine>(engine_names, json.at("engine"));
    proof.is_for_every_n = get<bool>(json, "every_n");
    for (const Json& property : json.at("properties")) proof.properties.push_back(read_property(property));
    proof.lemmas = get<std::vector<std::string>>(json, "lemmas");
    const Json& mined = json.at("mined_from");
    proof.sampled_cpus = get<std::vector<std::uint32_t>>(mined, "cpus");
    proof.sampled_states = get<std::size_t>(mined, "states");
    proof.candidates = get<std::size_t>(mined, "facts");
    proof.lemma_rounds = get<unsigned>(json, "lemma_questions");
    proof.lemma_seconds = get<double>(json, "lemma_seconds");
    if (!json.at("reachability").is_null()) proof.reachability = read_reachability(json.at("reachability"));
    proof.bound = get<unsigned>(json, "bound");
    proof.search_seconds = get<double>(json, "search_seconds");
    for (const Json& obligation : json.at("obligations")) proof.obligations.push_back(read_obligation(obligation));
    for (const Json& failed : json.at("not_inductive")) proof.not_inductive.push_back(read_not_inductive(failed));
    proof.not_covered = get<std::vector<std::string>>(json, "not_covered");
    proof.family = get<std::string>(json, "family");
    proof.terms = get<std::size_t>(json, "terms");
    proof.solver = get<std::string>(json, "solver");
    proof.certificate = get<std::string>(json, "certificate");
    return proof;
}

}  // namespace lockstep::report
