// The well-formedness rules of a Program. "Fits" below: both integers (or enums) of the same width and signedness, both
// pointers, both function pointers, or both time stamps; a time stamp also fits a signed integer, since it is an age.
//
//  Types
//   T1  ids of types are in range; no struct or array contains itself
//   T2  integers and enums have 1 to 64 bits
//   T3  fields lie one behind the other; `slots` is 1 for scalars, the sum of the fields for structs, and
//       count * element + 1 for arrays
//  Variables
//   V1  the type is in range
//   V2  a local has an owner in range; others have none and are in memory
//   V3  a local that is not in memory is a scalar
//   V4  initial values name a slot of the variable that has a type; the value fits it, and what it names is in range
//       and not a local; locals have no initial values
//   V5  `steady` and `undefinable` are empty or have one entry for each slot
//  Expressions
//   E1  operands are in range, and none leads back to itself
//   E2  every expression has a scalar type
//   E3  named functions, strings and variables are in range; LocalValue names a local that is not in memory and has its
//       type, AddressOf a slot of a variable that is in memory
//   E4  operands and results have the types that the node needs (see check_node)
//   E5  a constant integer lies within its type; strides are at least 1
//  Statements, choices and guards
//   S1  AssignLocal and Choice set a local of the own automaton that is not in memory, to a value that fits
//   S2  Store and Invalidate have a pointer as address, Copy two; a Store's value fits what it points to; Copy and
//       Invalidate have at least one slot
//   S3  Undefine and Kill name a local of the own automaton
//   S4  a Report has a kind and one argument for each directive of its format; its CPU and task are integers
//   S5  expressions are in range and use locals of the own automaton only; choices' bounds are integers
//  Automata
//   A1  the entry is a location, and not an atomic one
//   A2  sources and targets are locations of the automaton
//   A3  if any location has an outgoing list, each lists exactly the transitions that start there, in order
//   A4  where locations are marked as passed through, every cycle of them lies in LS_ATOMIC bodies altogether, and the
//       entry is not one
//  Frames and places
//   F1  callers are in range and no chain of callers comes back to itself; locations' frames are in range
//   F2  a place with a line has a file in range
//  The Program
//   P1  processes' automata are in range
//   P2  `cpu`, `own_task` and `running` are in range, integers, and use no locals; `cpu` and `own_task` do not need
//       themselves to be evaluated
//   P3  there is at least one CPU; boot's automaton and invariants' processes are in range
//   P4  each initial state has a value for every slot of every global and per-CPU variable
#include "program/verifier.h"

#include "program/builder.h"
#include "program/visit.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace lockstep {

namespace {

// What an expression uses, itself and below.
struct Uses {
    bool any_local = false;
    bool several_owners = false;
    AutomatonId owner;  // of the locals
    bool own_cpu = false;
    bool own_task = false;
};

class Verifier {
public:
    explicit Verifier(const Program& the_program) : program(the_program) {}

    std::vector<BrokenRule> run()
    {
        check_types();
        if (!broken.empty()) return std::move(broken);  // nothing below would make sense
        check_variables();
        if (!broken.empty()) return std::move(broken);
        check_expressions();
        if (!broken.empty()) return std::move(broken);
        check_frames();
        for (AutomatonId id : ids_of(program.automata)) check_automaton(id);
        check_processes();
        check_rest();
        return std::move(broken);
    }

private:
    const Program& program;
    std::vector<BrokenRule> broken;
    std::vector<Uses> uses;  // by ExpressionId

    // Where we are; goes into each report.
    VariableId current_variable;
    ExpressionId current_expression;
    AutomatonId current_automaton;
    TransitionId current_transition;

    void report(std::string_view rule, std::string place, std::string message)
    {
        broken.push_back({std::string(rule), std::move(place), std::move(message), current_variable, current_expression,
                          current_automaton, current_transition});
    }

    // ---- Types -------------------------------------------------------------------------------------------------

    enum class Visit : std::uint8_t { not_yet, open, done };

    void check_types()
    {
        for (TypeId id : ids_of(program.types)) check_type_ids(id);
        if (!broken.empty()) return;
        std::vector<Visit> visits(program.types.size(), Visit::not_yet);
        for (TypeId id : ids_of(program.types)) check_containment(id, visits);
        if (!broken.empty()) return;
        for (TypeId id : ids_of(program.types)) check_slots(id);
    }

