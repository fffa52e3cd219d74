// Breadth-first, level by level: the states of one level are divided among the threads, which insert what they find
// into one store; when all are done, the new states are the next level. So the states of a level, and with them depths
// and the lengths of ways, are the same for any number of threads, although the numbers given to states are not. A
// level in which something wrong is noticed is finished, and only then is it decided what is shown (findings.h); so
// that is the same, too. (A. Laarman, J. van de Pol, M. Weber: Boosting Multi-core Reachability Performance with Shared
// Hash Tables, FMCAD 2010, for a shared table instead of states that are sent around.)
//
// Which states a thread takes first is for frontier.h to say. Narrow levels are expanded by one thread: waking others
// would cost more than they save. Depth-first search is always one thread's; it takes the newest state instead of the
// level.
//
// What a step shows by itself (assertions, reports, traps, invariants) and a state from which no step leads on are
// noticed on the way; whoever is stuck while others go on is found afterwards.
#include "explicit/search.h"

#include "base/peak_memory.h"
#include "explicit/approximate_search.h"
#include "explicit/checkpoint_file.h"
#include "explicit/components.h"
#include "explicit/discovery.h"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::explicit_engine {

namespace {

constexpr std::uint32_t most_states_in_piece = 256;

}  // namespace

Search::Search(const Program& the_program, const Options& the_options, bool reduces, Clock::time_point when_started)
    : program(the_program),
      options(the_options),
      common{.program = program,
             .options = options,
             .reduces = reduces,
             .observed = {program, options},
             .known = {},
             .distinguishing = {}},
      started(when_started)
{
    workers.push_back(std::make_unique<Worker>(common, edges.add_writer(), &rendezvous));
    first().space.stepper.evaluator.use_native(options.native);
}

bool Search::run(const Pause& pause)
{
    if (!has_begun) {
        if (options.checkpoint.resume.empty()) {
            add_initial_states();
        } else {
            resume();
        }
    }
    has_begun = true;
    do {
        if (!to_complete.empty()) continue;  // resumed there
        if (options.order == Order::depth_first) {
            depth_first();
        } else if (!breadth_first(pause)) {
            return false;
        }
    } while (complete_components());
    if (is_stopped) write_checkpoint();
    collect_sightings();
    return true;
}

/// Where steps were left out in a terminal component, makes them; false if there are none. See stubborn_set.h.
bool Search::complete_components()
{
    if (!common.reduces || is_stopped || has_found_enough()) return false;
    if (to_complete.empty()) {
        for (const StateList& component :
             terminal_components(edges, first().space.store.end(), root_of(initial_states), &team, options.threads))
            std::ranges::copy_if(component.numbers(), std::back_inserter(to_complete),
                                 [&](std::uint32_t state) { return edges.is_partial(state); });
        std::ranges::reverse(to_complete);
    }
    if (to_complete.empty()) return false;
    while (!to_complete.empty()) {
        if (must_end()) return false;
        const std::uint32_t state = to_complete.back();
        to_complete.pop_back();
        first().expand(state, Worker::Steps::all);
        first().insert_pending();
        if (options.order == Order::depth_first) push_found(state);
    }
    collect_sightings();
    return !has_found_enough();
}

void Search::add_initial_states()
{
    const auto all_initial = initial_cells(program, first().space.layout);
    for (std::uint32_t i = 0; i < all_initial.size(); ++i) {
        const auto [state, is_new] = first().space.insert(all_initial[i]);
        if (!is_new) continue;
        initial_states.push_back(state);
        initial_index.push_back(i);
        first().add_initial(state);
    }
    collect_sightings();
}

// ---- Breadth-first --------------------------------------------------------------------------------------------------

/// Returns whether it has come to its end.
bool Search::breadth_first(const Pause& pause)
{
    if (frontier.empty()) next_level();
    while (!frontier.empty() && !has_found_enough()) {
        if (states() >= pause.states || depth >= pause.depth) return false;
        expand_level();
        if (is_stopped) return true;
        collect_sightings();
        if (next_level() != 0 && !has_found_enough()) ++depth;
    }
    return true;
}

/// All of it, unless the search is stopped.
void Search::expand_level()
{
    do {
        if (is_paused) write_checkpoint();
        expand_frontier();
    } while (is_paused && !is_stopped);
}

