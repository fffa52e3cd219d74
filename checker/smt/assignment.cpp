#include "smt/assignment.h"

#include <algorithm>

namespace lockstep::smt {

std::uint64_t Assignment::value_of(const Terms::Node& node) const
{
    const auto of = [&](Term t) { return values.at(t.index); };
    switch (node.op) {
        case Op::variable:
            return 0;
        case Op::constant:
            return node.value;
        case Op::logical_not:
            return 1 - of(node.a);
        case Op::logical_and:
            return of(node.a) & of(node.b);
        case Op::logical_or:
            return of(node.a) | of(node.b);
        case Op::if_then_else:
            return of(of(node.a) != 0 ? node.b : node.c);
        case Op::zero_extend:
            return of(node.a);
        case Op::sign_extend:
        case Op::low_bits: {
            const unsigned from = terms.width(node.a);
            const auto all =
                node.op == Op::low_bits ? of(node.a) : static_cast<std::uint64_t>(signed_value(of(node.a), from));
            return node.width == 64 ? all : all & ((std::uint64_t{1} << node.width) - 1);
        }
        default:
            return evaluate(node.op, std::min(terms.width(node.a), 64U), of(node.a), of(node.b));
    }
}

// Graphs of terms may be deep: no recursion.
std::uint64_t Assignment::value(Term root)
{
    std::vector<Term> open{root};
    while (!open.empty()) {
        const Term t = open.back();
        if (values.contains(t.index)) {
            open.pop_back();
            continue;
        }
        const Terms::Node& node = terms[t];
        bool is_ready = true;
        for (const Term part : {node.a, node.b, node.c}) {
            if (!part.valid() || values.contains(part.index)) continue;
            open.push_back(part);
            is_ready = false;
        }
        if (!is_ready) continue;
        values.emplace(t.index, value_of(node));
        open.pop_back();
    }
    return values.at(root.index);
}

}  // namespace lockstep::smt
