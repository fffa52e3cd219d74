// Hash-consed, and brought into a normal form as they are made: and, or and sums are sets of what they join, so that an
// order in which CPUs are looked at leaves no trace. Simplifications are those of propositional logic and of modular
// arithmetic. To rename a term is to say what it says of the renamed state: cells and constants are renamed, as what
// they are numbers of.
#include "symmetry/terms.h"

#include <algorithm>

namespace lockstep::symmetry {

Terms::Terms(const Program& the_program, const Layout& the_layout, const std::vector<Tag>& tags)
    : program(the_program), layout(the_layout), cell_tags(tags)
{
}

const Term& Terms::at(Ref t) const { return terms[t]; }

Terms::Ref Terms::make(Term term)
{
    const auto [found, is_new] = known.try_emplace(term, static_cast<Ref>(terms.size()));
    if (is_new) terms.push_back(std::move(term));
    return found->second;
}

Terms::Ref Terms::constant(std::int64_t value, TypeId type)
{
    return make({Op::constant, value, pointer_or_none(type), {}});
}

std::optional<std::int64_t> Terms::known_value(Ref t) const
{
    return terms[t].op == Op::constant ? std::optional(terms[t].value) : std::nullopt;
}

bool Terms::is_truth(Ref t) const
{
    switch (terms[t].op) {
        case Op::bit:
        case Op::both:
        case Op::either:
        case Op::negation:
        case Op::equal:
            return true;
        case Op::constant:
            return terms[t].value == 0 || terms[t].value == 1;
        case Op::cell:
            return is_integer(program.types[terms[t].type]) && bits_of(program.types[terms[t].type]) == 1 &&
                   !is_signed(program.types[terms[t].type]);
        default:
            return false;
    }
}

Terms::Ref Terms::truth(Ref t)
{
    if (const auto value = known_value(t)) return constant(*value != 0);
    return is_truth(t) ? t : negate(equal(t, constant(0, terms[t].type)));
}

Terms::Ref Terms::negate(Ref t)
{
    t = is_truth(t) ? t : truth(t);
    if (const auto value = known_value(t)) return constant(*value == 0);
    if (terms[t].op == Op::negation) return terms[t].args[0];
    return make({Op::negation, 0, {}, {t}});
}

Terms::Ref Terms::equal(Ref a, Ref b)
{
    if (a == b) return constant(1);
    const auto x = known_value(a), y = known_value(b);
    if (x && y) return constant(*x == *y);
    if (x) std::swap(a, b);
    if (const auto value = known_value(b); value && is_truth(a) && terms[a].op != Op::constant)
        return *value == 1 ? a : *value == 0 ? negate(a) : constant(0);
    if (!known_value(b) && b < a) std::swap(a, b);
    return make({Op::equal, 0, {}, {a, b}});
}

Terms::Ref Terms::join(Op op, Ref a, Ref b)
{
    std::vector<Ref> args;
    for (Ref t : {a, b}) {
        t = truth(t);
        if (const auto value = known_value(t)) {
            if ((*value != 0) == (op == Op::either)) return t;
            continue;
        }
        if (terms[t].op == op)
            args.insert(args.end(), terms[t].args.begin(), terms[t].args.end());
        else
            args.push_back(t);
    }
    std::ranges::sort(args);
    const auto repeated = std::ranges::unique(args);
    args.erase(repeated.begin(), repeated.end());
    if (args.empty()) return constant(op == Op::both);
    return args.size() == 1 ? args[0] : make({op, 0, {}, std::move(args)});
}

Terms::Ref Terms::choose(Ref condition, Ref a, Ref b)
{
    condition = truth(condition);
    if (const auto value = known_value(condition)) return *value != 0 ? a : b;
    if (a == b) return a;
    if (terms[condition].op == Op::negation) return choose(terms[condition].args[0], b, a);
    const auto x = known_value(a), y = known_value(b);
    if (x == 1 && y == 0 && !terms[a].type.valid()) return condition;
    if (x == 0 && y == 1 && !terms[a].type.valid()) return negate(condition);
    // Ways that end alike are one way.
    const Term left = terms[a], right = terms[b];
    if (right.op == Op::choose && right.args[1] == a)
        return choose(join(Op::either, condition, right.args[0]), a, right.args[2]);
    if (right.op == Op::choose && right.args[2] == a)
        return choose(join(Op::either, condition, negate(right.args[0])), a, right.args[1]);
    if (left.op == Op::choose && left.args[2] == b)
        return choose(join(Op::both, condition, left.args[0]), left.args[1], b);
    if (left.op == Op::choose && left.args[1] == b)
        return choose(join(Op::both, condition, negate(left.args[0])), left.args[2], b);
    return make({Op::choose, 0, {}, {condition, a, b}});
}

Terms::Ref Terms::sum(Ref a, Ref b, TypeId type)
{
    std::vector<Ref> args;
    std::int64_t fixed = 0;
    for (Ref t : {a, b}) {
        if (const auto value = known_value(t)) {
            fixed += *value;
        } else if (terms[t].op == Op::sum && terms[t].type == type) {
            args.insert(args.end(), terms[t].args.begin(), terms[t].args.end());
            fixed += terms[t].value;
        } else {
            args.push_back(t);
        }
    }
    fixed = wrap(fixed, program.types[type]);
    if (args.empty()) return constant(fixed);
    std::ranges::sort(args);
    return make({Op::sum, fixed, type, std::move(args)});
}

Tag Terms::tag_of(Ref t) const
{
    const Term& term = terms[t];
    if (term.op == Op::cell) return cell_tags[static_cast<std::size_t>(term.value)];
    if (term.op == Op::choose) return std::max(tag_of(term.args[1]), tag_of(term.args[2]));
    return {};
}

Terms::Ref Terms::rename(Ref t, const Permutation& p, Tag as, std::map<std::pair<Ref, Tag>, Ref>& done)
{
    if (const auto found = done.find({t, as}); found != done.end()) return found->second;
    const Ref result = rename_new(t, p, as, done);
    done.emplace(std::pair(t, as), result);
    return result;
}
TypeId Terms::pointer_or_none(TypeId type) const
{
    return type.valid() && is_pointer(program.types[type]) ? type : TypeId();
}

Terms::Ref Terms::rename_new(Ref t, const Permutation& p, Tag as, std::map<std::pair<Ref, Tag>, Ref>& done)
{
    const Term term = terms[t];
    const bool has_tag = term.op == Op::cell;
    const bool may_be = has_tag ? tag_of(t) == as : term.op == Op::constant || term.op == Op::choose;
    if (!may_be && (has_tag || as.sort != Sort::plain)) throw NotRenamed{};
    const auto plain = [&](Ref arg) {
        if (tag_of(arg).sort != Sort::plain) throw NotRenamed{};
        return rename(arg, p, {}, done);
    };
    switch (term.op) {
        case Op::constant:
            return constant(term.type.valid() ? p.address(term.value) : p.value(as, term.value), term.type);
        case Op::cell: {
            Term renamed = term;
            renamed.value = p.cells[static_cast<std::size_t>(term.value)];
            return make(renamed);
        }
        case Op::bit: {
            const Tag tag = tag_of(term.args[0]);
            if (tag.sort != Sort::plain && tag.sort != Sort::mask) throw NotRenamed{};
            const std::int64_t which = tag.sort == Sort::mask ? p.value({Sort::cpu, 0}, term.value) : term.value;
            return make({Op::bit, which, {}, {rename(term.args[0], p, tag, done)}});
        }
        case Op::both:
        case Op::either: {
            Ref all = constant(term.op == Op::both);
            for (Ref arg : term.args) all = join(term.op, all, plain(arg));
            return all;
        }
        case Op::negation:
            return negate(plain(term.args[0]));
        case Op::equal: {
            const Tag tag = std::max(tag_of(term.args[0]), tag_of(term.args[1]));
            return equal(rename(term.args[0], p, tag, done), rename(term.args[1], p, tag, done));
        }
        case Op::sum: {
            Ref all = constant(term.value);
            for (Ref arg : term.args) all = sum(all, plain(arg), term.type);
            return all;
        }
        case Op::choose:
            return choose(plain(term.args[0]), rename(term.args[1], p, as, done), rename(term.args[2], p, as, done));
        case Op::other: {
            Term renamed = term;
            for (Ref& arg : renamed.args) arg = plain(arg);
            return make(renamed);
        }
        case Op::reports:
            return t;
    }
    return t;
}

}  // namespace lockstep::symmetry
