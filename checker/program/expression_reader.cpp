#include "program/expression_reader.h"

#include "program/builder.h"
#include "program/member_path.h"
#include "program/visit.h"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::text {

ExpressionId ExpressionReader::read_value(TypeId expected, Conversion conversion)
{
    nodes.clear();
    const NodeIndex root = parse_select();
    const ExpressionId result = value(root, expected);
    if (conversion == Conversion::none || !expected.valid() || fits(type_of(result), expected)) return result;
    if (!is_integer(program.types[type_of(result)]) || !is_integer(program.types[expected])) return result;
    return add({Convert{result}, expected}, nodes[root].where);
}

ExpressionReader::Target ExpressionReader::read_target()
{
    nodes.clear();
    const NodeIndex root = parse_unary();
    if (const VariableId variable = register_named(root); variable.valid())
        return {variable, {}, program.variables[variable].type};
    if (!is_place(root)) tokens.fail(nodes[root].where, "nothing can be assigned to this");
    const ExpressionId address = place(root);
    return {{}, address, build::pointee_of(program, type_of(address))};
}

Token ExpressionReader::place_of(ExpressionId expression) const
{
    return expression.index < places.size() ? places[expression.index] : Token{};
}

// ---- Text to syntax tree -------------------------------------------------------------------------------------------

ExpressionReader::NodeIndex ExpressionReader::add(Node node)
{
    for (NodeIndex child : node.children) node.depth = std::max(node.depth, nodes[child].depth + 1);
    if (node.depth > max_syntax_depth) tokens.fail(node.where, "an expression nested too deeply");
    nodes.push_back(std::move(node));
    return static_cast<NodeIndex>(nodes.size() - 1);
}

ExpressionReader::NodeIndex ExpressionReader::parse_select()
{
    const NodeIndex condition = parse_binary(syntax::weakest_binary);
    const Token where = tokens.peek();
    if (!tokens.accept("?")) return condition;
    if (++nesting > max_syntax_depth) tokens.fail("an expression nested too deeply");
    const NodeIndex if_true = parse_select();
    tokens.expect(":");
    const NodeIndex if_false = parse_select();
    --nesting;
    return add({.kind = Node::Kind::select, .where = where, .children = {condition, if_true, if_false}});
}

// Precedence climbing; operators of equal strength group to the left.
ExpressionReader::NodeIndex ExpressionReader::parse_binary(int weakest)
{
    NodeIndex left = parse_convert();
    while (true) {
        const Token where = tokens.peek();
        if (where.kind != Token::Kind::sign) return left;
        const auto* found = std::ranges::find(syntax::binary_operators, where.text, &syntax::BinaryOperator::sign);
        if (found == syntax::binary_operators.end() || found->precedence < weakest) return left;
        tokens.next();
        const NodeIndex right = parse_binary(found->precedence + 1);
        std::vector<NodeIndex> children{left, right};
        if (found->swapped) std::swap(children[0], children[1]);
        left = add({.kind = Node::Kind::binary, .where = where, .binary = found->op, .children = std::move(children)});
    }
}

ExpressionReader::NodeIndex ExpressionReader::parse_convert()
{
    NodeIndex operand = parse_unary();
    while (true) {
        const Token where = tokens.peek();
        if (!tokens.accept("as")) return operand;
        const TypeId type = read_type(tokens, program, scope);
        operand = add({.kind = Node::Kind::convert, .where = where, .type = type, .children = {operand}});
    }
}

ExpressionReader::NodeIndex ExpressionReader::parse_unary()
{
    const Token where = tokens.peek();
    const bool negative_number = tokens.sees("-") && tokens.peek(1).kind == Token::Kind::number;
    if (where.kind != Token::Kind::sign || negative_number) return parse_suffixes(parse_primary());
    if (++nesting > max_syntax_depth) tokens.fail("an expression nested too deeply");
    auto with = [&](Node node) {
        tokens.next();
        node.where = where;
        node.children = {parse_unary()};
        --nesting;
        return add(std::move(node));
    };
    if (where.text == "-") return with({.kind = Node::Kind::unary, .where = where, .unary = UnaryOp::negate});
    if (where.text == "~") return with({.kind = Node::Kind::unary, .where = where, .unary = UnaryOp::bit_not});
    if (where.text == "!") return with({.kind = Node::Kind::unary, .where = where, .unary = UnaryOp::logical_not});
    if (where.text == "*") return with({.kind = Node::Kind::dereference, .where = where});
    if (where.text == "&") return with({.kind = Node::Kind::address_of, .where = where});
    const NodeIndex result = parse_suffixes(parse_primary());
    --nesting;
    return result;
}