void Search::expand_frontier()
{
    frontier.put_back();
    const std::uint64_t width = frontier.width();
    const std::uint64_t states_for_one_more = std::max<std::uint64_t>(options.states_for_threads / 4, 1);
    const std::uint64_t threads = std::min<std::uint64_t>(options.threads, width / states_for_one_more);
    watching = &first();
    if (threads < 2 || width < options.states_for_threads) return expand_pieces(0);
    first().space.shape();
    numbers_in_order = false;
    if (workers.size() < threads) {
        workers.resize(threads);
        team.run(threads, [&](std::size_t i) {
            if (workers[i] == nullptr) workers[i] = std::make_unique<Worker>(first(), edges.add_writer());
        });
    }
    team.run(threads, [&](std::size_t i) { expand_pieces(i); });
}

void Search::expand_pieces(std::size_t thread)
{
    Worker& worker = *workers[thread];
    struct AtWork {
        Rendezvous& rendezvous;
        explicit AtWork(Rendezvous& r) : rendezvous(r) { rendezvous.enter(); }
        ~AtWork() { rendezvous.leave(); }
    } at_work(rendezvous);
    while (const std::optional<Range> piece = frontier.take(thread)) {
        for (std::uint32_t state = piece->first; state < piece->end; ++state) {
            if (is_stopped || is_paused || is_at_limit(worker)) return worker.insert_pending();
            rendezvous.pass();
            worker.expand(state);
            worker.expanded.add(1);
        }
    }
    worker.insert_pending();
}

/// Makes the states that were found the next level; returns how many they are.
std::uint64_t Search::next_level()
{
    std::vector<std::vector<Range>> found;
    std::uint64_t count = 0;
    for (const auto& worker : workers) {
        found.push_back(std::move(worker->found));
        worker->found.clear();
        for (const Range& range : found.back()) count += range.end - range.first;
    }
    const auto piece = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(
        count / (16 * std::uint64_t{std::max(1U, options.threads)}), 1, most_states_in_piece));
    frontier.assign(found, piece);
    return count;
}

// ---- Depth-first ----------------------------------------------------------------------------------------------------

void Search::push_found(std::uint32_t from)
{
    for (const Range& range : first().found)
        for (std::uint32_t state = range.first; state < range.end; ++state) {
            stack.push_back(state);
            parents.push_back(from);
        }
    first().found.clear();
}

void Search::depth_first()
{
    push_found(Discovery::no_parent);  // the initial states, or nothing
    while (!stack.empty() && !has_found_enough() && !must_end()) {
        const std::uint32_t state = stack.back();
        stack.pop_back();
        first().expand(state);
        first().insert_pending();
        first().expanded.add(1);
        push_found(state);
        collect_sightings();
    }
}

void Search::collect_sightings()
{
    for (const auto& worker : workers) {
        for (auto& [name, places] : worker->sightings) {
            const auto [known, is_new] = common.known.emplace(name, sightings.size());
            if (is_new) sightings.push_back({name, {}});
            std::vector<Sighting>& all = sightings[known->second].places;
            all.insert(all.end(), places.begin(), places.end());
        }
        worker->sightings.clear();
    }
}

// ---- Limits ---------------------------------------------------------------------------------------------------------

void Search::stop(std::string reason)
{
    const std::lock_guard lock(stopping);
    if (stop_reason.empty()) stop_reason = std::move(reason);
    is_stopped = true;
}

/// Asked when there is another state to expand: it must not be now, be it for good or for a checkpoint. With several
/// threads the number of states is known to some hundred.
bool Search::is_at_limit(const Worker& worker)
{
    if (options.max_states != 0 && worker.space.cursor.store_size() >= options.max_states)
        stop(fmt::format("the limit of {} states is reached (--max-states)", options.max_states));
    if (worker.space.is_full()) stop("the store is full: 1,870 million states or tree nodes");
    if (&worker == watching && (worker.expanded & 0x3ff) == 0) check_slow_limits();
    return is_stopped || is_paused;
}

/// The same where no other thread is at work: a checkpoint that is due is written.
bool Search::must_end()
{
    watching = &first();
    if (is_at_limit(first()) && !is_stopped) write_checkpoint();
    return is_stopped;
}

