// Asks for memory that will be written, so that no other processor has it any more when it is.
//
// Unless it may assume that the processor knows the instruction, GCC asks for it as if it were only to be read; those
// that do not know it do nothing.
#pragma once

namespace lockstep::explicit_engine {

inline void prefetch_to_write(const void* place)
{
#if defined(__x86_64__)
    asm volatile("prefetchw %0" : : "m"(*static_cast<const char*>(place)));
#else
    __builtin_prefetch(place, 1);
#endif
}

}  // namespace lockstep::explicit_engine
