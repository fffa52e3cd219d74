// Checkpoints: a search that was ended, by whatever, goes on later where it was, and finds what it would have found.
//
// A checkpoint is written while no thread works: every so often, for which all threads stop between two states, in the
// middle of a level or not, and when a limit or Ctrl-C has ended the search. What is written is all that the search
// goes by: the store (the rows of pairs as they are; its index is made anew; with symmetry, the tables of blocks, too),
// the steps found, what of the level is still to be expanded, what the level has found so far, the sightings, and a
// depth-first search's stack. It goes to the file piece by piece, so that writing needs no memory, and the file is as
// large as states and steps are. Which threads there are does not matter; their number may be another one when the
// search goes on.
//
// Verdict, counts, depth and traces do not depend on where the search was interrupted, since they do not depend on the
// order in which a level's states are expanded (search.cpp) and levels, and all else that has an order, are kept.
//
// A checkpoint is of one Program and one kind of search: the facts in front say which, and others are refused. The
// initial states, too, have to be found in it where they were put.
#include "base/diagnostic.h"
#include "explicit/checkpoint_file.h"
#include "explicit/search.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace lockstep::explicit_engine {

namespace {

// ---- Values in both directions --------------------------------------------------------------------------------------

void transfer(CheckpointWriter& out, const Sightings& sightings)
{
    out(sightings.name);
    out(sightings.places);
}
void transfer(CheckpointReader& in, Sightings& sightings)
{
    in(sightings.name);
    in(sightings.places);
}

void transfer(CheckpointWriter& out, const std::vector<Sightings>& all)
{
    out(std::uint64_t{all.size()});
    for (const Sightings& sightings : all) transfer(out, sightings);
}
void transfer(CheckpointReader& in, std::vector<Sightings>& all)
{
    std::uint64_t count = 0;
    in(count);
    for (; count != 0; --count) transfer(in, all.emplace_back());
}

/// What the workers have, put together.
struct Pending {
    std::uint64_t transitions = 0, expanded = 0;
    std::vector<Range> found;
    std::vector<Sightings> sightings;
};

template <typename File, typename Value>
void transfer(File& file, Value& pending)
    requires std::is_same_v<std::remove_const_t<Value>, Pending>
{
    file(pending.transitions);
    file(pending.expanded);
    file(pending.found);
    transfer(file, pending.sightings);
}

// ---- Which search it is of ------------------------------------------------------------------------------------------

void write_facts(CheckpointWriter& out, const std::vector<CheckpointOptions::Fact>& facts)
{
    out(std::uint64_t{facts.size()});
    for (const auto& fact : facts) {
        out(fact.name);
        out(fact.value);
    }
}

/// Refuses another search's; the facts that decide nothing help to say why.
void check_facts(CheckpointReader& in, const std::vector<CheckpointOptions::Fact>& facts)
{
    std::uint64_t count = 0;
    in(count);
    std::vector<std::string> differences;
    bool is_other = count != facts.size();
    for (std::uint64_t i = 0; i < count; ++i) {
        std::string name, value;
        in(name);
        in(value);
        const auto fact = std::ranges::find(facts, name, &CheckpointOptions::Fact::name);
        if (fact != facts.end() && fact->value == value) continue;
        if (fact == facts.end() || fact->role == CheckpointOptions::Role::decides) is_other = true;
        differences.push_back(
            fmt::format("{}: {} there, {} here", name, value, fact == facts.end() ? "unknown" : fact->value));
    }
    if (!is_other) return;
    in.refuse(fmt::format("this checkpoint is of another search ({})", fmt::join(differences, "; ")),
              "--resume needs the model and the options that the search was begun with; threads and limits may differ");
}

}  // namespace

// ---- Writing --------------------------------------------------------------------------------------------------------

/// All threads are quiet.
void Search::write_checkpoint()
{
    is_paused = false;
    if (options.checkpoint.file.empty()) return;
    leave_out_expanded();
    try {
        CheckpointWriter out(options.checkpoint.file);
        write_facts(out, checkpoint_facts());
        save(out);
        out.commit();
        has_written_checkpoint = true;
        checkpoint_failure.clear();
    } catch (const CheckpointWriteError& error) {
        const bool is_first = checkpoint_failure.empty();
        checkpoint_failure =
            fmt::format("the checkpoint {} could not be written: {}", options.checkpoint.file, error.what());
        if (is_first && options.warn) options.warn(checkpoint_failure + "; the search goes on");
    }
    last_checkpoint = Clock::now();
    expanded_at_checkpoint = expanded();
}

