// What C leaves undefined, and the checker reports.
#pragma once

namespace lockstep {

struct Trap {
    const char* kind = nullptr;  // "memory" or "arithmetic"; nullptr: none
    const char* message = nullptr;
};

namespace traps {

inline constexpr Trap null_pointer{"memory", "null pointer dereference"};
inline constexpr Trap wild_pointer{"memory", "access through a pointer that points at nothing"};
inline constexpr Trap out_of_bounds{"memory", "access outside an array's bounds"};
inline constexpr Trap wrong_type{"memory", "access through a pointer of another type than what it points at"};
inline constexpr Trap undefined_read{"memory", "read of a variable that was never written"};
inline constexpr Trap dead_access{"memory", "access to a variable whose scope has ended (dead stack frame)"};
inline constexpr Trap division_by_zero{"arithmetic", "division by zero"};
inline constexpr Trap bad_shift{"arithmetic", "shift by a negative number or by more than the width"};
inline constexpr Trap bad_cpu{"memory", "no CPU has this number"};
inline constexpr Trap long_integer{"memory", "an integer of more than 29 bits is kept in a pointer"};
inline constexpr Trap punned_write{"memory",
                                   "write through a pointer to another struct than what it points at (type punning)"};
inline constexpr Trap undefined_copy{"memory",
                                     "what holds no value comes where a pointer's type did not say that it could"};

}  // namespace traps

}  // namespace lockstep
