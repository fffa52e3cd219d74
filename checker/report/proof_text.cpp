#include "report/proof_text.h"

#include "report/numbers.h"
#include "report/trace_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::report {

namespace {

constexpr std::size_t lemmas_shown = 12, lines_of_state = 24;

std::string status_of(const ProvedProperty& property)
{
    switch (property.status) {
        case ProvedProperty::Status::proved:
            return "proved";
        case ProvedProperty::Status::not_inductive:
            return "not inductive";
        case ProvedProperty::Status::unknown:
            return "unknown";
    }
    return "";
}

/// "1 CPU", "3, 4 and 5 CPUs".
std::string cpus_text(const std::vector<std::uint32_t>& cpus)
{
    std::string text;
    for (std::size_t i = 0; i < cpus.size(); ++i)
        text += fmt::format("{}{}", i == 0 ? "" : i + 1 == cpus.size() ? " and " : ", ", cpus[i]);
    return text + (cpus == std::vector<std::uint32_t>{1} ? " CPU" : " CPUs");
}

std::string lemmas_text(const Proof& proof, const TextOptions& options)
{
    if (proof.candidates == 0) return "";
    const std::string effort =
        fmt::format("{}{:.2f} s", proof.is_for_every_n ? "" : fmt::format("{} questions, ", proof.lemma_rounds),
                    proof.lemma_seconds);
    std::string text = fmt::format("\nLemmas: {} of {} facts mined from {} of {} hold for ever ({})\n",
                                   grouped(proof.lemmas.size()), grouped(proof.candidates),
                                   counted(proof.sampled_states, "state"), cpus_text(proof.sampled_cpus), effort);
    const std::size_t shown = options.full_trace ? proof.lemmas.size() : std::min(lemmas_shown, proof.lemmas.size());
    for (std::size_t i = 0; i < shown; ++i) text += "  " + proof.lemmas[i] + '\n';
    if (shown < proof.lemmas.size())
        text += fmt::format("  ... and {} more: --full-trace\n", grouped(proof.lemmas.size() - shown));
    return text;
}

std::string reachability_text(const Proof& proof, const TextOptions& options)
{
    if (!proof.reachability) return "";
    const ReachabilityAttempt& found = *proof.reachability;
    const std::string effort =
        fmt::format("{} frames, {} questions, {:.2f} s", found.frames, grouped(found.questions), found.seconds);
    if (!found.is_proved) return fmt::format("\nProperty-directed reachability found no invariant ({})\n", effort);
    std::string text = fmt::format("\nInvariant: {} found by property-directed reachability ({})\n",
                                   counted(found.invariant.size(), "clause"), effort);
    const std::size_t shown =
        options.full_trace ? found.invariant.size() : std::min(lemmas_shown, found.invariant.size());
    for (std::size_t i = 0; i < shown; ++i) text += "  " + found.invariant[i] + '\n';
    if (shown < found.invariant.size())
        text += fmt::format("  ... and {} more: --full-trace\n", grouped(found.invariant.size() - shown));
    return text;
}

std::string obligations_text(const Proof& proof, const TextOptions& options)
{
    if (proof.obligations.empty()) return "";
    double seconds = 0;
    for (const Obligation& obligation : proof.obligations) seconds += obligation.seconds;
    const auto slowest = std::ranges::max_element(proof.obligations, {}, &Obligation::seconds);
    std::string text = fmt::format("\nObligations: {} discharged in {:.2f} s, the slowest, {}, in {:.2f} s{}\n",
                                   grouped(proof.obligations.size()), seconds, slowest->name, slowest->seconds,
                                   options.full_trace ? "" : " (--full-trace lists them)");
    if (!options.full_trace) return text;
    for (const Obligation& obligation : proof.obligations)
        text += fmt::format("  {:7.3f} s  {}: {}\n", obligation.seconds, obligation.name, obligation.says);
    return text;
}

std::string counterexample_text(const NotInductive& failed, const TextOptions& options)
{
    std::string text = fmt::format(
        "\nNot inductive: {}\n  A counterexample to induction; whether its first state is reachable is not known.\n"
        "  Where that differs from the initial state:\n",
        failed.property);
    const std::size_t shown = options.full_trace ? failed.start.size() : std::min(lines_of_state, failed.start.size());
    for (std::size_t i = 0; i < shown; ++i) text += "    " + failed.start[i] + '\n';
    if (shown < failed.start.size())
        text += fmt::format("    ... and in {} more places: --full-trace\n", failed.start.size() - shown);
    Violation run;
    run.trace = failed.steps;
    return text + trace_text(run, options);
}

}  // namespace

std::string proof_text(const Proof& proof, const TextOptions& options)
{
    std::string text;
    for (const ProvedProperty& property : proof.properties)
        text += fmt::format("  {:<15}{}  (k = {}, {:.2f} s{})\n", status_of(property), property.name, property.k,
                            property.seconds, property.reason.empty() ? "" : "; " + property.reason);
    if (!proof.family.empty()) text += fmt::format("\nCounted: {}\n", proof.family);
    text += lemmas_text(proof, options);
    text += reachability_text(proof, options);
    text += obligations_text(proof, options);
    for (const NotInductive& failed : proof.not_inductive) text += counterexample_text(failed, options);
    if (!text.empty()) text += '\n';
    for (const std::string& what : proof.not_covered) text += "not covered: " + what + '\n';
    if (!proof.certificate.empty()) text += fmt::format("certificate in {}\n", proof.certificate);
    text += proof.solver;
    if (proof.terms != 0) text += fmt::format(", formulas of {}", counted(proof.terms, "term"));
    if (!proof.is_for_every_n) text += fmt::format(", {:.2f} s of bounded search", proof.search_seconds);
    return text + '\n';
}

}  // namespace lockstep::report
