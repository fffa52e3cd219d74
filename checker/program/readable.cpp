// An expression of a Program is what is left of C after the front end: addresses in slots, conversions made explicit,
// conditions compared with zero. This turns it back into what the author wrote, as far as the types tell:
//
//   - an offset becomes the member or element that has the wanted type there (member_path.h)
//   - a load is written as the place it reads; * and & cancel out
//   - a conversion that loses nothing is left out
//   - a constant that is compared with an enum is written as its enumerator, pointer 0 as NULL
//   - e != 0 is e where e is a truth value or a pointer, e == 0 is !e, and !(a < b) is a >= b
#include "program/readable.h"

#include "base/text_lines.h"
#include "program/builder.h"
#include "program/member_path.h"
#include "program/syntax.h"
#include "program/visit.h"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep {

namespace {

using syntax::primary_precedence;
using syntax::select_precedence;
using syntax::unary_precedence;

struct Text {
    std::string text;
    int precedence;
};

std::string parenthesised(const std::string& text) { return '(' + text + ')'; }

class Readable {
public:
    explicit Readable(const Program& the_program) : program(the_program) {}

    // `hint` is the enum that a constant here is compared with, if any.
    Text value(ExpressionId id, TypeId hint = {}) const
    {
        const Expression& expression = program.expressions[id];
        auto primary = [](std::string text) { return Text{std::move(text), primary_precedence}; };
        return std::visit(
            Overloaded{
                [&](const Constant& node) { return primary(constant(node.value, expression.type, hint)); },
                [&](const FunctionConstant& node) { return primary(program.functions[node.function].name); },
                [&](const StringConstant& node) { return primary('"' + program.strings[node.string] + '"'); },
                [&](const LocalValue& node) { return primary(program.variables[node.variable].name); },
                [&](const Own& node) { return primary(own(node.what)); },
                [&](const Load& node) { return place(node.address); },
                [&](const Unary& node) { return unary(node); },
                [&](const Binary& node) { return binary(node); },
                [&](const Convert& node) { return convert(node, expression.type, hint); },
                [&](const Select& node) {
                    return Text{fmt::format("{} ? {} : {}", at_least(node.condition, 1),
                                            at_least(node.if_true, select_precedence, hint),
                                            at_least(node.if_false, select_precedence, hint)),
                                select_precedence};
                },
                [&](const auto&) { return address(id); },
            },
            expression.node);
    }

    // What lies at an address.
    Text place(ExpressionId address) const
    {
        const Expression& expression = program.expressions[address];
        const TypeId part = pointee(address);
        auto primary = [](std::string text) { return Text{std::move(text), primary_precedence}; };
        return std::visit(Overloaded{
                              [&](const AddressOf& node) {
                                  return primary(program.variables[node.variable].name + path_in_variable(node, part));
                              },
                              [&](const FieldAddress& node) { return field(node, part); },
                              [&](const ElementAddress& node) { return primary(element(node)); },
                              [&](const PerCpuAddress& node) { return primary(per_cpu(node)); },
                              [&](const auto&) {
                                  return Text{fmt::format("*{}", at_least(address, unary_precedence)),
                                              unary_precedence};
                              },
                          },
                          expression.node);
    }

private:
    const Program& program;

    [[nodiscard]] TypeId type_of(ExpressionId id) const { return program.expressions[id].type; }
    [[nodiscard]] TypeId pointee(ExpressionId id) const
    {
        const auto* pointer = std::get_if<PointerType>(&program.types[type_of(id)].kind);
        return pointer == nullptr ? TypeId() : pointer->pointee;
    }

    std::string at_least(ExpressionId id, int precedence, TypeId hint = {}) const
    {
        const Text text = value(id, hint);
        return text.precedence < precedence ? parenthesised(text.text) : text.text;
    }

    std::string constant(std::int64_t number, TypeId type, TypeId hint) const
    {
        for (TypeId candidate : {type, hint}) {
            const auto* enumeration =
                candidate.valid() ? std::get_if<EnumType>(&program.types[candidate].kind) : nullptr;
            if (enumeration == nullptr) continue;
            for (const auto& [name, enumerator] : enumeration->enumerators)
                if (enumerator == number) return name;
        }
        const Type& kind = program.types[type];
        if (!is_integer(kind) && number == 0) return std::holds_alternative<TimeType>(kind.kind) ? "ls_now()" : "NULL";
        if (std::holds_alternative<TimeType>(kind.kind) && number == time_never) return "LS_NEVER";
        if (is_pointer(kind) && (number & integer_pointer_tag) != 0)
            return fmt::format("(void *){}", number & ~integer_pointer_tag);
        return is_signed(kind) ? fmt::format("{}", number) : fmt::format("{}", static_cast<std::uint64_t>(number));
    }

