// The steps of the present state, without making again those that come out as they did before.
//
// What a process can do depends on the few cells that it looks at: whether it runs, where it stands, its own variables,
// what it waits for. Of these there are far fewer combinations than states. So what a process's steps write is kept in
// a tree of what they read (read_tree.h), in terms of packed words, and the successors of a state are mostly found
// without its cells, which are unpacked only when a step has to be made. Steps that trap or report are always made.
//
// States that the search expands one after the other differ in few words. Where it pays, the outcome used last is
// remembered, and holds good until a state is loaded in which one of the words differs that were read to find it: then
// a process that others do not disturb costs nothing. If one does differ, often another cell of that word has changed,
// or the process stands again where it stood some states before: so the last outcomes, one for each of some places, are
// tried before the tree. And where outcomes are seldom found, a process is left alone.
//
// An invariant is kept the same way: a step that writes nothing that it reads leaves it as it was.
#pragma once

#include "explicit/read_tree.h"
#include "explicit/state_store.h"
#include "semantics/layout.h"
#include "semantics/stepper.h"

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace lockstep::explicit_engine {

class OutcomeCache {
public:
    struct Limits {
        std::size_t kept = std::size_t{1} << 20;  // nodes, changes ... of some 16 bytes; then all is forgotten
        // For so many states it is tried how a process is best dealt with, which is then kept to for so many.
        std::int32_t tried_states = 1 << 12, states_between = 1 << 17;
    };

    /// `words` are always those of the state that has been loaded.
    OutcomeCache(Stepper& stepper, const Layout& layout, const std::uint32_t* words)
        : OutcomeCache(stepper, layout, words, Limits())
    {
    }
    OutcomeCache(Stepper& stepper, const Layout& layout, const std::uint32_t* words, const Limits& limits);

    /// A state has been loaded in which this word differs; the stepper's cells still have to be brought up to it.
    void word_changed(std::uint32_t word);
    /// A state has been loaded that has nothing to do with the one before, and its cells are there.
    void all_changed();
    /// Brings the stepper's cells up to the state that has been loaded.
    void bring_cells()
    {
        if (!stale_words.empty()) unpack_stale();
    }

    /// As Stepper::steps_of for each of these processes, on the state that has been loaded. A step that does nothing
    /// but change words, none of which an invariant reads, is told by these: plain(changes); the others are shown.
    template <typename Plain>
    bool steps_of(std::span<const ProcessId> processes, Plain plain, const Stepper::Visitor& visit)
    {
        return steps_of(processes, visit, [&](ProcessId p, const Way& way) {
            if (change(way))
                plain(std::span<const StateCursor::Change>(changed));
            else
                repeat(p, way, visit);
        });
    }
    /// The same; all are shown.
    bool steps_of(std::span<const ProcessId> processes, const Stepper::Visitor& visit)
    {
        return steps_of(processes, visit, [&](ProcessId p, const Way& way) { repeat(p, way, visit); });
    }

    /// Whether a step from the state that has been loaded may change what invariant number i says (during its visit).
    bool may_change_invariant(std::size_t i, const StepView& step) const;

private:
    /// Some bits of a word, which belong to one cell.
    struct Field {
        std::uint32_t word, mask;
        std::uint8_t shift;
        bool operator==(const Field&) const = default;
        [[nodiscard]] unsigned narrow_bits() const
        {
            const unsigned bits = static_cast<unsigned>(std::popcount(mask));
            return bits <= most_narrow_bits ? bits : 0;
        }
    };
    struct Seen {
        std::uint32_t value;
        bool operator==(const Seen&) const = default;
        [[nodiscard]] std::uint32_t number() const { return value; }
        [[nodiscard]] std::uint64_t hash() const { return std::uint64_t{value} << 32; }
    };
    using Tree = ReadTree<Field, Seen>;
    static constexpr unsigned most_narrow_bits = 6;

    /// What some bits of a word are, or become.
    struct Bits {
        std::uint32_t word, mask, value;
    };
    struct Write {
        std::uint32_t cell;
        std::int64_t value;
    };
    /// Its parts of the rows of changes and of writes.
    struct Way {
        std::uint32_t first_change, changes_end, first_write, writes_end;
        bool made_progress;
    };
    /// Its parts of the rows of ways and of what was read.
    struct Outcome {
        std::uint32_t first_way, ways_end, first_read, reads_end;
    };

    /// Outcomes used last, from the last on; the first is_missing ends them.
    using Last = std::array<std::uint32_t, 4>;

    /// How a process is dealt with.
    enum class Mode : std::uint8_t { remember, look_up, leave_alone };
    struct Usage {
        std::int32_t states_left;
        bool is_trial = true;
        Mode mode = Mode::remember;
        std::uint32_t remembered = 0, missed = 0;
    };
    static constexpr std::uint32_t least_remembered = 60, most_missed = 50;  // percent
    static constexpr unsigned places_log = 5;                                // that are told apart for a process
    static constexpr std::uint32_t is_missing = UINT32_MAX - 1, is_left_alone = UINT32_MAX;
    static constexpr Last none_used{is_missing, is_missing, is_missing, is_missing};

    Stepper& stepper;
    const Layout& layout;
    const std::uint32_t* words;
    Limits limits;
    // A number stands for a process, or, behind those of all processes, for an invariant.
    std::size_t first_invariant, count;
    Tree tree;  // a root for each number
    std::vector<Outcome> outcomes;
    std::vector<Way> ways;
    std::vector<Bits> changes;
    std::vector<Write> writes;
    std::vector<Bits> reads;              // each word once
    std::vector<std::uint32_t> current;   // by number: the outcome that is known to hold good, or is_missing
    std::vector<Last> last;               // by number and place
    std::vector<Usage> usage;             // by number
    std::size_t blocks;                   // of 64 numbers
    std::vector<std::uint64_t> readers;   // by word and block: whose current outcome depends on it
    std::vector<std::uint32_t> watched;   // by word: the bits that invariants read
    std::vector<std::uint32_t> watching;  // by invariant: the outcome that `watched` is made of
    std::vector<std::uint32_t> stale_words;
    std::vector<bool> is_stale;            // by word
    std::vector<std::uint64_t> cell_seen;  // by cell: in which epoch
    std::uint64_t epoch = 0;
    std::vector<std::uint32_t> zeros, ones;    // by word, for keep()
    std::vector<StateCursor::Change> changed;  // by the step that is being told
    std::vector<Tree::Look> looks;

    void unpack_stale();
    void begin_state();
    void watch();
    std::uint32_t find_or_bypass(std::size_t number);
    std::uint32_t find(std::size_t number);
    [[nodiscard]] std::uint32_t find_in_tree(std::size_t number) const;
    [[nodiscard]] bool fits(std::uint32_t outcome) const;
    Last& last_at_place(std::size_t number);
    static void move_to_front(Last& used, Last::iterator place, std::uint32_t outcome);
    void decide(std::size_t number);
    void forget(std::size_t number);
    void remember(std::size_t number, std::uint32_t outcome);
    bool make(ProcessId p, const Stepper::Visitor& visit);
    void repeat(ProcessId p, const Way& way, const Stepper::Visitor& visit);
    bool learn(ProcessId p, const Stepper::Visitor& visit);
    void learn_invariant(std::size_t i);
    void begin_learning();
    void end_learning(std::size_t number, bool is_kept);
    void keep(const StepView& view);
    void make_changes(std::size_t first_write);
    void clear();
    [[nodiscard]] bool depends_on(std::size_t number, std::uint32_t word) const;

    /// Steps that are not known are shown; of those that are, tell(process, way) is told.
    template <typename Tell>
    bool steps_of(std::span<const ProcessId> processes, const Stepper::Visitor& visit, Tell tell)
    {
        begin_state();
        bool any = false;
        for (const ProcessId p : processes) {
            const std::uint32_t found = find_or_bypass(p.index);
            if (found >= is_missing) {
                any |= found == is_missing ? learn(p, visit) : make(p, visit);
                continue;
            }
            const Outcome& outcome = outcomes[found];
            any |= outcome.first_way != outcome.ways_end;
            for (std::uint32_t w = outcome.first_way; w < outcome.ways_end; ++w) tell(p, ways[w]);
        }
        return any;
    }

    /// What a way makes of the present state; false if an invariant reads what changes.
    bool change(const Way& way)
    {
        changed.clear();
        std::uint32_t seen = 0;
        for (std::uint32_t i = way.first_change; i < way.changes_end; ++i) {
            const auto [word, mask, value] = changes[i];
            const std::uint32_t before = words[word], after = (before & ~mask) | value;
            if (after == before) continue;
            changed.push_back({word, after});
            seen |= (before ^ after) & watched[word];
        }
        return seen == 0;
    }
};

}  // namespace lockstep::explicit_engine
