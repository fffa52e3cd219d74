// The way of a proof: the same Program as is explored, handed to the SMT engine.
//
//     mine facts  ->  keep those that every step preserves  ->  k-induction for k = 1, 2, ...  ->  bounded search for
//     the (smt/mining)    (smt/induction)                           (smt/induction)                    first k - 1
//     steps
//                                                                                                  (smt/bounded_search)
//
// Where that does not do, property-directed reachability looks for an invariant (smt/reachability), which is then asked
// for again by a solver that has not seen how it was found (smt/recheck).
#include "base/diagnostic.h"
#include "check/certificate.h"
#include "explicit/judge_path.h"
#include "lockstep/lockstep.h"
#include "result/describe_run.h"
#include "result/replay.h"
#include "smt/bounded_search.h"
#include "smt/induction.h"
#include "smt/mining.h"
#include "smt/reachability.h"
#include "smt/recheck.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace lockstep {

namespace {

using std::chrono::steady_clock;

class Prover {
public:
    Prover(const Loaded& loaded, const ProveOptions& the_options, const Observer& the_observer)
        : program(loaded.program),
          options(the_options),
          observer(the_observer),
          layout(make_layout(program)),
          states(terms, program, layout),
          expressions(states),
          successors(expressions)
    {
        limits.interrupted = observer.interrupted;
        if (options.timeout_seconds > 0)
            limits.deadline = steady_clock::now() + std::chrono::duration_cast<steady_clock::duration>(
                                                        std::chrono::duration<double>(options.timeout_seconds));
        proved.result.cpus = program.cpus;
        proved.result.tick_milliseconds = program.tick_milliseconds;
        proved.result.warnings = loaded.warnings;
        proved.proof.solver = "Z3 " + smt::Solver::version();
        proved.proof.not_covered = {"livelocks, and deadlocks while others or time go on (lockstep check finds these)"};
    }

    Proved run()
    {
        try {
            if (options.bound)
                certify_exhausted(search(*options.bound));
            else
                prove();
        } catch (const smt::NotEncoded& why) {
            give_up(why.what());
        }
        proved.proof.terms = terms.size();
        for (const smt::Refuted& obligation : discharged)
            proved.proof.obligations.push_back({obligation.name, obligation.says, obligation.seconds});
        return std::move(proved);
    }

private:
    const Program& program;
    const ProveOptions& options;
    const Observer& observer;
    Layout layout;
    smt::Terms terms;
    smt::StateTerms states;
    smt::Expressions expressions;
    smt::Successors successors;
    smt::Limits limits;
    std::vector<std::vector<std::int64_t>> met;  // states from which facts were mined
    std::vector<smt::Refuted> discharged;        // what was found out so far
    Proved proved;

    void say(const std::string& stage) const
    {
        if (observer.stage) observer.stage(stage);
    }

    void give_up(const std::string& reason)
    {
        proved.result.verdict = Verdict::unknown;
        proved.result.reason = reason;
        if (proved.result.evidence.empty()) proved.result.evidence = "nothing proved";
    }

    // ---- Bounded search ----

    [[nodiscard]] std::optional<Violation> judge(const Path& path) const
    {
        return explicit_engine::judge_path(program, {}, path);
    }

    smt::BoundedSearch search(unsigned most_steps)
    {
        const auto start = steady_clock::now();
        smt::BoundedSearch found = smt::search_bounded(
            successors, most_steps, limits, [&](const Path& path) { return judge(path).has_value(); },
            [&](unsigned depth) { say(fmt::format("runs of {} steps", depth)); });
        proved.proof.search_seconds += smt::seconds_since(start);
        proved.proof.bound = found.steps;
        std::erase_if(discharged, [](const smt::Refuted& known) { return known.name.starts_with("base-"); });
        discharge(found.obligations);
        const std::string covered =
            fmt::format("no violation within {} step{} of an initial state", found.steps, found.steps == 1 ? "" : "s");
        switch (found.end) {
            case smt::BoundedSearch::End::found: {
                std::optional<Violation> violation = judge(found.path);
                if (!violation) throw std::logic_error("a bounded search's path ends in no violation");
                result::replay_and_describe(program, *violation);
                proved.result.verdict = Verdict::violated;
                proved.proof.engine = Engine::bounded_search;
                proved.result.evidence = fmt::format("found by bounded search at {} steps", found.path.steps.size());
                proved.result.violations.push_back(std::move(*violation));
                break;
            }
            case smt::BoundedSearch::End::none:
                proved.result.evidence = covered;
                if (found.is_exhausted) {
                    proved.result.verdict = Verdict::holds;
                    proved.proof.engine = Engine::bounded_search;
                    proved.result.evidence += ", and no run is longer";
                } else if (options.bound) {
                    give_up("a longer run may end in one");
                }
                break;
            case smt::BoundedSearch::End::unknown:
                proved.result.evidence = covered;
                give_up(found.reason);
                break;
        }
        return found;
    }