    static std::vector<TypeId> parts_of(const Type& type)
    {
        std::vector<TypeId> parts;
        if (const auto* record = std::get_if<StructType>(&type.kind))
            for (const Field& field : record->fields) parts.push_back(field.type);
        if (const auto* array = std::get_if<ArrayType>(&type.kind)) parts.push_back(array->element);
        return parts;
    }

    static std::string type_place(TypeId id) { return fmt::format("type {}", id.index); }

    void check_type_ids(TypeId id)
    {
        const Type& type = program.types[id];
        for (TypeId part : parts_of(type))
            if (!program.types.contains(part)) report("T1", type_place(id), "a part's type is out of range");
        const auto* pointer = std::get_if<PointerType>(&type.kind);
        if (pointer != nullptr && pointer->pointee.valid() && !program.types.contains(pointer->pointee))
            report("T1", type_place(id), "the pointee is out of range");
        if (is_integer(type) && (bits_of(type) < 1 || bits_of(type) > 64))
            report("T2", type_place(id), fmt::format("{} bits", bits_of(type)));
    }

    void check_containment(TypeId root, std::vector<Visit>& visits)
    {
        struct Step {
            TypeId type;
            std::vector<TypeId> parts;
        };
        std::vector<Step> stack;
        auto enter = [&](TypeId id) {
            visits[id.index] = Visit::open;
            stack.push_back({id, parts_of(program.types[id])});
        };
        if (visits[root.index] == Visit::not_yet) enter(root);
        while (!stack.empty()) {
            Step& step = stack.back();
            if (step.parts.empty()) {
                visits[step.type.index] = Visit::done;
                stack.pop_back();
                continue;
            }
            const TypeId part = step.parts.back();
            step.parts.pop_back();
            if (visits[part.index] == Visit::open) {
                report("T1", type_place(part), "contains itself");
            } else if (visits[part.index] == Visit::not_yet) {
                enter(part);
            }
        }
    }

    void check_slots(TypeId id)
    {
        const Type& type = program.types[id];
        std::uint64_t expected = 1;
        if (const auto* record = std::get_if<StructType>(&type.kind)) {
            expected = 0;
            for (const Field& field : record->fields) {
                if (field.offset != expected)
                    report("T3", type_place(id), fmt::format("field {} is not behind the one before it", field.name));
                expected += program.types[field.type].slots;
            }
        } else if (const auto* array = std::get_if<ArrayType>(&type.kind)) {
            expected = std::uint64_t{program.types[array->element].slots} * array->count + 1;
        }
        if (type.slots != expected)
            report("T3", type_place(id), fmt::format("has {} slots instead of {}", type.slots, expected));
    }

    /// See the head of the file.
    bool fits(TypeId one, TypeId other) const
    {
        const Type& a = program.types[one];
        const Type& b = program.types[other];
        if (is_integer(a) && is_integer(b)) return bits_of(a) == bits_of(b) && is_signed(a) == is_signed(b);
        if (is_time(one)) return is_time(other) || (is_integer(b) && is_signed(b));
        if (is_time(other)) return is_integer(a) && is_signed(a);
        return a.kind.index() == b.kind.index();
    }

    bool is_time(TypeId id) const { return std::holds_alternative<TimeType>(program.types[id].kind); }
    bool is_number(TypeId id) const { return is_integer(program.types[id]) || is_time(id); }
    TypeId type_of(ExpressionId id) const { return program.expressions[id].type; }
    bool has_integer_type(ExpressionId id) const { return is_integer(program.types[type_of(id)]); }
    bool has_pointer_type(ExpressionId id) const { return is_pointer(program.types[type_of(id)]); }

    // ---- Variables ---------------------------------------------------------------------------------------------

    std::string variable_place(VariableId id) const
    {
        return fmt::format("variable {} ({})", program.variables[id].name, id.index);
    }

