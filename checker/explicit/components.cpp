// Nearly all states can leave their component, and most edges lead to higher numbers, since states are numbered as a
// search finds them. So most of the work is done by sweeps: going through the log of edges from the last state to the
// first, a state with a marked successor is marked, too. Marked is who cannot be in a terminal component that is still
// to be found. The log is read from one end to the other, and the marks, a bit for each state, fit into the cache.
//
//   0. Often the whole graph is one component: everybody can always come back to the beginning. It is one if all was
//      reached from one state and each other state leads to a lower number, and so on, down to that one. For each state
//      one such number is kept, and where a successor is not lower itself, what was kept of it leads on; one sweep
//      finds nearly all. From each of the others, the lowest first, a little more is searched.
//   1. A state without successors is a terminal component. These are marked, and all that lead there.
//   2. From the rest, a walk of many steps very likely ends in a terminal component. If all that can be reached from
//      its end leads back there (which sweeps find), that is one.
//   3. What is not marked now is searched for components in the usual way (R. Tarjan: Depth-first search and linear
//      graph algorithms, 1972), without going into what is marked: a component that has an edge there is not terminal.
//
// Several threads take pieces of the states, one after the other. Each writes the marks of its own piece, and may come
// too early to see some of another's, as it may in a graph with edges that lead back; the next sweep sees them.
//
// Sweeps are only a short cut: they end when one brings too little (and not twice as much as the one before, which can
// be so a few times only), and whatever they leave over the last part decides. A marked state leads to a terminal
// component that is in the result, or lies in one.
#include "explicit/components.h"

#include "explicit/big_array.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

namespace lockstep::explicit_engine {

namespace {

/// Others may read a bit while it is set.
class Bits {
public:
    explicit Bits(std::uint32_t the_count) : words((std::size_t{the_count} + 63) / 64, 0), count(the_count) {}
    [[nodiscard]] bool operator[](std::uint32_t i) const { return (word(i / 64) >> (i % 64) & 1) != 0; }
    [[nodiscard]] std::uint64_t word(std::size_t i) const { return place(i).load(std::memory_order_relaxed); }
    /// Where no other thread sets bits of the same word.
    void set(std::uint32_t i) { place(i / 64).store(word(i / 64) | bit(i), std::memory_order_relaxed); }
    /// Where others may.
    void set_among_others(std::uint32_t i)
    {
        if (!(*this)[i]) place(i / 64).fetch_or(bit(i), std::memory_order_relaxed);
    }

    void operator|=(const Bits& other)
    {
        for (std::size_t i = 0; i < words.size(); ++i) words[i] |= other.words[i];
    }
    [[nodiscard]] std::uint32_t size() const
    {
        std::uint32_t sum = 0;
        for (const std::uint64_t word : words) sum += static_cast<std::uint32_t>(std::popcount(word));
        return sum;
    }

    Bits operator~() const
    {
        Bits result = *this;
        for (std::uint64_t& word : result.words) word = ~word;
        if (count % 64 != 0) result.words.back() &= (std::uint64_t{1} << count % 64) - 1;
        return result;
    }
    [[nodiscard]] bool is_subset_of(const Bits& other) const
    {
        for (std::size_t i = 0; i < words.size(); ++i)
            if ((words[i] & ~other.words[i]) != 0) return false;
        return true;
    }

    [[nodiscard]] std::size_t word_count() const { return words.size(); }

private:
    mutable std::vector<std::uint64_t> words;
    std::uint32_t count;

    [[nodiscard]] std::atomic_ref<std::uint64_t> place(std::size_t i) const { return std::atomic_ref(words[i]); }
    static std::uint64_t bit(std::uint32_t i) { return std::uint64_t{1} << (i % 64); }
};

class TerminalComponents {
public:
    TerminalComponents(const EdgeLog& the_edges, std::uint32_t the_end, std::optional<std::uint32_t> the_root,
                       Team* the_team, std::size_t the_threads)
        : edges(the_edges),
          end(the_end),
          root(the_root),
          team(the_team),
          threads(the_team != nullptr ? the_threads : 1),
          marked(the_end)
    {
    }

