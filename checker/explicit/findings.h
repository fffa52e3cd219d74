// From what was noticed during a search to violations, each with its path.
#pragma once

#include "explicit/edge_log.h"
#include "explicit/explore.h"
#include "explicit/state_space.h"
#include "explicit/team.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace lockstep::explicit_engine {

/// Something is wrong here: with a step out of the state or with there being none, or with the state itself.
struct Sighting {
    std::uint32_t state;
    bool is_invariant;  // the state itself: an invariant does not hold in it
};

/// The state from which all that a search has found were reached, if there is one.
inline std::optional<std::uint32_t> root_of(std::span<const std::uint32_t> initial_states)
{
    return initial_states.size() == 1 ? std::optional(initial_states.front()) : std::nullopt;
}

/// Violations of one name are one finding. Where it was noticed first: with breadth-first search that may be many
/// states of one level.
struct Sightings {
    std::string name;
    std::vector<Sighting> places;
};

/// Violations as they are seen at a state, and their names.
class Observed {
public:
    Observed(const Program& program, const Options& options);

    [[nodiscard]] Violation report(const ReportEvent& report) const;
    [[nodiscard]] Violation trap(const StepView& view) const;
    [[nodiscard]] Violation invariant(const Invariant& invariant, const StepView& view) const;

    /// With symmetry, violations that differ by a renaming of CPUs have one name.
    [[nodiscard]] std::string name(const Violation& v) const;
    /// Of a report; `cells` is the state after it.
    [[nodiscard]] std::string name(const Violation& v, const ReportEvent& report,
                                   std::span<const std::int64_t> cells) const;

private:
    const Program& program;
    const Options& options;
    /// With symmetry: the CPU in whose block a process of this name is, and which of the block's processes it is.
    std::map<std::string, std::pair<std::uint32_t, std::size_t>> owners;

    void set_place(Violation& violation, const Move& move) const;
    void set_task(Violation& violation, std::int64_t task) const;
};

/// What a search has found out; nobody works on it any more.
struct Explored {
    StateSpace& space;
    const EdgeLog& edges;
    std::vector<std::uint32_t> initial_states;
    std::vector<std::uint32_t> initial_index;  // by position in initial_states: its first position among the Program's
    std::span<const std::uint32_t> parents;    // by state, of a depth-first search; otherwise empty
    bool numbers_in_order;                     // of discovery
    Team& team;                                // for large graphs
    bool is_complete;                          // all states were expanded
    std::vector<Sightings> sightings;  // one for each name; without Options::all one for whatever was seen first
};

struct Found {
    std::vector<Violation> violations;  // in the order in which a breadth-first search by a single thread meets them
    bool is_undecided = false;          // whether somebody is stuck while others go on could not be decided everywhere
};
Found make_findings(const Program& program, const Options& options, const Explored& explored);

}  // namespace lockstep::explicit_engine
