// What some processes can do while everybody else leaves them alone, or does no more to them than is said: their solo
// future, as the cells that it reads and writes. It is found by exploring these processes alone, from the present
// state; see stubborn_set.h for what it is good for.
//
// What others do to a cell is told by how far all their steps together can move it (`shift`) and by the values that
// they write to it. A step that looks at such a cell is made with each value that fits both: the cell is where these
// processes have left it, moved by no more than the shift. So a counter that each of n others counts down once has one
// of n + 1 values, however the cell is written. Where no shift is known (`unbounded`), every value that anybody writes
// is possible at any time, and what these processes themselves write is not followed.
//
// A cell is *sensitive* if a step comes out differently for two of its values, other than by moving the cell from both
// equally far: the test of a counter for zero is, where zero is among the values, but counting is not.
//
// Futures are kept with the values of the cells that they read, and hold good wherever these are the same.
#pragma once

#include "semantics/layout.h"
#include "semantics/stepper.h"

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace lockstep::explicit_engine {

/// A range of numbers, with 0 in it, by which a cell can be away from where it was.
struct Shift {
    static constexpr std::int64_t limit = std::int64_t{1} << 20;
    std::int64_t low = 0, high = 0;
    [[nodiscard]] bool is_bounded() const { return low > -limit && high < limit; }
    void include(const Shift& other);
    void add(const Shift& other);
    static Shift unbounded() { return {-limit, limit}; }
    bool operator==(const Shift&) const = default;
};

/// What becomes of one cell.
struct Change {
    enum class Kind : std::uint8_t { unknown, counted, other };

    std::uint32_t cell = 0;
    Shift shift;                       // by all steps together
    std::vector<std::int64_t> values;  // that are written, sorted, each once
    Kind kind = Kind::unknown;         // counted: each step moves it equally far from each of its values
    void add_value(std::int64_t value);
    void add_kind(Kind other) { kind = kind == Kind::unknown || kind == other ? other : Kind::other; }
    bool operator==(const Change&) const = default;
};

using Changes = std::vector<Change>;  // by cell

const Change* find_change(const Changes& changes, std::uint32_t cell);

struct Future {
    bool is_known = true;                  // false: too long, or too many values; then the rest says nothing
    std::vector<std::uint32_t> reads;      // cells, sorted
    Changes writes;                        // what all steps do
    std::vector<std::uint32_t> sensitive;  // sorted; of the cells that others change
    std::size_t steps = 0;                 // from where it begins
    bool has_visible_step = false;         // one of these traps or reports
    bool moves = false;                    // one of these leads to another state
    bool returns = false;                  // some step leads back to where it began
};

class SoloFutures {
public:
    SoloFutures(Stepper& stepper, const Layout& layout);

    enum class Extent : std::uint8_t { first_steps, whole };

    /// The future of some processes from the evaluator's cells on, if others do to these cells what `others` says and
    /// no more (the present values are among those of `others`). Valid until the next call of forget().
    const Future& explore(std::span<const ProcessId> processes, const Changes& others, Extent extent);

    /// To be called now and then, when no future is in use.
    void forget();

    struct Judgement {
        bool can_fail = true;
        bool is_known = true;
        std::vector<std::uint32_t> reads;
    };
    /// Whether an invariant can be false where others do what `others` says; what it reads then.
    Judgement judge(const Invariant& invariant, const Changes& others);

private:
    using Difference = std::vector<std::pair<std::uint32_t, std::int64_t>>;  // sorted by cell
    struct DifferenceHash {
        std::size_t operator()(const Difference& difference) const;
    };
    /// A step's result.
    struct Outcome {
        ProcessId process;
        Difference shifts;  // of the cells that others shift, and that are followed
        Difference values;  // of all other cells written
        bool ends = false;  // it stops or traps
        bool made_progress = false;
        std::vector<std::int64_t> reports;
        bool operator==(const Outcome&) const = default;
    };
    /// How the steps of a process come out for each combination of values: the numbers of the outcomes, and where the
    /// values of a cell begin and end. Equal where the steps are.
    using Shape = std::vector<std::uint32_t>;

    struct Kept {
        Extent extent;
        Changes others;
        Difference read;  // the cells read, and their values
        Future future;
    };
    static constexpr std::size_t most_kept = 64;
    static constexpr std::size_t most_keys = 4096;
    std::map<std::vector<ProcessId>, std::deque<Kept>> cache;

    Stepper& stepper;
    const Layout& layout;

    // The future that is being found.
    const Changes* others = nullptr;
    Future future;
    std::vector<Outcome> outcomes;  // of a process at a node, each once
    std::size_t evaluations = 0;
    std::uint32_t epoch = 0;
    // By cell: in which epoch it was read, is in `others`, has been fixed, is in future.writes, was found sensitive.
    std::vector<std::uint32_t> read_epoch, other_epoch, fixed_epoch, change_epoch, sensitive_epoch;
    std::vector<std::uint32_t> other_index, change_index, written_epoch;
    std::uint32_t written_mark = 0;

    void begin(const Changes& the_others);
    void find(std::span<const ProcessId> processes, Extent extent);
    Shape evaluate(ProcessId p);
    Shape branch(std::uint32_t cell, ProcessId p);
    template <typename Visit>
    void for_each_value(std::uint32_t cell, Visit visit);
    [[nodiscard]] const Change* other(std::uint32_t cell) const
    {
        return other_epoch[cell] == epoch ? &(*others)[other_index[cell]] : nullptr;
    }
    [[nodiscard]] std::uint32_t unfixed_read() const;
    [[nodiscard]] std::uint32_t unfixed_write(const std::vector<Outcome>& found) const;
    Outcome outcome_of(const StepView& view);
    std::uint32_t number_of(Outcome outcome);
    void note_reads();
    Change& change_of(std::uint32_t cell);
    Difference successor(const Difference& node, const Outcome& outcome);
    bool can_fail(const Invariant& invariant);
};

}  // namespace lockstep::explicit_engine