    static std::string own(Own::What what)
    {
        switch (what) {
            case Own::What::cpu:
                return "ls_cpu()";
            case Own::What::task:
                return "ls_self()";
            case Own::What::process:
                return "(own process)";
            case Own::What::argument:
                return "(argument)";
        }
        return "";
    }

    // ---- Operators ---------------------------------------------------------------------------------------------

    bool is_truth_value(ExpressionId id) const
    {
        const Expression& expression = program.expressions[id];
        if (const auto* node = std::get_if<Binary>(&expression.node)) return build::is_truth_value(node->op);
        if (const auto* node = std::get_if<Unary>(&expression.node)) return node->op == UnaryOp::logical_not;
        if (const auto* node = std::get_if<Convert>(&expression.node)) {
            if (is_truth_value(node->operand)) return true;
        }
        return !is_integer(program.types[expression.type]) || bits_of(program.types[expression.type]) == 1;
    }

    bool is_zero(ExpressionId id) const
    {
        const Expression& expression = program.expressions[id];
        if (const auto* convert = std::get_if<Convert>(&expression.node)) return is_zero(convert->operand);
        const auto* node = std::get_if<Constant>(&expression.node);
        return node != nullptr && node->value == 0;
    }

    Text negation(ExpressionId id) const
    {
        const Expression& expression = program.expressions[id];
        if (const auto* convert = std::get_if<Convert>(&expression.node); convert && is_truth_value(convert->operand))
            return negation(convert->operand);
        const auto* node = std::get_if<Binary>(&expression.node);
        if (node != nullptr && (node->op == BinaryOp::equal || node->op == BinaryOp::not_equal)) {
            Binary opposite = *node;
            opposite.op = node->op == BinaryOp::equal ? BinaryOp::not_equal : BinaryOp::equal;
            return binary(opposite);
        }
        if (node != nullptr && (node->op == BinaryOp::less || node->op == BinaryOp::less_equal))
            return comparison(*node, node->op == BinaryOp::less ? ">=" : ">", 7);
        return {fmt::format("!{}", at_least(id, unary_precedence)), unary_precedence};
    }

    Text unary(const Unary& node) const
    {
        if (node.op == UnaryOp::logical_not) return negation(node.operand);
        return {std::string(syntax::sign_of(node.op)) + at_least(node.operand, unary_precedence), unary_precedence};
    }

    // The enum that an expression is of, conversions aside.
    TypeId enum_of(ExpressionId id) const
    {
        const Expression& expression = program.expressions[id];
        if (std::holds_alternative<EnumType>(program.types[expression.type].kind)) return expression.type;
        const auto* node = std::get_if<Convert>(&expression.node);
        return node == nullptr ? TypeId() : enum_of(node->operand);
    }

    bool is_constant(ExpressionId id) const { return std::holds_alternative<Constant>(program.expressions[id].node); }

    // 3 < x is said x > 3.
    Text comparison(const Binary& node, std::string_view sign, int level) const
    {
        static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> mirrored = {
            {{"<", ">"}, {"<=", ">="}, {">", "<"}, {">=", "<="}, {"==", "=="}, {"!=", "!="}}};
        ExpressionId left = node.left;
        ExpressionId right = node.right;
        if (is_constant(left) && !is_constant(right)) {
            std::swap(left, right);
            sign = std::ranges::find(mirrored, sign, &decltype(mirrored)::value_type::first)->second;
        }
        return {fmt::format("{} {} {}", at_least(left, level, enum_of(right)), sign,
                            at_least(right, level + 1, enum_of(left))),
                level};
    }

    // An enumerator that is added to something is a number.
    std::string number(ExpressionId id, int precedence) const
    {
        const auto* node = std::get_if<Constant>(&program.expressions[id].node);
        const bool is_enum = std::holds_alternative<EnumType>(program.types[type_of(id)].kind);
        return node != nullptr && is_enum ? fmt::format("{}", node->value) : at_least(id, precedence);
    }

    Text binary(const Binary& node) const
    {
        const syntax::BinaryOperator& op = syntax::operator_of(node.op);
        if (node.op == BinaryOp::logical_and || node.op == BinaryOp::logical_or || !build::is_truth_value(node.op))
            return {fmt::format("{} {} {}", number(node.left, op.precedence), op.sign,
                                number(node.right, op.precedence + 1)),
                    op.precedence};
        const bool against_zero = is_zero(node.right) && is_truth_value(node.left);
        if (node.op == BinaryOp::not_equal && against_zero) return value(node.left);
        if (node.op == BinaryOp::equal && against_zero) return negation(node.left);
        return comparison(node, op.sign, op.precedence);
    }