    void check_variables()
    {
        for (VariableId id : ids_of(program.variables)) {
            current_variable = id;
            const Variable& variable = program.variables[id];
            const auto place = [&] { return variable_place(id); };
            check_place(variable.place, place);
            if (!program.types.contains(variable.type)) {
                report("V1", place(), "the type is out of range");
                continue;
            }
            if (variable.storage == Storage::local) {
                if (!program.automata.contains(variable.owner)) report("V2", place(), "a local without an owner");
                if (!variable.in_memory && !is_scalar(program.types[variable.type]))
                    report("V3", place(), "not in memory, and not a scalar");
            } else if (variable.owner.valid() || !variable.in_memory) {
                report("V2", place(), "a global or per-CPU variable has no owner and is in memory");
            }
            if (!variable.steady.empty() && variable.steady.size() != program.types[variable.type].slots)
                report("V5", place(), "`steady` has not one entry for each slot");
            if (!variable.undefinable.empty() && variable.undefinable.size() != program.types[variable.type].slots)
                report("V5", place(), "`undefinable` has not one entry for each slot");
        }
        for (VariableId id : ids_of(program.variables)) {
            current_variable = id;
            if (program.types.contains(program.variables[id].type)) check_initial(id);
        }
        current_variable = {};
    }

    void check_initial(VariableId id)
    {
        const Variable& variable = program.variables[id];
        if (variable.initial.empty()) return;
        if (variable.storage == Storage::local)
            return report("V4", variable_place(id), "a local has no initial values");
        const std::vector<TypeId> slots = slot_types(program, variable.type);
        for (const auto& [slot, value] : variable.initial) {
            if (slot >= slots.size() || !slots[slot].valid()) {
                report("V4", variable_place(id), fmt::format("no slot {} to initialise", slot));
            } else if (!initial_fits(value, program.types[slots[slot]])) {
                report("V4", variable_place(id), fmt::format("the initial value of slot {} does not fit", slot));
            }
        }
    }

    bool initial_fits(const InitialValue& initial, const Type& type) const
    {
        return std::visit(
            Overloaded{
                [&](std::int64_t value) { return wrap(value, type) == value; },
                [&](InitialAddress address) {
                    if (!is_pointer(type) || !program.variables.contains(address.variable)) return false;
                    const Variable& target = program.variables[address.variable];
                    return target.storage != Storage::local && program.types.contains(target.type) &&
                           address.offset <= program.types[target.type].slots;
                },
                [&](FunctionId function) { return !is_integer(type) && program.functions.contains(function); },
                [&](StringId string) { return is_pointer(type) && program.strings.contains(string); },
            },
            initial);
    }

    // ---- Expressions -------------------------------------------------------------------------------------------

    std::string expression_place(ExpressionId id) const { return fmt::format("expression {}", id.index); }

    void check_expressions()
    {
        for (ExpressionId id : ids_of(program.expressions)) {
            const Expression& expression = program.expressions[id];
            for (ExpressionId operand : operands_of(expression))
                if (!program.expressions.contains(operand))
                    report("E1", expression_place(id), "an operand is out of range");
            if (!program.types.contains(expression.type) || !is_scalar(program.types[expression.type]))
                report("E2", expression_place(id), "has no scalar type");
        }
        if (!broken.empty()) return;
        const std::vector<ExpressionId> order = operands_first();
        if (!broken.empty()) return;
        for (ExpressionId id : ids_of(program.expressions)) check_names(id);
        if (!broken.empty()) return;
        uses.resize(program.expressions.size());
        for (ExpressionId id : order) collect_uses(id);
        for (ExpressionId id : ids_of(program.expressions)) {
            current_expression = id;
            check_node(id);
        }
        current_expression = {};
    }

    std::vector<ExpressionId> operands_first()
    {
        std::vector<ExpressionId> order;
        std::vector<Visit> visits(program.expressions.size(), Visit::not_yet);
        struct Step {
            ExpressionId expression;
            std::size_t next = 0;
        };
        std::vector<Step> stack;
        for (ExpressionId root : ids_of(program.expressions)) {
            if (visits[root.index] == Visit::not_yet) stack.push_back({root});
            while (!stack.empty()) {
                Step& step = stack.back();
                visits[step.expression.index] = Visit::open;
                const Operands operands = operands_of(program.expressions[step.expression]);
                if (step.next == operands.size()) {
                    visits[step.expression.index] = Visit::done;
                    order.push_back(step.expression);
                    stack.pop_back();
                    continue;
                }
                const ExpressionId operand = operands.begin()[step.next++];
                if (visits[operand.index] == Visit::open) {
                    report("E1", expression_place(operand), "is an operand of itself");
                    return order;
                }
                if (visits[operand.index] == Visit::not_yet) stack.push_back({operand});
            }
        }
        return order;
    }

