// Formulas of random Programs against the evaluator (comparison.h).
//
// LOCKSTEP_RANDOM_PROGRAMS=N, LOCKSTEP_RANDOM_SEED=S: so many random Programs, from that seed on.
#include "comparison.h"
#include "engine/environment.h"
#include "engine/random_machine.h"
#include "engine/random_program.h"
#include "passes/passes.h"

#include <doctest/doctest.h>

namespace lockstep::smt {

using testing::number_from_environment;

TEST_CASE("random Programs")
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t count = number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 60);
    std::size_t compared = 0, not_encoded = 0;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        CAPTURE(seed);
        Program program = testing::random_program(seed);
        run_passes(program);
        Comparison comparison(program);
        comparison.run(60);
        compared += comparison.compared;
        not_encoded += comparison.not_encoded;
    }
    MESSAGE(compared << " compared, " << not_encoded << " not encoded");
    CHECK(not_encoded < compared / 10);
}

TEST_CASE("random machines")
{
    const std::uint64_t first = number_from_environment("LOCKSTEP_RANDOM_SEED", 1);
    const std::uint64_t count = number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 60);
    std::size_t compared = 0, not_encoded = 0, uncertain = 0;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        CAPTURE(seed);
        Program program = testing::random_machine(seed);
        run_passes(program, Stage::after_boot);
        Comparison comparison(program);
        comparison.run(60);
        compared += comparison.compared;
        not_encoded += comparison.not_encoded;
        uncertain += comparison.uncertain;
    }
    MESSAGE(compared << " compared, " << not_encoded << " not encoded, " << uncertain << " uncertain");
    CHECK(not_encoded < compared / 10);
}

}  // namespace lockstep::smt
