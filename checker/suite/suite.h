// A run over many models, each by the expectations in its first comment, as plain data.
#pragma once

#include "suite/expectation.h"
#include "suite/judge.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::suite {

/// Which lines are run, and how.
struct SuiteOptions {
    std::vector<std::string> paths;  // C files, and folders that are searched for them
    bool long_ones = false;          // those that take minutes, and only these
    std::vector<std::string> more;   // options that each line gets
    std::string as_before;           // lines with `--before` this commit, without that; and no others
    Strictness strictness = Strictness::findings;
    double timeout_seconds = 0;  // for each line; 0: no limit
    std::uint32_t threads = 0;   // 0: as many as lockstep takes by itself
};

/// One line to be run, and what came of it.
struct SuiteLine {
    Expectation expectation;
    std::vector<std::string> words;  // of its command line, "check" first, without what only we need
    Outcome outcome = Outcome::not_run;
    std::string got;           // in the words of an expectation; empty if there is no Result
    std::string why;           // it is not as expected; may have several lines
    std::uint64_t states = 0;  // 0: there is no Result
    double seconds = 0;
};

struct SuiteFile {
    std::string name;
    std::vector<SuiteLine> lines;  // at least one
};

struct Suite {
    std::vector<SuiteFile> files;
    // What was left out:
    std::size_t files_without_lines = 0;     // in folders
    std::size_t lines_of_other_length = 0;   // that take minutes; with `long_ones` those that do not
    std::size_t lines_of_other_kernels = 0;  // that choose a version of a file that is replaced, or are not `as_before`
    bool is_interrupted = false;
    double seconds = 0;
};

std::size_t count_lines(const Suite& suite);
std::size_t count_lines(const Suite& suite, Outcome outcome);

/// Whether the options name this one: "--timeout", "--timeout=5".
bool has_option(const std::vector<std::string>& options, std::string_view name);

/// Those with which it is run, as in "--cpus 2 --all".
std::string options_text(const SuiteLine& line);

/// "lockstep check --cpus 2 'a file.c'", for a shell.
std::string command_text(const SuiteLine& line);

}  // namespace lockstep::suite
