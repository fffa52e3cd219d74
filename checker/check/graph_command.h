// `lockstep graph`: what is to be drawn is made, and goes where it belongs.
#pragma once

#include "check/command_line.h"
#include "lockstep/lockstep.h"

#include <atomic>
#include <functional>

namespace lockstep {

/// How its caller checks a model, with whatever it shows meanwhile.
using Checker = std::function<Result(const Loaded&, const CheckOptions&)>;

/// Returns the verdict of the check where there was one; otherwise `unknown` if it was interrupted, and `holds` if not.
/// Throws InputError.
Verdict draw(const GraphCommand& command, const std::atomic<bool>& interrupted, const Checker& check);

}  // namespace lockstep