ExpressionReader::NodeIndex ExpressionReader::parse_suffixes(NodeIndex base)
{
    while (true) {
        const Token where = tokens.peek();
        // After the expression of a guard, `name ->` begins the next transition; a member's arrow comes without the
        // name in front, so there is no doubt here.
        if (tokens.accept("[")) {
            const NodeIndex index = parse_select();
            tokens.expect("]");
            base = add({.kind = Node::Kind::index, .where = where, .children = {base, index}});
        } else if (tokens.sees(".") || tokens.sees("->")) {
            const Node::Kind kind = tokens.next().text == "." ? Node::Kind::member : Node::Kind::arrow;
            const std::string name = tokens.expect_name("a member's name");
            base = add({.kind = kind, .where = where, .name = name, .children = {base}});
        } else {
            return base;
        }
    }
}

ExpressionReader::NodeIndex ExpressionReader::parse_primary()
{
    const Token where = tokens.peek();
    if (tokens.sees("(")) return parse_parenthesis();
    if (where.kind == Token::Kind::number || tokens.sees("-")) return parse_number();
    if (where.kind == Token::Kind::string) {
        const std::string text(tokens.next().text);
        return add({.kind = Node::Kind::text, .where = where, .name = text});
    }
    const std::string name = tokens.expect_name("an expression");
    if (name == "own") return parse_own();
    if (name == "null") return add({.kind = Node::Kind::null, .where = where});
    if (name == "never") return add({.kind = Node::Kind::never, .where = where});
    if (name == "true" || name == "false")
        return add({.kind = Node::Kind::number, .where = where, .value = name == "true" ? 1 : 0});
    if (tokens.sees("(")) return parse_call({.where = where, .name = name});
    if (syntax::is_reserved(name)) tokens.fail(where, fmt::format("'{}' is no expression", name));
    return add({.kind = Node::Kind::name, .where = where, .name = name});
}

ExpressionReader::NodeIndex ExpressionReader::parse_number()
{
    Node node{.kind = Node::Kind::number, .where = tokens.peek()};
    const bool negative = tokens.accept("-");
    const Token number = tokens.next();
    node.value = negative ? static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(number.value)) : number.value;
    if (!number.suffix.empty()) {
        const auto type = syntax::integer_type_named(number.suffix);
        if (!type) tokens.fail(number, fmt::format("'{}' is no integer type", number.suffix), "3u8 is 3 of type u8");
        node.type = build::integer_type(program, type->bits, type->is_signed);
    }
    return add(std::move(node));
}

ExpressionReader::NodeIndex ExpressionReader::parse_parenthesis()
{
    const Token where = tokens.expect("(");
    if (++nesting > max_syntax_depth) tokens.fail(where, "an expression nested too deeply");
    const NodeIndex inner = parse_select();
    --nesting;
    if (tokens.accept(")")) return inner;
    tokens.expect(":");
    const TypeId type = read_type(tokens, program, scope);
    tokens.expect(")");
    return add({.kind = Node::Kind::typed, .where = where, .type = type, .children = {inner}});
}

ExpressionReader::NodeIndex ExpressionReader::parse_own()
{
    const Token where = tokens.expect(".");
    const std::string what = tokens.expect_name("cpu, task, process or argument");
    if (what != "cpu" && what != "task" && what != "process" && what != "argument")
        tokens.fail(where, fmt::format("own.{} is not known", what), "own has cpu, task, process and argument");
    return add({.kind = Node::Kind::own, .where = where, .name = what});
}