    // Does the value stay what it is?
    bool loses_nothing(TypeId from_id, TypeId to_id) const
    {
        const Type& from = program.types[from_id];
        const Type& to = program.types[to_id];
        if (!is_integer(from) || !is_integer(to)) return is_integer(from) == is_integer(to);
        if (is_signed(from) && !is_signed(to)) return false;
        const std::uint32_t needed = bits_of(from) + (is_signed(to) && !is_signed(from) ? 1 : 0);
        return needed <= bits_of(to);
    }

    Text convert(const Convert& node, TypeId to, TypeId hint) const
    {
        const Expression& operand = program.expressions[node.operand];
        const bool to_bool = is_integer(program.types[to]) && bits_of(program.types[to]) == 1;
        const bool silent = loses_nothing(operand.type, to) || std::holds_alternative<Constant>(operand.node) ||
                            (to_bool && is_truth_value(node.operand));
        if (silent) return value(node.operand, hint);
        if (to_bool) return {at_least(node.operand, 6) + " != 0", 6};
        return {parenthesised(type_text(program, to)) + at_least(node.operand, unary_precedence), unary_precedence};
    }

    // ---- Places ------------------------------------------------------------------------------------------------

    // An address as a value.
    Text address(ExpressionId id) const
    {
        const Expression& expression = program.expressions[id];
        const auto* node = std::get_if<ElementAddress>(&expression.node);
        if (node != nullptr && node->count == 0)
            return {at_least(node->base, 9) + " + " + at_least(node->index, 10), 9};
        Text what = place(id);
        if (what.text[0] == '*') return {what.text.substr(1), unary_precedence};
        if (what.text.ends_with("[0]")) return {what.text.substr(0, what.text.size() - 3), primary_precedence};
        if (what.text.starts_with("container_of(")) return what;
        return {'&' + what.text, unary_precedence};
    }

    std::string path_in_variable(const AddressOf& node, TypeId part) const
    {
        return path_in(program.variables[node.variable].type, node.offset, part);
    }

    // ".lock.owner"; "+7" where nothing of that type lies there.
    std::string path_in(TypeId whole, std::uint32_t offset, TypeId part) const
    {
        auto path = member_path(program, whole, offset, part);
        if (!path && part.valid() && offset == 0) return "";
        if (!path) path = member_path(program, whole, offset, {});
        return path ? path_text(program, whole, *path) : fmt::format("+{}", offset);
    }

    // Something that has a name, so that a member is reached by a dot.
    bool is_named(ExpressionId address) const
    {
        const auto& node = program.expressions[address].node;
        return std::holds_alternative<AddressOf>(node) || std::holds_alternative<FieldAddress>(node) ||
               std::holds_alternative<ElementAddress>(node) || std::holds_alternative<PerCpuAddress>(node);
    }

    Text field(const FieldAddress& node, TypeId part) const
    {
        const TypeId whole = pointee(node.base);
        if (node.offset < 0 || begins_with(part, whole)) return container(node, part);
        const auto offset = static_cast<std::uint32_t>(node.offset);
        std::string path = fmt::format("+{}", offset);
        if (whole.valid()) path = path_in(whole, offset, part);
        if (path.empty()) return place(node.base);
        if (is_named(node.base)) return {place(node.base).text + path, primary_precedence};
        if (path[0] == '.')
            return {at_least(node.base, primary_precedence) + "->" + path.substr(1), primary_precedence};
        return {parenthesised(place(node.base).text) + path, primary_precedence};
    }

    // A struct whose first member is of that type, seen from the member.
    bool begins_with(TypeId outer, TypeId member) const
    {
        if (!outer.valid() || !member.valid() || member_path(program, member, 0, outer)) return false;
        return member_path(program, outer, 0, member).has_value();
    }

    Text container(const FieldAddress& node, TypeId part) const
    {
        const std::string base = value(node.base).text;
        if (part.valid()) {
            const auto offset = static_cast<std::uint32_t>(-node.offset);
            if (const auto path = member_path(program, part, offset, pointee(node.base)); path && !path->empty())
                return {fmt::format("container_of({}, {}, {})", base, type_text(program, part),
                                    path_text(program, part, *path).substr(1)),
                        primary_precedence};
        }
        return {fmt::format("*({} - {})", base, -node.offset), unary_precedence};
    }