    /// No run is longer than those that were looked at: that alone is the proof, whatever else is known.
    void certify_exhausted(const smt::BoundedSearch& found)
    {
        if (proved.result.verdict != Verdict::holds || !found.is_exhausted) return;
        proved.proof.properties.clear();
        proved.proof.not_inductive.clear();
        discharged = found.obligations;
        certify();
    }

    void discharge(const std::vector<smt::Refuted>& obligations)
    {
        discharged.insert(discharged.end(), obligations.begin(), obligations.end());
    }

    // ---- Induction ----

    void prove()
    {
        try {
            prove_by_induction();
        } catch (const smt::NotEncoded& why) {
            // Of any state it cannot be said; of those near the initial ones it may be.
            const std::string reason = limits.reason().empty() ? why.what() : limits.reason();
            certify_exhausted(search(2 * options.most_k));
            if (proved.result.verdict == Verdict::unknown) give_up(reason);
        }
    }

    void prove_by_induction()
    {
        const smt::Lemmas lemmas = find_lemmas();
        discharge(lemmas.obligations);
        if (options.reachability == ProveOptions::When::first) return prove_by_reachability(lemmas);
        smt::Induction induction(successors, lemmas, limits);
        std::vector<smt::InductionStep> steps;
        unsigned k = 1;
        for (;; ++k) {
            say(fmt::format("induction over {} state{}", k, k == 1 ? "" : "s"));
            steps = induction.step(k);
            const auto is_proved = [](const smt::InductionStep& step) {
                return step.end == smt::InductionStep::End::proved;
            };
            const bool all = std::ranges::all_of(steps, is_proved);
            if (all || k >= options.most_k || !limits.reason().empty()) break;
        }
        for (const smt::InductionStep& step : steps) add_property(step);
        const bool all = std::ranges::all_of(proved.proof.properties, [](const ProvedProperty& property) {
            return property.status == ProvedProperty::Status::proved;
        });
        const auto count = std::ranges::count(steps, smt::InductionStep::End::proved, &smt::InductionStep::end);
        discharged.insert(discharged.end(), induction.obligations.end() - count, induction.obligations.end());
        discharge(induction.bounds);
        const smt::BoundedSearch base = search(all ? k - 1 : std::max(k - 1, 2 * options.most_k));
        if (proved.result.verdict == Verdict::violated) return;
        if (!all && base.is_exhausted) return certify_exhausted(base);
        if (!all) {
            // What the bounded search covered is all that is known.
            if (base.end == smt::BoundedSearch::End::unknown) return;
            give_up(limits.reason().empty() ? "not every property is inductive" : limits.reason());
            if (!limits.reason().empty() || options.reachability != ProveOptions::When::last) return;
            return prove_by_reachability(lemmas);
        }
        if (base.end == smt::BoundedSearch::End::unknown) return;
        proved.result.verdict = Verdict::holds;
        proved.result.evidence = fmt::format("proved by induction (k = {}), without exploring", k);
        proved.proof.engine = Engine::induction;
        proved.proof.not_inductive.clear();
        certify();
    }

    // ---- Property-directed reachability ----

    /// Without a limit of time that somebody chose, it is not to go on for ever after all the others.
    [[nodiscard]] smt::Limits reachability_limits() const
    {
        smt::Limits bounded = limits;
        if (!bounded.deadline && options.reachability == ProveOptions::When::last)
            bounded.deadline = steady_clock::now() + std::chrono::seconds(ProveOptions::last_seconds);
        return bounded;
    }

    void prove_by_reachability(const smt::Lemmas& lemmas)
    {
        say("property-directed reachability: one step as a formula");
        const smt::Limits own = reachability_limits();
        smt::OneStep step(successors, lemmas, own);
        const smt::Reachability found = smt::find_invariant(step, met, own, [&](unsigned frame, std::size_t clauses) {
            say(fmt::format("property-directed reachability: frame {}, {} clause{}", frame, clauses,
                            clauses == 1 ? "" : "s"));
        });
        ReachabilityAttempt& told = proved.proof.reachability.emplace();
        told.frames = found.frames;
        told.questions = found.questions;
        told.seconds = found.seconds;
        switch (found.end) {
            case smt::Reachability::End::unknown:
                give_up(own.reason() == "out of time"
                            ? fmt::format("out of time after {:.0f} s in property-directed reachability", found.seconds)
                            : own.reason());
                break;
            case smt::Reachability::End::reached:
                search(std::max(found.steps, 2 * options.most_k));
                if (proved.result.verdict != Verdict::violated && limits.reason().empty())
                    give_up("a longer run may end in a violation");
                break;
            case smt::Reachability::End::never:
                say("checking the invariant again");
                accept(smt::recheck(step, found.excluded, limits), found, lemmas);
                break;
        }
    }