    void check_names(ExpressionId id)
    {
        const Expression& expression = program.expressions[id];
        const auto place = [&] { return expression_place(id); };
        if (const auto* constant = std::get_if<FunctionConstant>(&expression.node)) {
            if (!program.functions.contains(constant->function)) report("E3", place(), "the function is out of range");
        } else if (const auto* string = std::get_if<StringConstant>(&expression.node)) {
            if (!program.strings.contains(string->string)) report("E3", place(), "the string is out of range");
        } else if (const auto* local = std::get_if<LocalValue>(&expression.node)) {
            if (!program.variables.contains(local->variable))
                return report("E3", place(), "the variable is out of range");
            const Variable& variable = program.variables[local->variable];
            if (variable.storage != Storage::local || variable.in_memory) {
                report("E3", place(), fmt::format("{} is not a local outside memory", variable.name));
            } else if (!fits(variable.type, expression.type)) {
                report("E3", place(), fmt::format("not the type of {}", variable.name));
            }
        } else if (const auto* address = std::get_if<AddressOf>(&expression.node)) {
            if (!program.variables.contains(address->variable))
                return report("E3", place(), "the variable is out of range");
            const Variable& variable = program.variables[address->variable];
            if (!variable.in_memory) report("E3", place(), fmt::format("{} has no address", variable.name));
            if (address->offset != 0 && address->offset >= program.types[variable.type].slots)
                report("E3", place(), fmt::format("{} has no slot {}", variable.name, address->offset));
        }
    }

    void collect_uses(ExpressionId id)
    {
        const Expression& expression = program.expressions[id];
        Uses& all = uses[id.index];
        auto add_owner = [&](AutomatonId owner) {
            all.several_owners = all.several_owners || (all.any_local && all.owner != owner);
            all.any_local = true;
            all.owner = owner;
        };
        const VariableId variable = variable_of(expression);
        if (variable.valid() && program.variables[variable].storage == Storage::local)
            add_owner(program.variables[variable].owner);
        if (const auto* own = std::get_if<Own>(&expression.node)) {
            all.own_cpu = own->what == Own::What::cpu;
            all.own_task = own->what == Own::What::task;
        }
        for (ExpressionId operand : operands_of(expression)) {
            const Uses& below = uses[operand.index];
            if (below.any_local) add_owner(below.owner);
            all.several_owners = all.several_owners || below.several_owners;
            all.own_cpu = all.own_cpu || below.own_cpu;
            all.own_task = all.own_task || below.own_task;
        }
    }

    void check_node(ExpressionId id)
    {
        const Expression& expression = program.expressions[id];
        const TypeId type = expression.type;
        const Type& result = program.types[type];
        auto need = [&](bool holds, std::string_view rule, const char* message) {
            if (!holds) report(rule, expression_place(id), message);
        };
        std::visit(
            Overloaded{
                [&](const Constant& node) {
                    need(wrap(node.value, result) == node.value, "E5", "the constant does not fit its type");
                },
                [&](const FunctionConstant&) { need(!is_integer(result), "E4", "a function is not an integer"); },
                [&](const StringConstant&) { need(is_pointer(result), "E4", "a string is a pointer"); },
                [&](const LocalValue&) {},
                [&](const Own& node) {
                    need(node.what == Own::What::argument || is_integer(result), "E4", "is an integer");
                },
                [&](const AddressOf&) { need(is_pointer(result), "E4", "an address is a pointer"); },
                [&](const FieldAddress& node) {
                    need(is_pointer(result) && has_pointer_type(node.base), "E4", "needs a pointer and gives one");
                },
                [&](const ElementAddress& node) {
                    need(is_pointer(result) && has_pointer_type(node.base) && has_integer_type(node.index), "E4",
                         "needs a pointer and an integer and gives a pointer");
                    need(node.stride > 0, "E5", "the stride is 0");
                },
                [&](const PerCpuAddress& node) {
                    need(is_pointer(result) && has_pointer_type(node.base) && has_integer_type(node.cpu), "E4",
                         "needs a pointer and an integer and gives a pointer");
                },
                [&](const Load& node) {
                    need(has_pointer_type(node.address), "E4", "loads from what is no pointer");
                    need(fits_pointee(node.address, type), "E4", "loads another type than the address points to");
                },
                [&](const Unary& node) { need(unary_fits(node, type), "E4", "the operand's type does not fit"); },
                [&](const Binary& node) {
                    need(binary_fits(node, type), "E4", "the operands' types do not fit");
                    need(node.op != BinaryOp::slots_between || node.stride > 0, "E5", "the stride is 0");
                },
                [&](const Convert&) {},
                [&](const Select& node) {
                    need(fits(type_of(node.if_true), type) && fits(type_of(node.if_false), type), "E4",
                         "the sides' types do not fit");
                },
            },
            expression.node);
    }

