// Any bytes as a C model: it is refused with an InputError, or becomes a Program that is well-formed after every pass,
// boots or is refused, and can be explored for a few states. Memory safety and assertions are what is tested.
#include "base/diagnostic.h"
#include "explicit/explore.h"
#include "frontend/frontend.h"
#include "machine/machine.h"
#include "passes/passes.h"
#include "program/verifier.h"

#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    lockstep::frontend::Options options;
    options.files = {"fuzz.c"};
    options.models_directory = MODELS_DIRECTORY;
    options.overlays["fuzz.c"] = std::string(reinterpret_cast<const char*>(data), size);
    try {
        lockstep::frontend::Output read = lockstep::frontend::read_c(options);
        lockstep::run_passes(read.program, lockstep::Stage::before_boot);
        lockstep::machine::instantiate(read.program, read.machine, read.entries);
        lockstep::run_passes(read.program, lockstep::Stage::after_boot);
        lockstep::verify(read.program);
        lockstep::explicit_engine::Options engine;
        engine.max_states = 200;
        lockstep::explicit_engine::explore(read.program, engine);
    } catch (const lockstep::InputError&) {
    }
    return 0;
}
