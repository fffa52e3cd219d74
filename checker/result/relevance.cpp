// Most steps of a trace are what a CPU does by itself: it gets to the place where it meets others. What a reader needs
// are the meetings. There are three kinds, each between accesses of two actors to one slot. (Actors are CPUs: what one
// does with its own tasks and interrupts is much, and tells others nothing. Where there is one CPU alone, they are its
// tasks and handlers.)
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
#include <utility>

namespace lockstep::result {

void Relevance::read(Place place, Actor actor, std::uint32_t address)
{
    accesses.push_back({place, actor, address, false, memory[address]});
}

void Relevance::wrote(Place place, Actor actor, std::uint32_t address, std::int64_t value)
{
    memory[address] = value;
    accesses.push_back({place, actor, address, true, value});
}

void Relevance::ends(std::optional<Actor> actor, const std::vector<std::uint32_t>& addresses)
{
    all_ends.push_back({actor, addresses});
}

void Relevance::mark(std::vector<TraceStep>& trace)
{
    index();
    keep_ends();
    std::map<std::int64_t, std::size_t> looked;  // by actor: how far has been looked
    for (bool has_grown = true; has_grown;) {
        has_grown = false;
        for (const auto& [actor, all] : of_actor) {
            const auto known = horizon.find(actor);
            if (known == horizon.end() || looked[actor] >= known->second) continue;
            const std::size_t from = std::exchange(looked[actor], known->second), to = known->second;
            for (std::size_t i : all)
                if (i >= from && i < to) look_at(i);
            has_grown = true;
        }
    }
    for (TraceStep& step : trace) step.matters = !step.messages.empty();
    for (const Access& access : accesses) {
        const Place& place = access.place;
        if (!access.matters || place.step >= trace.size() || place.move >= trace[place.step].moves.size()) continue;
        trace[place.step].matters = true;
        trace[place.step].moves[place.move].matters = true;
    }
    if (!trace.empty()) trace.back().matters = true;
}

void Relevance::index()
{
    is_one_cpu = std::ranges::all_of(
        accesses, [&](const Access& access) { return access.actor.cpu == accesses.front().actor.cpu; });
    for (std::size_t i = 0; i < accesses.size(); ++i) {
        std::vector<std::size_t>& all = of_slot[accesses[i].address];
        place_in_slot.push_back(all.size());
        all.push_back(i);
        of_actor[key(accesses[i].actor)].push_back(i);
    }
}

void Relevance::keep(std::size_t access)
{
    accesses[access].matters = true;
    std::size_t& end = horizon[key(accesses[access].actor)];
    end = std::max(end, access + 1);
}

void Relevance::keep_ends()
{
    for (const End& end : all_ends) {
        if (end.actor) {
            at_end.insert(key(*end.actor));
            const auto own = of_actor.find(key(*end.actor));
            if (own != of_actor.end()) keep(own->second.back());
        }
        for (std::uint32_t address : end.addresses) {
            const std::vector<std::size_t>& all = of_slot[address];
            const auto writer =
                std::find_if(all.rbegin(), all.rend(), [&](std::size_t i) { return accesses[i].is_write; });
            if (writer != all.rend()) keep(*writer);
        }
    }
}

void Relevance::look_at(std::size_t access)
{
    const std::vector<std::size_t>& all = of_slot[accesses[access].address];
    // Backwards from it: the last write, unless the actor has been there himself since.
    std::optional<std::size_t> writer;
    for (std::size_t k = place_in_slot[access]; k-- > 0;) {
        const Access& earlier = accesses[all[k]];
        const bool is_own = key(earlier.actor) == key(accesses[access].actor);
        if (is_own) {
            if (writer) look_for_news(access, all[k], *writer);
            writer.reset();
            break;
        }
        if (earlier.is_write && !writer) writer = all[k];
    }
    if (writer) look_for_news(access, std::nullopt, *writer);
    look_for_stale(access);
}

/// `before`: when the actor was last there; since then `writer`, another one's, was the last to write.
void Relevance::look_for_news(std::size_t access, std::optional<std::size_t> before, std::size_t writer)
{
    const Access& now = accesses[access];
    if (now.is_write) {
        if (!before || accesses[*before].is_write) return;
        keep(*before);
    } else {
        const std::int64_t known = before ? accesses[*before].value : initial[now.address];
        if (known == now.value) return;
    }
    keep(access);
    keep(writer);
}

/// The last look at it, of somebody who is there at the end.
void Relevance::look_for_stale(std::size_t access)
{
    const Access& now = accesses[access];
    if (now.is_write || memory[now.address] == now.value || !at_end.contains(key(now.actor))) return;
    const std::vector<std::size_t>& all = of_slot[now.address];
    std::optional<std::size_t> writer;
    for (std::size_t k = place_in_slot[access] + 1; k < all.size(); ++k) {
        const Access& later = accesses[all[k]];
        if (key(later.actor) == key(now.actor)) return;
        if (later.is_write && later.value != now.value && !writer) writer = all[k];
    }
    if (!writer) return;
    keep(access);
    keep(*writer);
}

}  // namespace lockstep::result