    // True for pointers to void and to structs, about which nothing can be said here.
    bool fits_pointee(ExpressionId address, TypeId type) const
    {
        if (!has_pointer_type(address)) return true;
        const TypeId pointee = build::pointee_of(program, type_of(address));
        return !pointee.valid() || !is_scalar(program.types[pointee]) || fits(pointee, type);
    }

    bool unary_fits(const Unary& node, TypeId type) const
    {
        if (node.op == UnaryOp::logical_not) return is_integer(program.types[type]);
        return is_number(type) && fits(type_of(node.operand), type);
    }

    bool binary_fits(const Binary& node, TypeId type) const
    {
        const TypeId left = type_of(node.left);
        const TypeId right = type_of(node.right);
        const bool gives_integer = is_integer(program.types[type]);
        switch (node.op) {
            case BinaryOp::logical_and:
            case BinaryOp::logical_or:
                return gives_integer;
            case BinaryOp::equal:
            case BinaryOp::not_equal:
            case BinaryOp::less:
            case BinaryOp::less_equal:
                return gives_integer && fits(left, right);
            case BinaryOp::slots_between:
                return gives_integer && has_pointer_type(node.left) && fits(left, right);
            case BinaryOp::shift_left:
            case BinaryOp::shift_right:
                return is_number(type) && fits(left, type) && is_number(right);
            default:
                return is_number(type) && fits(left, type) && fits(right, type);
        }
    }

    // ---- Frames and places -------------------------------------------------------------------------------------

    template <typename Where>
    void check_place(SourcePlace place, const Where& where)
    {
        if (place.line != 0 && !program.files.contains(place.file)) report("F2", where(), "the file is out of range");
    }

    void check_frames()
    {
        for (FrameId id : ids_of(program.frames)) {
            const Frame& frame = program.frames[id];
            const auto place = [&] { return fmt::format("frame {} ({})", id.index, frame.function); };
            check_place(frame.call_place, place);
            if (frame.caller.valid() && !program.frames.contains(frame.caller))
                return report("F1", place(), "the caller is out of range");
        }
        std::vector<Visit> visits(program.frames.size(), Visit::not_yet);
        for (FrameId root : ids_of(program.frames)) {
            FrameId id = root;
            for (; id.valid() && visits[id.index] == Visit::not_yet; id = program.frames[id].caller)
                visits[id.index] = Visit::open;
            if (id.valid() && visits[id.index] == Visit::open)
                report("F1", fmt::format("frame {}", id.index), "calls itself");
            for (id = root; id.valid() && visits[id.index] == Visit::open; id = program.frames[id].caller)
                visits[id.index] = Visit::done;
        }
    }

    // ---- Automata ----------------------------------------------------------------------------------------------

    void check_automaton(AutomatonId id)
    {
        const Automaton& automaton = program.automata[id];
        const std::string name = "automaton " + automaton.name;
        if (!automaton.locations.contains(automaton.entry)) {
            report("A1", name, "has no entry");
        } else if (automaton.locations[automaton.entry].is_atomic) {
            report("A1", name, "the entry is atomic");
        }
        for (LocationId location : ids_of(automaton.locations)) {
            const auto place = [&] { return fmt::format("{}, location {}", name, location.index); };
            const Location& what = automaton.locations[location];
            check_place(what.place, place);
            if (what.frame.valid() && !program.frames.contains(what.frame))
                report("F1", place(), "the frame is out of range");
        }
        bool ends_in_range = true;
        current_automaton = id;
        for (TransitionId transition : ids_of(automaton.transitions)) {
            current_transition = transition;
            ends_in_range = check_transition() && ends_in_range;
        }
        current_automaton = {};
        current_transition = {};
        if (!ends_in_range) return;
        check_outgoing(automaton, name);
        check_pass_through(automaton, name);
    }

    std::string transition_place() const
    {
        const Automaton& automaton = program.automata[current_automaton];
        const SourcePlace place = automaton.transitions[current_transition].place;
        std::string text = fmt::format("automaton {}, transition {}", automaton.name, current_transition.index);
        if (place.line != 0 && program.files.contains(place.file))
            text += fmt::format(", {}:{}", program.files[place.file].name, place.line);
        return text;
    }