// per_cpu(place, cpu)  slot(variable, n)  field(base, n)  element(base, index, stride, count)  between(a, b, stride)
ExpressionReader::NodeIndex ExpressionReader::parse_call(Node node)
{
    using Kind = Node::Kind;
    struct Form {
        std::string_view name;
        Kind kind;
        std::size_t arguments;
    };
    static constexpr std::array<Form, 5> forms = {{
        {"per_cpu", Kind::per_cpu, 2},
        {"slot", Kind::slot, 2},
        {"field", Kind::field, 2},
        {"element", Kind::element, 4},
        {"between", Kind::between, 3},
    }};
    const auto* form = std::ranges::find(forms, node.name, &Form::name);
    if (form == forms.end())
        tokens.fail(node.where, fmt::format("'{}' cannot be called", node.name),
                    "only per_cpu, slot, field, element and between take arguments");
    node.kind = form->kind;
    tokens.expect("(");
    if (++nesting > max_syntax_depth) tokens.fail(node.where, "an expression nested too deeply");
    do node.children.push_back(parse_select());
    while (tokens.accept(","));
    --nesting;
    tokens.expect(")");
    if (node.children.size() != form->arguments)
        tokens.fail(node.where, fmt::format("{} takes {} arguments", node.name, form->arguments));
    return add(std::move(node));
}

// ---- Syntax tree to nodes of the Program ---------------------------------------------------------------------------

ExpressionId ExpressionReader::add(Expression expression, const Token& where)
{
    std::uint32_t depth = 1;
    for (ExpressionId operand : operands_of(expression)) depth = std::max(depth, depths[operand.index] + 1);
    if (depth > max_expression_depth)
        tokens.fail(where, fmt::format("an expression of more than {} levels", max_expression_depth));
    const ExpressionId id = program.expressions.add(expression);
    places.resize(program.expressions.size());
    depths.resize(program.expressions.size(), 1);
    places[id.index] = where;
    depths[id.index] = depth;
    return id;
}

// The verifier's notion, so far as conversions go: integers of equal width and signedness, anything else.
bool ExpressionReader::fits(TypeId left, TypeId right) const
{
    const Type& a = program.types[left];
    const Type& b = program.types[right];
    if (is_integer(a) && is_integer(b)) return bits_of(a) == bits_of(b) && is_signed(a) == is_signed(b);
    return true;
}

ExpressionId ExpressionReader::value(NodeIndex index, TypeId expected, Width width)
{
    using Kind = Node::Kind;
    const Node& node = nodes[index];
    switch (node.kind) {
        case Kind::number:
            return literal(node, node.value, node.type.valid() ? node.type : expected);
        case Kind::name:
            return name_value(node, expected);
        case Kind::text:
            return add({StringConstant{string_constant(tokens, program, node.name)}, implied.string()}, node.where);
        case Kind::own: {
            const Own::What what = node.name == "cpu"       ? Own::What::cpu
                                   : node.name == "task"    ? Own::What::task
                                   : node.name == "process" ? Own::What::process
                                                            : Own::What::argument;
            return add({Own{what}, implied.own(what, expected)}, node.where);
        }
        case Kind::null: {
            const bool pointer = expected.valid() && !is_integer(program.types[expected]);
            return literal(node, 0, pointer ? expected : build::void_pointer_type(program));
        }
        case Kind::never:
            return literal(node, time_never, build::time_type(program));
        case Kind::unary:
            return unary(node, expected, width);
        case Kind::binary:
            return binary(node, expected, width);
        case Kind::select:
            return select(node, expected);
        case Kind::convert: {
            if (!is_scalar(program.types[node.type])) tokens.fail(node.where, "only scalars can be converted to");
            return add({Convert{value(node.children[0], {})}, node.type}, node.where);
        }
        case Kind::typed:
            return typed(node);
        case Kind::address_of:
            if (!is_place(node.children[0])) tokens.fail(node.where, "this has no address");
            return place(node.children[0]);
        case Kind::slot:
            return raw_slot(node);
        case Kind::field: {
            const auto offset = number_of(node.children[1]);
            if (!offset || *offset < INT32_MIN || *offset > INT32_MAX)
                tokens.fail(node.where, "field's offset is a number of 32 bits");
            const ExpressionId base = pointer_value(node.children[0]);
            return add({FieldAddress{base, static_cast<std::int32_t>(*offset)}, build::void_pointer_type(program)},
                       node.where);
        }
        case Kind::element:
            return element(node);
        case Kind::between: {
            const auto stride = number_of(node.children[2]);
            if (!stride || *stride < 1 || *stride > UINT32_MAX) tokens.fail(node.where, "between's stride is a number");
            const ExpressionId left = pointer_value(node.children[0]);
            const ExpressionId right = pointer_value(node.children[1]);
            const auto stride_slots = static_cast<std::uint32_t>(*stride);
            const TypeId type = implied.difference(implied.promoted(expected));
            return add({Binary{BinaryOp::slots_between, left, right, stride_slots}, type}, node.where);
        }
        case Kind::index:
        case Kind::member:
        case Kind::arrow:
        case Kind::dereference:
        case Kind::per_cpu:
            break;
    }
    return load(place(index), {}, node.where);
}

