// What has to change places when two CPUs do, found from the initial state.
#pragma once

#include "symmetry/permutation.h"
#include "symmetry/sorts.h"
#include "symmetry/unrolled.h"

#include <memory>
#include <string>
#include <vector>

namespace lockstep::symmetry {

/// What the exchange of CPUs c and d moves; first what is c's, second what is d's, in the same order.
struct Moved {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> addresses, cells;
    std::vector<std::pair<std::int64_t, std::int64_t>> tasks;
    std::vector<std::pair<ProcessId, ProcessId>> processes;
};

struct Exchange {
    bool works = false;
    Moved moved;
    SourcePlace place;  // where it fails, if in a line
    std::string what;   // why
};

class Exchanges {
public:
    Exchanges(const Program& program, const Layout& layout, const Sorts& sorts, const std::vector<Tag>& cell_tags);
    ~Exchanges();
    [[nodiscard]] Exchange of(std::uint32_t c, std::uint32_t d);

private:
    class Search;
    const Program& program;
    const Layout& layout;
    const Sorts& sorts;
    const std::vector<Tag>& cell_tags;
    std::vector<std::vector<std::int64_t>> initial;  // cells
    std::vector<std::int64_t> own_cpu;               // by process, if it never changes; -1: none
    IdVector<AutomatonId, bool> argument_is_pointer;
    IdVector<AutomatonId, bool> is_formula;        // what it does alone (unrolled.h) is known without its Distinctions
    std::vector<std::unique_ptr<Unrolled>> alone;  // by process: of an invariant or a clock; none for others
};

}  // namespace lockstep::symmetry
