// Searches that are ended again and again, and go on from their checkpoint: what they find is what they find at once.
#include "engine/environment.h"
#include "engine/random_program.h"
#include "engine/result_text.h"

#include "base/diagnostic.h"
#include "explicit/checkpoint_file.h"
#include "explicit/explore.h"
#include "passes/mark_locations.h"
#include "passes/passes.h"
#include "program/parser.h"
#include "symmetry/random_symmetric_program.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <unistd.h>

namespace lockstep::explicit_engine {

namespace {

namespace fs = std::filesystem;
using testing::Random;
using testing::text_of;

struct Directory {
    // Waiting for a disk is not what is tested.
    fs::path path = (fs::exists("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path()) /
                    fmt::format("lockstep-checkpoints-{}", getpid());
    Directory() { fs::create_directories(path); }
    ~Directory() { fs::remove_all(path); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
};

Program program_of(std::uint64_t seed)
{
    Program program = testing::random_program(seed);
    mark_locations(program, Merge::invisible);
    return program;
}

struct Interrupted {
    Result result;
    int times = 0;
};

/// Ends after some states, and goes on with more, until nothing is left.
Interrupted explore_in_parts(const Program& program, Options options, const std::string& file, Random& random,
                             std::uint64_t states)
{
    Interrupted interrupted;
    const std::uint64_t step = 1 + states / (2 + random.below(5));
    const bool changes_threads = options.threads > 1;
    options.checkpoint.file = file;
    options.max_states = 1 + random.below(step);
    while (true) {
        if (changes_threads) options.threads = 1 + static_cast<unsigned>(random.below(3));
        interrupted.result = explore(program, options);
        const bool is_ended = interrupted.result.reason.find("--max-states") != std::string::npos;
        if (!is_ended) return interrupted;
        ++interrupted.times;
        options.checkpoint.resume = file;
        options.max_states += step;
    }
}

TEST_CASE("a search in parts finds what one in a piece finds")
{
    const std::uint64_t programs = testing::number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 40);
    const Directory directory;
    const std::string file = directory.path / "state";
    int times = 0;
    for (std::uint64_t seed = 3000; seed < 3000 + programs; ++seed) {
        CAPTURE(seed);
        const Program program = program_of(seed);
        Random random(seed);
        for (const Order order : {Order::breadth_first, Order::depth_first})
            for (const bool all : {true, false})
                for (const bool stubborn_sets : {false, true})
                    for (const unsigned threads : {1U, 3U}) {
                        if (order == Order::depth_first && threads > 1) continue;
                        CAPTURE(static_cast<int>(order));
                        CAPTURE(all);
                        CAPTURE(stubborn_sets);
                        CAPTURE(threads);
                        Options options;
                        options.order = order;
                        options.all = all;
                        options.stubborn_sets = stubborn_sets ? Reduction::always : Reduction::never;
                        options.threads = threads;
                        options.states_for_threads = 1;
                        options.max_states = 5'000;
                        const Result expected = explore(program, options);
                        if (!expected.reason.empty()) continue;
                        const Interrupted found =
                            explore_in_parts(program, options, file, random, expected.statistics.states);
                        REQUIRE(text_of(found.result) == text_of(expected));
                        times += found.times;
                    }
    }
    CHECK(times > 100);
    MESSAGE(fmt::format("{} interruptions", times));
}

std::string refusal(const Program& program, const Options& options)
{
    try {
        (void)explore(program, options);
        return {};
    } catch (const InputError& error) {
        return error.diagnostic.message;
    }
}

TEST_CASE("so does one up to exchange of CPUs")
{
    const std::uint64_t programs = testing::number_from_environment("LOCKSTEP_RANDOM_PROGRAMS", 40);
    const Directory directory;
    const std::string file = directory.path / "state";
    int times = 0, compared = 0;
    for (std::uint64_t seed = 1; seed <= programs; ++seed) {
        CAPTURE(seed);
        Program program = parse(testing::random_symmetric_program(seed).text, "random.ls");
        testing::give_objects(program, seed % 5 == 0);
        run_passes(program, {});
        const symmetry::CpuSymmetry symmetric = symmetry::find_cpu_symmetry(program, make_layout(program));
        if (symmetric.classes.empty()) continue;
        Random random(seed);
        for (const Order order : {Order::breadth_first, Order::depth_first})
            for (const bool stubborn_sets : {false, true})
                for (const unsigned threads : {1U, 3U}) {
                    if (order == Order::depth_first && threads > 1) continue;
                    CAPTURE(static_cast<int>(order));
                    CAPTURE(stubborn_sets);
                    CAPTURE(threads);
                    Options options;
                    options.order = order;
                    options.all = true;
                    options.stubborn_sets = stubborn_sets ? Reduction::always : Reduction::never;
                    options.symmetry = &symmetric;
                    options.threads = threads;
                    options.states_for_threads = 1;
                    options.max_states = 5'000;
                    const Result expected = explore(program, options);
                    if (!expected.reason.empty()) continue;
                    const Interrupted found =
                        explore_in_parts(program, options, file, random, expected.statistics.states);
                    REQUIRE(text_of(found.result) == text_of(expected));
                    times += found.times;
                    ++compared;
                    if (found.times == 0) continue;
                    options.checkpoint.resume = file;
                    options.symmetry = nullptr;
                    REQUIRE(refusal(program, options).find("cpu-symmetry: on there, off here") != std::string::npos);
                }
    }
    CHECK(compared > static_cast<int>(programs) / 2);
    CHECK(times > compared);
    MESSAGE(fmt::format("{} searches, {} interruptions", compared, times));
}

/// One with a checkpoint in `file` to go on from.
Program write_some_checkpoint(const std::string& file)
{
    for (std::uint64_t seed = 3000;; ++seed) {
        Program program = program_of(seed);
        Options options;
        options.all = true;
        options.max_states = 300;
        options.checkpoint.file = file;
        options.checkpoint.facts = {{"Program", "one", CheckpointOptions::Role::decides}};
        if (explore(program, options).statistics.frontier > 10) return program;
    }
}

TEST_CASE("a checkpoint of another search is refused, and it is said what differs")
{
    const Directory directory;
    const std::string file = directory.path / "state";
    const Program program = write_some_checkpoint(file);
    Options options;
    options.all = true;
    options.checkpoint.resume = file;
    options.checkpoint.facts = {{"Program", "one", CheckpointOptions::Role::decides}};
    CHECK(refusal(program, options) == "");
    options.threads = 3;
    options.max_states = 400;
    CHECK(refusal(program, options) == "");
    options.all = false;
    CHECK(refusal(program, options) == "this checkpoint is of another search (--all: on there, off here)");
    options.all = true;
    options.order = Order::depth_first;
    CHECK(refusal(program, options) == "this checkpoint is of another search (--search: bfs there, dfs here)");
    options.order = Order::breadth_first;
    options.stubborn_sets = Reduction::always;
    CHECK(refusal(program, options) == "this checkpoint is of another search (stubborn-sets: off there, on here)");
    options.stubborn_sets = Reduction::never;
    options.checkpoint.facts.front().value = "two";
    CHECK(refusal(program, options) == "this checkpoint is of another search (Program: one there, two here)");
    options.checkpoint.facts.front().value = "one";
    options.checkpoint.resume = directory.path / "nowhere";
    CHECK(refusal(program, options).find("cannot read the checkpoint") == 0);
    // The facts agree, the Programs do not.
    options.checkpoint.resume = file;
    int refused = 0;
    for (std::uint64_t seed = 1; seed < 20; ++seed) refused += refusal(program_of(seed), options).empty() ? 0 : 1;
    CHECK(refused > 15);
}

TEST_CASE("a damaged checkpoint is refused, wherever it is damaged")
{
    const Directory directory;
    const std::string file = directory.path / "state", damaged = directory.path / "damaged";
    const Program program = write_some_checkpoint(file);
    std::ifstream stream(file, std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(stream), {}};
    REQUIRE(whole.size() > 1000);
    Options options;
    options.all = true;
    options.checkpoint.resume = damaged;
    options.checkpoint.facts = {{"Program", "one", CheckpointOptions::Role::decides}};
    const auto is_refused = [&](const std::string& text) {
        std::ofstream(damaged, std::ios::binary) << text;
        return !refusal(program, options).empty();
    };
    REQUIRE(!is_refused(whole));
    Random random(1);
    int accepted = 0;
    for (int i = 0; i < 300; ++i) {
        std::string text = whole;
        text[i < 40 ? static_cast<std::size_t>(i) : random.below(text.size())] ^=
            static_cast<char>(1U << random.below(8));
        accepted += is_refused(text) ? 0 : 1;
        accepted += is_refused(whole.substr(0, random.below(whole.size()))) ? 0 : 1;
    }
    CHECK(accepted == 0);
    CHECK(is_refused(whole.substr(0, whole.size() - 1)));
    CHECK(is_refused(""));
}

TEST_CASE("a stream is read as it was written, over the borders of blocks")
{
    const Directory directory;
    const std::string file = directory.path / "stream";
    constexpr std::uint64_t count = 400'000;
    {
        CheckpointWriter out(file);
        for (std::uint64_t i = 0; i < count; ++i) {
            out(i);
            out.byte(static_cast<std::uint8_t>(i));
        }
        out(std::string("text"));
        out.commit();
    }
    CHECK(!fs::exists(file + ".tmp"));
    CheckpointReader in(file);
    std::uint64_t wrong = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        std::uint64_t value = 0;
        in(value);
        if (value != i || in.byte() != static_cast<std::uint8_t>(i)) ++wrong;
    }
    CHECK(wrong == 0);
    std::string text;
    in(text);
    CHECK(text == "text");
    CHECK_NOTHROW(in.end());
}

TEST_CASE("one that was not finished leaves the last one alone, and nothing behind")
{
    const Directory directory;
    const std::string file = directory.path / "state";
    {
        CheckpointWriter out(file);
        out(std::uint64_t{1});
        out.commit();
    }
    {
        CheckpointWriter out(file);
        out(std::uint64_t{2});
    }
    CHECK(!fs::exists(file + ".tmp"));
    CheckpointReader in(file);
    std::uint64_t value = 0;
    in(value);
    CHECK(value == 1);
}

}  // namespace

}  // namespace lockstep::explicit_engine
