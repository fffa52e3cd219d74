// One search, or two of which one is given up.
//
// Stubborn sets (stubborn_set.h) make the cost of a state many times higher, and the number of states smaller by a
// factor that nobody knows beforehand: 1 where everything depends on everything, thousands where much is independent.
// The factor grows with the depth. So a plain search goes first, which is enough for whatever is small, and shows
// shortest ways. If it is not through after some time, it is interrupted at the end of a level, and a reduced one is to
// get as deep with a fraction of the states. If it does, it goes on alone; if not, the plain one does, and later the
// question is asked again, where the reduced one stopped.
//
// All this goes by numbers of states at the ends of levels, which are the same for any number of threads. Either search
// decides by itself what is found. Checkpoints are of one search: with them the plain one goes on alone.
#include "explicit/explore.h"

#include "explicit/approximate_search.h"
#include "explicit/checkpoint_file.h"
#include "explicit/search.h"

#include <algorithm>
#include <optional>

namespace lockstep::explicit_engine {

namespace {

/// A reduced search pays if it has this many times fewer states.
constexpr std::uint64_t least_factor = 64;
/// If it does not, it is asked again when there are so many times more.
constexpr std::uint64_t states_until_next_time = 4;

Result explore_with_pauses(const Program& program, const Options& options, Search::Clock::time_point started)
{
    std::optional<Search> plain(std::in_place, program, options, false, started), reduced;
    for (Search::Pause pause{.states = options.states_before_reduction};; pause.states *= states_until_next_time) {
        if (plain->run(pause)) return plain->finish();
        if (!reduced) reduced.emplace(program, options, true, started);
        reduced->memory_elsewhere = plain->memory();
        const std::uint64_t most_states = std::max<std::uint64_t>(plain->states() / least_factor, 1);
        if (reduced->run({.states = most_states, .depth = plain->levels()})) return reduced->finish();
        if (reduced->levels() < plain->levels()) {
            plain->memory_elsewhere = reduced->memory();
            continue;
        }
        plain.reset();
        reduced->memory_elsewhere = 0;
        reduced->run({});
        return reduced->finish();
    }
}

}  // namespace

Result explore(const Program& program, const Options& options)
{
    const auto started = Search::Clock::now();
    Options timed = options;
    if (options.timeout_seconds > 0)
        timed.deadline = started + std::chrono::duration_cast<Search::Clock::duration>(
                                       std::chrono::duration<double>(std::min(options.timeout_seconds, 1e8)));
    if (options.approximation != Approximation::none) return explore_approximately(program, timed);
    if (!options.checkpoint.file.empty()) require_checkpoint_can_be_written(options.checkpoint.file);
    const bool has_checkpoints = !options.checkpoint.file.empty() || !options.checkpoint.resume.empty();
    const bool may_reduce = options.stubborn_sets != Reduction::never && !options.distinguish;
    if (may_reduce && options.stubborn_sets == Reduction::automatic && options.order == Order::breadth_first &&
        !has_checkpoints)
        return explore_with_pauses(program, timed, started);
    Search search(program, timed, may_reduce && options.stubborn_sets == Reduction::always, started);
    search.run({});
    return search.finish();
}

}  // namespace lockstep::explicit_engine
