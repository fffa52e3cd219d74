// A proof for every number of CPUs: members of the family are explored, what they have in common is put together into
// one system with the number of CPUs as a parameter (smt/counting_system), and that is proved (smt/counting_proof).
#include "base/diagnostic.h"
#include "check/certificate.h"
#include "check/family_code.h"
#include "lockstep/lockstep.h"
#include "smt/counting_proof.h"
#include "smt/counting_system.h"
#include "smt/solver.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>

namespace lockstep {

namespace {

using std::chrono::steady_clock;

constexpr std::uint32_t members = 3;     // of the family, with two interchangeable CPUs and more
constexpr std::uint32_t most_tried = 8;  // CPUs at most of the smallest
constexpr std::size_t most_states = 60'000;
constexpr double least_seconds = 0.001;

class EveryN {
public:
    EveryN(const ProveOptions& the_options, const Observer& the_observer) : options(the_options), observer(the_observer)
    {
        limits.interrupted = observer.interrupted;
        if (options.timeout_seconds > 0)
            limits.deadline = steady_clock::now() + std::chrono::duration_cast<steady_clock::duration>(
                                                        std::chrono::duration<double>(options.timeout_seconds));
        proved.proof.is_for_every_n = true;
        proved.proof.solver = "Z3 " + smt::Solver::version();
        proved.proof.not_covered = {"livelocks, and deadlocks while others go on (lockstep check finds these)"};
    }

    Proved run()
    {
        for (const std::string& file : options.model.files)
            if (file.ends_with(".ls"))
                reject_input(fmt::format("{} is a textual Program, which has a number of CPUs of its own", file),
                             "--every-n is for C files");
        try {
            const std::uint32_t first = find_first();
            if (explore_up_to(first + members)) prove(first);
        } catch (const Ended&) {
            give_up(limits.reason());
        } catch (const smt::OutsideFragment& why) {
            give_up(std::string("outside the fragment: ") + why.what());
        } catch (const smt::NotEncoded& why) {
            give_up(std::string("outside the fragment: ") + why.what());
        }
        return std::move(proved);
    }

private:
    const ProveOptions& options;
    const Observer& observer;
    smt::Limits limits;
    Proved proved;
    std::uint32_t explored = 0;                               // so many CPUs hold, as far as the model has so few
    std::map<std::uint32_t, std::unique_ptr<Loaded>> loaded;  // by CPUs; none: the model refuses to have so few

    struct Ended {};

    void say(const std::string& stage) const
    {
        if (observer.stage) observer.stage(stage);
    }

    /// The same, where a limit may end it.
    [[nodiscard]] std::function<void(const std::string&)> saying() const
    {
        return [this](const std::string& stage) {
            say(stage);
            if (!limits.reason().empty()) throw Ended();
        };
    }

    void give_up(const std::string& reason)
    {
        proved.result.verdict = Verdict::unknown;
        proved.result.reason = reason;
        proved.result.evidence =
            explored == 0 ? "nothing proved or explored" : fmt::format("no violation on up to {} CPUs", explored);
    }

    const Loaded* with_cpus(std::uint32_t cpus)
    {
        const auto [entry, is_new] = loaded.try_emplace(cpus);
        if (!is_new) return entry->second.get();
        ModelOptions model = options.model;
        model.cpus = cpus;
        try {
            entry->second = std::make_unique<Loaded>(load(model));
        } catch (const InputError&) {
            const bool has_smaller = std::ranges::any_of(
                loaded, [&](const auto& other) { return other.first < cpus && other.second != nullptr; });
            loaded.erase(entry);
            if (has_smaller || cpus >= most_tried) throw;
            loaded.emplace(cpus, nullptr);
            return nullptr;
        }
        if (proved.result.cpus == 0) proved.result.cpus = cpus;  // should it end before any is explored
        if (!limits.reason().empty()) throw Ended();
        return loaded.at(cpus).get();
    }

    void assume_others(const std::vector<std::uint32_t>& same)
    {
        proved.proof.not_covered.push_back(
            fmt::format("whether the code is the same, but for constants that follow N, for other numbers of CPUs than "
                        "{}: that is assumed",
                        fmt::join(same, ", ")));
    }

    /// Up to how many CPUs the members are the same code as the first; throws OutsideFragment where these are few.
    std::uint32_t most_alike(std::uint32_t first)
    {
        std::vector<std::uint32_t> same{first, first + 1};
        std::vector<const Program*> compared{&with_cpus(first)->program, &with_cpus(first + 1)->program};
        std::uint32_t most = first + 1;
        for (const std::uint32_t cpus : {first + 2, 6U, 7U, 8U, 16U, 32U, 64U, 128U}) {
            if (cpus <= most) continue;
            say(fmt::format("comparing the code for {} CPUs", cpus));
            std::string what;
            try {
                compared.resize(2);
                compared.push_back(&with_cpus(cpus)->program);
                if (const auto difference = find_code_difference(compared)) what = difference->what;
            } catch (const InputError& error) {
                what = error.what();
            }
            if (what.empty()) {
                same.push_back(cpus);
                most = cpus;
                continue;
            }
            if (cpus <= most_tried)
                throw smt::OutsideFragment(fmt::format("{} CPUs are not the same code: {}", cpus, what));
            proved.proof.not_covered.push_back(fmt::format("{} CPUs, for which the code is another: {}", cpus, what));
            assume_others(same);
            return most;
        }
        assume_others(same);
        return 0;
    }

