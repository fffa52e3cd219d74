// Partial order reduction: which processes' steps are enough in a state.
//
// A set of processes is chosen of which nothing that all others do before one of them moves can matter to their next
// steps, nor these to it. Then the steps of the others can wait (a *persistent* or strong stubborn set: P. Godefroid,
// Partial-Order Methods for the Verification of Concurrent Systems, 1996; A. Valmari, Stubborn Sets for Reduced State
// Space Generation, 1990). What the others may do is not read off the program, in which nearly everybody may touch
// nearly everything, but found by letting them go on from the present state: see solo_futures.h.
//
// Agents. Processes of one CPU are one agent, since they hand on to one another; a process without a CPU is one by
// itself. Let s be the state, C a set of agents, T all steps of C in s, and an *outside* run one from s in which only
// others than C and the clock step. C is chosen if
//
//   1  The futures of the agents outside cover every outside run. Each is explored against all that the others outside
//      do, until nothing is added: each step of an outside run is one that its agent's future has, since what it reads
//      has one of the values with which it was tried (by induction on the run).
//   2  T is the same after every outside run: what T looks at (also in order not to be enabled) is not written outside,
//      or it is not sensitive to it.
//   3  An outside run is the same after a step of T: what that writes is not read outside, or not sensitively, even
//      where T has moved it.
//   4  What T and the outside both write, both move, each equally far from whatever value.
//   5  For each invariant: it does not fail after any outside run (judged by all values that these can give to what it
//      reads), or T writes nothing of what it reads after any of them.
//   6  The clock does not tick in an outside run: in C some process has a step in s that is not at a settle point, or
//      that does not come back to s, whatever is done outside. (By 2 it goes on having that step, and to be running.)
//
// It would be of no use if no step of T led to another state, or nobody outside had a step.
//
// A step that is the same writes, reports and traps the same. So from 2, 3 and 4: for t in T and an outside run u, both
// t u and u t are runs, with the same reports, and end in the same state (where t does not end the run).
//
// What is kept. Let every state have a reduced run to a state that has been expanded fully; the search makes sure of it
// by expanding fully all states of all terminal components of the reduced graph, until there is none left to do
// (Valmari, Stop It, and Be Stubborn!, 2017, has this cure for ignored steps). Let r be a state of the reduced graph
// and v a run from r in the full one. Then some reduced run from r ends in a state to which v leads and, from there, a
// run that is empty or of steps that were put in front: by induction on the length of v, and then on the distance of r
// from a fully expanded state. If C steps in v, its first step is in T by 2, and moves to the front: r goes on with it,
// v is shorter. If not (so r is not expanded fully), any step of T can be put in front by 3: r goes on with the one
// that leads nearer to a fully expanded state (and so does not end the run), v is the same. So
//
//   - A step that reports or traps at the end of v is found: either it comes to be in T itself, by which it is made in
//     r, or it reports the same behind T's step. So T may have such steps.
//   - A state at the end of v in which an invariant fails: moving T's step to the front does not change the end; where
//     T's step is put in front, the end is changed by it, but not for that invariant, by 5.
//   - A terminal component of the full graph is reached by the reduced graph, and all of its states are expanded
//     fully there; nor are there others: a terminal component that is expanded fully is one of the full graph. So
//     deadlocks, livelocks, and all that liveness.h asks about a component, are what they were.
//
// Which of several runs is found first is not kept, so that a violation's trace may be longer than need be. When all
// this is worth its time is for explore.cpp to say.
//
// Sets are tried from one agent on, and whoever is in the way joins. Most cannot be chosen, and are given up early: who
// is in the way of futures as far as they are known will be in the way of the whole ones.
//
// Tests: engine/stubborn_set_test.cpp, a small Program for each condition; engine/stubborn_condition_test.cpp, the
// conditions in each state of random ones; what is found, in engine/stubborn_machine_test.cpp, engine/
// differential_test.cpp ("stubborn sets keep what is found") and scenarios/ ("stubborn_sets").
#pragma once

#include "explicit/solo_futures.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace lockstep::explicit_engine {

class StubbornSets {
public:
    StubbornSets(Stepper& stepper, const Layout& layout);

    /// Processes whose steps from the evaluator's present state are enough; empty: all are needed. Valid until the next
    /// call. Sets are tried that have one of `begin_with` in them: with symmetry of CPUs, the others are like these.
    std::span<const ProcessId> choose(std::span<const ProcessId> begin_with);

private:
    using Group = SoloFutures::Group;
    struct Agent {
        std::vector<ProcessId> processes;
        Group group = 0;
        const Future* first = nullptr;  // its first steps, and all, if nobody else moves
        const Future* alone = nullptr;
        std::size_t joining = 0;  // who was found to have to join it
    };
    /// Somebody's future, as it is known so far: whatever is added to what others do adds to it.
    struct Growing {
        const Future* future = nullptr;  // either kept by `futures` or `grown`
        Future grown;
        Influences others;  // with which it was found
    };
    struct Member {
        std::size_t agent = 0;
        Growing future;
    };
    /// Somebody outside, by number in `outside`, who writes a cell.
    struct Writer {
        std::size_t member = 0;
        const Change* change = nullptr;
        bool is_new = true;  // its values are not in Written::written
    };
    /// What is done to a cell outside. While a set is tried, that only grows.
    struct Written {
        std::uint32_t cell = 0;
        std::vector<Writer> writers;
        bool is_current = false;  // what follows
        Shift shift;
        Values written;                  // and the present value
        const Values* values = nullptr;  // that it can have
    };

    Stepper& stepper;
    SoloFutures futures;
    bool is_applicable = true;
    std::vector<Agent> agents;
    std::vector<std::size_t> agent_of_cpu;  // by CPU + 1
    std::vector<bool> may_begin;            // by process
    std::size_t active = 0;                 // agents that have a step
    std::vector<std::size_t> unknown;       // agents whose future is not known even if nobody else moves
    std::vector<ProcessId> chosen;
    std::size_t least = 0;                 // steps that the chosen ones have
    std::vector<std::vector<bool>> tried;  // sets of several agents

    // The set that is being tried, C.
    std::vector<bool> inside;          // by agent
    std::vector<ProcessId> processes;  // of C
    Group group = 0;
    Growing first_steps;          // of C
    std::vector<Member> outside;  // the first `outside_count` of them
    std::size_t outside_count = 0;
    std::vector<Written> written;  // the first `written_count` of them
    std::size_t written_count = 0;
    std::vector<std::uint32_t> written_epoch;  // by cell: in which epoch somebody outside was found to write it
    std::vector<std::uint32_t> written_index;  // by cell: in `written`
    std::uint32_t epoch = 0;
    Influences done;  // what done_by_others() said last

    void find_agents();
    void try_agents();
    void try_larger_sets();
    std::size_t try_set();
    void begin_set();
    [[nodiscard]] std::span<Member> members() { return {outside.data(), outside_count}; }
    void note_writes(std::size_t member);
    void bring_up_to_date(Written& cell);
    const Influences& done_by_others(const Future& reader, std::size_t except);
    void add_own_values(const Future& future);
    bool grow(Growing& growing, Group of, std::size_t except, SoloFutures::Extent extent);
    std::size_t find_conflict();
    std::size_t whom_first_steps_look_at();
    bool is_disturbed(const Member& member);
    bool stays_unsettled(std::size_t agent);
    bool keeps_invariants();
};

}  // namespace lockstep::explicit_engine
