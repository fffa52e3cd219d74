// Which steps matter: small histories of accesses, each with its kind of meeting, and some without.
#include "result/relevance.h"

#include <doctest/doctest.h>

#include <vector>

namespace lockstep::result {

namespace {

/// One access in a step of its own.
struct Access {
    std::int64_t actor;
    char what;  // r, w
    std::uint32_t address;
    std::int64_t value = 0;  // written
};

struct End {
    std::int64_t actor;
    std::vector<std::uint32_t> looks_at;
};

/// `is_one_cpu`: the actors are tasks of one CPU; otherwise each has a CPU of its own, and all are one task.
std::vector<bool> mattering(const std::vector<Access>& accesses, const std::vector<End>& waits,
                            const std::vector<std::int64_t>& shows = {}, bool is_one_cpu = false)
{
    const auto actor = [&](std::int64_t number) {
        return is_one_cpu ? Relevance::Actor{0, number} : Relevance::Actor{number, 0};
    };
    Relevance relevance(std::vector<std::int64_t>(10, 0));
    std::vector<TraceStep> trace(accesses.size() + 1);  // the last one is always shown
    for (std::size_t i = 0; i < accesses.size(); ++i) {
        trace[i].moves.resize(1);
        if (accesses[i].what == 'r')
            relevance.read({i, 0}, actor(accesses[i].actor), accesses[i].address);
        else
            relevance.wrote({i, 0}, actor(accesses[i].actor), accesses[i].address, accesses[i].value);
    }
    for (const End& end : waits) relevance.ends(actor(end.actor), end.looks_at);
    for (const std::int64_t number : shows) relevance.ends(actor(number));
    relevance.mark(trace);
    std::vector<bool> matters;
    for (std::size_t i = 0; i < accesses.size(); ++i) {
        CHECK(trace[i].matters == trace[i].moves[0].matters);
        matters.push_back(trace[i].matters);
    }
    return matters;
}

using Row = std::vector<bool>;

}  // namespace

TEST_CASE("who wrote what somebody waits for matters, and where he who waits has got to")
{
    CHECK(mattering({{0, 'w', 5, 1}, {0, 'w', 1, 1}, {1, 'r', 6}, {1, 'r', 7}}, {{1, {1}}}) ==
          Row{false, true, false, true});
    CHECK(mattering({{0, 'w', 1, 1}, {0, 'w', 1, 2}, {1, 'r', 7}}, {{1, {1}}}) == Row{false, true, true});
}

TEST_CASE("news matter: a value that another wrote and that was not seen before")
{
    CHECK(mattering({{0, 'w', 1, 7}, {1, 'r', 1}, {1, 'r', 2}}, {}, {1}) == Row{true, true, true});
    // Seen before, or as at the beginning again: a lock that was taken and given back.
    CHECK(mattering({{0, 'w', 1, 7}, {0, 'w', 1, 0}, {1, 'r', 1}, {1, 'r', 2}}, {}, {1}) ==
          Row{false, false, false, true});
    CHECK(mattering({{0, 'w', 1, 7}, {1, 'r', 1}, {1, 'r', 1}, {1, 'r', 2}}, {}, {1}) == Row{true, true, false, true});
    // One's own.
    CHECK(mattering({{1, 'w', 1, 7}, {1, 'r', 1}, {1, 'r', 2}}, {}, {1}) == Row{false, false, true});
}

TEST_CASE("what led to something that matters matters, too; what comes after it does not")
{
    // 2 tells 0 something, who tells 1; then 2 tells 0 something else.
    CHECK(mattering({{2, 'w', 1, 7}, {0, 'r', 1}, {0, 'w', 2, 8}, {2, 'w', 3, 9}, {0, 'r', 3}, {1, 'r', 2}}, {}, {1}) ==
          Row{true, true, true, false, false, true});
    // Nobody who matters hears of it.
    CHECK(mattering({{2, 'w', 1, 7}, {0, 'r', 1}, {1, 'r', 4}}, {}, {1}) == Row{false, false, true});
}

TEST_CASE("a look that is out of date matters if nobody looked again: a lost wake-up")
{
    // 1 finds a flag unset and goes to wait; 0 finds nobody waiting, sets the flag.
    CHECK(mattering({{1, 'r', 1}, {0, 'r', 2}, {0, 'w', 1, 1}, {1, 'w', 2, 1}}, {{1, {}}}) ==
          Row{true, false, true, true});
    CHECK(mattering({{1, 'r', 1}, {0, 'w', 1, 1}, {1, 'r', 1}, {1, 'r', 3}}, {{1, {}}}) ==
          Row{false, true, true, true});  // here it did: that is news
    CHECK(mattering({{1, 'r', 1}, {0, 'w', 1, 1}, {0, 'w', 1, 0}, {1, 'r', 3}}, {{1, {}}}) ==
          Row{false, false, false, true});  // it is as it was
}

TEST_CASE("what an invariant looks at was written by somebody")
{
    Relevance relevance(std::vector<std::int64_t>(10, 0));
    std::vector<TraceStep> trace(3);
    for (TraceStep& step : trace) step.moves.resize(1);
    relevance.wrote({0, 0}, {0, 0}, 1, 7);
    relevance.read({1, 0}, {1, 1}, 2);
    relevance.wrote({2, 0}, {1, 1}, 3, 7);
    relevance.ends(std::nullopt, {1, 3});
    relevance.mark(trace);
    CHECK(trace[0].matters);
    CHECK(!trace[1].matters);
    CHECK(trace[2].matters);
}

TEST_CASE("on one CPU alone its tasks and handlers are the ones who meet")
{
    CHECK(mattering({{0, 'w', 1, 7}, {1, 'r', 1}, {1, 'r', 2}}, {}, {1}, true) == Row{true, true, true});
}

TEST_CASE("an update that is lost matters, with the look that it is based on")
{
    CHECK(mattering({{0, 'r', 1}, {1, 'r', 1}, {1, 'w', 1, 1}, {0, 'w', 1, 1}, {2, 'r', 1}}, {}, {2}) ==
          Row{true, false, true, true, true});
}

}  // namespace lockstep::result
