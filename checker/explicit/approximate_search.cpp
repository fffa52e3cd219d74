// Approximate search: where all states do not fit into memory, most of them are looked at nevertheless.
//
// Of a state that has been visited only a few bits are kept (bitstate.h) or a signature (hash_compaction.h), so that
// some states that are new are taken for old ones and omitted. Therefore nothing ever holds here. A violation that is
// met is one, though: its way is executed from the initial state, and once more, independently, by whoever shows it.
//
// The search is breadth-first all the same, which gives shortest ways (among states not omitted): states wait in a
// queue in which each takes some ten bytes (state_queue.h), and where they were found is kept in one byte for each
// (discovery_log.h). Spin's bitstate search is depth-first, because there the stack is the way; ways are long then,
// and states that are only reached late, at a bound on the depth, are lost.
//
// What needs the steps between all states is not available: who is stuck while others go on is not found, only a state
// that no step leaves, and stubborn sets (which need the same) are not used. One thread.
#include "explicit/approximate_search.h"

#include "base/peak_memory.h"
#include "explicit/bitstate.h"
#include "explicit/discovery_log.h"
#include "explicit/findings.h"
#include "explicit/hash_compaction.h"
#include "explicit/liveness.h"
#include "explicit/outcome_cache.h"
#include "explicit/packed_changes.h"
#include "explicit/permanence.h"
#include "explicit/state_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <variant>

namespace lockstep::explicit_engine {

namespace {

constexpr std::size_t default_bytes = std::size_t{1} << 26;

class ApproximateSearch {
public:
    ApproximateSearch(const Program& the_program, const Options& the_options)
        : program(the_program),
          options(the_options),
          layout(make_layout(program)),
          stepper(program, layout),
          all_initial(initial_cells(program, layout)),
          words(packed(all_initial.front())),
          visited(make_visited(options)),
          queue(words),
          outcomes(stepper, layout, words.data()),
          observed(program, options),
          packed_changes(layout)
    {
        stepper.evaluator.use_native(options.native);
        stepper.passed = options.passed;
        // The queue's first state is told by how it differs from this one.
        std::ranges::copy(all_initial.front(), stepper.evaluator.cells.begin());
        hash = hash_of(words);
    }

    Result run()
    {
        add_initial_states();
        std::uint64_t level_left = queue.size();
        while (queue.size() != 0 && !has_found_enough() && !is_at_limit()) {
            if (level_left == 0) {
                level_left = queue.size();
                ++depth;
            }
            --level_left;
            load_next();
            expand();
        }
        return finish();
    }

private:
    using Clock = std::chrono::steady_clock;
    struct Finding {
        Violation violation;
        std::uint64_t state;  // its number
        Step last;            // the step out of it that shows it; empty where the state itself does
    };
    struct WordChange {
        std::uint32_t word, before;
    };

    const Program& program;
    const Options& options;
    const Layout layout;
    Stepper stepper;
    const std::vector<std::vector<std::int64_t>> all_initial;
    std::vector<std::uint32_t> words;  // of the present state
    StateHash hash;                    // of the present state
    std::variant<Bitstate, HashCompaction> visited;
    StateQueue queue;
    DiscoveryLog log;
    OutcomeCache outcomes;
    Observed observed;
    std::vector<std::uint32_t> initial_index;
    std::vector<Finding> findings;
    std::set<std::string> known;  // by name; without Options::all the first is enough
    std::uint64_t present = 0, expanded = 0, transitions = 0, depth = 0;
    std::uint32_t step_number = 0;  // of the step being looked at, among the present state's
    std::vector<WordChange> changes;
    std::vector<std::uint32_t> changed_words;
    PackedChanges packed_changes;
    std::string stop_reason;
    Clock::time_point started = Clock::now(), last_progress = started;

    static std::variant<Bitstate, HashCompaction> make_visited(const Options& options)
    {
        std::size_t bytes = options.approximate_memory_bytes;
        if (bytes == 0) bytes = options.max_memory_bytes / 4 * 3;
        if (bytes == 0) bytes = default_bytes;
        if (options.approximation == Approximation::bitstate) return Bitstate(bytes);
        return HashCompaction(bytes);
    }

    // ---- States ----

