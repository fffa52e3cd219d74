// What expressions do to the sorts of values: one rule for each kind of expression.
#include "symmetry/sort_rules.h"

#include "program/visit.h"

namespace lockstep::symmetry {

// ---- What is done to values ----

void SortRules::note(Use use)
{
    if (is_of_process || is_report) return;
    use.where = here;
    uses.push_back(std::move(use));
}

void SortRules::use_plainly(const Operand& operand, const char* what)
{
    if (operand.kind == Operand::Kind::node) note({.kind = Use::Kind::plain, .node = operand.node, .what = what});
}

void SortRules::use_literal(Node node, std::int64_t value, const char* what)
{
    note({.kind = Use::Kind::literal, .node = node, .what = what, .literal = value});
}

void SortRules::equate(const Operand& a, const Operand& b, const char* what)
{
    if (a.kind != Operand::Kind::node && b.kind != Operand::Kind::node) return;
    if (a.kind != Operand::Kind::node) return equate(b, a, what);
    if (b.kind == Operand::Kind::node)
        graph.join(a.node, b.node, 0, here);
    else if (b.kind == Operand::Kind::literal)
        use_literal(a.node, b.value, what);
    else
        use_plainly(a, "is mixed with other numbers");
}

void SortRules::test(ExpressionId id) { equate(visit(id), literal(0), "is compared with 0"); }

void SortRules::use_anything(const char* what) { note({.kind = Use::Kind::plain, .node = cpu_node, .what = what}); }

// ---- Addresses ----

void SortRules::name_elements(const Root& root, TypeId outer, std::uint32_t offset, TypeId pointer, Base base)
{
    const auto* type = std::get_if<PointerType>(&program.types[pointer].kind);
    const auto elements = slots.elements(outer, offset, type != nullptr ? type->pointee : TypeId());
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const Slots::Element& element = elements[i];
        const bool is_base = base.stride == element.stride && element.index == 0 && element.is_exact;
        if (is_base && i + 1 == elements.size()) continue;
        Root array = root;
        array.offset += element.array;
        if (const auto index = slots.indices(array, element.stride))
            use_literal(*index, element.index, "an element of an array by CPU is named");
    }
}

Root SortRules::address(const AddressOf& n, TypeId type, Base base)
{
    const Variable& variable = program.variables[n.variable];
    if (!is_of_process && !is_report && !named[n.variable.index]) named[n.variable.index] = here.place;
    if (variable.storage == Storage::per_cpu && !base.of_copy) use_literal(cpu_node, 0, "the copy of one CPU is named");
    name_elements({.kind = Root::Kind::variable, .variable = n.variable, .type = {}}, variable.type, n.offset, type,
                  base);
    return {.kind = Root::Kind::variable, .variable = n.variable, .type = {}, .offset = n.offset};
}

Root SortRules::address(const FieldAddress& n, TypeId type, Base base)
{
    Root root = visit(n.base, Base{.of_copy = base.of_copy, .stride = 0}).root;
    if (n.offset < 0) return slots.is_tracked(type) ? Root{} : slots.from_type(type);
    const auto* outer = std::get_if<PointerType>(&type_of(n.base).kind);
    const auto offset = static_cast<std::uint32_t>(n.offset);
    if (outer != nullptr && outer->pointee.valid()) name_elements(root, outer->pointee, offset, type, base);
    root.offset += offset;
    return root;
}

Root SortRules::address(const ElementAddress& n, TypeId type, Base base)
{
    const Operand index = visit(n.index);
    if (n.count == 0) {
        const Root root = visit(n.base, Base{.of_copy = base.of_copy, .stride = 0}).root;
        use_plainly(index, "is added to a pointer");
        if (index.kind != Operand::Kind::literal || index.value != 0) note_arithmetic(type);
        return slots.is_tracked(type) ? root : slots.from_type(type);
    }
    const Root root = visit(n.base, {.of_copy = base.of_copy, .stride = n.stride}).root;
    if (const auto node = slots.indices(root, n.stride))
        equate(node_operand(*node), index, "an element of an array by CPU is named");
    else
        use_plainly(index, "is an index into some array");
    return root;
}