    std::vector<StateList> find()
    {
        if (find_whole()) return std::move(result);
        mark_dead_ends();
        mark_who_leads_there();
        if (unmarked != 0) find_by_walk();
        if (unmarked != 0) find_by_depth();
        std::ranges::sort(result, {}, [](const auto& component) { return component.front(); });
        return std::move(result);
    }

private:
    const EdgeLog& edges;
    std::uint32_t end;
    std::optional<std::uint32_t> root;
    Team* team;
    std::size_t threads;
    Bits marked;
    std::uint32_t unmarked = 0;
    std::vector<StateList> result;

    void mark(std::uint32_t state)
    {
        marked.set(state);
        --unmarked;
    }

    /// Does this for all words of Bits, piece by piece; with one thread in their order.
    template <typename Piece>
    void for_pieces(Piece piece) const
    {
        constexpr std::size_t words_in_piece = 128;
        const std::size_t words = marked.word_count(), pieces = (words + words_in_piece - 1) / words_in_piece;
        std::atomic<std::size_t> next = 0;
        const auto work = [&](std::size_t) {
            for (std::size_t i = next++; i < pieces; i = next++)
                piece(i * words_in_piece, std::min((i + 1) * words_in_piece, words));
        };
        if (threads < 2 || pieces < 2 * threads) return work(0);
        team->run(threads, work);
    }

    [[nodiscard]] bool leads_into(const Bits& set, std::uint32_t state) const
    {
        for (EdgeLog::Reader next(edges, state); !next.at_end(); ++next)
            if (set[*next]) return true;
        return false;
    }

    /// Those of `states` that are not in `set` and have a successor in it join it.
    std::uint32_t sweep(const Bits& states, Bits& set) const
    {
        return sweep(states, set, [&](std::uint32_t state) { return leads_into(set, state); });
    }
    /// Those of `states` that are not in `set` and of which `joins` says so join it, from the last to the first, as
    /// long as enough do, or twice as many as the time before. Returns how many have joined.
    template <typename Joins>
    std::uint32_t sweep(const Bits& states, Bits& set, Joins joins) const
    {
        std::uint32_t all = 0;
        for (std::uint32_t before = 0;;) {
            std::atomic<std::uint32_t> all_seen = 0, all_joined = 0;
            for_pieces([&](std::size_t first, std::size_t last) {
                std::uint32_t seen_here = 0, joined_here = 0;
                const std::size_t words = states.word_count();
                for (std::size_t i = words - first; i-- > words - last;)
                    for (std::uint64_t left = states.word(i) & ~set.word(i); left != 0;) {
                        const int bit = 63 - std::countl_zero(left);
                        left &= ~(std::uint64_t{1} << bit);
                        const auto state = static_cast<std::uint32_t>(64 * i + static_cast<unsigned>(bit));
                        ++seen_here;
                        if (!joins(state)) continue;
                        set.set(state);
                        ++joined_here;
                    }
                all_seen += seen_here;
                all_joined += joined_here;
            });
            const std::uint32_t seen = all_seen, joined = all_joined;
            all += joined;
            const bool is_enough = joined > seen / 64 || joined >= 2 * before;
            if (joined == seen || joined == 0 || !is_enough) return all;
            before = joined;
        }
    }

    // ---- 0 ----

    /// By state: how far below it a state lies to which it leads; 0: none has been found. Several threads may look.
    class Descents {
    public:
        explicit Descents(std::uint32_t end) : by_state(end) {}
        void set(std::uint32_t state, std::uint32_t lower)
        {
            std::atomic_ref(by_state[state]).store(state - lower, std::memory_order_relaxed);
        }
        /// The first below `limit` on the way down from a state; where none is found in so many steps, the last.
        [[nodiscard]] std::uint32_t follow(std::uint32_t state, std::uint32_t limit, std::uint32_t& steps_left) const
        {
            for (; state >= limit && steps_left != 0; --steps_left) {
                const std::uint32_t down = std::atomic_ref(by_state[state]).load(std::memory_order_relaxed);
                if (down == 0) break;
                state -= down;
            }
            return state;
        }

    private:
        mutable BigArray<std::uint32_t> by_state;
    };