    std::vector<std::uint32_t> packed(const std::vector<std::int64_t>& cells) const
    {
        std::vector<std::uint32_t> result(layout.words);
        pack(layout, cells, result.data());
        return result;
    }

    static StateHash hash_of(const std::vector<std::uint32_t>& state)
    {
        StateHash result;
        for (std::uint32_t word = 0; word < state.size(); ++word) result.toggle(word, state[word]);
        return result;
    }

    bool visit_first(const StateHash& state)
    {
        return std::visit([&](auto& set) { return set.insert(state); }, visited);
    }

    void add_initial_states()
    {
        for (std::uint32_t i = 0; i < all_initial.size(); ++i) {
            const std::vector<std::uint32_t> state = packed(all_initial[i]);
            if (!visit_first(hash_of(state))) continue;
            queue.push(state);
            initial_index.push_back(i);
            const std::uint64_t number = log.add_initial();
            std::ranges::copy(all_initial[i], stepper.evaluator.cells.begin());
            for (const Invariant& invariant : program.invariants) check_invariant(invariant, number);
        }
        std::ranges::copy(all_initial.front(), stepper.evaluator.cells.begin());
    }

    void load_next()
    {
        queue.pop(words, changed_words, [&](std::uint32_t word, std::uint32_t before) {
            hash.toggle(word, before);
            hash.toggle(word, words[word]);
        });
        for (const std::uint32_t word : changed_words) outcomes.word_changed(word);
        outcomes.bring_cells();
        present = expanded++;
    }

    /// The words that a step has changed, in `words`; take_back() undoes it.
    void apply(const StepView& view)
    {
        packed_changes.begin(words.data());
        packed_changes.write(stepper.evaluator, view.first_write);
        changes.clear();
        for (const auto& [word, value] : packed_changes.changes()) {
            changes.push_back({word, words[word]});
            words[word] = value;
        }
    }
    void take_back()
    {
        for (const WordChange& change : changes) words[change.word] = change.before;
    }

    // ---- Steps ----

    void expand()
    {
        step_number = 0;
        const bool any = outcomes.steps_of(stepper.processes(), [&](const StepView& view) {
            take(view);
            ++step_number;
        });
        log.end_state();
        if (any) return;
        if (const auto violation = judge_stuck_state(program, stepper))
            note(observed.name(*violation), [&] { return Finding{*violation, present, {}}; });
    }

    void take(const StepView& view)
    {
        ++transitions;
        for (const ReportEvent& report : view.reports) note_report(report, view);
        if (view.trap.kind != nullptr) {
            Violation violation = observed.trap(view);
            note(observed.name(violation), [&] { return finding(violation, view); });
        }
        if (view.trap.kind != nullptr || view.stopped) return;
        apply(view);
        if (changes.empty()) return;
        StateHash successor = hash;
        for (const WordChange& change : changes) {
            successor.toggle(change.word, change.before);
            successor.toggle(change.word, words[change.word]);
        }
        const bool is_new = visit_first(successor);
        if (is_new) queue.push(words);
        take_back();
        if (!is_new) return;
        const std::uint64_t number = log.add(step_number);
        for (std::size_t i = 0; i < program.invariants.size(); ++i)
            if (outcomes.may_change_invariant(i, view)) check_invariant(program.invariants[i], number);
    }

    // ---- What is noticed ----

    [[nodiscard]] bool has_found_enough() const { return !options.all && !findings.empty(); }

    template <typename Make>
    void note(const std::string& name, Make make)
    {
        if (has_found_enough() || !known.insert(name).second) return;
        findings.push_back(make());
    }

    Finding finding(const Violation& violation, const StepView& view) const
    {
        return {violation, present, Step(view.moves.begin(), view.moves.end())};
    }

    void note_report(const ReportEvent& report, const StepView& view)
    {
        Violation violation = observed.report(report);
        note(observed.name(violation, report, stepper.evaluator.cells), [&] {
            if (!view.stopped && view.trap.kind == nullptr && !report.report->stops)
                violation.permanence = judge_permanence(stepper, report, options);
            return finding(violation, view);
        });
    }

    void check_invariant(const Invariant& invariant, std::uint64_t state)
    {
        stepper.check_invariant(invariant, [&](const StepView& view) {
            Violation violation = observed.invariant(invariant, view);
            note(observed.name(violation), [&] { return Finding{violation, state, {}}; });
        });
    }

