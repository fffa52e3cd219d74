// Carries out guards and effects on an expanded state.
//
// The Program's expressions are compiled, for each process, into code for a small register machine in which
// everything that is known beforehand (addresses of globals, the process's own cells, element strides, types) is a
// constant. Every write is logged, so that a successor is made in place and taken back at little cost, and so that
// the store learns which words changed.
//
// This interface is what engines see. Behind it are an interpreter and, where it was asked for, natively compiled code
// (native.h) for what is run often. result/replay has an interpreter of its own, against which this one is tested.
#pragma once

#include "program/program.h"
#include "semantics/layout.h"
#include "semantics/log.h"
#include "semantics/native.h"
#include "semantics/trap.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace lockstep {

/// A Report statement that was carried out.
struct ReportEvent {
    ProcessId process;
    TransitionId transition;
    const Report* report = nullptr;
    std::vector<std::int64_t> arguments;
    std::int64_t cpu = -1;
    std::int64_t task = -1;
};

class Evaluator {
public:
    Evaluator(const Program& program, const Layout& layout);
    ~Evaluator();
    Evaluator(const Evaluator&) = delete;
    Evaluator& operator=(const Evaluator&) = delete;

    /// Another one for the same Program, with a state and logs of its own; code is shared, native code too.
    [[nodiscard]] Evaluator sibling() const;

    /// What of the code is compiled natively: nothing, as long as this is not called.
    void use_native(NativeMode mode);

    using Write = CellWrite;

    std::vector<std::int64_t> cells;   // the present state
    Log<Write> writes;                 // every write since the log was last emptied, oldest first
    std::vector<ReportEvent> reports;  // since last emptied
    bool made_progress = false;        // a Progress was carried out since last reset
    Trap trap;                         // set when enabled() or apply() fails

    /// While `records_reads`, every cell whose value was looked at, once each (explicit/outcome_cache).
    bool records_reads = false;
    Log<std::uint32_t> reads;
    void note_read(std::uint32_t cell)
    {
        if (read_mark[cell] == read_epoch) return;
        read_mark[cell] = read_epoch;
        reads.push_back(cell);
    }
    void forget_reads()
    {
        reads.clear();
        ++read_epoch;
    }

    /// Process p's `running`. Traps count as false.
    bool running(ProcessId p);

    /// Own::cpu of a process in the present state; -1 on a trap.
    std::int64_t own_cpu(ProcessId p);

    /// The guard of a transition of p. False on a trap.
    bool enabled(ProcessId p, TransitionId t);

    enum class Applied : std::uint8_t { done, pruned, stopped, trapped };
    /// The effect (not the change of location). `stopped`: a Report that stops was carried out.
    Applied apply(ProcessId p, TransitionId t);

    enum class Stepped : std::uint8_t { disabled, not_happened, pruned, done, needs_detail };
    /// A whole step at once: guard, effect and location of a transition, and of all that follow up to a location where
    /// the process stops. `not_happened`: it met a place where nothing is enabled. `pruned`: it met an ls_assume.
    /// `needs_detail`: it traps, reports, chooses, or has several ways on; make it transition by transition. What was
    /// written has to be taken back by the caller in any case.
    Stepped step(ProcessId p, TransitionId t);

    /// Bounds of a transition's Choice; low > high: no value. nullopt on a trap.
    bool choice_bounds(ProcessId p, TransitionId t, std::int64_t& low, std::int64_t& high);
    void set_choice(ProcessId p, TransitionId t, std::int64_t value);

    void write(std::uint32_t cell, std::int64_t value)
    {
        writes.push_back({cell, cells[cell]});
        cells[cell] = value;
    }
    /// Takes back all writes after the first `count`.
    void undo_to(std::size_t count)
    {
        while (writes.size() > count) {
            cells[writes.back().cell] = writes.back().before;
            writes.pop_back();
        }
    }

    [[nodiscard]] std::uint32_t location_cell(ProcessId p) const { return layout.processes[p].location_cell; }
    [[nodiscard]] LocationId location(ProcessId p)
    {
        if (records_reads) note_read(location_cell(p));
        return LocationId(static_cast<std::size_t>(cells[location_cell(p)]));
    }

    const Program& program;
    const Layout& layout;

    /// How often native code left it to the interpreter.
    std::uint64_t given_up = 0;

    /// What was compiled; none where use_native() was not called.
    [[nodiscard]] const NativeCode* native_code() const { return native.get(); }

private:
    std::shared_ptr<const Code> code;
    std::shared_ptr<NativeCode> native;
    std::vector<std::int64_t> arguments;   // of the report that is being put together
    std::vector<std::uint64_t> read_mark;  // by cell: the epoch in which it was read last
    std::uint64_t read_epoch = 1;

    Evaluator(const Program& program, const Layout& layout, std::shared_ptr<const Code> code,
              std::shared_ptr<NativeCode> native);

    std::int64_t run(std::uint32_t entry, ProcessId p, TransitionId t)
    {
        if (native != nullptr) {
            if (const NativeFunction function = native->find(entry, records_reads)) {
                const std::size_t before = writes.size();
                const NativeResult found =
                    function(cells.data(), &writes.pointers, &reads.pointers, read_mark.data(), read_epoch, this);
                if (found.given_up == 0) return found.value;
                native_gave_up(before);
            }
        }
        return records_reads ? run_code<true>(entry, p, t) : run_code<false>(entry, p, t);
    }
    void native_gave_up(std::size_t writes_before);
    template <bool recording>
    std::int64_t run_code(std::uint32_t entry, ProcessId p, TransitionId t);

    // What takes many instructions or happens rarely, for the interpreter and for native code. False: a trap.
    friend struct SlowOperations;
    [[nodiscard]] Trap bad_address(std::int64_t address) const;
    bool copy_slots(std::int64_t to, std::int64_t from, std::int64_t slots);
    bool invalidate_slots(std::int64_t address, std::int64_t slots);
    bool add_to_pointer(std::int64_t base, std::int64_t index, std::uint32_t stride, std::int64_t& result);
    void age_times();
    std::int64_t read(std::uint32_t cell)
    {
        if (records_reads) note_read(cell);
        return cells[cell];
    }
    bool fail(const Trap& what)
    {
        trap = what;
        return false;
    }
};

}  // namespace lockstep
