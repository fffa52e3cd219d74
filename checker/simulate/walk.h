// A walk through a Program: a path, the states on it, and a place on the path from which it can go on.
//
// All is asked of the reference interpreter: what can come next is exactly what it offers in the state, and a step is
// executed move by move, as replay does it. Going back leaves the rest of the path in place, so that it can be gone
// again; only another step cuts it off. A recorded path is a walk of which nothing has been gone yet.
#pragma once

#include "result/describe.h"
#include "result/interpreter.h"
#include "result/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lockstep::simulate {

class Walk {
public:
    using State = Interpreter::State;
    using End = Interpreter::Outcome::End;

    /// The Program has to outlive it.
    explicit Walk(const Program& program, std::uint32_t initial_state = 0);
    Walk(const Walk&) = delete;
    Walk& operator=(const Walk&) = delete;

    /// A step that was made, and where it led.
    struct Taken {
        Step moves;
        TraceStep description;
        bool has_reported = false;  // a report, a trap or a broken invariant; they are its messages
        State after = {};
        End end = End::moved;  // stopped, trapped: nothing comes after it
    };

    /// A step that can come next, with where it leads.
    struct Offer {
        ProcessId process;
        std::int64_t cpu = -1;  // -1: the clock
        Interpreter::StepOutcome outcome;
    };

    /// Every step that can come next here, by process.
    const std::vector<Offer>& offers();

    /// Makes an offered step. Where it is not the next of the path, the rest of the path is dropped.
    void take(std::size_t offer);

    /// Makes the next step of the path; false at its end. Throws std::runtime_error where it is not possible, and drops
    /// the rest of the path then.
    bool take_next();

    bool back();
    /// Goes to the place after that many steps of the path; false where it has fewer. Throws as take_next().
    bool go_to(std::size_t steps);

    /// Begins again, with a path to be followed.
    void follow(Path path);

    [[nodiscard]] std::size_t position() const { return place; }
    [[nodiscard]] const Path& path() const { return whole_path; }
    /// The path as far as it has been gone.
    [[nodiscard]] Path path_so_far() const;
    /// What has been done up to here; the last one led here.
    [[nodiscard]] std::span<const Taken> steps() const { return {taken.data(), place}; }
    [[nodiscard]] const State& state() const { return place == 0 ? initial : taken[place - 1].after; }
    /// Before the last step; at the beginning, the same.
    [[nodiscard]] const State& previous() const { return place < 2 ? initial : taken[place - 2].after; }
    [[nodiscard]] bool has_ended() const { return place > 0 && taken[place - 1].end != End::moved; }
    [[nodiscard]] double ticks() const;

    [[nodiscard]] Interpreter& reference() { return interpreter; }
    [[nodiscard]] const Layout& addresses() const { return layout; }
    [[nodiscard]] const Program& model() const { return program; }

private:
    const Program& program;
    Layout layout;
    Interpreter interpreter;
    result::Describer describer;
    State initial;
    Path whole_path;
    std::vector<Taken> taken;  // a beginning of the path: what has been executed
    std::size_t place = 0;     // how many of them lead here
    std::vector<Offer> offered;
    bool has_offers = false;  // `offered` are those of this place

    Taken execute(const Step& step);
    void execute_move(const Move& move, Taken& result, bool is_last);
    void look_at_invariants(Taken& result);
    void cut_here();
};

}  // namespace lockstep::simulate