ExpressionId ExpressionReader::literal(const Node& node, std::int64_t number, TypeId expected)
{
    const TypeId type = implied.literal(number, expected);
    const Type& what = program.types[type];
    const std::uint32_t bits = is_integer(what) ? bits_of(what) : 64;
    const bool too_big = bits < 63 && (number >= std::int64_t{1} << bits || number < -(std::int64_t{1} << (bits - 1)));
    if (too_big)
        tokens.fail(node.where, fmt::format("{} does not fit the type of {} bits that it has here", number, bits),
                    fmt::format("{}i64 has 64 bits", number));
    return add({Constant{wrap(number, what)}, type}, node.where);
}

ExpressionId ExpressionReader::name_value(const Node& node, TypeId expected)
{
    const Symbol& found = symbol(node);
    if (const auto* function = std::get_if<FunctionId>(&found))
        return add({FunctionConstant{*function}, implied.function()}, node.where);
    if (const auto* enumerator = std::get_if<Enumerator>(&found))
        return add({Constant{wrap(enumerator->value, program.types[enumerator->type])}, enumerator->type}, node.where);
    if (const auto* number = std::get_if<NamedNumber>(&found)) return literal(node, number->value, expected);
    if (std::holds_alternative<ArgumentName>(found))
        return add({Own{Own::What::argument}, implied.own(Own::What::argument, expected)}, node.where);
    const VariableId variable = std::get<VariableId>(found);
    if (!program.variables[variable].in_memory)
        return add({LocalValue{variable}, program.variables[variable].type}, node.where);
    return load(variable_address(node), {}, node.where);
}

ExpressionId ExpressionReader::unary(const Node& node, TypeId expected, Width width)
{
    if (node.unary == UnaryOp::logical_not)
        return add({Unary{node.unary, value(node.children[0], {})}, implied.truth(expected)}, node.where);
    if (width == Width::promoted) expected = implied.promoted(expected);
    const ExpressionId operand = promote(value(node.children[0], expected), width, node.where);
    return add({Unary{node.unary, operand}, type_of(operand)}, node.where);
}

ExpressionId ExpressionReader::promote(ExpressionId id, Width width, const Token& where)
{
    const TypeId type = width == Width::promoted ? implied.promoted(type_of(id)) : type_of(id);
    return type == type_of(id) ? id : add({Convert{id}, type}, where);
}

// A literal takes the type of the operand beside it, if it fits that.
ExpressionId ExpressionReader::literal_beside(NodeIndex index, TypeId other)
{
    const auto number = number_of(index);
    const bool narrow = is_integer(program.types[other]) && bits_of(program.types[other]) < 63;
    const bool fits_it = !number || !narrow || wrap(*number, program.types[other]) == *number;
    return value(index, fits_it ? other : TypeId());
}

ExpressionId ExpressionReader::right_operand(NodeIndex index, TypeId left, Width width)
{
    if (is_literal(index)) return literal_beside(index, left);
    return promote(value(index, left), width, nodes[index].where);
}

// Where both sides have a type of their own, the left comes first.
std::pair<ExpressionId, ExpressionId> ExpressionReader::operands(const Node& node, TypeId expected, Width width)
{
    const NodeIndex left = node.children[node.children.size() - 2];
    const NodeIndex right = node.children[node.children.size() - 1];
    if (is_literal(left) && !is_literal(right)) {
        const ExpressionId second = promote(value(right, expected), width, node.where);
        const ExpressionId first = literal_beside(left, type_of(second));
        return {first, second};
    }
    const ExpressionId first = promote(value(left, expected), width, node.where);
    const ExpressionId second = right_operand(right, type_of(first), width);
    return {first, second};
}

