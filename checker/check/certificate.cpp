#include "check/certificate.h"

#include "base/diagnostic.h"
#include "smt/smtlib.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <system_error>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

constexpr const char* introduction = R"(A proof by induction that was made by lockstep

Each file *.smt2 is one obligation: a formula in SMT-LIB 2 (logic QF_BV) that has no
model. `unsat` from a solver discharges it. scripts/check-certificate, which is part of
lockstep's sources but does not use it, asks z3 and cvc5.

How they make up the proof: variables s.* are the values in a state of which only the
types are known; the terms built from them are the states after one, two ... steps of any
process. If the lemmas hold in every initial state (lemmas-base) and every step preserves
them (lemmas-step), they hold in every reachable state. If a property holds in the first
k states of every run (base-*), and k states in which lemmas and properties hold are
followed only by states in which the property holds (*-step), it holds in every reachable
state. An invariant that property-directed reachability found holds in every initial state
(invariant-base), every step preserves it (invariant-step-*), where it and the lemmas hold,
and each property follows from both (*-follows). Where a loop within one step is followed
to its end, *-loop-* say that it has no further round. If no run is longer than the base is, the base alone is the proof.

A proof for every number of CPUs is about integers (logic QF_LIA): N, and how many CPUs
are in each local state. The facts hold where every member begins (begin), every rule
preserves them (step-*, by control state), and each property follows from them, in each control state.
What is known of CPUs' own numbers is asserted for the CPU that makes the step and for two others in each local state,
and, where nobody is to be stuck, that numbers which all differ are no more than the bounds between which they lie.

Behind each is how long lockstep took to find it out. That lemmas-base holds it finds by executing the initial states,
and what turns out to be a constant takes no time.

What the solvers do not check is that the formulas say what the Program does: lockstep's
tests compare both.
)";

void write(const fs::path& file, const std::string& text)
{
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    if (!out) reject_input(fmt::format("{} could not be written", file.string()));
}

}  // namespace

void check_certificate_directory(const std::string& directory)
{
    std::error_code error;
    if (fs::exists(directory, error) && !fs::is_empty(directory, error))
        reject_input(fmt::format("--certificate {}: there is something already", directory), "name a new folder");
    const fs::path parent = fs::absolute(directory).parent_path();
    if (!fs::is_directory(parent, error))
        reject_input(fmt::format("--certificate {}: there is no folder {}", directory, parent.string()));
}

void write_certificate(const std::string& directory, const smt::Terms& terms,
                       const std::vector<smt::Refuted>& obligations, const std::string& program)
{
    check_certificate_directory(directory);
    const fs::path unfinished = directory + ".unfinished";
    std::error_code ignored;
    fs::remove_all(unfinished, ignored);
    try {
        fs::create_directories(unfinished);
        std::string readme = introduction;
        readme += fmt::format("\nThe Program: {}\n\n", program);
        for (const smt::Refuted& obligation : obligations) {
            write(unfinished / (obligation.name + ".smt2"),
                  smt::to_smtlib(terms, obligation.asserted, obligation.says));
            readme += fmt::format("{}.smt2\n    {} ({:.3f} s)\n", obligation.name, obligation.says, obligation.seconds);
        }
        write(unfinished / "README", readme);
        if (fs::exists(directory)) fs::remove(directory);
        fs::rename(unfinished, directory);
    } catch (const fs::filesystem_error& error) {
        fs::remove_all(unfinished, ignored);
        reject_input(fmt::format("--certificate {}: {}", directory, error.code().message()));
    } catch (...) {
        fs::remove_all(unfinished, ignored);
        throw;
    }
}

}  // namespace lockstep