    // An array's address may have become that of its first element.
    std::string element(const ElementAddress& node) const
    {
        const std::string index = fmt::format("[{}]", value(node.index).text);
        if (node.count == 0) return at_least(node.base, primary_precedence) + index;
        const Text base = place(node.base);
        if (base.text.ends_with("[0]")) return base.text.substr(0, base.text.size() - 3) + index;
        return (base.precedence < primary_precedence ? parenthesised(base.text) : base.text) + index;
    }

    std::string per_cpu(const PerCpuAddress& node) const
    {
        const std::string cpu = value(node.cpu).text;
        if (const auto* root = std::get_if<AddressOf>(&program.expressions[node.base].node))
            return fmt::format("per_cpu({}, {}){}", program.variables[root->variable].name, cpu,
                               path_in_variable(*root, pointee(node.base)));
        return fmt::format("per_cpu({}, {})", place(node.base).text, cpu);
    }
};

std::string report_text(const Program& program, const Report& node)
{
    std::string text = fmt::format("report {}: \"{}\"", node.kind, node.format);
    for (ExpressionId argument : node.arguments) text += ", " + expression_text(program, argument);
    return text;
}

}  // namespace

std::string expression_text(const Program& program, ExpressionId expression)
{
    return Readable(program).value(expression).text;
}

std::string place_text(const Program& program, ExpressionId address) { return Readable(program).place(address).text; }

std::string statement_text(const Program& program, const Statement& statement)
{
    const Readable readable(program);
    auto name = [&](VariableId id) { return program.variables[id].name; };
    return std::visit(Overloaded{
                          [&](const AssignLocal& node) {
                              const TypeId type = program.variables[node.variable].type;
                              return name(node.variable) + " = " + readable.value(node.value, type).text;
                          },
                          [&](const Store& node) {
                              const TypeId type = build::pointee_of(program, program.expressions[node.address].type);
                              return readable.place(node.address).text + " = " + readable.value(node.value, type).text;
                          },
                          [&](const Copy& node) {
                              return readable.place(node.destination).text + " = " + readable.place(node.source).text;
                          },
                          [&](const Undefine& node) { return "undefine " + name(node.variable); },
                          [&](const Kill& node) { return "kill " + name(node.variable); },
                          [&](const Invalidate& node) { return "invalidate " + readable.place(node.address).text; },
                          [&](const Report& node) { return report_text(program, node); },
                          [](const Progress&) { return std::string("progress"); },
                          [](const Prune&) { return std::string("prune"); },
                          [](const AgeTimes&) { return std::string("time passes"); },
                      },
                      statement);
}

std::string transition_text(const Program& program, const Transition& transition)
{
    std::string text = fmt::format("L{} -> L{}", transition.source.index, transition.target.index);
    if (transition.choice)
        text += fmt::format("  choose {} in {}..{}", program.variables[transition.choice->variable].name,
                            expression_text(program, transition.choice->low),
                            expression_text(program, transition.choice->high));
    if (transition.guard.valid()) text += fmt::format("  when [{}]", expression_text(program, transition.guard));
    if (transition.when_settled) text += "  when settled";
    std::string effect;
    for (const Statement& statement : transition.effect)
        effect += (effect.empty() ? "  " : "; ") + statement_text(program, statement);
    return text + effect;
}

// ---- Types ---------------------------------------------------------------------------------------------------------

std::string type_text(const Program& program, TypeId id)
{
    return std::visit(Overloaded{
                          [](const IntegerType& type) -> std::string {
                              if (type.bits == 1 && !type.is_signed) return "bool";
                              if (type.bits == 32 && type.is_signed) return "int";
                              return fmt::format("{}{}", type.is_signed ? 's' : 'u', int{type.bits});
                          },
                          [](const EnumType& type) { return type.name.empty() ? "enum" : "enum " + type.name; },
                          [&](const PointerType& type) {
                              const std::string target =
                                  type.pointee.valid() ? type_text(program, type.pointee) : "void";
                              return target.ends_with('*') ? target + '*' : target + " *";
                          },
                          [](const FunctionPointerType&) -> std::string { return "function *"; },
                          [](const TimeType&) -> std::string { return "ls_time_t"; },
                          [](const StructType& type) {
                              const std::string word = type.is_union ? "union" : "struct";
                              return type.name.empty() ? word : word + ' ' + type.name;
                          },
                          [&](const ArrayType& type) {
                              // u8[2][3] is two times three.
                              const std::string element = type_text(program, type.element);
                              const std::string count = fmt::format("[{}]", type.count);
                              const bool nested = std::holds_alternative<ArrayType>(program.types[type.element].kind);
                              const std::size_t at = nested ? element.find('[') : element.size();
                              return element.substr(0, at) + count + element.substr(at);
                          },
                      },
                      program.types[id].kind);
}

