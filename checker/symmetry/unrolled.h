// Code that runs alone and in one go, as one formula over the cells of the state.
#pragma once

#include "symmetry/permutation.h"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace lockstep::symmetry {

class Terms;

class Unrolled {
public:
    /// Of an invariant's process, or a clock. `initial` are the cells of an initial state, `cell_tags` what cells hold.
    Unrolled(const Program& program, const Layout& layout, const std::vector<std::int64_t>& initial,
             const std::vector<Tag>& cell_tags, ProcessId process);
    ~Unrolled();
    Unrolled(const Unrolled&) = delete;
    Unrolled& operator=(const Unrolled&) = delete;

    /// Why it has become no formula, if so, and where.
    struct Refusal {
        SourcePlace place;
        std::string what;
    };
    std::optional<Refusal> refusal;

    /// Whether the formula, with everything renamed, is the formula.
    [[nodiscard]] bool is_same_under(const Permutation& permutation) const;

private:
    std::unique_ptr<Terms> terms;
    std::uint32_t outcome = 0;                       // which reports are made
    std::map<std::uint32_t, std::uint32_t> written;  // cell: term (of a clock)
};

}  // namespace lockstep::symmetry
