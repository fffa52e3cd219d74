#include "explicit/frontier.h"

#include "explicit/team.h"

#include <doctest/doctest.h>

#include <vector>

namespace lockstep::explicit_engine {

namespace {

using Found = std::vector<std::vector<Range>>;

/// All states up to 1,000, of which the first thread found 0 to 99, the second nothing, the third the rest.
Found some_found() { return {{{0, 40}, {50, 100}, {40, 50}}, {}, {{100, 1000}}}; }

}  // namespace

TEST_CASE("frontier: a thread takes its own pieces first, and then those of others")
{
    Frontier frontier;
    const Found found = some_found();
    frontier.assign(found, 30);
    CHECK(frontier.width() == 1000);
    for (int round = 0; round < 2; ++round) {
        CHECK(frontier.take(2)->first == 100);
        CHECK(frontier.take(0)->first == 0);
        CHECK(frontier.take(1)->first == 130);  // it has none: of the next one's
        std::uint32_t states = 90;
        while (const auto piece = frontier.take(0)) {
            CHECK(piece->end - piece->first <= 30);
            CHECK((piece->first < 100 || states >= 160));  // its own are through
            states += piece->end - piece->first;
        }
        CHECK(states == 1000);
        CHECK(!frontier.take(1));
        frontier.put_back();
    }
    frontier.assign({}, 30);
    CHECK(frontier.empty());
    CHECK(!frontier.take(3));
}

TEST_CASE("frontier: threads take each state once")
{
    Team team;
    Frontier frontier;
    const Found found = some_found();
    for (int round = 0; round < 100; ++round) {
        frontier.assign(found, 3);
        std::vector<std::vector<int>> taken(4, std::vector<int>(1000, 0));
        team.run(4, [&](std::size_t thread) {
            while (const auto piece = frontier.take(thread))
                for (std::uint32_t state = piece->first; state < piece->end; ++state) ++taken[thread][state];
        });
        for (std::size_t state = 0; state < 1000; ++state)
            REQUIRE(taken[0][state] + taken[1][state] + taken[2][state] + taken[3][state] == 1);
    }
}

}  // namespace lockstep::explicit_engine
