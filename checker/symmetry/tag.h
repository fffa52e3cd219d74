// What kind of thing a value is: a CPU's number, a task's, a set of CPUs, or just a number.
#pragma once

#include <compare>
#include <cstdint>

namespace lockstep::symmetry {

enum class Sort : std::uint8_t {
    plain,    // a number that no renaming of CPUs changes
    cpu,      // a CPU's number
    task,     // a task's
    process,  // a process's
    mask,     // a bit for each CPU
};

/// A value that is `offset` more than the number of a CPU, task or process (lock->owner = cpu + 1).
struct Tag {
    Sort sort = Sort::plain;
    std::int64_t offset = 0;
    auto operator<=>(const Tag&) const = default;
};

inline const char* name_of(Sort sort)
{
    switch (sort) {
        case Sort::cpu:
            return "a CPU's number";
        case Sort::task:
            return "a task's number";
        case Sort::process:
            return "a process's number";
        case Sort::mask:
            return "a set of CPUs";
        case Sort::plain:
            break;
    }
    return "a number";
}

}  // namespace lockstep::symmetry
