// A proof for the terminal: what was proved and how, with which lemmas, and what failed.
#pragma once

#include "report/text.h"
#include "result/proof.h"

#include <string>

namespace lockstep::report {

/// What follows the verdict's line.
std::string proof_text(const Proof& proof, const TextOptions& options);

}  // namespace lockstep::report