    /// The smallest number of CPUs two of which are interchangeable.
    std::uint32_t find_first()
    {
        for (std::uint32_t cpus = 2; cpus <= most_tried; ++cpus) {
            const Loaded* member = with_cpus(cpus);
            if (member == nullptr) continue;
            const Program& program = member->program;
            if (!symmetry::find_cpu_symmetry(program, make_layout(program)).classes.empty()) return cpus;
        }
        return 2;
    }

    /// Small members are explored; the first violation is the answer.
    bool explore_up_to(std::uint32_t most)
    {
        for (std::uint32_t cpus = 1; cpus < most; ++cpus) {
            if (with_cpus(cpus) == nullptr) continue;
            say(fmt::format("exploring {} CPU{}", cpus, cpus == 1 ? "" : "s"));
            CheckOptions check_options;
            check_options.model = options.model;
            check_options.model.cpus = cpus;
            check_options.max_states = most_states * 10;
            if (limits.deadline)
                check_options.timeout_seconds = std::max(
                    least_seconds, std::chrono::duration<double>(*limits.deadline - steady_clock::now()).count());
            const Observer without_warnings{
                .progress = observer.progress, .interrupted = observer.interrupted, .warn = {}, .stage = {}};
            proved.result = check(*with_cpus(cpus), check_options, without_warnings);
            if (proved.result.verdict == Verdict::holds) {
                explored = cpus;
                continue;
            }
            if (proved.result.verdict == Verdict::unknown) {
                give_up(fmt::format("{} CPU{} could not be explored: {}", cpus, cpus == 1 ? "" : "s",
                                    proved.result.reason));
                return false;
            }
            proved.proof.engine = Engine::exploration;
            proved.result.evidence = fmt::format("found by exploring {} CPU{}", cpus, cpus == 1 ? "" : "s");
            return false;
        }
        proved.result.statistics = {};
        return true;
    }

    void prove(std::uint32_t first)
    {
        say("learning from small numbers of CPUs");
        std::vector<const Program*> programs;
        for (std::uint32_t i = 0; i < members; ++i) programs.push_back(&with_cpus(first + i)->program);
        const std::unique_ptr<smt::CountingSystem> system = smt::make_counting_system(programs, most_states, saying());
        say(fmt::format("proving over {} control states, {} local states, {} rules", system->controls.size(),
                        system->locals.size(), system->rules.size()));
        const smt::CountingProof found =
            smt::prove_counting(*system, limits, [&](const std::string& stage) { say(stage); });
        report(*system, found);
        if (!found.is_complete) return give_up(limits.reason());
        const bool all = std::ranges::all_of(found.answers, &smt::CountingProof::Answer::is_proved);
        if (!all) return give_up("not every property could be proved");
        const std::uint32_t most = most_alike(first);
        proved.result.verdict = Verdict::holds;
        proved.result.cpus = most;
        proved.proof.engine = Engine::counting;
        proved.result.evidence = most == 0
                                     ? fmt::format("proved for every N >= {}, explored for fewer", first)
                                     : fmt::format("proved for every N from {} to {}, explored for fewer", first, most);
        if (options.certificate_directory.empty()) return;
        say("writing the certificate");
        write_certificate(options.certificate_directory, system->terms, found.obligations,
                          programs.front()->name + ", any number of CPUs");
        proved.proof.certificate = options.certificate_directory;
    }

    void report(const smt::CountingSystem& system, const smt::CountingProof& found)
    {
        Proof& proof = proved.proof;
        std::vector<std::string> numbers = system.numbers;
        for (const std::string& own : system.own_numbers) numbers.push_back("each CPU's " + own);
        proof.family =
            fmt::format("{} control states, {} local states, {} rules, {}", system.controls.size(),
                        system.locals.size(), system.rules.size(),
                        numbers.empty() ? "no numbers" : fmt::format("counted by {}", fmt::join(numbers, ", ")));
        proof.candidates = found.candidates;
        proof.sampled_states = system.visited.size();
        proof.sampled_cpus = system.sizes;
        for (const smt::Refuted& obligation : found.obligations)
            proof.obligations.push_back({obligation.name, obligation.says, obligation.seconds});
        proof.lemma_seconds = found.seconds;
        proof.lemma_rounds = 1;
        proof.terms = system.terms.size();
        // Those that say more than that a local state does not occur come first.
        const auto says_more = [](const smt::LinearFact& fact) {
            return fact.cpus != 0 || fact.constant != 0 ||
                   std::ranges::count_if(fact.counts, [](std::int64_t v) { return v != 0; }) > 1;
        };
        for (const bool more : {true, false})
            for (const smt::LinearFact& fact : found.facts)
                if (says_more(fact) == more) proof.lemmas.push_back(to_text(fact, system));
        for (const smt::OwnFact& fact : found.own_facts) proof.lemmas.push_back(to_text(fact, system));
        for (const smt::CountingProof::Answer& answer : found.answers) {
            ProvedProperty property;
            property.name = answer.property;
            property.seconds = answer.seconds;
            property.k = 1;
            property.status = answer.is_proved ? ProvedProperty::Status::proved : ProvedProperty::Status::not_inductive;
            if (!answer.is_proved) property.reason = "while " + answer.where;
            proof.properties.push_back(std::move(property));
        }
    }
};

}  // namespace

Proved prove_every_n(const ProveOptions& options, const Observer& observer) { return EveryN(options, observer).run(); }

}  // namespace lockstep
