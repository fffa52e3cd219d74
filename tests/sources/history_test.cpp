#include "sources/history.h"
#include "support.h"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::sources;
using lockstep::sources::test::contains;
using lockstep::sources::test::Directory;
using lockstep::sources::test::error_of;

namespace {

History three(const Directory& models)
{
    models.write("patches/series",
                 "# oldest first\n"
                 "1111111aaaaa-first.patch\n"
                 "\n"
                 "2222222bbbbb-second-change.patch\r\n"
                 "3333333ccccc-third.patch");
    return read_history(models.path);
}

std::string commits(const std::vector<HistoryEntry>& entries)
{
    std::string text;
    for (const HistoryEntry& entry : entries) text += entry.commit + " ";
    return text;
}

}  // namespace

TEST_CASE("the series is read, oldest first")
{
    const Directory models;
    const History history = three(models);
    REQUIRE(history.entries.size() == 3);
    CHECK(history.entries[1].commit == "2222222bbbbb");
    CHECK(history.entries[1].title == "second-change");
    CHECK(history.entries[1].file == models.path / "patches" / "2222222bbbbb-second-change.patch");
}

TEST_CASE("before takes back that one and all newer ones, after all newer ones, newest first")
{
    const Directory models;
    const History history = three(models);
    CHECK(commits(history.newer_than_before("2222222bbbbb")) == "3333333ccccc 2222222bbbbb ");
    CHECK(commits(history.newer_than("2222222bbbbb")) == "3333333ccccc ");
    CHECK(history.newer_than("3333333ccccc").empty());
    CHECK(history.newer_than_before("1111111aaaaa").size() == 3);
}

TEST_CASE("commits may be abbreviated, or longer than in the series, in either case")
{
    const Directory models;
    const History history = three(models);
    CHECK(commits(history.newer_than_before("3333333")) == "3333333ccccc ");
    CHECK(commits(history.newer_than_before("3333333CCCCC")) == "3333333ccccc ");
    CHECK(commits(history.newer_than_before("3333333ccccc0123456789012345678901234567")) == "3333333ccccc ");
}

TEST_CASE("an unknown commit is answered with those there are")
{
    const Directory models;
    const History history = three(models);
    const std::string message = error_of([&] { (void)history.newer_than("deadbeef"); });
    CHECK(contains(message, "unknown commit 'deadbeef'"));
    CHECK(contains(message, "    1111111aaaaa  first\n    2222222bbbbb  second-change\n    3333333ccccc  third"));
    CHECK(contains(error_of([&] { (void)history.newer_than("333333"); }), "at least 7"));
    CHECK(contains(error_of([&] { (void)history.newer_than("HEAD~1"); }), "is no commit"));
    CHECK(contains(error_of([&] { (void)history.newer_than(""); }), "is no commit"));
    const Directory empty;
    CHECK(contains(error_of([&] { (void)read_history(empty.path).newer_than("deadbeef"); }), "have no history"));
}

TEST_CASE("a name of another form in the series is refused at its line")
{
    const Directory models;
    models.write("patches/series", "# x\nfix-it.patch\n");
    CHECK(contains(error_of([&] { read_history(models.path); }), "series:2: error: this is no name of a patch"));
}

TEST_CASE("each patch describes itself above its first file")
{
    const Directory models;
    models.write("patches/series", "1111111-first.patch\n2222222-second-change.patch\n3333333-third.patch\n");
    models.write("patches/1111111-first.patch",
                 "A title, in words\r\n\nShown by: models/scenarios/a.c\r\n\n--- a/x\n+++ b/x\n");
    models.write("patches/2222222-second-change.patch", "--- a/x\n+++ b/x\nShown by: models/scenarios/b.c\n");
    models.write("patches/3333333-third.patch", "Another\n\nWho is Shown by: nothing\n");
    const std::vector<UpstreamChange> changes = describe_history(models.path);
    REQUIRE(changes.size() == 3);
    CHECK(changes[0].commit == "1111111");
    CHECK(changes[0].title == "A title, in words");
    CHECK(changes[0].scenario == "models/scenarios/a.c");
    CHECK(changes[1].title == "second-change");
    CHECK(changes[1].scenario.empty());
    CHECK(changes[2].title == "Another");
    CHECK(changes[2].scenario.empty());
}

TEST_CASE("a history that is not there cannot be described")
{
    const Directory models;
    CHECK(contains(error_of([&] { describe_history(models.path); }), "no such series of patches"));
    models.write("patches/series", "1111111-first.patch\n");
    CHECK(contains(error_of([&] { describe_history(models.path); }), "no such patch"));
}