void Search::check_slow_limits()
{
    if (options.interrupted != nullptr && *options.interrupted) stop("interrupted");
    const auto now = Clock::now();
    if (options.timeout_seconds > 0 && std::chrono::duration<double>(now - started).count() > options.timeout_seconds)
        stop(fmt::format("the time limit of {} s is reached (--timeout)", options.timeout_seconds));
    const std::uint64_t used = memory() + memory_elsewhere;
    if (options.max_memory_bytes != 0 && used + first().space.bytes_to_grow() > options.max_memory_bytes) {
        is_out_of_memory = true;
        stop(fmt::format("the memory limit of {} MiB is reached (--max-memory)", options.max_memory_bytes >> 20));
    }
    if (!options.checkpoint.file.empty() &&
        std::chrono::duration<double>(now - last_checkpoint).count() > options.checkpoint.every_seconds &&
        expanded() != expanded_at_checkpoint)
        is_paused = true;
    if (options.progress && now - last_progress >= std::chrono::seconds(1)) {
        last_progress = now;
        options.progress(statistics(first().space.cursor.store_size()));
    }
}

std::uint64_t Search::memory() const
{
    return first().space.bytes() + edges.bytes() + frontier.bytes() +
           (parents.capacity() + stack.capacity() + to_complete.capacity()) * sizeof(stack[0]);
}

// ---- The end --------------------------------------------------------------------------------------------------------

double Search::seconds() const
{
    return seconds_before + std::chrono::duration<double>(Clock::now() - started).count();
}

std::uint64_t Search::expanded() const
{
    std::uint64_t sum = 0;
    for (const auto& worker : workers) sum += worker->expanded;
    return sum;
}

Statistics Search::statistics(std::uint64_t states) const
{
    Statistics s;
    for (const auto& worker : workers) s.transitions += worker->transitions;
    s.states = states;
    s.depth = depth;
    s.frontier = s.states - expanded();
    s.seconds = seconds();
    if (common.reduces) s.reductions.emplace_back("stubborn-sets");
    if (first().space.is_symmetric()) s.reductions.emplace_back("cpu-symmetry");
    s.peak_memory_bytes = peak_memory_bytes();
    s.bytes_per_state =
        static_cast<double>(first().space.bytes()) / static_cast<double>(std::max<std::uint64_t>(1, s.states));
    return s;
}

Result Search::finish()
{
    Result result;
    result.cpus = program.cpus;
    const bool is_complete = stop_reason.empty() && !has_found_enough();
    Found found = make_findings(program, options,
                                {.space = first().space,
                                 .edges = edges,
                                 .initial_states = initial_states,
                                 .initial_index = initial_index,
                                 .parents = parents,
                                 .numbers_in_order = numbers_in_order,
                                 .team = team,
                                 .is_complete = is_complete,
                                 .sightings = std::move(sightings)});
    result.violations = std::move(found.violations);
    if (found.is_undecided && result.violations.empty())
        stop("with cpu-symmetry, whether somebody is stuck while others go on takes too many states to decide");
    result.statistics = statistics(first().space.store.size());
    result.statistics.complete = is_complete;
    result.verdict = !result.violations.empty() ? Verdict::violated
                     : stop_reason.empty()      ? Verdict::holds
                                                : Verdict::unknown;
    result.reason = stop_reason;
    advise(result);
    return result;
}

/// What can be done about a search that was ended.
void Search::advise(Result& result) const
{
    if (!checkpoint_failure.empty()) result.warnings.push_back(checkpoint_failure);
    if (!is_stopped) return;
    if (has_written_checkpoint)
        result.advice.push_back(
            checkpoint_failure.empty()
                ? fmt::format("the search was saved; the same command with --resume {} goes on",
                              options.checkpoint.file)
                : fmt::format("an earlier checkpoint is in {}; the same command with --resume {} goes on from there",
                              options.checkpoint.file, options.checkpoint.file));
    if (!is_out_of_memory) return;
    result.advice.emplace_back(
        "--approximate hash or --approximate bitstate goes further in the same memory, but never says `holds`");
    if (options.checkpoint.file.empty())
        result.advice.emplace_back("--checkpoint FILE saves the search, for a machine with more memory");
}

}  // namespace lockstep::explicit_engine