    bool find_whole()
    {
        if (!root || edges.has_dead_end()) return false;
        Descents descents(end);
        Bits descends(end);
        sweep(~descends, descends, [&](std::uint32_t state) {
            std::uint32_t steps_left = 100;  // two are many
            for (EdgeLog::Reader next(edges, state); !next.at_end(); ++next) {
                const std::uint32_t lower = descents.follow(*next, state, steps_left);
                if (lower >= state) continue;
                descents.set(state, lower);
                return true;
            }
            return false;
        });
        const Bits others = ~descends;  // the root, what is no state, and what has to be looked at more closely
        std::uint32_t steps_left = 1024 + end / 16;  // each may be remembered, in some 40 bytes
        for (std::size_t i = 0; i < others.word_count(); ++i)
            for (std::uint64_t left = others.word(i); left != 0; left &= left - 1) {
                const auto state = static_cast<std::uint32_t>(64 * i + static_cast<unsigned>(std::countr_zero(left)));
                const bool is_state = edges.is_expanded(state);
                if (is_state && state != *root && !search_descent(state, descents, steps_left)) return false;
                if (is_state) descends.set(state);
            }
        add(descends);
        return true;
    }

    /// All that is kept of the successors of `state` may lead back to it, and yet other ways from there lead further
    /// down. Depth first, since that soon comes to where many processes are under way and ways differ; breadth first,
    /// the search would be ten to a hundred times as long.
    bool search_descent(std::uint32_t state, Descents& descents, std::uint32_t& steps_left) const
    {
        std::vector<std::uint32_t> open{state};
        std::unordered_set<std::uint32_t> known{state};
        while (!open.empty()) {
            EdgeLog::Reader next(edges, open.back());
            open.pop_back();
            for (; !next.at_end(); ++next) {
                if (steps_left == 0) return false;
                --steps_left;
                const std::uint32_t lower = descents.follow(*next, state, steps_left);
                if (lower < state) {
                    descents.set(state, lower);
                    return true;
                }
                if (lower < *next) descents.set(*next, lower);  // shortens the ways of others
                if (known.insert(*next).second) open.push_back(*next);
            }
        }
        return false;
    }

    // ---- 1 ----

    /// Marks what is no state, too.
    void mark_dead_ends()
    {
        const bool may_be = edges.has_dead_end();
        std::mutex mutex;
        for_pieces([&](std::size_t first, std::size_t last) {
            const auto states_end = static_cast<std::uint32_t>(std::min<std::size_t>(64 * last, end));
            for (auto state = static_cast<std::uint32_t>(64 * first); state < states_end; ++state) {
                if (!edges.is_expanded(state)) {
                    marked.set(state);
                    continue;
                }
                bool has_successor = !may_be;
                for (EdgeLog::Reader next(edges, state); !next.at_end() && !has_successor; ++next)
                    has_successor = *next != state;
                if (has_successor) continue;
                marked.set(state);
                const std::lock_guard lock(mutex);
                result.emplace_back().push_back(state);
            }
        });
        unmarked = end - marked.size();
    }

    void mark_who_leads_there()
    {
        if (result.empty()) return;
        unmarked -= sweep(~marked, marked);
    }

    // ---- 2 ----

    [[nodiscard]] std::uint32_t first_unmarked() const
    {
        std::size_t i = 0;
        while (~marked.word(i) == 0) ++i;
        return static_cast<std::uint32_t>(64 * i + static_cast<unsigned>(std::countr_one(marked.word(i))));
    }

    /// Takes one of the successors after the other, as chance will have it.
    [[nodiscard]] std::uint32_t end_of_walk() const
    {
        constexpr std::uint32_t most_steps = 1U << 16;
        std::uint32_t state = first_unmarked();
        std::uint64_t random = 1;
        for (std::uint32_t i = std::min(most_steps, 4 * unmarked); i > 0 && !marked[state]; --i) {
            std::uint32_t count = 0, chosen = state;
            for (EdgeLog::Reader next(edges, state); !next.at_end(); ++next) {
                random = random * 6364136223846793005U + 1442695040888963407U;
                if ((random >> 32) * ++count >> 32 == 0) chosen = *next;
            }
            state = chosen;
        }
        return state;
    }

