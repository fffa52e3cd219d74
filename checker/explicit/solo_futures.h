// What some processes can do while everybody else leaves them alone, or does no more to them than is said: their solo
// future, as the cells that it reads and writes. It is found by exploring these processes alone, from the present
// state; see stubborn_set.h for what it is good for.
//
// What others do to a cell, their *influence*, is told by how far all their steps together can move it (`shift`) and by
// the values that they write to it. A step that looks at such a cell is made with each value that fits both: the cell
// is where these processes have left it, moved by no more than the shift. So a counter that each of n others counts
// down once has one of n + 1 values, however the cell is written. Where no shift is known (`unbounded`), every value
// that anybody writes is possible at any time, and what these processes themselves write is not followed.
//
// A cell is *sensitive* if a step comes out differently for two of its values, other than by moving the cell from both
// equally far: the test of a counter for zero is, where zero is among the values, but counting is not.
//
// Exploring is dear, and is seldom done anew: what a process's steps are (read_tree.h), and what a group's future is,
// is kept for all states in which the cells that were looked at are the same. So the future of somebody who has made a
// step is put together from steps that are known.
#pragma once

#include "explicit/read_tree.h"
#include "semantics/layout.h"
#include "semantics/stepper.h"

#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <unordered_set>
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

using Values = std::vector<std::int64_t>;  // sorted, each once

void add_value(Values& values, std::int64_t value);
void add_values(Values& values, const Values& more);
/// Where each of the values can come to, moved by no more than `by`, which is bounded.
[[nodiscard]] Values moved(const Values& values, const Shift& by);

/// What becomes of one cell.
struct Change {
    enum class Kind : std::uint8_t { unknown, counted, other };

    std::uint32_t cell = 0;
    Shift shift;                // by all steps together
    Values values;              // that are written
    Kind kind = Kind::unknown;  // counted: each step moves it equally far from each of its values
    void add_kind(Kind other) { kind = kind == Kind::unknown || kind == other ? other : Kind::other; }
    bool operator==(const Change&) const = default;
};

using Changes = std::vector<Change>;  // by cell

const Change* find_change(const Changes& changes, std::uint32_t cell);

/// What others do to a cell.
struct Influence {
    std::uint32_t cell = 0;
    Shift shift;
    const Values* values = nullptr;  // that it can have, the present one too; from SoloFutures::keep()
    bool operator==(const Influence&) const = default;
};

using Influences = std::vector<Influence>;  // by cell

struct Future {
    bool is_known = true;                  // false: too long, or too many values; then the rest says nothing
    std::vector<std::uint32_t> reads;      // cells, sorted
    Changes writes;                        // what all steps do
    std::vector<std::uint32_t> sensitive;  // sorted; of the cells that others change
    std::size_t steps = 0;                 // from where it begins
    bool moves = false;                    // one of these leads to another state
    bool returns = false;                  // some step leads back to where it began
};

class SoloFutures {
public:
    SoloFutures(Stepper& stepper, const Layout& layout);

    enum class Extent : std::uint8_t { first_steps, whole };

    // What these return is valid until the next call of forget().

    using Group = std::uint32_t;
    Group group_of(std::span<const ProcessId> processes);
    const Values* keep(const Values& values);

    /// The future of some processes from the evaluator's cells on, if others do to these cells what `others` says and
    /// no more.
    const Future& explore(Group group, const Influences& others, Extent extent);

    /// To be called now and then.
    void forget();

    struct Judgement {
        bool can_fail = true;
        bool is_known = true;
        std::vector<std::uint32_t> reads;
    };
    /// Whether an invariant can be false where others do what `others` says; what it reads then.
    Judgement judge(const Invariant& invariant, const Influences& others);

private:
    using Difference = std::vector<std::pair<std::uint32_t, std::int64_t>>;  // sorted by cell
    /// A step's result.
    struct Outcome {
        ProcessId process;
        Difference shifts;  // of the cells that others shift, and that are followed
        Difference values;  // of all other cells written
        bool ends = false;  // it stops or traps
        bool made_progress = false;
        const char* trap = nullptr;  // its kind
        std::vector<std::int64_t> reports;
        bool operator==(const Outcome&) const = default;
    };
    /// How the steps of a process come out for each combination of values: the numbers of the outcomes, and where the
    /// values of a cell begin and end. Equal where the steps are.
    using Shape = std::vector<std::uint32_t>;

