// The search for what does not fit into memory: breadth-first over states of which only a hash is kept.
#pragma once

#include "explicit/explore.h"

namespace lockstep::explicit_engine {

/// For Options::approximation other than none. The verdict is `violated`, or `unknown` with an estimate of what was
/// omitted, never `holds`.
Result explore_approximately(const Program& program, const Options& options);

}  // namespace lockstep::explicit_engine