    void accept(const smt::Recheck& checked, const smt::Reachability& found, const smt::Lemmas& lemmas)
    {
        if (checked.end == smt::Recheck::End::unknown) return give_up(limits.reason());
        if (checked.end == smt::Recheck::End::refused)
            throw std::logic_error("an invariant that was found is none: " + checked.refused);
        proved.proof.reachability->is_proved = true;
        for (const smt::Cube& cube : found.excluded)
            proved.proof.reachability->invariant.push_back(smt::clause_text(cube, program, layout));
        proved.proof.not_inductive.clear();
        proved.proof.properties.clear();
        for (const smt::Recheck::Follows& follows : checked.follows) {
            smt::InductionStep step{follows.property, follows.invariant};
            step.end = smt::InductionStep::End::proved;
            step.k = 1;
            step.seconds = follows.seconds;
            add_property(step);
        }
        proved.result.verdict = Verdict::holds;
        proved.result.reason.clear();
        proved.result.evidence = "proved by property-directed reachability, without exploring";
        proved.proof.engine = Engine::reachability;
        discharged = lemmas.obligations;
        discharge(checked.obligations);
        certify();
    }

    void certify()
    {
        if (options.certificate_directory.empty()) return;
        say("writing the certificate");
        write_certificate(options.certificate_directory, terms, discharged, program.name);
        proved.proof.certificate = options.certificate_directory;
    }

    smt::Lemmas find_lemmas()
    {
        const auto start = steady_clock::now();
        const smt::Sample sample = smt::sample_states(program, layout, options.sampled_states, [&](std::size_t number) {
            say(fmt::format("mining facts: {} states visited", number));
            return limits.reason().empty();
        });
        say(fmt::format("mining facts from {} states", sample.states.size()));
        std::vector<smt::Fact> facts =
            smt::mine_facts(program, layout, sample, {}, [&] { return limits.reason().empty(); });
        proved.proof.sampled_states = sample.states.size();
        proved.proof.sampled_cpus = {program.cpus};
        proved.proof.candidates = facts.size();
        say(fmt::format("lemmas among {} facts: one step as a formula", facts.size()));
        met = sample.states;
        smt::Lemmas lemmas =
            smt::prove_lemmas(successors, std::move(facts), limits, [&](unsigned round, std::size_t left) {
                say(fmt::format("lemmas: question {}, {} facts left", round, left));
            });
        proved.proof.lemma_seconds = smt::seconds_since(start);
        proved.proof.lemma_rounds = lemmas.rounds;
        for (const smt::Fact& fact : lemmas.facts) proved.proof.lemmas.push_back(to_text(fact, program, layout));
        return lemmas;
    }

    void add_property(const smt::InductionStep& step)
    {
        ProvedProperty property;
        property.name = name_of(step);
        property.k = step.k;
        property.seconds = step.seconds;
        property.reason = step.reason;
        using Status = ProvedProperty::Status;
        property.status = step.end == smt::InductionStep::End::proved  ? Status::proved
                          : step.end == smt::InductionStep::End::fails ? Status::not_inductive
                                                                       : Status::unknown;
        if (step.end == smt::InductionStep::End::fails)
            proved.proof.not_inductive.push_back({property.name, result::describe_state(program, step.states.front()),
                                                  result::describe_run(program, step.states.front(), step.steps)});
        proved.proof.properties.push_back(std::move(property));
    }

    [[nodiscard]] std::string name_of(const smt::InductionStep& step) const
    {
        switch (step.property) {
            case smt::Property::no_failure:
                return "no step traps or reports";
            case smt::Property::invariant:
                return "invariant " + program.invariants[step.invariant].name;
            case smt::Property::not_stuck:
                return "somebody can always go on, or all have finished";
        }
        return "";
    }
};

}  // namespace

Proved prove(const Loaded& loaded, const ProveOptions& options, const Observer& observer)
{
    return Prover(loaded, options, observer).run();
}

}  // namespace lockstep
