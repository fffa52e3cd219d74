// Translates code of semantics/code.h into LLVM's intermediate representation, one function for an entry point.
#pragma once

#include "semantics/native.h"

#include <cstdint>
#include <string>
#include <vector>

namespace llvm {
class Module;
}

namespace lockstep::native {

/// An entry point, and whether reads are recorded.
struct Request {
    std::uint32_t entry;
    bool records_reads;
};

/// What does not change from one function to the next.
struct Surroundings {
    const Code& code;
    const Layout& layout;
    const NativeCalls& calls;
    std::uint32_t cpus;
    std::vector<std::uint8_t> past_end;  // by address: is_past_end()
};

std::string function_name(const Request& request);

/// Adds the function, a NativeFunction, to the module; or nothing if the code is better left to the interpreter.
void translate(const Surroundings& surroundings, const Request& request, llvm::Module& module);

}  // namespace lockstep::native