Root SortRules::address(const PerCpuAddress& n, TypeId, Base base)
{
    // Of a pointer to CPU 0's copy.
    if (!names_copy(n.base)) use_literal(cpu_node, 0, "the copy of one CPU stands for all");
    const Root root = visit(n.base, {.of_copy = true, .stride = base.stride}).root;
    equate(node_operand(cpu_node), visit(n.cpu), "the copy of one CPU is named");
    return root;
}

bool SortRules::names_copy(ExpressionId id) const
{
    const auto& node = program.expressions[id].node;
    if (const auto* address = std::get_if<AddressOf>(&node))
        return program.variables[address->variable].storage == Storage::per_cpu;
    if (const auto* field = std::get_if<FieldAddress>(&node)) return names_copy(field->base);
    if (const auto* element = std::get_if<ElementAddress>(&node))
        return element->count > 0 && names_copy(element->base);
    if (const auto* convert = std::get_if<Convert>(&node)) return names_copy(convert->operand);
    return false;
}

void SortRules::note_arithmetic(TypeId pointer)
{
    if (is_of_process || is_report) return;
    const auto* type = std::get_if<PointerType>(&program.types[pointer].kind);
    slots.note_arithmetic(type != nullptr ? type->pointee : TypeId(), here);
}

// ---- Expressions ----

SortRules::Operand SortRules::visit(ExpressionId id, Base base)
{
    const Expression& e = program.expressions[id];
    const Operand operand = std::visit(
        Overloaded{
            [&](const Constant& n) {
                return is_pointer(program.types[e.type]) && n.value == 0
                           ? pointer({.kind = Root::Kind::nowhere, .variable = {}, .type = {}})
                           : literal(n.value);
            },
            [&](const LocalValue& n) { return value_of(n.variable, e.type); },
            [&](const Own& n) { return own(n, e.type); },
            [&](const AddressOf& n) { return pointer(address(n, e.type, base)); },
            [&](const FieldAddress& n) { return pointer(address(n, e.type, base)); },
            [&](const ElementAddress& n) { return pointer(address(n, e.type, base)); },
            [&](const PerCpuAddress& n) { return pointer(address(n, e.type, base)); },
            [&](const Load& n) { return load(n, e.type); }, [&](const Unary& n) { return unary(n, e.type); },
            [&](const Binary& n) { return binary(n, e.type); },
            [&](const Convert& n) { return convert(n, e.type, base); },
            [&](const Select& n) { return select(n, e.type); }, [&](const FunctionConstant&) { return Operand{}; },
            [&](const StringConstant&) { return pointer({.kind = Root::Kind::nowhere, .variable = {}, .type = {}}); }},
        e.node);
    if (is_of_process) of_process[id] = operand;
    return operand;
}

SortRules::Operand SortRules::value_of(VariableId v, TypeId type)
{
    const auto at = written.find(v);
    if (at != written.end() && at->second) return value_in(*at->second, type);
    const Held* held = at != written.end() ? nullptr : webs[here.automaton].find(source, v);
    if (held != nullptr) return value_in(web_nodes[here.automaton][held->web], type);
    return is_integer(program.types[type]) ? literal(0)
                                           : pointer({.kind = Root::Kind::nowhere, .variable = {}, .type = {}});
}

SortRules::Operand SortRules::value_in(Node node, TypeId type)
{
    if (is_integer(program.types[type])) return node_operand(node);
    return is_pointer(program.types[type]) ? pointer(slots.from_pointer(node, type)) : Operand{};
}

SortRules::Operand SortRules::own(const Own& n, TypeId type)
{
    const AutomatonId a = here.automaton;
    switch (n.what) {
        case Own::What::cpu:
            return alone[a] ? literal(0) : node_operand(cpu_node);
        case Own::What::task:
            return alone[a] ? literal(-1) : node_operand(task_node);
        case Own::What::process:
            return node_operand(process_node);
        case Own::What::argument:
            break;
    }
    if (!arguments[a]) arguments[a] = graph.add(type, here);
    return value_in(*arguments[a], type);
}

