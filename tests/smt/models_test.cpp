// Formulas of the textual Programs and of the models against the evaluator (comparison.h).
//
// LOCKSTEP_SMT_STATES=N: so many states of each model.
#include "base/diagnostic.h"
#include "comparison.h"
#include "engine/environment.h"
#include "engine/model_files.h"
#include "lockstep/lockstep.h"

#include <doctest/doctest.h>

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
    CHECK(comparison.not_encoded + comparison.uncertain < comparison.compared / 10);
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

}  // namespace lockstep::smt
