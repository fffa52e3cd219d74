// Most steps of a trace are what a CPU does by itself: it gets to the place where it meets others. What a reader needs
// are the meetings. There are three kinds, each between accesses of two actors (CPUs) to one slot:
//
//   news       one reads a value that another has written, and that it has not seen before: the value was another one
//              when it last looked (or at the beginning). A lock that was taken and given back meanwhile is no news.
//   stale      one has read a value, or found a wait true, and another one has changed it afterwards, and the first
//              never looked again: "the list was empty", "nobody had set the flag".
//   overwrite  one writes what another has written since the first last looked: a lost update.
//
// Not all of them matter. From the end backwards: the step in which the violation shows itself, and whoever waits at
// the end, for what is in the slots that it looks at; its last writer, whoever it is, matters, and what that one had
// learned before; and so on. What an actor has learned before it did something that matters is taken to have led there:
// that is more than a slice by data and control flow (M. Weiser, Program Slicing, IEEE TSE 1984; B. Korel and J. Laski,
// Dynamic Program Slicing, 1988) would keep of one's own computations, and needs none of it. The first and last thing
// that an actor who matters does are kept too, so that one sees where it comes from and where it ends up.
//
// This decides what is shown first and folded away, never what is true: every step stays in the trace.
#include "result/relevance.h"

#include <algorithm>
#include <map>
#include <set>

namespace lockstep::result {

void Relevance::read(Place place, std::int64_t actor, std::uint32_t address)
{
    accesses.push_back({place, actor, address, false, memory[address]});
}

void Relevance::wrote(Place place, std::int64_t actor, std::uint32_t address, std::int64_t value)
{
    memory[address] = value;
    accesses.push_back({place, actor, address, true, value});
}

void Relevance::waits(std::int64_t actor, const std::vector<std::uint32_t>& addresses)
{
    ends.push_back({actor, addresses});
}

void Relevance::shows(std::int64_t actor) { ends.push_back({actor, {}}); }

namespace {

constexpr std::size_t none = SIZE_MAX;

/// What is known of the accesses to one slot, by index.
struct History {
    std::vector<std::size_t> all;
};

}  // namespace

void Relevance::mark(std::vector<TraceStep>& trace)
{
    std::map<std::uint32_t, History> slots;
    std::map<std::int64_t, std::vector<std::size_t>> of_actor;
    std::vector<std::size_t> place_in_slot(accesses.size());
    for (std::size_t i = 0; i < accesses.size(); ++i) {
        std::vector<std::size_t>& all = slots[accesses[i].address].all;
        place_in_slot[i] = all.size();
        all.push_back(i);
        of_actor[accesses[i].actor].push_back(i);
    }
    std::vector<bool> matters(accesses.size(), false);
    std::map<std::int64_t, std::size_t> horizon;  // by actor: how far what it learned is of interest; one past
    std::map<std::int64_t, std::size_t> looked;   // how far that has been looked at
    const auto keep = [&](std::size_t i) {
        matters[i] = true;
        std::size_t& end = horizon[accesses[i].actor];
        end = std::max(end, i + 1);
    };

    const auto last_write = [&](const std::vector<std::size_t>& all, std::size_t before) {
        for (std::size_t k = before; k-- > 0;)
            if (accesses[all[k]].is_write) return k;
        return none;
    };
    const auto own_before = [&](const std::vector<std::size_t>& all, std::size_t at) {
        for (std::size_t k = at; k-- > 0;)
            if (accesses[all[k]].actor == accesses[all[at]].actor) return k;
        return none;
    };

    const auto look_at = [&](std::size_t i, bool is_at_end) {
        const Access& access = accesses[i];
        const std::vector<std::size_t>& all = slots[access.address].all;
        const std::size_t at = place_in_slot[i];
        const std::size_t before = own_before(all, at);
        const std::size_t writer = last_write(all, at);
        const bool is_others =
            writer != none && accesses[all[writer]].actor != access.actor && (before == none || writer > before);
        if (is_others && !access.is_write) {
            const std::int64_t known = before == none ? initial[access.address] : accesses[all[before]].value;
            if (known != access.value) {
                keep(i);
                keep(all[writer]);
            }
        }
        if (is_others && access.is_write && before != none && !accesses[all[before]].is_write) {
            keep(i);
            keep(all[before]);
            keep(all[writer]);
        }
        // The last look at it, of somebody who is there at the end.
        const bool is_last = std::none_of(all.begin() + static_cast<std::ptrdiff_t>(at) + 1, all.end(),
                                          [&](std::size_t k) { return accesses[k].actor == access.actor; });
        if (!is_at_end || access.is_write || !is_last || memory[access.address] == access.value) return;
        keep(i);
        for (std::size_t k = at + 1; k < all.size(); ++k) {
            if (!accesses[all[k]].is_write || accesses[all[k]].value == access.value) continue;
            keep(all[k]);
            break;
        }
    };

    std::set<std::int64_t> at_end;
    for (const End& end : ends) {
        at_end.insert(end.actor);
        const auto own = of_actor.find(end.actor);
        if (own != of_actor.end()) keep(own->second.back());
        for (std::uint32_t address : end.addresses) {
            const std::vector<std::size_t>& all = slots[address].all;
            if (const std::size_t writer = last_write(all, all.size()); writer != none) keep(all[writer]);
        }
    }
    for (bool has_changed = true; has_changed;) {
        has_changed = false;
        for (auto& [actor, all] : of_actor) {
            const auto known = horizon.find(actor);
            if (known == horizon.end()) continue;
            std::size_t& from = looked[actor];
            const std::size_t to = known->second;
            if (from >= to) continue;
            for (std::size_t i : all)
                if (i >= from && i < to) look_at(i, at_end.contains(actor));
            from = to;
            has_changed = true;
        }
    }

    for (TraceStep& step : trace) step.matters = !step.messages.empty();
    for (std::size_t i = 0; i < accesses.size(); ++i) {
        if (!matters[i]) continue;
        const Place& place = accesses[i].place;
        if (place.step >= trace.size() || place.move >= trace[place.step].moves.size()) continue;
        trace[place.step].matters = true;
        trace[place.step].moves[place.move].matters = true;
    }
    if (!trace.empty()) trace.back().matters = true;
}

}  // namespace lockstep::result
