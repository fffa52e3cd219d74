// The machine makes these expressions, each for one process (machine/boot.cpp), so that they name CPUs, tasks and
// processes by constants. One is the image of another if both have the same form, and their constants are renamed, each
// as what it is compared with or indexes.
#include "symmetry/process_expressions.h"

namespace lockstep::symmetry {

namespace {

class Comparison {
public:
    const Program& program;
    const Layout& layout;
    const Sorts& sorts;
    const Permutation& permutation;

    [[nodiscard]] bool is_same(ExpressionId a, ExpressionId b, Tag as) const
    {
        if (a.valid() != b.valid()) return false;
        if (!a.valid()) return true;
        const Expression& from = program.expressions[a];
        const Expression& to = program.expressions[b];
        if (from.node.index() != to.node.index() || from.type != to.type) return false;
        if (const auto* constant = std::get_if<Constant>(&from.node))
            return permutation.value(as, constant->value) == std::get<Constant>(to.node).value;
        if (const auto* convert = std::get_if<Convert>(&from.node)) {
            const bool is_test = bits_of(program.types[from.type]) == 1;
            return is_same(convert->operand, std::get<Convert>(to.node).operand, is_test ? Tag{} : as);
        }
        if (is_integer(program.types[from.type]) && tag_of(a) != as) return false;
        if (const auto* address = std::get_if<AddressOf>(&from.node)) {
            const auto& other = std::get<AddressOf>(to.node);
            if (address->variable != other.variable || address->offset != other.offset) return false;
            const std::uint32_t at = layout.address_of(program, address->variable, address->offset);
            return permutation.addresses[at] == at;
        }
        if (const auto* field = std::get_if<FieldAddress>(&from.node))
            return field->offset == std::get<FieldAddress>(to.node).offset &&
                   is_same(field->base, std::get<FieldAddress>(to.node).base, {});
        if (const auto* element = std::get_if<ElementAddress>(&from.node)) {
            const auto& other = std::get<ElementAddress>(to.node);
            return is_same_base(element->base, other.base) && element->stride == other.stride &&
                   element->count == other.count && is_same(element->index, other.index, index_tag(*element));
        }
        if (const auto* per_cpu = std::get_if<PerCpuAddress>(&from.node))
            return is_same_base(per_cpu->base, std::get<PerCpuAddress>(to.node).base) &&
                   is_same(per_cpu->cpu, std::get<PerCpuAddress>(to.node).cpu, {Sort::cpu, 0});
        if (const auto* own = std::get_if<Own>(&from.node)) return own->what == std::get<Own>(to.node).what;
        if (const auto* load = std::get_if<Load>(&from.node))
            return is_same(load->address, std::get<Load>(to.node).address, {});
        if (const auto* binary = std::get_if<Binary>(&from.node)) {
            const auto& other = std::get<Binary>(to.node);
            const Tag left = tag_of(binary->left), right = tag_of(binary->right);
            const bool compares = binary->op == BinaryOp::equal || binary->op == BinaryOp::not_equal;
            const Tag tag = compares ? std::max(left, right) : Tag{};
            if (!compares && (left.sort != Sort::plain || right.sort != Sort::plain)) return false;
            return binary->op == other.op && is_same(binary->left, other.left, tag) &&
                   is_same(binary->right, other.right, tag);
        }
        if (const auto* unary = std::get_if<Unary>(&from.node))
            return unary->op == std::get<Unary>(to.node).op && tag_of(unary->operand).sort == Sort::plain &&
                   is_same(unary->operand, std::get<Unary>(to.node).operand, {});
        return a == b && as.sort == Sort::plain;
    }

    /// Of an array, or of all copies of a per-CPU variable: the first element may move, the array does not.
    [[nodiscard]] bool is_same_base(ExpressionId a, ExpressionId b) const
    {
        const auto* from = std::get_if<AddressOf>(&program.expressions[a].node);
        const auto* to = std::get_if<AddressOf>(&program.expressions[b].node);
        if (from == nullptr || to == nullptr) return is_same(a, b, {});
        if (from->variable != to->variable || from->offset != to->offset) return false;
        const std::uint32_t at = permutation.addresses[layout.address_of(program, from->variable, from->offset)];
        return layout.addresses[at].variable == from->variable;
    }

    [[nodiscard]] Tag tag_of(ExpressionId e) const { return sorts.of_process_expression(e); }

    [[nodiscard]] Tag index_tag(const ElementAddress& element) const
    {
        const auto* base = std::get_if<AddressOf>(&program.expressions[element.base].node);
        if (base == nullptr) return {};
        for (const IndexedArray& array : sorts.arrays)
            if (array.variable == base->variable && array.offset == base->offset && array.stride == element.stride)
                return {array.sort, 0};
        return {};
    }
};

}  // namespace

bool is_image(const Program& program, const Layout& layout, const Sorts& sorts, const Permutation& permutation,
              ExpressionId from, ExpressionId to, Tag as)
{
    return Comparison{program, layout, sorts, permutation}.is_same(from, to, as);
}

}  // namespace lockstep::symmetry