// Integers that do not fit each other meet in the wider type, or in the unsigned one of two equally wide.
std::pair<ExpressionId, ExpressionId> ExpressionReader::widened(ExpressionId left, ExpressionId right,
                                                                const Token& where)
{
    if (fits(type_of(left), type_of(right))) return {left, right};
    const Type& a = program.types[type_of(left)];
    const Type& b = program.types[type_of(right)];
    const bool to_left = bits_of(a) != bits_of(b) ? bits_of(a) > bits_of(b) : !is_signed(a);
    if (to_left) return {left, add({Convert{right}, type_of(left)}, where)};
    return {add({Convert{left}, type_of(right)}, where), right};
}

ExpressionId ExpressionReader::binary(const Node& node, TypeId expected, Width width)
{
    if (node.binary == BinaryOp::logical_and || node.binary == BinaryOp::logical_or) {
        const ExpressionId left = value(node.children[0], {});
        const ExpressionId right = value(node.children[1], {});
        return add({Binary{node.binary, left, right, 1}, implied.truth(expected)}, node.where);
    }
    if (!build::is_truth_value(node.binary)) return arithmetic(node, expected, width);
    auto [left, right] = operands(node, {}, Width::as_it_is);
    std::tie(left, right) = widened(left, right, node.where);
    return add({Binary{node.binary, left, right, 1}, implied.truth(expected)}, node.where);
}

ExpressionId ExpressionReader::arithmetic(const Node& node, TypeId expected, Width width)
{
    if (width == Width::promoted) expected = implied.promoted(expected);
    const bool is_shift = node.binary == BinaryOp::shift_left || node.binary == BinaryOp::shift_right;
    if (is_literal(node.children[0]) && !is_shift) {
        auto [left, right] = operands(node, expected, width);
        std::tie(left, right) = widened(left, right, node.where);
        return add({Binary{node.binary, left, right, 1}, type_of(left)}, node.where);
    }
    ExpressionId left = value(node.children[0], expected);
    const bool may_be_pointer = node.binary == BinaryOp::add || node.binary == BinaryOp::subtract;
    if (may_be_pointer && is_pointer(program.types[type_of(left)])) return pointer_arithmetic(node, left, expected);
    left = promote(left, width, node.where);
    ExpressionId right = right_operand(node.children[1], type_of(left), is_shift ? Width::as_it_is : width);
    if (!is_shift) std::tie(left, right) = widened(left, right, node.where);
    return add({Binary{node.binary, left, right, 1}, type_of(left)}, node.where);
}

ExpressionId ExpressionReader::pointer_arithmetic(const Node& node, ExpressionId pointer, TypeId expected)
{
    const TypeId pointee = build::pointee_of(program, type_of(pointer));
    const std::uint32_t stride = pointee.valid() ? program.types[pointee].slots : 0;
    if (stride == 0) tokens.fail(node.where, "arithmetic with a pointer to what has no size");
    const ExpressionId right = value(node.children[1], {});
    if (node.binary == BinaryOp::add)
        return add({ElementAddress{pointer, right, stride, 0}, type_of(pointer)}, node.where);
    if (!is_pointer(program.types[type_of(right)]))
        tokens.fail(node.where, "an integer is subtracted from a pointer", "write p + -n");
    return add({Binary{BinaryOp::slots_between, pointer, right, stride}, implied.difference(expected)}, node.where);
}

ExpressionId ExpressionReader::select(const Node& node, TypeId expected)
{
    const ExpressionId condition = value(node.children[0], {});
    auto [if_true, if_false] = operands(node, expected, Width::as_it_is);
    std::tie(if_true, if_false) = widened(if_true, if_false, node.where);
    return add({Select{condition, if_true, if_false}, type_of(if_true)}, node.where);
}

ExpressionId ExpressionReader::typed(const Node& node)
{
    if (!is_scalar(program.types[node.type])) tokens.fail(node.where, "only scalars are values");
    const NodeIndex inner = node.children[0];
    if (is_place(inner)) return load(place(inner), node.type, node.where);
    const ExpressionId result = value(inner, node.type, Width::as_it_is);
    program.expressions[result].type = node.type;
    return result;
}

