// Terms as SMT-LIB 2, for solvers that know nothing of us (C. Barrett, P. Fontaine, C. Tinelli: The SMT-LIB
// Standard 2.6).
#pragma once

#include "smt/terms.h"

#include <span>
#include <string>

namespace lockstep::smt {

/// A whole script, in the logic QF_BV or, where there are integers, QF_LIA: that all of these hold together, and
/// whether they can. `comment` comes first.
std::string to_smtlib(const Terms& terms, std::span<const Term> asserted, const std::string& comment);

}  // namespace lockstep::smt
