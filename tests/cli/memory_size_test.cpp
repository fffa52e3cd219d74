#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "check/memory_size.h"
#include "base/diagnostic.h"

#include <doctest/doctest.h>

using namespace lockstep;

TEST_CASE("amounts of memory in all units")
{
    CHECK(parse_memory_size("33554432") == std::uint64_t{32} << 20);
    CHECK(parse_memory_size("16384K") == std::uint64_t{16} << 20);
    CHECK(parse_memory_size("512M") == std::uint64_t{512} << 20);
    CHECK(parse_memory_size("512MiB") == std::uint64_t{512} << 20);
    CHECK(parse_memory_size("1.5g") == std::uint64_t{3} << 29);
    CHECK(parse_memory_size("2T") == std::uint64_t{2} << 40);
}

TEST_CASE("percentages are of what is available")
{
    const auto available = static_cast<double>(available_memory_bytes());
    CHECK(static_cast<double>(parse_memory_size("50%")) == doctest::Approx(available / 2).epsilon(0.2));
    CHECK(parse_memory_size("100%") >= parse_memory_size("50%"));
}

TEST_CASE("what is no amount of memory is refused")
{
    for (const char* text :
         {"", "M", "x", "-1G", "5X", "5 G", "5GG", "nan", "inf", "1e400", "101%", "0", "0%", "1M", "15.9M", "%"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(parse_memory_size(text), InputError);
    }
}

TEST_CASE("some memory is available")
{
    CHECK(available_memory_bytes() > std::uint64_t{16} << 20);
    CHECK(available_memory_bytes() < std::uint64_t{1} << 50);
}