    void find_by_walk()
    {
        const std::uint32_t centre = end_of_walk();
        if (marked[centre]) return;
        Bits leads_there(end);
        leads_there.set(centre);
        sweep(~marked, leads_there);
        Bits reached(end);
        if (!reach(centre, reached) || !reached.is_subset_of(leads_there)) return;
        add(reached);
        marked |= leads_there;
        unmarked = end - marked.size();
    }

    /// Everything that can be reached from a state; false if something of that is marked. In each round those whose
    /// successors are still to be looked at come in ascending order.
    bool reach(std::uint32_t from, Bits& reached) const
    {
        Bits done(end);
        reached.set(from);
        std::atomic<bool> any = true, leaves = false;
        while (any && !leaves) {
            any = false;
            for_pieces([&](std::size_t first, std::size_t last) {
                bool any_here = false;
                for (std::size_t i = first; i < last && !leaves; ++i)
                    while (const std::uint64_t left = reached.word(i) & ~done.word(i)) {
                        const auto state =
                            static_cast<std::uint32_t>(64 * i + static_cast<unsigned>(std::countr_zero(left)));
                        done.set(state);
                        any_here = true;
                        for (EdgeLog::Reader next(edges, state); !next.at_end(); ++next) {
                            if (marked[*next]) leaves = true;
                            reached.set_among_others(*next);
                        }
                    }
                if (any_here) any = true;
            });
        }
        return !leaves;
    }

    void add(const Bits& component)
    {
        StateList& states = result.emplace_back();
        for (std::size_t i = 0; i < component.word_count(); ++i)
            for (std::uint64_t left = component.word(i); left != 0;) {
                const int first = std::countr_zero(left), length = std::countr_one(left >> first);
                states.append(static_cast<std::uint32_t>(64 * i + static_cast<unsigned>(first)),
                              static_cast<std::uint32_t>(length));
                left &= left + (std::uint64_t{1} << first);  // carries through the run, and out of it
            }
    }

    // ---- 3 ----

    struct Visit {
        std::uint32_t state;
        EdgeLog::Reader next;
        bool has_exit;  // an edge leads from here to what is marked or to another component
    };

    void find_by_depth()
    {
        BigArray<std::uint32_t> index(end), low(end);  // index: in order of discovery, from 1 on; 0: not discovered
        std::vector<std::uint32_t> open;               // discovered, and the component is not complete
        std::vector<Visit> way;
        std::uint32_t count = 0;
        const auto discover = [&](std::uint32_t state) {
            index[state] = low[state] = ++count;
            open.push_back(state);
            way.push_back({state, EdgeLog::Reader(edges, state), false});
        };
        for (std::uint32_t start = 0; start < end; ++start) {
            if (marked[start]) continue;
            discover(start);
            while (!way.empty()) {
                Visit& here = way.back();
                if (!here.next.at_end()) {
                    const std::uint32_t next = *here.next;
                    ++here.next;
                    if (marked[next]) {
                        here.has_exit = true;
                    } else if (index[next] == 0) {
                        discover(next);
                    } else {
                        low[here.state] = std::min(low[here.state], index[next]);
                    }
                    continue;
                }
                const auto [state, next, has_exit] = here;
                way.pop_back();
                const bool is_complete = low[state] == index[state];
                if (is_complete) close(open, state, has_exit);
                if (way.empty()) continue;
                low[way.back().state] = std::min(low[way.back().state], low[state]);
                way.back().has_exit = way.back().has_exit || has_exit || is_complete;
            }
        }
    }

    /// All from `root` on are one component.
    void close(std::vector<std::uint32_t>& open, std::uint32_t root, bool has_exit)
    {
        const auto first = std::ranges::find(open.rbegin(), open.rend(), root).base() - 1;
        for (auto state = first; state != open.end(); ++state) mark(*state);
        if (!has_exit) {
            std::sort(first, open.end());
            result.emplace_back(std::span<const std::uint32_t>(first, open.end()));
        }
        open.erase(first, open.end());
    }
};

}  // namespace

std::vector<StateList> terminal_components(const EdgeLog& edges, std::uint32_t end, std::optional<std::uint32_t> root,
                                           Team* team, std::size_t threads)
{
    return TerminalComponents(edges, end, root, team, threads).find();
}

}  // namespace lockstep::explicit_engine
