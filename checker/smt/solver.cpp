#include "smt/solver.h"

#include <z3++.h>

#include <fmt/format.h>

#include <map>
#include <new>
#include <optional>
#include <unordered_set>
#include <vector>

namespace lockstep::smt {

struct Solver::Impl {
    Impl(const Terms& the_terms, Kind the_kind) : terms(the_terms), kind(the_kind), solver(made(context, kind))
    {
        // It would take Ctrl-C for itself while it is asked.
        z3::params parameters(context);
        parameters.set("ctrl_c", false);
        solver.set(parameters);
    }

    static z3::solver made(z3::context& context, Kind kind)
    {
        if (kind == Kind::incremental) return {context, "QF_FD"};
        if (kind == Kind::integers) return {context, "QF_LIA"};
        z3::tactic all(context, "simplify");
        for (const char* next : {"propagate-values", "solve-eqs", "simplify", "bit-blast", "sat"})
            all = all & z3::tactic(context, next);
        // Equations within disjunctions are left where they are: to look for them can take minutes even for a small
        // formula, in a loop that no time limit and no interrupt ends.
        z3::params parameters(context);
        parameters.set("context_solve", false);
        return z3::with(all, parameters).mk_solver();
    }

    const Terms& terms;
    const Kind kind;
    z3::context context;
    z3::solver solver;
    std::vector<std::optional<z3::expr>> known;  // by term
    std::optional<z3::model> model;

    z3::expr translated(Term root);
    z3::expr translate(const Terms::Node& node, Term t);
    z3::expr of(Term t) { return *known[t.index]; }

