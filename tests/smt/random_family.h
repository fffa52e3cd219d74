// Random families of Programs, one for each number of CPUs, that differ in nothing but that number.
#pragma once

#include <cstdint>
#include <string>

namespace lockstep::testing {

/// The member for so many CPUs, in textual form.
std::string random_family(std::uint64_t seed, std::uint32_t cpus);

}  // namespace lockstep::testing
