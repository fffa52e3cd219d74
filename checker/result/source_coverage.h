// Which lines, functions and branches of the source were executed, as plain data: the Program's points (program.h), by
// file. A line is executed if one of the calls that were inlined from it is.
#pragma once

#include "program/program.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lockstep {

struct SourceCoverage {
    struct Function {
        std::string name;
        std::uint32_t line = 0;
        bool is_executed = false;
    };
    struct Line {
        std::uint32_t line = 0;
        bool is_executed = false;
    };
    /// One way on from a condition or a switch.
    struct Branch {
        std::uint32_t line = 0, column = 0;  // of the statement
        std::string way;
        bool is_executed = false;
    };
    struct File {
        std::string name, path;  // as the user sees it, and where others find it
        bool is_own = false;     // one of those that were given to be checked, and not of the miniature kernel
        std::vector<Function> functions;
        std::vector<Line> lines;
        std::vector<Branch> branches;  // those of one statement follow each other
    };
    std::vector<File> files;   // those with anything that could be executed
    bool is_complete = false;  // all that can be reached was looked at: what is not executed here never is
};

namespace result {

/// Whether a point is a function of one of these files, and not of the miniature kernel.
bool is_own_function(const Program& program, std::span<const std::string> own_files, PointId point);

/// `is_passed` by PointId, beside what boot has passed.
SourceCoverage source_coverage(const Program& program, std::span<const std::string> own_files,
                               const std::vector<bool>& is_passed);

}  // namespace result

}  // namespace lockstep
