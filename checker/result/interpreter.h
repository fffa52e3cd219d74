// The reference: a second, slow and plain reading of what a Program means.
//
// It walks the expressions' trees and keeps a state as three rows (memory by address, each process's registers by
// variable, locations), without registers sharing cells, without packing, without undo. Nothing of the fast evaluator
// is used, only the numbering of addresses (semantics/layout.h), since pointers are part of what is compared. Replay
// executes every counterexample with it before anybody sees it, and tests hold the two against each other.
#pragma once

#include "program/program.h"
#include "result/result.h"
#include "semantics/evaluator.h"
#include "semantics/layout.h"

#include <functional>
#include <map>
#include <span>
#include <vector>

namespace lockstep {

class Interpreter {
public:
    Interpreter(const Program& program, const Layout& layout);

    struct State {
        std::vector<std::int64_t> memory;     // by address
        std::vector<std::int64_t> registers;  // by register_index()
        std::vector<LocationId> locations;    // by process
        bool operator==(const State&) const = default;
        auto operator<=>(const State&) const = default;
    };

    /// What one transition did besides changing the state.
    struct Outcome {
        enum class End : std::uint8_t { moved, disabled, pruned, stopped, trapped } end = End::moved;
        Trap trap;
        std::vector<ReportEvent> reports;
        bool made_progress = false;
    };

    [[nodiscard]] State initial(std::uint32_t index) const;
    /// An engine's state. What nobody uses any more may differ from that after a replay of the path to it.
    [[nodiscard]] State from_cells(std::span<const std::int64_t> cells) const;
    [[nodiscard]] bool running(const State& state, ProcessId p);
    [[nodiscard]] std::int64_t own_cpu(const State& state, ProcessId p);
    [[nodiscard]] std::int64_t own_task(const State& state, ProcessId p);

    /// Takes one transition if its guard allows it (`force`: even if not). The state is changed only by `moved`.
    Outcome take(State& state, const Move& move, bool force = false);

    /// The values that a transition's Choice offers; {0} where it has none.
    std::vector<std::int64_t> choices(const State& state, ProcessId p, TransitionId t);

    struct StepOutcome {
        Step moves;
        State state;  // after it (unless stopped or trapped)
        Outcome last;
        std::vector<ReportEvent> reports;
        bool made_progress = false;
    };
    /// Every step of a process; of the clock only where all others are settled.
    std::vector<StepOutcome> steps(const State& state, ProcessId p);

    /// See Stepper::settled.
    bool settled(const State& state, ProcessId p);

    /// Runs an invariant's automaton; the report or trap that ends it badly, if any.
    std::vector<StepOutcome> failures(const State& state, const Invariant& invariant);

    [[nodiscard]] bool is_clock(ProcessId p) const { return program.processes[p].kind == ProcessKind::clock; }
    [[nodiscard]] bool is_invariant(ProcessId p) const;
    [[nodiscard]] const Automaton& automaton(ProcessId p) const
    {
        return program.automata[program.processes[p].automaton];
    }
    [[nodiscard]] const Location& location(const State& state, ProcessId p) const
    {
        return automaton(p).locations[state.locations[p.index]];
    }
    [[nodiscard]] std::size_t register_index(ProcessId p, VariableId v) const
    {
        return first_register[p.index] + register_of[v.index];
    }

    /// When set, receives the address of every slot that is read.
    std::vector<std::uint32_t>* read_log = nullptr;
    /// When set, receives the address of every slot that is written (but for what ages with time).
    std::vector<std::uint32_t>* write_log = nullptr;
    /// When set, receives the address of every slot that is read or written (but for what ages with time).
    std::vector<std::uint32_t>* access_log = nullptr;

    const Program& program;
    const Layout& layout;

private:
    struct Context {
        const State* state;
        ProcessId process;
    };
    std::vector<std::size_t> register_of;     // by VariableId: which one it is of its automaton's
    std::vector<std::size_t> first_register;  // by process
    void touch(std::uint32_t address) const
    {
        if (access_log != nullptr) access_log->push_back(address);
    }
    void touch_written(std::uint32_t address) const
    {
        touch(address);
        if (write_log != nullptr) write_log->push_back(address);
    }
    bool met_prune = false;  // a step did not happen because of a Prune

    std::int64_t value(const Context& context, ExpressionId e);
    [[nodiscard]] bool is_past_end(std::int64_t address) const;
    std::uint32_t slot(std::int64_t address, SlotClass expected) const;
    void assign_register(State& state, ProcessId p, VariableId v, std::int64_t value) const;
    void set_scope(State& state, ProcessId p, VariableId v, bool begins) const;
    void copy(State& state, std::int64_t to, std::int64_t from, std::uint32_t slots) const;
    void invalidate(State& state, std::int64_t address, std::uint32_t slots) const;
    void age_times(State& state) const;
    void carry_out(State& state, const Move& move, Outcome& outcome);
    void go_on(StepOutcome step, ProcessId p, std::vector<StepOutcome>& all, bool with_first);
};

}  // namespace lockstep