    // ---- Ways ----

    void make_path(Finding& found)
    {
        const DiscoveryLog::Way way = log.way_to(found.state);
        Path& path = found.violation.path;
        path.initial_state = initial_index[way.initial];
        std::vector<std::int64_t> cells = all_initial[path.initial_state];
        stepper.record_moves = true;
        for (const std::uint32_t wanted : way.steps) {
            std::ranges::copy(cells, stepper.evaluator.cells.begin());
            std::uint32_t number = 0;
            bool is_found = false;
            stepper.all_steps([&](const StepView& view) {
                if (number++ != wanted) return;
                is_found = true;
                path.steps.emplace_back(view.moves.begin(), view.moves.end());
                cells.assign(stepper.evaluator.cells.begin(), stepper.evaluator.cells.end());
            });
            if (!is_found) throw std::logic_error("a step made during the search is not found again");
        }
        if (!found.last.empty()) path.steps.push_back(found.last);
    }

    // ---- Limits, and the end ----

    [[nodiscard]] std::size_t visited_bytes() const
    {
        return std::visit([](const auto& set) { return set.bytes(); }, visited);
    }

    bool is_at_limit()
    {
        if (options.max_states != 0 && log.size() >= options.max_states)
            stop_reason = fmt::format("the limit of {} states is reached (--max-states)", options.max_states);
        if (std::visit([](const auto& set) { return set.is_full(); }, visited))
            stop_reason = "the memory for states visited is full (--approximate-memory)";
        if ((expanded & 0x3ff) == 0) check_slow_limits();
        return !stop_reason.empty();
    }

    void check_slow_limits()
    {
        if (options.interrupted != nullptr && *options.interrupted) stop_reason = "interrupted";
        const auto now = Clock::now();
        if (now > options.deadline)
            stop_reason = fmt::format("the time limit of {} s is reached (--timeout)", options.timeout_seconds);
        if (options.max_memory_bytes != 0 && visited_bytes() + queue.bytes() + log.bytes() > options.max_memory_bytes)
            stop_reason =
                fmt::format("the memory limit of {} MiB is reached (--max-memory)", options.max_memory_bytes >> 20);
        if (options.progress && now - last_progress >= std::chrono::seconds(1)) {
            last_progress = now;
            options.progress(statistics());
        }
    }

    [[nodiscard]] Coverage coverage() const
    {
        Coverage result;
        result.technique = options.approximation == Approximation::bitstate ? "bitstate" : "hash";
        result.memory_bytes = visited_bytes();
        result.expected_omissions = std::visit([](const auto& set) { return set.expected_omissions(); }, visited);
        result.omission_probability = -std::expm1(-result.expected_omissions);
        const auto states = static_cast<double>(log.size());
        result.share = states / (states + result.expected_omissions);
        return result;
    }

    [[nodiscard]] Statistics statistics() const
    {
        Statistics s;
        s.states = log.size();
        s.transitions = transitions;
        s.depth = depth;
        s.frontier = queue.size();
        s.seconds = std::chrono::duration<double>(Clock::now() - started).count();
        s.peak_memory_bytes = peak_memory_bytes();
        s.bytes_per_state = static_cast<double>(visited_bytes() + log.bytes()) /
                            static_cast<double>(std::max<std::uint64_t>(1, s.states));
        s.coverage = coverage();
        return s;
    }

    Result finish()
    {
        Result result;
        result.cpus = program.cpus;
        result.statistics = statistics();
        for (Finding& found : findings) {
            make_path(found);
            result.violations.push_back(std::move(found.violation));
        }
        result.verdict = result.violations.empty() ? Verdict::unknown : Verdict::violated;
        result.reason = stop_reason;
        if (stop_reason.empty() && result.violations.empty())
            result.reason = "the search was approximate (--approximate)";
        if (result.violations.empty() || options.all)
            result.warnings.emplace_back(
                "whether anybody is stuck while others go on was not looked at: an approximate "
                "search does not keep the steps between states");
        return result;
    }
};

}  // namespace

Result explore_approximately(const Program& program, const Options& options)
{
    return ApproximateSearch(program, options).run();
}

}  // namespace lockstep::explicit_engine
