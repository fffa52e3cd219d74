#include "report/numbers.h"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::report;

TEST_CASE("numbers are grouped")
{
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1000) == "1,000");
    CHECK(grouped(1234567) == "1,234,567");
    CHECK(grouped(18446744073709551615U) == "18,446,744,073,709,551,615");
    CHECK(counted(1, "state") == "1 state");
    CHECK(counted(0, "state") == "0 states");
}

TEST_CASE("amounts of memory and time have units")
{
    CHECK(bytes(0) == "0 B");
    CHECK(bytes(1023) == "1023 B");
    CHECK(bytes(1536) == "1.5 KiB");
    CHECK(bytes(std::uint64_t{5} << 30) == "5.0 GiB");
    CHECK(bytes(std::uint64_t{5} << 50) == "5120.0 TiB");
    CHECK(duration(0.0042) == "0.004 s");
    CHECK(duration(12.34) == "12.3 s");
    CHECK(duration(3725) == "62 min 5 s");
}

TEST_CASE("coverage is never rounded up to all")
{
    Coverage coverage{.technique = "hash",
                      .memory_bytes = 1 << 20,
                      .expected_omissions = 0.00123,
                      .omission_probability = 0.00123,
                      .share = 1 - 1e-9};
    CHECK(coverage_text(coverage) ==
          "approximate (hash, 1.0 MiB): of the states met 0.0012 are expected to have been omitted, coverage over "
          "99.99 %; that any was has probability 0.0012");
    coverage = {.technique = "bitstate",
                .memory_bytes = 1 << 20,
                .expected_omissions = 25100.4,
                .omission_probability = 1,
                .share = 0.99758};
    CHECK(coverage_text(coverage) ==
          "approximate (bitstate, 1.0 MiB): of the states met 25,100 are expected to have been omitted, coverage "
          "99.75 %; that any was has probability 1");
}

TEST_CASE("statistics are two lines, and say what is left")
{
    Statistics statistics{.complete = true,
                          .states = 1000,
                          .transitions = 1,
                          .depth = 3,
                          .frontier = 0,
                          .seconds = 0.5,
                          .seconds_total = 0.6,
                          .peak_memory_bytes = 2048,
                          .bytes_per_state = 8,
                          .reductions = {}};
    CHECK(statistics_text(statistics) ==
          "1,000 states, 1 transition, depth 3, 0.500 s (0.600 s in all), 2,000 states/s\n"
          "2.0 KiB of memory at most, 8.0 bytes per state; everything explored; reductions: none");
    statistics.complete = false;
    statistics.frontier = 7;
    statistics.reductions = {"a", "b"};
    CHECK(statistics_text(statistics).ends_with("; 7 states left to explore; reductions: a, b"));
    statistics.seconds = 0;
    CHECK(statistics_text(statistics).find(" 0 states/s") != std::string::npos);
}
