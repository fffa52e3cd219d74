// Amounts of memory: as the user writes them, and how much there is.
#pragma once

#include <cstdint>
#include <string>

namespace lockstep {

/// What this process may still use, in bytes: the machine's available memory, or less where a control group (a
/// container, a CI job) allows less.
std::uint64_t available_memory_bytes();

/// "512M", "1.5G", "80%" of what is available, or a number of bytes; K, M, G and T are powers of 1024. Throws
/// InputError.
std::uint64_t parse_memory_size(const std::string& text);

}  // namespace lockstep
