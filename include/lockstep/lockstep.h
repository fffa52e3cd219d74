// The public C++ API: what the command line does, without the command line.
//
//     lockstep::CheckOptions options;
//     options.model.files = {"models/scenarios/migrate_swap.c"};
//     options.model.before = "0b26351b910f";
//     const lockstep::Result result = lockstep::check(options);
//     if (result.verdict == lockstep::Verdict::violated) std::cout << result.violations.front().message;
//
// Errors: InputError (base/diagnostic.h) is a mistake in the input, with its place. What could not be decided is no
// error but the verdict `unknown`, with its reason. std::logic_error is a bug in lockstep.
#pragma once

#include "lockstep/options.h"
#include "program/program.h"
#include "result/proof.h"
#include "result/result.h"

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace lockstep {

struct Loaded {
    Program program;  // booted, and with all passes run: what is explored
    std::vector<std::string> reductions;
    std::vector<std::string> warnings;
    double seconds = 0;
};

/// Reads the sources and builds the Program.
Loaded load(const ModelOptions& options);

/// Whoever watches a check.
struct Observer {
    std::function<void(const Statistics&)> progress;  // about once a second
    const std::atomic<bool>* interrupted = nullptr;   // set it to end the exploration
    std::function<void(const std::string&)> warn;     // at once, of what the Result may say again
    std::function<void(const std::string&)> stage;    // of a proof: what is being done
};

/// Explores the Program and describes what was found. Every violation has been executed again, independently.
Result check(const Loaded& loaded, const CheckOptions& options, const Observer& observer = {});

/// load() and check() in one.
Result check(const CheckOptions& options, const Observer& observer = {});

struct Proved {
    Result result;
    Proof proof;
};

/// Tries to prove that no step traps or reports, that the invariants hold, and that nobody is stuck, for this number of
/// CPUs; or looks for a violation within a bound. A violation that is found has been executed again, independently.
Proved prove(const Loaded& loaded, const ProveOptions& options, const Observer& observer = {});

/// The same for every number of CPUs, where the Program can be counted; a violation that is found is one on few CPUs.
Proved prove_every_n(const ProveOptions& options, const Observer& observer = {});

/// Which CPUs are interchangeable, and what sets the others apart, for people.
std::string symmetry_text(const Loaded& loaded);

/// Executes each violation of a record again, on the Program that it belongs to, and describes it anew. Throws
/// InputError where a path names what the Program does not have, std::logic_error where a violation is not confirmed.
void replay(const Loaded& loaded, Result& recorded);

/// Tells Programs apart: a hash of the textual form, as 16 hexadecimal digits.
std::string program_hash(const Program& program);

}  // namespace lockstep