    /// A variable that implies t.
    z3::expr literal(Term t)
    {
        z3::expr formula = translated(t);
        if (terms[t].op == Op::variable || terms[t].op == Op::constant) return formula;
        const auto [entry, is_new] = literals.try_emplace(t.index, context);
        if (is_new) {
            entry->second = context.bool_const(fmt::format("assume!{}", t.index).c_str());
            solver.add(z3::implies(entry->second, formula));
        }
        return entry->second;
    }
    std::map<std::uint32_t, z3::expr> literals;
    std::vector<z3::expr> assumed;  // in the last check
};

Solver::Solver(const Terms& terms, Kind kind) : impl(std::make_unique<Impl>(terms, kind)) {}
Solver::~Solver() = default;

// Terms are higher than what they are made of, and their graph may be deep: no recursion.
z3::expr Solver::Impl::translated(Term root)
{
    if (known.size() < terms.size()) known.resize(terms.size());
    std::vector<Term> open{root};
    while (!open.empty()) {
        const Term t = open.back();
        if (known[t.index]) {
            open.pop_back();
            continue;
        }
        const Terms::Node& node = terms[t];
        bool is_ready = true;
        for (const Term part : {node.a, node.b, node.c}) {
            if (!part.valid() || known[part.index]) continue;
            open.push_back(part);
            is_ready = false;
        }
        if (!is_ready) continue;
        known[t.index] = translate(node, t);
        open.pop_back();
    }
    return of(root);
}

z3::expr Solver::Impl::translate(const Terms::Node& node, Term t)
{
    const unsigned width = node.width;
    switch (node.op) {
        case Op::variable:
            if (width == Terms::integer_width) return context.int_const(terms.name(t).c_str());
            return width == 0 ? context.bool_const(terms.name(t).c_str())
                              : context.bv_const(terms.name(t).c_str(), width);
        case Op::constant:
            if (width == Terms::integer_width) return context.int_val(static_cast<int64_t>(node.value));
            return width == 0 ? context.bool_val(node.value != 0)
                              : context.bv_val(static_cast<uint64_t>(node.value), width);
        case Op::logical_not:
            return !of(node.a);
        case Op::logical_and:
            return of(node.a) && of(node.b);
        case Op::logical_or:
            return of(node.a) || of(node.b);
        case Op::if_then_else:
            return z3::ite(of(node.a), of(node.b), of(node.c));
        case Op::equal:
            return of(node.a) == of(node.b);
        case Op::unsigned_less:
            return z3::ult(of(node.a), of(node.b));
        case Op::signed_less:
            if (terms.width(node.a) == Terms::integer_width) return of(node.a) < of(node.b);
            return z3::slt(of(node.a), of(node.b));
        case Op::add:
            return of(node.a) + of(node.b);
        case Op::subtract:
            return of(node.a) - of(node.b);
        case Op::multiply:
            return of(node.a) * of(node.b);
        case Op::unsigned_divide:
            return z3::udiv(of(node.a), of(node.b));
        case Op::signed_divide:
            return of(node.a) / of(node.b);
        case Op::unsigned_remainder:
            return z3::urem(of(node.a), of(node.b));
        case Op::signed_remainder:
            return z3::srem(of(node.a), of(node.b));
        case Op::bit_and:
            return of(node.a) & of(node.b);
        case Op::bit_or:
            return of(node.a) | of(node.b);
        case Op::bit_xor:
            return of(node.a) ^ of(node.b);
        case Op::shift_left:
            return z3::shl(of(node.a), of(node.b));
        case Op::shift_right:
            return z3::lshr(of(node.a), of(node.b));
        case Op::arithmetic_shift_right:
            return z3::ashr(of(node.a), of(node.b));
        case Op::zero_extend:
            return z3::zext(of(node.a), width - terms.width(node.a));
        case Op::sign_extend:
            return z3::sext(of(node.a), width - terms.width(node.a));
        case Op::low_bits:
            return of(node.a).extract(width - 1, 0);
    }
    return context.bool_val(false);
}

namespace {

// Z3's exceptions become ours: out of memory is what it is, everything else is a bug.
template <typename Question>
auto ask(Question question)
{
    try {
        return question();
    } catch (const z3::exception& error) {
        const std::string message = error.msg();
        if (message.find("memory") != std::string::npos) throw std::bad_alloc();
        throw std::logic_error("Z3: " + message);
    }
}

}  // namespace

void Solver::require(Term t)
{
    ask([&] { impl->solver.add(impl->translated(t)); });
}

Solver::Answer Solver::check(std::span<const Term> assumptions)
{
    return ask([&] {
        z3::check_result result = z3::unknown;
        if (impl->kind != Kind::from_scratch) {
            // Each assumption stands behind a truth variable of its own, so that what was learnt is kept.
            z3::expr_vector literals(impl->context);
            impl->assumed.clear();
            for (const Term t : assumptions) {
                literals.push_back(impl->literal(t));
                impl->assumed.push_back(literals.back());
            }
            result = impl->solver.check(literals);
        } else {
            impl->solver.push();
            for (const Term t : assumptions) impl->solver.add(impl->translated(t));
            result = impl->solver.check();
        }
        // A model is asked for where it is wanted; only what was asserted for this check has to be kept for that.
        impl->model.reset();
        if (result == z3::sat && impl->kind == Kind::from_scratch) impl->model = impl->solver.get_model();
        if (impl->kind == Kind::from_scratch) impl->solver.pop();
        if (result == z3::sat) return Answer::satisfiable;
        return result == z3::unsat ? Answer::unsatisfiable : Answer::unknown;
    });
}

std::uint64_t Solver::value(Term t)
{
    return ask([&]() -> std::uint64_t {
        if (!impl->model) impl->model = impl->solver.get_model();
        const z3::expr found = impl->model->eval(impl->translated(t), true);
        if (impl->terms.width(t) == 0) return found.is_true() ? 1 : 0;
        if (impl->terms.width(t) == Terms::integer_width) return static_cast<std::uint64_t>(found.get_numeral_int64());
        return found.get_numeral_uint64();
    });
}

std::vector<std::size_t> Solver::core()
{
    return ask([&] {
        std::unordered_set<unsigned> needed;
        for (const z3::expr& literal : impl->solver.unsat_core()) needed.insert(literal.id());
        std::vector<std::size_t> numbers;
        for (std::size_t i = 0; i < impl->assumed.size(); ++i)
            if (needed.contains(impl->assumed[i].id())) numbers.push_back(i);
        return numbers;
    });
}

std::string Solver::reason() const { return impl->solver.reason_unknown(); }
void Solver::push() { impl->solver.push(); }
void Solver::pop() { impl->solver.pop(); }
void Solver::interrupt() { impl->context.interrupt(); }

std::string Solver::version()
{
    unsigned major = 0, minor = 0, build = 0, revision = 0;
    Z3_get_version(&major, &minor, &build, &revision);
    return fmt::format("{}.{}.{}", major, minor, build);
}

}  // namespace lockstep::smt
