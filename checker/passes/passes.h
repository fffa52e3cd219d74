// Program -> Program: the table of passes, and the one place that runs them.
#pragma once

#include "program/program.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// Boot runs on what the passes before it have left; those behind it know what it has left in memory.
enum class Stage : std::uint8_t { before_boot, after_boot };

struct PassOptions;

struct Pass {
    std::string_view name;
    std::string_view help;
    void (*run)(Program&, const PassOptions&);  // none: what the pass before it may do besides
    bool is_reduction;                          // may be switched off; the others are needed
    Stage stage;
};

/// In the order in which they run.
std::span<const Pass> all_passes();

/// When the Program's rules are checked: what breaks one is a bug of lockstep's, and checking takes longer than a pass.
enum class Verification : std::uint8_t { before_the_first, after_each };

struct PassOptions {
    std::vector<std::string> disabled;  // names of reductions
    Verification verification = Verification::after_each;
};

struct PassReport {
    std::string_view name;
    double seconds = 0;
    std::size_t locations_before = 0, locations_after = 0;
    std::size_t transitions_before = 0, transitions_after = 0;
};

/// Runs every pass (of one stage) that is not disabled, and verifies the Program before the first of all and, if so
/// asked, after each. Throws InputError at the name of a reduction that does not exist.
std::vector<PassReport> run_passes(Program& program, const PassOptions& options = {});
std::vector<PassReport> run_passes(Program& program, Stage stage, const PassOptions& options = {});

}  // namespace lockstep