ExpressionId ExpressionReader::element(const Node& node)
{
    const auto stride = number_of(node.children[2]);
    const auto count = number_of(node.children[3]);
    if (!stride || *stride < 1 || *stride > UINT32_MAX || !count || *count < 0 || *count > UINT32_MAX)
        tokens.fail(node.where, "element's stride and count are numbers");
    const ExpressionId base = pointer_value(node.children[0]);
    const ExpressionId index = value(node.children[1], {});
    return add({ElementAddress{base, index, static_cast<std::uint32_t>(*stride), static_cast<std::uint32_t>(*count)},
                type_of(base)},
               node.where);
}

ExpressionId ExpressionReader::raw_slot(const Node& node)
{
    const auto offset = number_of(node.children[1]);
    const Node& name = nodes[node.children[0]];
    if (name.kind != Node::Kind::name || !offset || *offset < 0 || *offset > UINT32_MAX)
        tokens.fail(node.where, "slot takes a variable's name and a number");
    const ExpressionId address = variable_address(name);
    auto& target = std::get<AddressOf>(program.expressions[address].node);
    target.offset = static_cast<std::uint32_t>(*offset);
    program.expressions[address].type = build::void_pointer_type(program);
    return address;
}

// A type that is not said is what the address points to.
ExpressionId ExpressionReader::load(ExpressionId address, TypeId type, const Token& where)
{
    if (!type.valid()) type = build::pointee_of(program, type_of(address));
    if (!type.valid()) tokens.fail(where, "of which type is this?", "(place : type) says it");
    if (!is_scalar(program.types[type]))
        tokens.fail(where, "a struct or array is no value", "name a member or an element, or use copy");
    return add({Load{address}, type}, where);
}

// ---- Places --------------------------------------------------------------------------------------------------------

bool ExpressionReader::is_place(NodeIndex index) const
{
    using Kind = Node::Kind;
    switch (nodes[index].kind) {
        case Kind::index:
        case Kind::member:
        case Kind::arrow:
        case Kind::dereference:
        case Kind::per_cpu:
            return true;
        case Kind::name: {
            const auto* variable = std::get_if<VariableId>(&symbol(nodes[index]));
            return variable != nullptr && program.variables[*variable].in_memory;
        }
        default:
            return false;
    }
}

ExpressionId ExpressionReader::place(NodeIndex index)
{
    using Kind = Node::Kind;
    const Node& node = nodes[index];
    switch (node.kind) {
        case Kind::name:
            return variable_address(node);
        case Kind::index:
            return index_address(node);
        case Kind::member:
        case Kind::arrow:
            return member_address(node);
        case Kind::dereference:
            return pointer_value(node.children[0]);
        case Kind::per_cpu: {
            const ExpressionId base = place(node.children[0]);
            const ExpressionId cpu = value(node.children[1], {});
            return add({PerCpuAddress{base, cpu}, type_of(base)}, node.where);
        }
        default:
            tokens.fail(node.where, "this is not in memory");
    }
}

ExpressionId ExpressionReader::pointer_value(NodeIndex index, TypeId expected)
{
    const ExpressionId result = value(index, expected);
    if (!is_pointer(program.types[type_of(result)])) tokens.fail(nodes[index].where, "this is no pointer");
    return result;
}

ExpressionId ExpressionReader::variable_address(const Node& node)
{
    const auto* variable = std::get_if<VariableId>(&symbol(node));
    if (variable == nullptr) tokens.fail(node.where, fmt::format("'{}' is no variable", node.name));
    if (!program.variables[*variable].in_memory)
        tokens.fail(node.where, fmt::format("{} is not in memory and has no address", node.name),
                    fmt::format("declare it: local {}: TYPE in memory", node.name));
    const TypeId type = build::pointer_type(program, program.variables[*variable].type);
    return add({AddressOf{*variable, 0}, type}, node.where);
}

// Parts of variables whose place is known are addressed directly.
ExpressionId ExpressionReader::part_address(ExpressionId base, std::uint32_t offset, TypeId part, const Token& where)
{
    const TypeId type = build::pointer_type(program, part);
    if (const auto* address = std::get_if<AddressOf>(&program.expressions[base].node))
        return add({AddressOf{address->variable, address->offset + offset}, type}, where);
    return add({FieldAddress{base, static_cast<std::int32_t>(offset)}, type}, where);
}

