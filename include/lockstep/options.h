// What the user asks for, as plain data: what lockstep's command line is turned into, and what a recorded trace keeps
// so that the same Program can be built again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lockstep {

/// Which Program: the sources and how they are read.
struct ModelOptions {
    std::vector<std::string> files;    // C files, or one textual Program (*.ls)
    std::uint32_t cpus = 0;            // 0: 2 for C files, what it says itself for a textual Program
    std::vector<std::string> defines;  // "NAME" or "NAME=VALUE"
    std::vector<std::string> include_directories;
    std::string models_directory;  // empty: found from the place of the executable
    std::string before;            // a commit of models/patches/series: the kernel just before it
    std::string after;             // or just after it
    std::vector<std::string> patches;
    std::vector<std::pair<std::string, std::string>> replacements;  // name in the miniature kernel, file
    std::vector<std::string> no_reductions;                         // names of passes that are left out
};

enum class SearchOrder : std::uint8_t { breadth_first, depth_first };

/// Whether what the Program does is compiled to machine code; verdicts are the same.
enum class NativeCodeUse : std::uint8_t {
    automatic,  // what is run often, once the search has been running for a while
    never,
    always,  // everything, before it is run first: slow, for tests
};

/// What is kept of a state that has been visited.
enum class Approximation : std::uint8_t {
    none,      // all of it
    bitstate,  // three bits of a large array: some states are omitted; `holds` is never said
    hash,      // a hash of 40 bits: hardly any is omitted; `holds` is never said
};

/// Whether of steps that do not matter to each other one order is enough.
enum class StubbornSets : std::uint8_t {
    never,
    where_they_pay,  // begins without; not with checkpoints
    always,
};

/// Which of the paths to a violation is shown.
enum class PathChoice : std::uint8_t {
    clearest,  // fewest switches between CPUs, then fewest steps, as far as is looked (explicit/clearest_path.h)
    as_found,  // breadth-first: a shortest one
};

/// How it is explored.
struct CheckOptions {
    ModelOptions model;
    SearchOrder search = SearchOrder::breadth_first;
    NativeCodeUse native = NativeCodeUse::automatic;
    bool all = false;              // go on after the first violation
    bool source_coverage = false;  // Result::source_coverage is wanted; not with stubborn_sets
    PathChoice paths = PathChoice::clearest;
    // Questions about the detectors, for which a report is no violation by itself; they imply `all`.
    bool no_false_blame = false;  // only a report that blames a victim is one
    bool no_silent_hang = false;  // only a hang that is not reported is one; the model is to define LS_HANG_TICKS
    /// Partial order reduction; not with no_false_blame, which looks at every state.
    StubbornSets stubborn_sets = StubbornSets::never;
    bool cpu_symmetry =
        false;  // states that differ in which CPU is which are one; not with no_false_blame or approximation
    Approximation approximation = Approximation::none;  // not with depth_first, stubborn_sets or checkpoints
    std::uint64_t approximate_memory_bytes = 0;         // for states visited; 0: three quarters of max_memory_bytes
    std::uint64_t max_memory_bytes = 0;                 // 0: 80 % of what the machine has available
    std::uint64_t max_states = 0;                       // 0: no limit
    double timeout_seconds = 0;                         // 0: no limit
    std::string checkpoint_file;                        // where the search is saved; empty: nowhere
    double checkpoint_seconds = 600;                    // how often
    std::string resume_file;                            // where it goes on; empty: it begins
    std::uint32_t threads = 0;  // 0: one for each core; what is found is the same for any number
};

/// How it is proved, without exploring it.
struct ProveOptions {
    ModelOptions model;
    bool every_n = false;           // for every number of CPUs; that of the model is not looked at
    std::optional<unsigned> bound;  // bounded search only, for violations within so many steps
    unsigned most_k = 6;            // of k-induction
    enum class When : std::uint8_t { first, last, never } reachability = When::last;  // before, after induction
    static constexpr int last_seconds = 120;  // of it as the last one, where there is no limit of time
    std::uint64_t sampled_states = 5000;      // from which facts are mined; 0: no lemmas
    double timeout_seconds = 0;               // 0: no limit
    std::string certificate_directory;        // where the proof's obligations are written; empty: nowhere
};

}  // namespace lockstep