    bool check_transition()
    {
        const Automaton& automaton = program.automata[current_automaton];
        const Transition& transition = automaton.transitions[current_transition];
        check_place(transition.place, [&] { return transition_place(); });
        for (ExpressionId expression : expressions_of(transition)) {
            // An absent operand of a statement is out of range, too.
            if (!program.expressions.contains(expression)) {
                report("S5", transition_place(), "an expression is out of range");
                return true;
            }
            const Uses& used = uses[expression.index];
            if (used.any_local && (used.several_owners || used.owner != current_automaton))
                report("S5", transition_place(), "uses another automaton's local");
        }
        if (transition.choice) check_choice(*transition.choice);
        for (const Statement& statement : transition.effect) check_statement(statement);
        if (automaton.locations.contains(transition.source) && automaton.locations.contains(transition.target))
            return true;
        report("A2", transition_place(), "the source or the target is out of range");
        return false;
    }

    bool is_own_register(VariableId id) const { return is_own_local(id) && !program.variables[id].in_memory; }
    bool is_own_local(VariableId id) const
    {
        if (!program.variables.contains(id)) return false;
        const Variable& variable = program.variables[id];
        return variable.storage == Storage::local && variable.owner == current_automaton;
    }

    void check_choice(const Choice& choice)
    {
        if (!is_own_register(choice.variable) || !is_integer(program.types[program.variables[choice.variable].type]))
            report("S1", transition_place(), "does not choose for an own integer local outside memory");
        if (!has_integer_type(choice.low) || !has_integer_type(choice.high))
            report("S5", transition_place(), "the bounds of a choice are no integers");
    }

    void check_statement(const Statement& statement)
    {
        auto need = [&](bool holds, std::string_view rule, const char* message) {
            if (!holds) report(rule, transition_place(), message);
        };
        std::visit(Overloaded{
                       [&](const AssignLocal& node) {
                           need(is_own_register(node.variable) &&
                                    fits(program.variables[node.variable].type, type_of(node.value)),
                                "S1", "does not assign a fitting value to an own local outside memory");
                       },
                       [&](const Store& node) {
                           need(has_pointer_type(node.address) && fits_pointee(node.address, type_of(node.value)), "S2",
                                "does not store a fitting value through a pointer");
                       },
                       [&](const Copy& node) {
                           need(has_pointer_type(node.destination) && has_pointer_type(node.source) && node.slots > 0,
                                "S2", "does not copy slots through two pointers");
                       },
                       [&](const Undefine& node) { need(is_own_local(node.variable), "S3", "not an own local"); },
                       [&](const Kill& node) { need(is_own_local(node.variable), "S3", "not an own local"); },
                       [&](const Invalidate& node) {
                           need(has_pointer_type(node.address) && node.slots > 0, "S2",
                                "does not invalidate slots through a pointer");
                       },
                       [&](const Report& node) { check_report(node); },
                       [&](const Progress&) {},
                       [&](const Prune&) {},
                       [&](const AgeTimes&) {},
                   },
                   statement);
    }

    void check_report(const Report& node)
    {
        if (node.kind.empty()) report("S4", transition_place(), "a report without a kind");
        std::size_t directives = 0;
        for (std::size_t i = 0; i < node.format.size(); ++i) {
            if (node.format[i] != '%') continue;
            ++i;
            if (i < node.format.size() && node.format[i] != '%') ++directives;
        }
        if (directives != node.arguments.size())
            report("S4", transition_place(),
                   fmt::format("a report with {} directives and {} arguments", directives, node.arguments.size()));
        if ((node.cpu.valid() && !has_integer_type(node.cpu)) || (node.task.valid() && !has_integer_type(node.task)))
            report("S4", transition_place(), "a report's CPU or task is no integer");
    }

    void check_outgoing(const Automaton& automaton, const std::string& name)
    {
        const bool any =
            std::ranges::any_of(automaton.locations, [](const Location& l) { return !l.outgoing.empty(); });
        if (!any) return;
        IdVector<LocationId, std::vector<TransitionId>> expected(automaton.locations.size());
        for (TransitionId id : ids_of(automaton.transitions)) expected[automaton.transitions[id].source].push_back(id);
        for (LocationId id : ids_of(automaton.locations))
            if (automaton.locations[id].outgoing != expected[id])
                report("A3", fmt::format("{}, location {}", name, id.index), "the outgoing list is wrong");
    }