SortRules::Operand SortRules::load(const Load& n, TypeId type)
{
    const Root root = visit(n.address).root;
    if (!is_report && !is_pointer(program.types[type])) slots.note_read(root);
    const bool is_number = is_integer(program.types[type]);
    if (!is_number && !slots.is_tracked(type)) return value_in(cpu_node, type);
    const auto node = slots.at(root);
    if (node) return value_in(*node, type);
    if (is_number && root.kind == Root::Kind::anything)
        use_anything("may be read through a pointer to anything, and is mixed with other numbers");
    return {};
}

SortRules::Operand SortRules::unary(const Unary& n, TypeId type)
{
    if (n.op == UnaryOp::logical_not) {
        test(n.operand);
        return {};
    }
    const Operand operand = visit(n.operand);
    if (n.op == UnaryOp::negate || operand.kind != Operand::Kind::node) {
        use_plainly(operand, "is negated");
        return {};
    }
    return bits(operand, {}, type);
}

SortRules::Operand SortRules::bits(const Operand& left, const std::optional<Operand>& right, TypeId type)
{
    const Operand node = node_operand(graph.add(type, here));
    equate(node, left, "is combined with a number");
    if (right) equate(node, *right, "is combined with a number");
    note({.kind = Use::Kind::bits, .node = node.node, .what = "is used in arithmetic"});
    return node;
}

SortRules::Operand SortRules::binary(const Binary& n, TypeId type)
{
    switch (n.op) {
        case BinaryOp::logical_and:
        case BinaryOp::logical_or:
            test(n.left);
            test(n.right);
            return {};
        case BinaryOp::equal:
        case BinaryOp::not_equal:
            equate(visit(n.left), visit(n.right), "is compared with a number");
            return {};
        case BinaryOp::less:
        case BinaryOp::less_equal:
            compare(n);
            return {};
        case BinaryOp::add:
        case BinaryOp::subtract:
            return sum(n, type);
        case BinaryOp::bit_and:
            if (const Binary* shift = tested_bit(n)) return test_bit(*shift);
            [[fallthrough]];
        case BinaryOp::bit_or:
        case BinaryOp::bit_xor: {
            const Operand left = visit(n.left), right = visit(n.right);
            if (left.kind == Operand::Kind::plain && right.kind == Operand::Kind::plain) return {};
            return bits(left, right, type);
        }
        case BinaryOp::shift_left:
            return shift_left(n, type);
        default:
            use_plainly(visit(n.left), "is used in arithmetic");
            use_plainly(visit(n.right), "is used in arithmetic");
            if (n.op == BinaryOp::slots_between) note_arithmetic(program.expressions[n.left].type);
            return {};
    }
}

ExpressionId SortRules::without_conversions(ExpressionId id) const
{
    while (const auto* convert = std::get_if<Convert>(&program.expressions[id].node)) {
        if (bits_of(type_of(id)) == 1) break;
        id = convert->operand;
    }
    return id;
}

bool SortRules::is_one(ExpressionId id) const
{
    const auto* constant = std::get_if<Constant>(&program.expressions[without_conversions(id)].node);
    return constant != nullptr && constant->value == 1;
}

const Binary* SortRules::tested_bit(const Binary& n) const
{
    if (!is_one(n.right)) return nullptr;
    const auto* shift = std::get_if<Binary>(&program.expressions[without_conversions(n.left)].node);
    return shift != nullptr && shift->op == BinaryOp::shift_right ? shift : nullptr;
}

SortRules::Operand SortRules::test_bit(const Binary& shift)
{
    const Operand mask = visit(shift.left), number = visit(shift.right);
    if (mask.kind == Operand::Kind::node && number.kind == Operand::Kind::node) {
        bit_uses.push_back({mask.node, number.node, here});
    } else if (mask.kind == Operand::Kind::node && number.kind == Operand::Kind::literal) {
        note({.kind = Use::Kind::bit_of_literal,
              .node = mask.node,
              .what = "is asked for one CPU",
              .literal = number.value});
    } else if (mask.kind == Operand::Kind::literal && number.kind == Operand::Kind::node) {
        note({.kind = Use::Kind::literal,
              .node = number.node,
              .what = "is looked for in a set",
              .op = BinaryOp::bit_and,
              .literal = mask.value});
    } else {
        use_plainly(mask, "is asked for what is no CPU's number");
        use_plainly(number, "is used in arithmetic");
    }
    return {};
}

