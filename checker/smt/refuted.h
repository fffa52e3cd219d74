// A formula that has no model: what a proof rests on, and what a certificate consists of.
#pragma once

#include "smt/terms.h"

#include <string>
#include <vector>

namespace lockstep::smt {

struct Refuted {
    std::string name;            // of a file: letters, digits, '-', '_'
    std::string says;            // what follows from there being no model
    std::vector<Term> asserted;  // all of them together have none
    double seconds = 0;          // that it took to find out
};

}  // namespace lockstep::smt