/// Of the level, what is still to be done.
void Search::leave_out_expanded()
{
    std::vector<Range> left;
    for (const Range& range : frontier.all())
        for (std::uint32_t state = range.first; state < range.end; ++state) {
            if (edges.is_expanded(state)) continue;
            if (left.empty() || left.back().end != state || state == range.first) left.push_back({state, state});
            ++left.back().end;
        }
    frontier.assign({&left, 1}, UINT32_MAX);
}

std::vector<CheckpointOptions::Fact> Search::checkpoint_facts() const
{
    using Role = CheckpointOptions::Role;
    std::vector<CheckpointOptions::Fact> facts = options.checkpoint.facts;
    const auto add = [&](const char* name, const char* value) { facts.push_back({name, value, Role::decides}); };
    add("--search", options.order == Order::breadth_first ? "bfs" : "dfs");
    add("--all", options.all ? "on" : "off");
    add("stubborn-sets", common.reduces ? "on" : "off");
    add("points", options.passed != nullptr ? std::to_string(options.passed->wanted()).c_str() : "none");
    add("cpu-symmetry", first().space.is_symmetric() ? "on" : "off");
    facts.push_back({"words of a state", std::to_string(first().space.layout.words), Role::decides});
    return facts;
}

template <typename File>
void Search::transfer_plain(File& file)
{
    file(initial_states);
    file(initial_index);
    std::vector<Range> level = frontier.all();
    file(level);
    frontier.assign({&level, 1}, UINT32_MAX);
    file(to_complete);
    file(stack);
    file(parents);
    file(depth);
    file(numbers_in_order);
    transfer(file, sightings);
}

void Search::save(CheckpointWriter& out)
{
    first().space.save(out);
    edges.save(out, first().space.store.end());
    transfer_plain(out);
    Pending pending;
    std::map<std::string, std::vector<Sighting>> places;
    for (const auto& worker : workers) {
        pending.transitions += worker->transitions;
        pending.expanded += worker->expanded;
        pending.found.insert(pending.found.end(), worker->found.begin(), worker->found.end());
        for (const auto& [name, seen] : worker->sightings)
            places[name].insert(places[name].end(), seen.begin(), seen.end());
    }
    for (auto& [name, seen] : places) pending.sightings.push_back({name, std::move(seen)});
    transfer(out, pending);
    out(options.passed != nullptr ? options.passed->numbers() : std::vector<std::uint32_t>());
    out(seconds());
}

// ---- Reading --------------------------------------------------------------------------------------------------------

void Search::resume()
{
    CheckpointReader in(options.checkpoint.resume);
    check_facts(in, checkpoint_facts());
    restore(in);
    in.end();
    const auto all_initial = initial_cells(program, first().space.layout);
    for (std::size_t i = 0; i < initial_states.size(); ++i) {
        const bool is_there = initial_index[i] < all_initial.size();
        if (is_there) {
            const auto [state, is_new] = first().space.insert(all_initial[initial_index[i]]);
            if (!is_new && state == initial_states[i]) continue;
        }
        in.refuse("this checkpoint is of another search (the initial states are others)");
    }
    for (std::size_t i = 0; i < sightings.size(); ++i) common.known.emplace(sightings[i].name, i);
}

void Search::restore(CheckpointReader& in)
{
    first().space.restore(in);
    EdgeLog::restore(in, first().space.store.end(), first().log());
    transfer_plain(in);
    Pending pending;
    transfer(in, pending);
    first().transitions.add(pending.transitions);
    first().expanded.add(pending.expanded);
    first().found = std::move(pending.found);
    for (Sightings& seen : pending.sightings) first().sightings[seen.name] = std::move(seen.places);
    std::vector<std::uint32_t> passed;
    in(passed);
    for (const std::uint32_t point : passed)
        if (options.passed != nullptr && program.points.contains(PointId(point))) options.passed->note(PointId(point));
    in(seconds_before);
}

}  // namespace lockstep::explicit_engine