    void check_pass_through(const Automaton& automaton, const std::string& name)
    {
        if (automaton.locations.contains(automaton.entry) && automaton.locations[automaton.entry].is_pass_through)
            report("A4", name, "the entry is passed through");
        const std::size_t count = automaton.locations.size();
        boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> graph(count);
        std::vector<bool> on_cycle(count, false);  // so far: those with a loop to themselves
        for (const Transition& transition : automaton.transitions) {
            if (!automaton.locations[transition.source].is_pass_through ||
                !automaton.locations[transition.target].is_pass_through)
                continue;
            add_edge(transition.source.index, transition.target.index, graph);
            if (transition.source == transition.target) on_cycle[transition.source.index] = true;
        }
        std::vector<std::size_t> component(count);
        const std::size_t components = boost::strong_components(
            graph, boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, graph)));
        std::vector<std::size_t> sizes(components, 0);
        for (std::size_t i = 0; i < count; ++i) ++sizes[component[i]];
        for (LocationId id : ids_of(automaton.locations)) {
            const bool cyclic = on_cycle[id.index] || sizes[component[id.index]] > 1;
            if (cyclic && !automaton.locations[id].is_atomic)
                report("A4", fmt::format("{}, location {}", name, id.index), "on a cycle that no step would end on");
        }
    }

    // ---- Processes and the rest --------------------------------------------------------------------------------

    void check_processes()
    {
        for (ProcessId id : ids_of(program.processes)) {
            const Process& process = program.processes[id];
            const std::string place = "process " + process.name;
            if (!program.automata.contains(process.automaton)) report("P1", place, "the automaton is out of range");
            const bool sound = check_process_expression(process.cpu, place) &&
                               check_process_expression(process.own_task, place) &&
                               check_process_expression(process.running, place);
            if (!sound) continue;
            auto used = [&](ExpressionId e) { return e.valid() ? uses[e.index] : Uses{}; };
            const Uses cpu = used(process.cpu);
            const Uses task = used(process.own_task);
            if (cpu.own_cpu || task.own_task || (cpu.own_task && task.own_cpu))
                report("P2", place, "the own CPU or task needs itself to be evaluated");
        }
    }

    bool check_process_expression(ExpressionId id, const std::string& place)
    {
        if (!id.valid()) return true;
        if (!program.expressions.contains(id)) {
            report("P2", place, "an expression is out of range");
            return false;
        }
        if (!has_integer_type(id)) report("P2", place, "an expression is no integer");
        if (uses[id.index].any_local) report("P2", place, "an expression uses a local");
        return true;
    }

    void check_rest()
    {
        if (program.cpus == 0) report("P3", "the Program", "has no CPUs");
        if (program.boot.valid() && !program.automata.contains(program.boot))
            report("P3", "the Program", "boot's automaton is out of range");
        for (const Invariant& invariant : program.invariants) {
            check_place(invariant.place, [&] { return "invariant " + invariant.name; });
            if (!program.processes.contains(invariant.process))
                report("P3", "invariant " + invariant.name, "the process is out of range");
        }
        if (program.initial_states.empty()) return;
        std::size_t expected = 0;
        for (const Variable& variable : program.variables) {
            if (variable.storage == Storage::local) continue;
            const std::vector<TypeId> slots = slot_types(program, variable.type);
            const auto cells = static_cast<std::size_t>(std::ranges::count_if(slots, &TypeId::valid));
            expected += variable.storage == Storage::per_cpu ? cells * program.cpus : cells;
        }
        for (std::size_t i = 0; i < program.initial_states.size(); ++i)
            if (program.initial_states[i].size() != expected)
                report("P4", fmt::format("initial state {}", i),
                       fmt::format("has {} values instead of {}", program.initial_states[i].size(), expected));
    }
};

}  // namespace

std::vector<BrokenRule> broken_rules(const Program& program) { return Verifier(program).run(); }

void verify(const Program& program)
{
    const std::vector<BrokenRule> broken = broken_rules(program);
    if (broken.empty()) return;
    std::string text = fmt::format("{} of a Program's rules broken:", broken.size());
    for (const BrokenRule& rule : broken) text += fmt::format("\n  {}: {}: {}", rule.rule, rule.place, rule.message);
    throw std::logic_error(text);
}

}  // namespace lockstep
