// What terms are worth when their variables have values: how a model is read, and how tests look at a formula without a
// solver.
#pragma once

#include "smt/terms.h"

#include <unordered_map>
#include <vector>

namespace lockstep::smt {

class Assignment {
public:
    explicit Assignment(const Terms& the_terms) : terms(the_terms) {}

    /// To be called before the first value() of a term that depends on it.
    void set(Term variable, std::uint64_t value) { values[variable.index] = value; }
    /// Variables without a value are 0.
    std::uint64_t value(Term t);
    bool holds(Term t) { return value(t) != 0; }

private:
    const Terms& terms;
    std::unordered_map<std::uint32_t, std::uint64_t> values;

    [[nodiscard]] std::uint64_t value_of(const Terms::Node& node) const;
};

}  // namespace lockstep::smt