ExpressionId ExpressionReader::index_address(const Node& node)
{
    const bool through_pointer = !is_place(node.children[0]);
    ExpressionId base = through_pointer ? pointer_value(node.children[0]) : place(node.children[0]);
    TypeId whole = build::pointee_of(program, type_of(base));
    // p[i] where p is a pointer: *(p + i)
    const bool is_array = whole.valid() && std::holds_alternative<ArrayType>(program.types[whole].kind);
    if (through_pointer || !is_array) {
        if (!through_pointer) base = load(base, {}, node.where);
        whole = is_pointer(program.types[type_of(base)]) ? build::pointee_of(program, type_of(base)) : TypeId();
        if (!whole.valid() || program.types[whole].slots == 0) tokens.fail(node.where, "this is no array");
        const ExpressionId index = value(node.children[1], {});
        return add({ElementAddress{base, index, program.types[whole].slots, 0}, type_of(base)}, node.where);
    }
    const ArrayType array = std::get<ArrayType>(program.types[whole].kind);
    const std::uint32_t stride = program.types[array.element].slots;
    if (stride == 0) tokens.fail(node.where, "an array of what has no size");
    const auto number = is_literal(node.children[1]) ? number_of(node.children[1]) : std::nullopt;
    const bool known = number && *number >= 0 && *number < array.count;
    if (known && std::holds_alternative<AddressOf>(program.expressions[base].node))
        return part_address(base, static_cast<std::uint32_t>(*number) * stride, array.element, node.where);
    const ExpressionId index = value(node.children[1], {});
    const TypeId type = build::pointer_type(program, array.element);
    return add({ElementAddress{base, index, stride, array.count}, type}, node.where);
}

ExpressionId ExpressionReader::member_address(const Node& node)
{
    const bool arrow = node.kind == Node::Kind::arrow;
    if (!arrow && !is_place(node.children[0])) tokens.fail(node.where, "this has no members");
    const ExpressionId base = arrow ? pointer_value(node.children[0]) : place(node.children[0]);
    const TypeId whole = build::pointee_of(program, type_of(base));
    const auto* record = whole.valid() ? std::get_if<StructType>(&program.types[whole].kind) : nullptr;
    if (record == nullptr) tokens.fail(node.where, "this is no struct");
    const auto field = std::ranges::find(record->fields, node.name, &Field::name);
    if (field == record->fields.end()) tokens.fail(node.where, fmt::format("no member '{}'", node.name));
    const Field found = *field;  // NOLINT(performance-unnecessary-copy-initialization): new types move the old ones
    if (!arrow) return part_address(base, found.offset, found.type, node.where);
    const TypeId type = build::pointer_type(program, found.type);
    return add({FieldAddress{base, static_cast<std::int32_t>(found.offset)}, type}, node.where);
}

// ---- Names ---------------------------------------------------------------------------------------------------------

const Symbol& ExpressionReader::symbol(const Node& node) const
{
    const Symbol* found = scope.find(node.name);
    if (found == nullptr)
        tokens.fail(node.where, fmt::format("unknown name '{}'", node.name), "names are declared before they are used");
    return *found;
}

VariableId ExpressionReader::register_named(NodeIndex index) const
{
    if (nodes[index].kind != Node::Kind::name) return {};
    const auto* variable = std::get_if<VariableId>(&symbol(nodes[index]));
    return variable != nullptr && !program.variables[*variable].in_memory ? *variable : VariableId();
}

bool ExpressionReader::is_literal(NodeIndex index) const
{
    const Node& node = nodes[index];
    if (node.kind == Node::Kind::number) return !node.type.valid();
    if (node.kind == Node::Kind::null) return true;
    return node.kind == Node::Kind::name && std::holds_alternative<NamedNumber>(symbol(node));
}

std::optional<std::int64_t> ExpressionReader::number_of(NodeIndex index) const
{
    const Node& node = nodes[index];
    if (node.kind == Node::Kind::number) return node.value;
    if (node.kind != Node::Kind::name) return std::nullopt;
    const auto* number = std::get_if<NamedNumber>(&symbol(node));
    return number == nullptr ? std::nullopt : std::optional(number->value);
}

}  // namespace lockstep::text
