// Sets of CPUs (cpumasks) in a counted Program: each counted CPU's bit is a part of that CPU's local state.
//
// Which variables are such sets is known from symmetry/sorts.h. A step may set or clear its own CPU's bit, and bits of
// distinguished CPUs; of the other counted CPUs it may ask whether any of them is in the set. That is what the code
// asks by cpumask_empty(), and by comparing words with 0: it depends on whether the other bits are all 0 and on nothing
// else, which the solver decides. A step that asks more of them, or changes them, cannot be counted.
#pragma once

#include "smt/symbolic_state.h"
#include "symmetry/cpu_symmetry.h"

#include <optional>
#include <string>
#include <vector>

namespace lockstep::smt {

class CpuMasks {
public:
    /// `cells` hold masks.
    CpuMasks(Terms& terms, const Layout& layout, const std::vector<std::uint32_t>& members,
             const std::vector<std::uint32_t>& cells, const std::vector<std::string>& names);

    [[nodiscard]] std::size_t size() const { return masks.size(); }
    [[nodiscard]] bool contains(std::uint32_t cell) const;

    /// What is said of the first member's bits, and of the distinguished CPUs'.
    void add_own(std::vector<std::string>& signature, const std::vector<std::int64_t>& cells) const;
    void add_shared(std::vector<std::string>& signature, const std::vector<std::int64_t>& cells) const;
    /// The same after a step; which mask it cannot be said of: an index.
    std::optional<std::size_t> add_own(std::vector<std::string>& signature, const SymbolicState& after, bool is_local);
    std::optional<std::size_t> add_shared(std::vector<std::string>& signature, const SymbolicState& after,
                                          bool is_local);
    /// Whether that signature has the CPU in the set.
    [[nodiscard]] bool has_own(const std::vector<std::string>& signature, std::size_t mask) const;

    /// Variables for what is not known: the other members' bits, or (not `with_own`) all members'.
    void make_symbolic(SymbolicState& state, const std::vector<std::int64_t>& cells, bool with_own) const;
    /// Without these variables, if it depends only on whether nobody else is in the set: then over `nobody_else`.
    [[nodiscard]] Term simplified(Term t, bool with_own);
    [[nodiscard]] const std::vector<Term>& nobody_else() const { return nobody; }
    [[nodiscard]] const std::string& name(std::size_t mask) const { return masks[mask].name; }

private:
    struct Mask {
        std::uint32_t cell = 0;
        std::string name;
        Term others;  // a variable, of which the members' bits matter
    };
    Terms& terms;
    const Layout& layout;
    std::uint64_t first_bit = 0, all_bits = 0;  // of the first member, of all members
    std::vector<Mask> masks;
    std::vector<Term> nobody;

    [[nodiscard]] unsigned bits(const Mask& mask) const { return layout.cells[mask.cell].bits; }
    [[nodiscard]] std::uint64_t unknown(bool with_own) const { return with_own ? all_bits & ~first_bit : all_bits; }
    [[nodiscard]] std::string own_text(const Mask& mask, std::uint64_t value) const;
    [[nodiscard]] std::string shared_text(const Mask& mask, std::uint64_t value) const;
    std::optional<std::uint64_t> known_after(const Mask& mask, const SymbolicState& after, bool with_own);
    bool is_always(Term t);
};

}  // namespace lockstep::smt
