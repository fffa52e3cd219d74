#include "suite/run_lines.h"

#include "report/json.h"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

using namespace lockstep;
using namespace lockstep::suite;

namespace {

std::atomic<bool> never = false;

Ended shell(const std::string& script, double limit_seconds = 0, const std::atomic<bool>& interrupted = never)
{
    return run_child("/bin/sh", {"sh", "-c", script}, limit_seconds, interrupted);
}

SuiteLine line()
{
    SuiteLine made;
    made.expectation = expectations_of("a.c", "/* expect --cpus 2: holds */").at(0);
    made.words = {"check", "--cpus", "2", "a.c"};
    return made;
}

SuiteLine judged(const Ended& ended)
{
    SuiteLine made = line();
    judge_child(made, ended, Strictness::findings);
    return made;
}

std::string output_of(Verdict verdict)
{
    report::Record record;
    record.result.verdict = verdict;
    record.result.statistics.states = 17;
    if (verdict == Verdict::unknown) record.result.reason = "interrupted";
    return report::to_json(record);
}

}  // namespace

TEST_CASE("what a child writes and how it ends is known")
{
    const Ended ended = shell("printf out; printf err >&2; exit 5");
    CHECK(ended.status == 5);
    CHECK(ended.signal == 0);
    CHECK(ended.output == "out");
    CHECK(ended.errors == "err");
    CHECK(shell("head -c 1000000 /dev/zero; head -c 300000 /dev/zero >&2").output.size() == 1000000);
    CHECK(shell("read line; test -z \"$line\"").status == 0);
    CHECK(run_child("/no/such/program", {"x"}, 0, never).status == 127);
}

TEST_CASE("a child that crashes, and one that does not end, is known for that")
{
    const Ended crashed = shell("kill -SEGV $$");
    CHECK(crashed.status == -1);
    CHECK(crashed.signal == SIGSEGV);
    const Ended endless = shell("while :; do :; done", 0.2);
    CHECK(endless.is_out_of_time);
    CHECK(endless.seconds >= 0.2);
    CHECK(endless.seconds < 20);
    const Ended silent = shell("exec >&- 2>&-; while :; do :; done", 0.2);
    CHECK(silent.is_out_of_time);
}

TEST_CASE("an interrupt is passed on, and the child may still say what it has")
{
    std::atomic<bool> interrupted = false;
    std::thread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        interrupted = true;
    });
    const Ended ended = shell("trap 'printf caught; exit 3' INT; while :; do :; done", 20, interrupted);
    later.join();
    CHECK(ended.status == 3);
    CHECK(ended.output == "caught");
    CHECK_FALSE(ended.is_out_of_time);
}

TEST_CASE("a line is as good as its child's result")
{
    Ended ended;
    ended.status = 0;
    ended.output = output_of(Verdict::holds);
    CHECK(judged(ended).outcome == Outcome::as_expected);
    CHECK(judged(ended).states == 17);
    ended.status = 3;
    ended.output = output_of(Verdict::unknown);
    CHECK(judged(ended).outcome == Outcome::unknown);
    CHECK(judged(ended).why == "interrupted");
}

TEST_CASE("a child without a result, or with one that its status does not fit, is an error")
{
    Ended ended;
    ended.status = 0;
    ended.output = output_of(Verdict::unknown);
    CHECK(judged(ended).outcome == Outcome::error);
    ended.output = "{";
    CHECK(judged(ended).outcome == Outcome::error);
    ended.status = 2;
    ended.errors = "a.c:1: error: no\n";
    CHECK(judged(ended).outcome == Outcome::error);
    CHECK(judged(ended).why == "exit status 2\na.c:1: error: no");
    ended.status = -1;
    ended.signal = SIGKILL;
    CHECK(judged(ended).outcome == Outcome::error);
    CHECK(judged(ended).why == "ended by signal 9 (Killed)\na.c:1: error: no");
    ended.is_out_of_time = true;
    CHECK(judged(ended).outcome == Outcome::unknown);
    Ended without_memory;
    without_memory.status = 3;
    without_memory.output = "unknown: memory ran out while the model was read\n";
    CHECK(judged(without_memory).outcome == Outcome::unknown);
    CHECK(judged(without_memory).why == "unknown: memory ran out while the model was read");
}
