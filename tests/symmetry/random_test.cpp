// Random Programs: whatever is said of their CPUs is true, and where no line tells them apart they are alike.
#include "engine/random_program.h"
#include "passes/passes.h"
#include "program/parser.h"
#include "symmetry/automorphism.h"
#include "symmetry/random_symmetric_program.h"

#include <doctest/doctest.h>

using namespace lockstep;

TEST_CASE("random Programs that are symmetric, but for a line or two")
{
    std::size_t whole = 0, partial = 0, without_fault = 0;
    const std::uint64_t count = 1500;
    for (std::uint64_t seed = 1; seed <= count; ++seed) {
        CAPTURE(seed);
        const testing::RandomSymmetric made = testing::random_symmetric_program(seed);
        CAPTURE(made.text);
        Program program = parse(made.text, "random.ls");
        testing::give_objects(program, seed % 5 == 0);
        run_passes(program, {});
        const Layout layout = make_layout(program);
        const auto symmetry = symmetry::find_cpu_symmetry(program, layout);
        const std::string why = describe(program, symmetry);
        CAPTURE(why);
        const bool is_whole = !symmetry.classes.empty() && symmetry.classes.front().size() == program.cpus;
        if (is_whole) ++whole;
        if (!is_whole && !symmetry.classes.empty()) ++partial;
        if (!made.has_fault && seed % 5 != 0) ++without_fault;
        const std::string difference = testing::find_difference(program, layout, symmetry, {seed, 3, 40});
        REQUIRE(difference == "");
    }
    MESSAGE(whole << " of " << count << " are symmetric, " << partial << " in part; " << without_fault
                  << " were meant to be");
    CHECK(whole > count / 4);
    CHECK(partial > count / 50);
}

TEST_CASE("random Programs of any kind")
{
    std::size_t some = 0;
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        CAPTURE(seed);
        Program program = testing::random_program(seed);
        run_passes(program, {});
        const Layout layout = make_layout(program);
        const auto symmetry = symmetry::find_cpu_symmetry(program, layout);
        if (!symmetry.classes.empty()) ++some;
        REQUIRE(testing::find_difference(program, layout, symmetry, {seed, 3, 40}) == "");
    }
    MESSAGE(some << " have CPUs that are alike");
}
