// Any bytes as a textual Program: they are refused with an InputError, or give a Program that, written down and read
// again, is written the same, and that every pass and every writer can deal with.
#include "base/diagnostic.h"
#include "graph/automata.h"
#include "passes/passes.h"
#include "program/parser.h"
#include "program/printer.h"
#include "program/readable.h"

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        lockstep::Program program = lockstep::parse(text, "fuzz.ls");
        const std::string once = lockstep::print(program);
        std::string twice;
        try {
            twice = lockstep::print(lockstep::parse(once, "again.ls"));
        } catch (const lockstep::InputError& error) {
            std::cerr << "what was printed cannot be read:\n" << once << error.what() << '\n';
            std::abort();
        }
        if (once != twice) {
            std::cerr << "printed\n" << once << "and then\n" << twice;
            std::abort();
        }
        lockstep::run_passes(program);
        lockstep::show(program);
        lockstep::graph::to_dot(lockstep::graph::draw_automata(program, "fuzz.ls"));
    } catch (const lockstep::InputError&) {
    }
    return 0;
}
