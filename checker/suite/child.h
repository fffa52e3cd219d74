// A program run as a child, without a shell, with what it writes collected.
#pragma once

#include <atomic>
#include <string>
#include <vector>

namespace lockstep::suite {

struct Ended {
    int status = -1;              // its exit status; -1: a signal ended it
    int signal = 0;               // that one
    bool is_out_of_time = false;  // we ended it
    double seconds = 0;
    std::string output, errors;
};

/// The child has a process group of its own, so that a Ctrl-C reaches only us: once `interrupted` is set it is passed
/// on, and the child may still say what it has. A limit of 0 is none. The child ends if we do.
/// Throws std::runtime_error where no child can be had.
Ended run_child(const std::string& program, const std::vector<std::string>& arguments, double limit_seconds,
                const std::atomic<bool>& interrupted);

}  // namespace lockstep::suite
