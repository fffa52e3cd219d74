// Formulas over the cells of a state, equal ones once.
#pragma once

#include "symmetry/permutation.h"

#include <map>
#include <optional>
#include <vector>

namespace lockstep::symmetry {

enum class Op : std::uint8_t {
    constant,  // value
    cell,      // value: which
    bit,       // value: which, of args[0]
    both,
    either,
    negation,
    equal,
    sum,
    choose,
    other,    // value: which operation
    reports,  // args: which
};

struct Term {
    Op op = Op::constant;
    std::int64_t value = 0;
    TypeId type;
    std::vector<std::uint32_t> args;
    auto operator<=>(const Term&) const = default;
};

/// A number of some sort is used as if it were none.
struct NotRenamed {};

class Terms {
public:
    using Ref = std::uint32_t;

    Terms(const Program& program, const Layout& layout, const std::vector<Tag>& cell_tags);

    const Program& program;
    const Layout& layout;
    const std::vector<Tag>& cell_tags;

    [[nodiscard]] const Term& at(Ref t) const;
    [[nodiscard]] std::optional<std::int64_t> known_value(Ref t) const;
    [[nodiscard]] bool is_truth(Ref t) const;

    Ref make(Term term);
    Ref constant(std::int64_t value, TypeId type = {});
    Ref truth(Ref t);
    Ref negate(Ref t);
    Ref equal(Ref a, Ref b);
    Ref join(Op op, Ref a, Ref b);
    Ref choose(Ref condition, Ref a, Ref b);
    Ref sum(Ref a, Ref b, TypeId type);

    /// Of the cell's value that it is; plain for all that is computed.
    [[nodiscard]] Tag tag_of(Ref t) const;
    /// What it says of the state before the renaming; `as` is what its value is taken for. Throws NotRenamed.
    Ref rename(Ref t, const Permutation& p, Tag as, std::map<std::pair<Ref, Tag>, Ref>& done);

private:
    std::vector<Term> terms;
    std::map<Term, Ref> known;

    [[nodiscard]] TypeId pointer_or_none(TypeId type) const;
    Ref rename_new(Ref t, const Permutation& p, Tag as, std::map<std::pair<Ref, Tag>, Ref>& done);
};

}  // namespace lockstep::symmetry
