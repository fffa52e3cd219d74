// The C front end: C files -> Program.
//
// Clang parses, checks and types each translation unit; what is here links the units, finds what runs (boot, tasks,
// handlers), and lowers each of these with everything it calls into an automaton. No Clang header is needed to use it.
#pragma once

#include "machine/machine.h"
#include "program/program.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lockstep::frontend {

struct Options {
    std::vector<std::string> files;                // C files, as given by the user
    std::vector<std::string> defines;              // NAME or NAME=VALUE
    std::vector<std::string> include_directories;  // searched first
    /// Holds include/ and kernel/: include/ is searched too, and names in "#pragma lockstep source" are relative to it.
    std::string models_directory;
    std::uint32_t cpus = 2;  // also defines NR_CPUS
    /// Texts that differ from the disk's (patches): path -> text. For sources and headers alike.
    std::map<std::string, std::string> overlays;
    /// The implementation that headers name so ("kernel/stop_machine.c") is read from this file instead.
    std::map<std::string, std::string> replacements;
};

struct Output {
    Program program;
    machine::Machine machine;
    machine::Entries entries;
    std::vector<std::string> sources_read;  // the translation units, in the order read
    std::vector<std::string> warnings;
};

/// Throws InputError.
Output read_c(const Options& options);

}  // namespace lockstep::frontend
