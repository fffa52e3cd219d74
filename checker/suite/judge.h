// Whether a Result is what was expected.
#pragma once

#include "suite/expectation.h"

#include <cstdint>
#include <string>

namespace lockstep::suite {

enum class Strictness : std::uint8_t {
    findings,  // each violation that was found is expected, and each expected one was found
    verdict,   // no more than the verdict: other steps, or another order, may bring another violation up first
};

enum class Outcome : std::uint8_t {
    as_expected,
    different,
    unknown,  // the search was cut short, and as far as it went all was as expected
    error,    // there is no Result
    not_run,
};

struct Judgement {
    Outcome outcome = Outcome::as_expected;
    std::string why = {};  // empty if it is as expected
};

Judgement judge(const Expectation& expectation, const Result& result, Strictness strictness);

/// What came out, as an expectation would have it: "violated deadlock permanent; soft_lockup transient cpu=1 ...".
std::string as_verdict(const Expectation& expectation, const Result& result);

}  // namespace lockstep::suite