// ---- The whole Program ---------------------------------------------------------------------------------------------

namespace {

// The start of each line of a file, so that a long automaton does not read its file once for each location.
class SourceLines {
public:
    explicit SourceLines(const Program& the_program) : program(the_program), starts(program.files.size()) {}

    std::string line(SourcePlace place)
    {
        if (place.line == 0 || !program.files.contains(place.file)) return "";
        const std::string& text = program.files[place.file].text;
        std::vector<std::size_t>& lines = starts[place.file.index];
        if (lines.empty()) {
            lines.push_back(0);
            for (std::size_t i = 0; i < text.size(); ++i)
                if (text[i] == '\n') lines.push_back(i + 1);
        }
        if (place.line > lines.size()) return "";
        return std::string(trimmed(line_of(std::string_view(text).substr(lines[place.line - 1]), 1)));
    }

private:
    const Program& program;
    std::vector<std::vector<std::size_t>> starts;  // by FileId
};

}  // namespace

std::string source_line(const Program& program, SourcePlace place) { return SourceLines(program).line(place); }

namespace {

class Show {
public:
    explicit Show(const Program& the_program) : program(the_program), lines(the_program) {}

    std::string text()
    {
        line("{} on {} CPU{}", program.name, program.cpus, program.cpus == 1 ? "" : "s");
        for (const Variable& variable : program.variables)
            if (variable.storage != Storage::local) this->variable(variable);
        for (const Process& process : program.processes) this->process(process);
        for (AutomatonId id : ids_of(program.automata)) automaton(id);
        return std::move(out);
    }

private:
    const Program& program;
    SourceLines lines;
    std::string out;

    template <typename... Arguments>
    void line(fmt::format_string<Arguments...> format, Arguments&&... arguments)
    {
        out += fmt::format(format, std::forward<Arguments>(arguments)...) + '\n';
    }

    void variable(const Variable& variable)
    {
        line("{}{} {}", variable.storage == Storage::per_cpu ? "per-CPU " : "", type_text(program, variable.type),
             variable.name);
    }

    void process(const Process& process)
    {
        std::string text = fmt::format("process {} runs {}", process.name, program.automata[process.automaton].name);
        if (process.argument != 0) text += fmt::format("({})", process.argument);
        if (process.running.valid()) text += "  when [" + expression_text(program, process.running) + ']';
        line("{}", text);
    }

    void automaton(AutomatonId id)
    {
        const Automaton& automaton = program.automata[id];
        line("\n{}:", automaton.name);
        for (const Variable& variable : program.variables)
            if (variable.storage == Storage::local && variable.owner == id)
                line("  {} {}{}", type_text(program, variable.type), variable.name,
                     variable.in_memory ? " (in memory)" : "");
        std::vector<std::vector<TransitionId>> outgoing(automaton.locations.size());
        for (TransitionId transition : ids_of(automaton.transitions))
            outgoing[automaton.transitions[transition].source.index].push_back(transition);
        for (LocationId location : ids_of(automaton.locations)) {
            this->location(automaton, location);
            for (TransitionId transition : outgoing[location.index])
                line("    {}", transition_text(program, automaton.transitions[transition]));
        }
    }

    void location(const Automaton& automaton, LocationId id)
    {
        const Location& location = automaton.locations[id];
        std::string marks;
        auto mark = [&](bool holds, const char* word) {
            if (holds) marks += std::string(marks.empty() ? "  (" : ", ") + word;
        };
        mark(id == automaton.entry, "entry");
        mark(location.is_atomic, "atomic");
        mark(location.is_await, "waits");
        mark(location.is_finished, "finished");
        mark(location.is_pass_through && !location.is_atomic, "passed");
        mark(location.is_settle_point, "settles");
        if (!marks.empty()) marks += ')';
        std::string comment;
        if (location.place.line != 0)
            comment = fmt::format("  // {}:{}  {}", program.files[location.place.file].name, location.place.line,
                                  lines.line(location.place));
        line("  L{}{}{}{}", id.index, marks, callers(location.frame), comment);
    }

    // In which inlined calls we are, innermost first; the entry function goes without saying.
    std::string callers(FrameId frame) const
    {
        std::string text;
        for (; frame.valid() && program.frames[frame].caller.valid(); frame = program.frames[frame].caller)
            text += (text.empty() ? "  in " : " < ") + program.frames[frame].function;
        return text;
    }
};

}  // namespace

std::string show(const Program& program) { return Show(program).text(); }

}  // namespace lockstep
