// Formulas of the textual Programs and of the models against the evaluator (comparison.h).
//
// LOCKSTEP_SMT_STATES=N: so many states of each model.
#include "base/diagnostic.h"
#include "comparison.h"
#include "engine/environment.h"
#include "engine/model_files.h"
#include "lockstep/lockstep.h"
#include "smt/counting_proof.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

namespace lockstep::smt {

namespace {

void compare_file(const std::filesystem::path& file, std::size_t states)
{
    CAPTURE(file.filename().string());
    std::optional<Loaded> loaded;
    try {
        loaded = load(testing::options_for(file));
    } catch (const InputError& error) {
        MESSAGE(file.filename().string() << " is left out: " << std::string(error.what()));
        return;
    }
    Comparison comparison(loaded->program);
    comparison.run(states);
    MESSAGE(file.filename().string() << ": " << comparison.compared << " compared, " << comparison.not_encoded
                                     << " not encoded, " << comparison.uncertain << " uncertain");
    // Some models are so small that there is hardly anything to compare.
    CHECK(comparison.not_encoded + comparison.uncertain <= comparison.compared / 10 + 1);
}

}  // namespace

TEST_CASE("textual Programs")
{
    const auto states = testing::number_from_environment("LOCKSTEP_SMT_STATES", 200);
    for (const auto& file : testing::files_in("tests/programs", ".ls")) compare_file(file, states);
}

TEST_CASE("models")
{
    const auto states = testing::number_from_environment("LOCKSTEP_SMT_STATES", 25);
    for (const char* folder : {"models/scenarios", "tests/models", "tests/machine", "tests/checks"})
        for (const auto& file : testing::files_in(folder, ".c")) compare_file(file, states);
}

TEST_CASE("the state machine of multi_cpu_stop() for every number of CPUs, and its mutants")
{
    const auto proved = [](const char* mutant) {
        std::vector<Loaded> members;
        for (std::uint32_t cpus = 3; cpus < 6; ++cpus) {
            ModelOptions options;
            options.files = {std::string(PROJECT_FOLDER) + "/models/scenarios/multi_cpu_stop.c"};
            options.models_directory = std::string(PROJECT_FOLDER) + "/models";
            options.cpus = cpus;
            if (mutant != nullptr)
                options.patches = {fmt::format("{}/models/patches/mutants/{}.patch", PROJECT_FOLDER, mutant)};
            members.push_back(load(options));
        }
        constexpr std::size_t most_states = 60'000;
        const auto system =
            make_counting_system({&members[0].program, &members[1].program, &members[2].program}, most_states);
        const CountingProof proof = prove_counting(*system, {});
        return proof.is_complete && std::ranges::all_of(proof.answers, &CountingProof::Answer::is_proved);
    };
    CHECK(proved(nullptr));
    for (const char* mutant :
         {"ack-reset-missing", "ack-reset-after-publish", "ack-before-irq-disable", "state-read-once"}) {
        CAPTURE(mutant);
        bool is_proved = false;
        try {
            is_proved = proved(mutant);
        } catch (const OutsideFragment& why) {
            MESSAGE(mutant << ": " << why.what());
        }
        CHECK_FALSE(is_proved);
    }
}

}  // namespace lockstep::smt
