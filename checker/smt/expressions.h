// The Program's expressions as terms: guards, values, and under which condition computing them traps.
//
// An expression of integer type becomes a bit-vector of the type's width, everything else is coded as in a cell
// (symbolic_state.h). What C computes in a type of its own is computed at that width; where types meet that differ, and
// with time stamps, in 64 bits, as the evaluator does.
//
// Memory is not an array of the logic's. A load is a case distinction over the places that its address may name: those
// that the address's term is made of, or (of a pointer about which nothing is known) all slots of the right class.
#pragma once

#include "smt/symbolic_state.h"

#include <vector>

namespace lockstep::smt {

/// What is evaluated where, and what goes wrong on the way.
struct Evaluation {
    const SymbolicState* state = nullptr;
    ProcessId process;
    Term trap;  // so far: under which condition it has trapped; to begin with: false
};

class Expressions {
public:
    Expressions(StateTerms& the_states);

    /// Its value where `condition` holds; traps elsewhere are none.
    Term value(Evaluation& at, ExpressionId e, Term condition);
    /// Whether it is other than 0.
    Term truth(Evaluation& at, ExpressionId e, Term condition);

    /// Whether a process may run at all; a trap counts as no.
    Term running(const SymbolicState& state, ProcessId p);

    /// The places that an address may name, each with its condition, and the condition under which it names none.
    /// With `expected`: slots of that class only.
    struct Target {
        std::uint32_t address;
        Term condition;
    };
    struct Targets {
        std::vector<Target> places;
        Term misses;
    };
    Targets targets(Term address, const SlotClass* expected);

    [[nodiscard]] const Type& type_of(ExpressionId e) const
    {
        return states.program.types[states.program.expressions[e].type];
    }
    [[nodiscard]] static unsigned width(const Type& type);
    /// As the 64 bits that the evaluator has, and back into a type (wrapped around; a time stamp saturates).
    Term wide(Term value, const Type& type);
    Term bring_into(const Type& type, Term wide_value);

    StateTerms& states;
    Terms& terms;

private:
    const Program& program;
    const Layout& layout;

    void trap_if(Evaluation& at, Term condition, Term trap)
    {
        at.trap = terms.either(at.trap, terms.both(condition, trap));
    }
    Term compute(Evaluation& at, const Expression& e, Term condition);
    Term own(Evaluation& at, const Own& node, const Type& type, Term condition);
    Term field(Evaluation& at, const FieldAddress& node, Term condition);
    Term element(Evaluation& at, const ElementAddress& node, Term condition);
    Term pointer_sum(Evaluation& at, Term base, Term index, std::uint32_t stride, Term condition);
    Term per_cpu(Evaluation& at, const PerCpuAddress& node, Term condition);
    Term load(Evaluation& at, const Load& node, const Type& type, Term condition);
    Term unary(Evaluation& at, const Unary& node, const Type& type, Term condition);
    Term binary(Evaluation& at, const Binary& node, const Type& type, Term condition);
    Term compare(BinaryOp op, Term left, const Type& left_type, Term right, const Type& right_type);
    Term convert(Evaluation& at, const Convert& node, const Type& type, Term condition);
    Term from_truth(Term truth, const Type& type);
    Term is_null_or_wild(Term address);
    [[nodiscard]] Term pointer(std::uint64_t coded) { return terms.constant(Coding::pointer_bits, coded); }
};

}  // namespace lockstep::smt