SortRules::Operand SortRules::shift_left(const Binary& n, TypeId type)
{
    const Operand left = visit(n.left), right = visit(n.right);
    if (!is_one(n.left) || right.kind != Operand::Kind::node) {
        use_plainly(left, "is shifted");
        use_plainly(right, "is used in arithmetic");
        return {};
    }
    const Node node = graph.add(type, here);
    bit_uses.push_back({node, right.node, here});
    return node_operand(node);
}

void SortRules::compare(const Binary& n)
{
    const Operand left = visit(n.left), right = visit(n.right);
    if (!is_integer_expression(n.left)) note_arithmetic(program.expressions[n.left].type);
    if (left.kind == Operand::Kind::node && right.kind == Operand::Kind::literal)
        return order(n.op, left.node, right.value, false);
    if (left.kind == Operand::Kind::literal && right.kind == Operand::Kind::node)
        return order(n.op, right.node, left.value, true);
    use_plainly(left, "is ordered");
    use_plainly(right, "is ordered");
}

void SortRules::order(BinaryOp op, Node node, std::int64_t value, bool literal_is_left)
{
    note({.kind = Use::Kind::literal,
          .node = node,
          .what = "is compared with a number",
          .op = op,
          .literal = value,
          .literal_is_left = literal_is_left});
}

SortRules::Operand SortRules::sum(const Binary& n, TypeId type)
{
    Operand left = visit(n.left), right = visit(n.right);
    if (n.op == BinaryOp::add && left.kind == Operand::Kind::literal) std::swap(left, right);
    if (left.kind != Operand::Kind::node || right.kind != Operand::Kind::literal) {
        use_plainly(left, "is used in arithmetic");
        use_plainly(right, "is used in arithmetic");
        return {};
    }
    const Node node = graph.add(type, here);
    graph.join(left.node, node, n.op == BinaryOp::add ? right.value : -right.value, here);
    return node_operand(node);
}

SortRules::Operand SortRules::convert(const Convert& n, TypeId to, Base base)
{
    const Operand operand = visit(n.operand, base);
    const Type& type = program.types[to];
    const Type& from = type_of(n.operand);
    if (is_integer(from) && is_integer(type)) {
        if (operand.kind != Operand::Kind::node) return operand;
        if (bits_of(from) == bits_of(type) && is_signed(from) == is_signed(type)) return operand;
        if (bits_of(type) == 1) {
            equate(operand, literal(0), "is compared with 0");
            return {};
        }
        const Node node = graph.add(to, here);
        graph.join(operand.node, node, 0, here);
        return node_operand(node);
    }
    if (is_pointer(from) && is_pointer(type))
        return pointer(cast(operand.root, program.expressions[n.operand].type, to));
    if (is_integer(from)) use_plainly(operand, "is made a pointer");
    if (is_pointer(from) && bits_of(type) != 1)
        use_anything("may decide which address something has, which is taken for a number: it is used in arithmetic");
    return {};
}

Root SortRules::cast(const Root& root, TypeId from, TypeId to) const
{
    if (root.kind == Root::Kind::nowhere) return root;
    const auto pointee = [&](TypeId pointer) { return std::get<PointerType>(program.types[pointer].kind).pointee; };
    const TypeId a = pointee(from), b = pointee(to);
    if (a == b) return root;
    const bool same = a.valid() && b.valid() && is_scalar(program.types[a]) && is_scalar(program.types[b]) &&
                      slot_class(program.types[a]) == slot_class(program.types[b]);
    return same ? root : slots.from_type(to);
}

SortRules::Operand SortRules::select(const Select& n, TypeId type)
{
    test(n.condition);
    const Operand a = visit(n.if_true), b = visit(n.if_false);
    if (is_integer(program.types[type])) {
        const Operand node = node_operand(graph.add(type, here));
        equate(node, a, "is given a number");
        equate(node, b, "is given a number");
        return node;
    }
    if (!slots.is_tracked(type)) return value_in(cpu_node, type);
    const Node node = graph.add(type, here);
    for (const Operand& side : {a, b}) slots.point(node, type, side.root, here);
    return value_in(node, type);
}

}  // namespace lockstep::symmetry
