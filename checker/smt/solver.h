// Z3 behind a small interface: assert terms, ask whether all can hold, look at a model.
//
// The only file pair that includes Z3. Terms are handed over as they are (each once). Bit-vectors are turned into
// clauses for its SAT solver, in one of two ways: its incremental solver for finite domains keeps what it has learnt
// from one question to the next, which pays where questions grow; or each question is simplified as a whole and solved
// from scratch, which pays where they differ much. Integers go to its solver for
// linear arithmetic.
#pragma once

#include "smt/terms.h"

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace lockstep::smt {

class Solver {
public:
    enum class Kind : std::uint8_t { incremental, from_scratch, integers };
    explicit Solver(const Terms& terms, Kind kind = Kind::incremental);
    ~Solver();
    Solver(const Solver&) = delete;
    Solver& operator=(const Solver&) = delete;

    enum class Answer : std::uint8_t { satisfiable, unsatisfiable, unknown };

    void require(Term t);
    /// Whether everything required and these can hold together.
    Answer check(std::span<const Term> assumptions = {});
    /// Of the model of the last check that was satisfiable; what does not matter for it is 0.
    std::uint64_t value(Term t);
    /// Of the last check, if it was unsatisfiable: which of its assumptions (by number) are enough for that. Not for
    /// Kind::from_scratch.
    std::vector<std::size_t> core();
    /// Why the last answer was unknown.
    [[nodiscard]] std::string reason() const;

    /// What is required from here on is forgotten at pop().
    void push();
    void pop();

    /// May be called from another thread, or a signal's handler: a check that is running ends as unknown.
    void interrupt();

    /// Of Z3, for reports.
    static std::string version();

private:
    struct Impl;
    std::unique_ptr<Impl> impl;
};

}  // namespace lockstep::smt
