#include "smt/smtlib.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace lockstep::smt {

namespace {

std::string sort_of(unsigned width)
{
    if (width == Terms::integer_width) return "Int";
    return width == 0 ? "Bool" : fmt::format("(_ BitVec {})", width);
}

const char* integer_operator_name(Op op)
{
    switch (op) {
        case Op::if_then_else:
            return "ite";
        case Op::equal:
            return "=";
        case Op::signed_less:
            return "<";
        case Op::add:
            return "+";
        case Op::subtract:
            return "-";
        case Op::multiply:
            return "*";
        default:
            return "";
    }
}

const char* operator_name(Op op)
{
    switch (op) {
        case Op::logical_not:
            return "not";
        case Op::logical_and:
            return "and";
        case Op::logical_or:
            return "or";
        case Op::if_then_else:
            return "ite";
        case Op::equal:
            return "=";
        case Op::unsigned_less:
            return "bvult";
        case Op::signed_less:
            return "bvslt";
        case Op::add:
            return "bvadd";
        case Op::subtract:
            return "bvsub";
        case Op::multiply:
            return "bvmul";
        case Op::unsigned_divide:
            return "bvudiv";
        case Op::signed_divide:
            return "bvsdiv";
        case Op::unsigned_remainder:
            return "bvurem";
        case Op::signed_remainder:
            return "bvsrem";
        case Op::bit_and:
            return "bvand";
        case Op::bit_or:
            return "bvor";
        case Op::bit_xor:
            return "bvxor";
        case Op::shift_left:
            return "bvshl";
        case Op::shift_right:
            return "bvlshr";
        case Op::arithmetic_shift_right:
            return "bvashr";
        default:
            return "";
    }
}

class Writer {
public:
    explicit Writer(const Terms& the_terms) : terms(the_terms), written(terms.size(), false) {}

    std::string declarations, text;
    std::size_t open_lets = 0;
    bool has_integers = false;

    /// Everything that `root` is made of has a name; its own is returned. Terms are higher than their parts.
    std::string name(Term root)
    {
        std::vector<Term> open{root};
        while (!open.empty()) {
            const Term t = open.back();
            if (written[t.index]) {
                open.pop_back();
                continue;
            }
            bool is_ready = true;
            for (const Term part : {terms[t].a, terms[t].b, terms[t].c}) {
                if (!part.valid() || written[part.index]) continue;
                open.push_back(part);
                is_ready = false;
            }
            if (!is_ready) continue;
            define(t);
            written[t.index] = true;
            open.pop_back();
        }
        return reference(root);
    }

private:
    const Terms& terms;
    std::vector<bool> written;

    [[nodiscard]] std::string reference(Term t) const
    {
        const Terms::Node& node = terms[t];
        if (node.op == Op::constant && node.width == Terms::integer_width) {
            const auto value = static_cast<std::int64_t>(node.value);
            return value < 0 ? fmt::format("(- {})", -value) : std::to_string(value);
        }
        if (node.op == Op::constant)
            return node.width == 0 ? (node.value != 0 ? "true" : "false")
                                   : fmt::format("(_ bv{} {})", node.value, node.width);
        if (node.op == Op::variable) {
            std::string name = terms.name(t);
            std::ranges::replace_if(name, [](char c) { return c == '|' || c == '\\'; }, '_');
            return '|' + name + '|';
        }
        return fmt::format("t{}", t.index);
    }

    void define(Term t)
    {
        const Terms::Node& node = terms[t];
        const auto out = std::back_inserter(text);
        switch (node.op) {
            case Op::constant:
                return;
            case Op::variable:
                declarations += fmt::format("(declare-const {} {})\n", reference(t), sort_of(node.width));
                return;
            case Op::zero_extend:
            case Op::sign_extend:
                fmt::format_to(out, "(let ((t{} ((_ {} {}) {})))\n", t.index,
                               node.op == Op::zero_extend ? "zero_extend" : "sign_extend",
                               node.width - terms.width(node.a), reference(node.a));
                ++open_lets;
                return;
            case Op::low_bits:
                fmt::format_to(out, "(let ((t{} ((_ extract {} 0) {})))\n", t.index, node.width - 1, reference(node.a));
                ++open_lets;
                return;
            default:
                break;
        }
        const bool is_integer =
            node.width == Terms::integer_width || (node.a.valid() && terms.width(node.a) == Terms::integer_width);
        has_integers |= is_integer;
        fmt::format_to(out, "(let ((t{} ({}", t.index,
                       is_integer ? integer_operator_name(node.op) : operator_name(node.op));
        for (const Term part : {node.a, node.b, node.c})
            if (part.valid()) fmt::format_to(out, " {}", reference(part));
        text += ")))\n";
        ++open_lets;
    }
};

}  // namespace

std::string to_smtlib(const Terms& terms, std::span<const Term> asserted, const std::string& comment)
{
    std::string text;
    std::string line;
    for (const char c : comment + '\n') {
        if (c != '\n') {
            line += c;
            continue;
        }
        text += "; " + line + '\n';
        line.clear();
    }
    // One assertion, in which what is needed more than once has a name: solvers read that much faster than as many
    // definitions.
    Writer writer(terms);
    std::string all;
    for (const Term t : asserted) all += '\n' + writer.name(t);
    return fmt::format("{}(set-logic {})\n(set-info :status unsat)\n{}(assert\n{}(and true{}\n{})\n(check-sat)\n", text,
                       writer.has_integers ? "QF_LIA" : "QF_BV", writer.declarations, writer.text, all,
                       std::string(writer.open_lets + 1, ')'));
}

}  // namespace lockstep::smt