    /// A cell whose value is read; or one that is only written, of which what others do to it is looked at.
    struct Looked {
        std::uint32_t cell;
        bool by_value;
        bool operator==(const Looked&) const = default;
        [[nodiscard]] static unsigned narrow_bits() { return 0; }
    };
    /// A cell's value, and what others do to it.
    struct Seen {
        std::int64_t value = 0;
        const Values* values = nullptr;
        Shift shift;
        [[nodiscard]] std::uint64_t hash() const
        {
            const auto bits = reinterpret_cast<std::uintptr_t>(values);
            return ((static_cast<std::uint64_t>(value) * 0xbf58476d1ce4e5b9U) ^ (bits >> 4)) * 0x94d049bb133111ebU +
                   static_cast<std::uint64_t>(shift.low) * 31 + static_cast<std::uint64_t>(shift.high);
        }
        bool operator==(const Seen&) const = default;
        [[nodiscard]] static std::uint32_t number() { return 0; }
    };
    using Tree = ReadTree<Looked, Seen>;

    /// What a process can do at a node, whatever values others give to what it looks at.
    struct Steps {
        std::vector<Tree::Look> looks;
        std::vector<Outcome> outcomes;  // each once
        Difference written;             // all values, each once
        std::vector<std::uint32_t> sensitive;
        std::vector<std::pair<std::uint32_t, Change::Kind>> kinds;
        std::size_t evaluations = 0;
    };

    struct Node {
        std::size_t first, end;  // in `differences`
    };

    struct FutureKey {
        Group group;
        Extent extent;
        std::uint64_t places;  // a hash of where the processes stand
        Influences others;
        bool operator==(const FutureKey&) const = default;
    };
    struct KeptFuture {
        Difference seen;  // cells that were looked at, and their values
        Future future;
    };
    struct Hash {
        std::size_t operator()(const FutureKey& key) const;
        std::size_t operator()(const Values& values) const;
        std::size_t operator()(const std::vector<ProcessId>& processes) const;
    };

    static constexpr std::size_t most_steps_kept = 1 << 15, most_futures_kept = 1 << 13;

    Stepper& stepper;
    const Layout& layout;
    const std::size_t nodes_allowed, evaluations_allowed, values_allowed;

    // What is kept.
    std::unordered_map<std::vector<ProcessId>, Group, Hash> group_numbers;
    std::vector<std::vector<ProcessId>> groups;
    std::unordered_set<Values, Hash> values_kept;
    Tree step_tree;  // a root for each process
    std::deque<Steps> steps_kept;
    std::unordered_map<FutureKey, std::vector<const KeptFuture*>, Hash> futures_by_key;
    std::deque<KeptFuture> futures_kept;

    // The future that is being found.
    const Influences* others = nullptr;
    Future future;
    std::size_t evaluations = 0;
    std::vector<Node> nodes;
    Difference differences, next;            // of the nodes, from where the future begins
    std::vector<std::uint32_t> node_places;  // a hash table of nodes, by number + 1
    std::uint32_t epoch = 0;
    // By cell: in which epoch it was read, is in `others`, is in future.writes, was found sensitive.
    std::vector<std::uint32_t> read_epoch, other_epoch, change_epoch, sensitive_epoch, other_index, change_index;
    // By cell: at which node it differs, and from what.
    std::vector<std::uint32_t> node_epoch;
    Values start_value;
    std::uint32_t node_mark = 0;

    // The steps that are being found. By cell: in which of them it was looked at, was noted as written, is fixed.
    Steps* making = nullptr;
    std::uint32_t making_mark = 0, written_mark = 0;
    std::vector<std::uint32_t> look_mark, noted_mark, fixed_mark, outcome_mark;

    FutureKey key;  // that was looked for last

    const Future* find_kept();
    void keep_future();
    void begin(const Influences& the_others);
    void find(std::span<const ProcessId> processes, Extent extent);
    void apply(const Node& node);
    void take(const Steps& steps, std::size_t node, Extent extent);
    void make_next(std::size_t node, const Outcome& outcome);
    void add_next();
    Change& change_of(std::uint32_t cell);

    const Steps& steps_of(ProcessId p);
    void begin_making(Steps& steps);
    Shape evaluate(ProcessId p);
    Shape branch(std::uint32_t cell, ProcessId p);
    template <typename Visit>
    void for_each_value(std::uint32_t cell, Visit visit);
    [[nodiscard]] const Influence* other(std::uint32_t cell) const
    {
        return other_epoch[cell] == epoch ? &(*others)[other_index[cell]] : nullptr;
    }
    [[nodiscard]] Seen see(const Looked& place) const;
    void look_at(std::uint32_t cell);
    void note_reads();
    void note_written(std::uint32_t cell);
    [[nodiscard]] bool is_exhausted() const;
    [[nodiscard]] std::uint32_t unfixed_read() const;
    [[nodiscard]] std::uint32_t unfixed_write(const std::vector<Outcome>& found) const;
    Outcome outcome_of(const StepView& view);
    std::uint32_t number_of(Outcome outcome);
    bool can_fail(const Invariant& invariant);
};

}  // namespace lockstep::explicit_engine
