// An invariant that somebody has found, asked for again.
//
// Whoever found it may be wrong. A solver of its own, that knows nothing of how it was found, is asked whether it holds
// in every initial state, whether each step preserves it, and whether each property follows from it; the questions are
// what goes into the certificate.
#pragma once

#include "smt/cubes.h"
#include "smt/one_step.h"

#include <span>
#include <string>
#include <vector>

namespace lockstep::smt {

struct Recheck {
    enum class End : std::uint8_t { confirmed, refused, unknown } end = End::unknown;
    std::string refused;  // which question was answered with yes
    std::vector<Refuted> obligations;
    struct Follows {
        Property property;
        std::size_t invariant = 0;  // which
        double seconds = 0;
    };
    std::vector<Follows> follows;  // the properties that it implies
};

/// No state in `excluded` can be reached, and outside nothing is wrong.
Recheck recheck(OneStep& step, std::span<const Cube> excluded, const Limits& limits);

/// "invariant-mutual_exclusion", as part of a file's name.
std::string file_name_of(const Program& program, Property property, std::size_t invariant);

}  // namespace lockstep::smt
