// Steps: what the processes of a Program can do in a state.
//
// A step is one transition of one process and then, as long as the process stands at a pass-through location, every
// transition that follows; a branch on the way (two guards true, a Choice) makes several steps. A step that meets a
// pass-through location at which nothing is enabled did not happen. Each completed step is shown to a visitor with
// the evaluator's cells holding the state after it; afterwards everything is taken back.
//
// Time (the clock's transitions, `when_settled`) may pass only when every running process is *settled*: it has no
// step to make, or it stands at its loop's head and, going on alone, whatever it chooses, it can still come back to
// exactly the same state: nothing new will happen before somebody else moves. The check runs the loop; see settled().
#pragma once

#include "result/result.h"
#include "semantics/evaluator.h"
#include "semantics/passed_points.h"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <vector>

namespace lockstep {

/// One completed step, as the visitor sees it; all of it is valid during the visit only. The state is in
/// evaluator.cells, what it changed in evaluator.writes from `first_write` on.
struct StepView {
    ProcessId process;
    std::span<const Move> moves;
    std::span<const ReportEvent> reports;
    std::size_t first_write;
    Trap trap;           // the step ended in a trap: there is no state after it
    bool stopped;        // a Report that stops: there is no state after it
    bool made_progress;  // passed ls_progress
};

class Stepper {
public:
    explicit Stepper(const Program& program, const Layout& layout);
    /// With a state of its own, for another thread; code is shared.
    explicit Stepper(const Stepper& other);
    Stepper& operator=(const Stepper&) = delete;

    Evaluator evaluator;

    /// Whether visitors get to see each step's moves; otherwise only those of steps that report or trap.
    bool record_moves = false;

    /// Is told the transitions of each completed step that may pass something new; none: nobody is. Copies have none.
    PassedPoints* passed = nullptr;

    /// Set where a step did not happen because of a Prune (ls_assume): a run that stops there is none, and nobody is
    /// stuck in it.
    bool met_prune = false;

    using Visitor = std::function<void(const StepView&)>;

    /// Every step of every process from the present state. Returns whether there was any (traps included).
    bool all_steps(const Visitor& visit);

    /// The processes in the order in which all_steps() takes them: the clocks last, invariants not at all.
    [[nodiscard]] const std::vector<ProcessId>& processes() const { return everybody; }

    /// Every step of one process (which may be the clock).
    bool steps_of(ProcessId p, const Visitor& visit);

    /// Runs an invariant's automaton on the present state, visiting its end only if it reports or traps.
    void check_invariant(const Invariant& invariant, const Visitor& visit);

    /// Nothing that p does alone changes anything for good: it is not running, blocked, or waits in a loop.
    bool settled(ProcessId p);

    struct Wait {
        LocationId place;            // where it blocks, or its loop's settle point; none if it never settles
        std::set<LocationId> round;  // where it stops on its way round the loop; `place` itself is one of them
    };

    /// How p ends up waiting if it alone goes on from here (within a bound). Used to tell a wait from a livelock.
    Wait settles_at(ProcessId p);

    /// A step that is longer than this is taken for one that never ends.
    static constexpr std::size_t max_moves = 200000;
    /// The same for one that branches so often.
    static constexpr std::size_t max_branches = 300;

    const Program& program;

private:
    /// Where the step being made began, in the logs.
    struct Mark {
        std::size_t writes, reports, moves;
    };

    /// Cells that have another value than before, and the value; by cell.
    using Difference = std::vector<std::pair<std::uint32_t, std::int64_t>>;
    /// A process that goes on alone, to see whether it comes back.
    struct Rounds {
        std::size_t first_write;                                     // where it began, in the log
        int budget;                                                  // of steps
        std::map<Difference, std::uint32_t> met;                     // the states on the way, numbered; 0 is the first
        std::vector<std::pair<std::uint32_t, std::uint32_t>> steps;  // between them
        std::set<LocationId> stops;                                  // where p stood in them
    };

    std::vector<ProcessId> everybody, others;  // others: all but the clocks
    std::vector<const Automaton*> automata;    // by process
    IdVector<AutomatonId, std::vector<bool>> is_two_way;
    std::vector<Move> moves;
    std::vector<std::uint32_t> seen_epoch;  // by cell, for unchanged_since()
    std::uint32_t epoch = 0;
    std::size_t branches = 0;       // on the way of the step being made
    bool is_endless = false;        // that step never ends
    bool checks_invariant = false;  // whose end, where it holds, is no place to stop at, but has been come to

    [[nodiscard]] Mark mark() const { return {evaluator.writes.size(), evaluator.reports.size(), moves.size()}; }
    void take_back(const Mark& to);
    bool whole_step(ProcessId p, TransitionId t, const Mark& start, const Visitor& visit);
    bool branch(ProcessId p, TransitionId t, const Mark& start, const Visitor& visit);
    bool take(Move move, const Mark& start, const Visitor& visit);
    struct WaysOn {
        TransitionId only;
        std::size_t count;
    };
    WaysOn ways_on(ProcessId p, const Location& location);
    bool go_on(ProcessId p, const Mark& start, const Visitor& visit);
    bool give_up(ProcessId p, const Mark& start, const Visitor& visit);
    bool show(ProcessId p, const Mark& start, Trap trap, bool stopped, const Visitor& visit);
    void note_passed(ProcessId p, std::span<const Move> step, bool gets_nowhere);
    bool changes_anything(ProcessId p, TransitionId t);
    bool everybody_settled();
    bool is_blocked(ProcessId p);
    bool settled(ProcessId p, int& budget, std::set<LocationId>& round);
    bool go_round(ProcessId p, std::uint32_t from, Rounds& rounds);
    Wait settles_at(ProcessId p, int& budget);
    bool unchanged_since(std::size_t first_write);
    Difference difference_since(std::size_t first_write);
};

}  // namespace lockstep
