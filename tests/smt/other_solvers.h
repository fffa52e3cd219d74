// Proofs of random Programs, asked for again as certificates are: by z3 and by cvc5, the programs, which get SMT-LIB
// and have nothing in common.
#pragma once

#include "smt/refuted.h"
#include "smt/smtlib.h"
#include "smt/terms.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

namespace lockstep::testing {

/// What a solver answers to a file of scripts, a line for each.
inline std::string answers_of(const std::string& solver, const std::filesystem::path& scripts)
{
    std::string text;
    std::FILE* output = popen((solver + " " + scripts.string() + " 2>&1").c_str(), "r");
    REQUIRE(output != nullptr);
    for (int c = std::fgetc(output); c != EOF; c = std::fgetc(output)) text += static_cast<char>(c);
    CHECK(pclose(output) == 0);
    return text;
}

/// None of the obligations has a model.
inline void other_solvers_confirm(const smt::Terms& terms, std::span<const smt::Refuted> obligations)
{
    if (obligations.empty()) return;
    const std::filesystem::path scripts =
        std::filesystem::temp_directory_path() / ("lockstep-proof-" + std::to_string(getpid()) + ".smt2");
    std::string expected;
    {
        std::ofstream file(scripts);
        for (const smt::Refuted& obligation : obligations) {
            file << (expected.empty() ? "" : "(reset)\n")
                 << smt::to_smtlib(terms, obligation.asserted, obligation.says);
            expected += "unsat\n";
        }
    }
    CHECK(answers_of("z3 -smt2", scripts) == expected);
    CHECK(answers_of("cvc5 --lang=smt2", scripts) == expected);
    std::filesystem::remove(scripts);
}

}  // namespace lockstep::testing
