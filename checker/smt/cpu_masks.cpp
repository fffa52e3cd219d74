#include "smt/cpu_masks.h"

#include "smt/solver.h"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::smt {

CpuMasks::CpuMasks(Terms& the_terms, const Layout& the_layout, const std::vector<std::uint32_t>& members,
                   const std::vector<std::uint32_t>& cells, const std::vector<std::string>& names)
    : terms(the_terms), layout(the_layout), first_bit(std::uint64_t{1} << members.front())
{
    for (const std::uint32_t member : members) all_bits |= std::uint64_t{1} << member;
    for (const std::uint32_t cell : cells) {
        masks.push_back({cell, names[cell], terms.variable(layout.cells[cell].bits, "others in " + names[cell])});
        nobody.push_back(terms.variable(0, "nobody else in " + names[cell]));
    }
}

bool CpuMasks::contains(std::uint32_t cell) const { return std::ranges::find(masks, cell, &Mask::cell) != masks.end(); }

std::string CpuMasks::own_text(const Mask& mask, std::uint64_t value) const
{
    return fmt::format("{} {} it", mask.name, (value & first_bit) != 0 ? "has" : "does not have");
}

std::string CpuMasks::shared_text(const Mask& mask, std::uint64_t value) const
{
    return fmt::format("{} besides = {:#x}", mask.name, value & ~all_bits);
}

void CpuMasks::add_own(std::vector<std::string>& signature, const std::vector<std::int64_t>& cells) const
{
    for (const Mask& mask : masks) signature.push_back(own_text(mask, static_cast<std::uint64_t>(cells[mask.cell])));
}

void CpuMasks::add_shared(std::vector<std::string>& signature, const std::vector<std::int64_t>& cells) const
{
    for (const Mask& mask : masks) signature.push_back(shared_text(mask, static_cast<std::uint64_t>(cells[mask.cell])));
}

std::optional<std::size_t> CpuMasks::add_own(std::vector<std::string>& signature, const SymbolicState& after,
                                             bool is_local)
{
    for (std::size_t k = 0; k < masks.size(); ++k) {
        const auto known = known_after(masks[k], after, is_local);
        if (!known) return k;
        signature.push_back(own_text(masks[k], *known));
    }
    return std::nullopt;
}

std::optional<std::size_t> CpuMasks::add_shared(std::vector<std::string>& signature, const SymbolicState& after,
                                                bool is_local)
{
    for (std::size_t k = 0; k < masks.size(); ++k) {
        const auto known = known_after(masks[k], after, is_local);
        if (!known) return k;
        signature.push_back(shared_text(masks[k], *known));
    }
    return std::nullopt;
}

bool CpuMasks::has_own(const std::vector<std::string>& signature, std::size_t mask) const
{
    return std::ranges::find(signature, own_text(masks[mask], first_bit)) != signature.end();
}

void CpuMasks::make_symbolic(SymbolicState& state, const std::vector<std::int64_t>& cells, bool with_own) const
{
    for (const Mask& mask : masks) {
        const unsigned width = bits(mask);
        const std::uint64_t open = unknown(with_own);
        const Term known = terms.constant(width, static_cast<std::uint64_t>(cells[mask.cell]) & ~open);
        const Term others = terms.binary(Op::bit_and, mask.others, terms.constant(width, open));
        state.values[mask.cell] = terms.binary(Op::bit_or, others, known);
    }
}

/// The bits that are known after a step, if it leaves the others alone.
std::optional<std::uint64_t> CpuMasks::known_after(const Mask& mask, const SymbolicState& after, bool with_own)
{
    const Term value = after.values[mask.cell];
    const unsigned width = bits(mask);
    const Term without = terms.replace(value, mask.others, terms.constant(width, 0));
    if (!terms.is_constant(without)) return std::nullopt;
    const std::uint64_t open = unknown(with_own), known = terms.value(without) & ~open;
    const Term others = terms.binary(Op::bit_and, mask.others, terms.constant(width, open));
    if (!is_always(terms.equal(value, terms.binary(Op::bit_or, others, terms.constant(width, known)))))
        return std::nullopt;
    return known;
}

Term CpuMasks::simplified(Term t, bool with_own)
{
    for (std::size_t k = 0; k < masks.size(); ++k) {
        const unsigned width = bits(masks[k]);
        const Term none = terms.replace(t, masks[k].others, terms.constant(width, 0));
        if (none == t) continue;
        const Term open = terms.constant(width, unknown(with_own));
        const Term all = terms.replace(t, masks[k].others, open);
        const Term is_none = terms.equal(terms.binary(Op::bit_and, masks[k].others, open), terms.constant(width, 0));
        if (is_always(terms.either(is_none, terms.equal(t, all)))) t = terms.choose(nobody[k], none, all);
    }
    return t;
}

bool CpuMasks::is_always(Term t)
{
    if (terms.is_true(t)) return true;
    Solver solver(terms);
    solver.require(terms.negation(t));
    return solver.check() == Solver::Answer::unsatisfiable;
}

}  // namespace lockstep::smt
