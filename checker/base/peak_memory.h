// The most memory that this process has had so far.
#pragma once

#include <cstdint>

namespace lockstep {

/// In bytes, of memory in RAM; 0: not known. Not from getrusage(), whose figure a process inherits from whoever started
/// it: a large script would be shown instead of us. (proc_pid_status(5): VmHWM.)
std::uint64_t peak_memory_bytes();

}  // namespace lockstep
