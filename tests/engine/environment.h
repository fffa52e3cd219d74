// How much the tests on random Programs try, from the environment.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace lockstep::testing {

inline std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise)
{
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace lockstep::testing
