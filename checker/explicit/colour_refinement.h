// Colours for things of which some refer to others, so that two have the same colour only if, as far as can be told,
// it does not matter which is which: colour refinement (B. Weisfeiler, A. Leman: The Reduction of a Graph to Canonical
// Form and the Algebra Which Appears Therein, 1968). In each round a colour takes in those of what it refers to and of
// what refers to it, until no more colours come up. Then, while two that are referred to, or refer, still have the
// same, one of them is told apart. Where the two were not alike after all, another choice would have led to another
// order.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep::explicit_engine {

struct Reference {
    std::uint32_t from, to;
    std::uint64_t what;  // a hash of how it refers
};

/// `colour` are hashes of all that is known of each thing but references; only those of one `group` can be confused.
std::vector<std::uint64_t> refined_colours(std::vector<std::uint64_t> colour, std::span<const std::uint32_t> group,
                                           std::span<const Reference> references);

}  // namespace lockstep::explicit_engine
