// Much of what kernel code asks is settled once the machine is: which CPUs are online, whether a request names some,
// how many threads it has. Then a search for the first CPU of a mask is a number, and `if (mask)` is one way.
//
// This is conditional constant propagation (Wegman and Zadeck, "Constant Propagation with Conditional Branches", 1991)
// in its dense form: each location has the registers whose value is known there, and a branch is followed only if its
// guard may be true with what is known, so that what a decided branch would have assigned spoils nothing. A location's
// row only ever shrinks once it has been reached, and registers that are dead have been killed (reset_dead_locals), so
// that rows are short and the whole is nearly linear.
//
// Known are numbers, and addresses of globals. Memory is known where it has the same value in every state: what
// find_steady has marked and all initial states agree on, just what Layout does not store. Own::argument is known
// where all processes of the automaton were started with the same.
//
// Why nothing else changes: an expression is replaced only if evaluating it gives the value without a trap, with what
// is known; those that may trap stay. No location goes that can be reached, so that where a step may stop remains.
// Reading what is steady was no step of its own before. A location where nothing can ever be enabled stays as it was,
// since the report says what a process waits for there.
//
// Tested in tests/passes/propagate_constants_test.cpp, and with all other reductions in tests/engine.
#include "passes/propagate_constants.h"

#include "program/builder.h"
#include "program/fold.h"
#include "program/visit.h"
#include "semantics/layout.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <utility>

namespace lockstep {

namespace {

using Value = std::optional<std::int64_t>;  // none: not known
/// The registers that are known at a place, by VariableId.
using Row = std::vector<std::pair<VariableId, std::int64_t>>;

Row::const_iterator find(const Row& row, VariableId v)
{
    const auto at = std::ranges::lower_bound(row, v, {}, &Row::value_type::first);
    return at != row.end() && at->first == v ? at : row.end();
}

void set(Row& row, VariableId v, Value value)
{
    const auto at = std::ranges::lower_bound(row, v, {}, &Row::value_type::first);
    const bool is_there = at != row.end() && at->first == v;
    if (value && is_there)
        at->second = *value;
    else if (value)
        row.insert(at, {v, *value});
    else if (is_there)
        row.erase(at);
}

std::uint64_t u(std::int64_t v) { return static_cast<std::uint64_t>(v); }
std::int64_t s(std::uint64_t v) { return static_cast<std::int64_t>(v); }

/// What is known of expressions; addresses are the layout's.
class Evaluation {
public:
    explicit Evaluation(const Program& the_program)
        : program(the_program),
          layout(make_layout(program)),
          initial(initial_cells(program, layout).front()),
          arguments(program.automata.size())
    {
        std::vector<bool> is_known(program.automata.size(), false);
        for (const Process& process : program.processes) {
            const std::size_t a = process.automaton.index;
            if (!is_known[a]) arguments[a] = process.argument;
            if (arguments[a] != process.argument) arguments[a].reset();
            is_known[a] = true;
        }
    }

    const Program& program;
    const Layout layout;

    [[nodiscard]] Value value(ExpressionId id, AutomatonId owner, const Row& row) const
    {
        const Expression& e = program.expressions[id];
        const Type& type = program.types[e.type];
        if (std::holds_alternative<TimeType>(type.kind)) return std::nullopt;
        const auto get = [&](ExpressionId operand) { return value(operand, owner, row); };
        return std::visit(
            Overloaded{[&](const Constant& n) -> Value { return n.value; },
                       [&](const FunctionConstant& n) -> Value { return function_value(n.function); },
                       [&](const StringConstant& n) -> Value { return string_value(n.string); },
                       [&](const LocalValue& n) -> Value {
                           const auto at = find(row, n.variable);
                           return at != row.end() ? Value(at->second) : std::nullopt;
                       },
                       [&](const Own& n) -> Value {
                           return n.what == Own::What::argument ? arguments[owner.index] : std::nullopt;
                       },
                       [&](const AddressOf& n) -> Value {
                           if (program.variables[n.variable].storage == Storage::local) return std::nullopt;
                           return layout.address_of(program, n.variable, n.offset);
                       },
                       [&](const FieldAddress& n) { return field(get(n.base), n.offset); },
                       [&](const ElementAddress& n) -> Value {
                           const Value base = get(n.base), index = get(n.index);
                           if (!base || !index) return std::nullopt;
                           if (n.count == 0) return *index == 0 ? base : std::nullopt;
                           if (u(*index) > n.count || !is_slot(*base)) return std::nullopt;
                           return *base + *index * n.stride;
                       },
                       [&](const PerCpuAddress& n) -> Value {
                           const Value base = get(n.base), cpu = get(n.cpu);
                           if (!base || !cpu || u(*cpu) >= program.cpus || *base < layout.per_cpu_first ||
                               *base >= layout.per_cpu_first + layout.per_cpu_stride)
                               return std::nullopt;
                           return *base + *cpu * layout.per_cpu_stride;
                       },
                       [&](const Load& n) { return load(get(n.address), slot_class(type)); },
                       [&](const Unary& n) -> Value {
                           const Value v = get(n.operand);
                           if (!v) return std::nullopt;
                           if (n.op == UnaryOp::logical_not) return *v == 0;
                           return wrap(n.op == UnaryOp::negate ? s(0 - u(*v)) : ~*v, type);
                       },
                       [&](const Binary& n) -> Value {
                           const Value left = get(n.left);
                           if (!left) return std::nullopt;
                           if (n.op == BinaryOp::logical_and && *left == 0) return 0;
                           if (n.op == BinaryOp::logical_or && *left != 0) return 1;
                           const Value right = get(n.right);
                           if (!right) return std::nullopt;
                           if (n.op == BinaryOp::logical_and || n.op == BinaryOp::logical_or) return *right != 0;
                           const Value result = fold(n.op, *left, *right, type_of(n.left));
                           return result ? Value(wrap(*result, type)) : std::nullopt;
                       },
                       [&](const Convert& n) { return convert(get(n.operand), type_of(n.operand), type); },
                       [&](const Select& n) -> Value {
                           const Value condition = get(n.condition);
                           if (!condition) return std::nullopt;
                           return get(*condition != 0 ? n.if_true : n.if_false);
                       }},
            e.node);
    }

private:
    std::vector<std::int64_t> initial;  // by cell; the same in every state where nothing is stored
    std::vector<Value> arguments;       // by AutomatonId

    [[nodiscard]] const Type& type_of(ExpressionId e) const { return program.types[program.expressions[e].type]; }
    [[nodiscard]] bool is_slot(std::int64_t address) const
    {
        return address > 0 && u(address) < layout.addresses.size() &&
               layout.addresses[u(address)].cell != Layout::no_cell;
    }

    [[nodiscard]] Value field(Value base, std::int32_t offset) const
    {
        if (!base || !is_slot(*base)) return std::nullopt;
        return *base + offset;
    }

    [[nodiscard]] Value load(Value address, SlotClass slot) const
    {
        if (!address || !is_slot(*address)) return std::nullopt;
        const Layout::Address& place = layout.addresses[u(*address)];
        if (!(place.slot == slot) || place.cell >= layout.global_cells ||
            layout.cells[place.cell].word != Layout::no_word)
            return std::nullopt;
        const std::int64_t value = initial[place.cell];
        return value == undefined_value || value == dead_value ? std::nullopt : Value(value);
    }

    static bool is_address(const Type& type)
    {
        return is_pointer(type) || std::holds_alternative<FunctionPointerType>(type.kind);
    }

    [[nodiscard]] static Value convert(Value value, const Type& from, const Type& to)
    {
        if (!value || std::holds_alternative<TimeType>(from.kind)) return std::nullopt;
        if (is_integer(to) && bits_of(to) == 1) return *value != 0;
        if (is_address(from) && is_address(to)) return value;
        if (is_address(to)) return *value == 0 ? value : std::nullopt;
        if (is_address(from)) return std::nullopt;
        return wrap(*value, to);
    }
};

/// What is known at each location of one automaton.
class Solution {
public:
    Solution(const Evaluation& the_evaluation, AutomatonId the_automaton)
        : evaluation(the_evaluation),
          id(the_automaton),
          automaton(evaluation.program.automata[id]),
          outgoing(automaton.locations.size()),
          rows(automaton.locations.size())
    {
        for (TransitionId t : ids_of(automaton.transitions))
            outgoing[automaton.transitions[t].source.index].push_back(t);
        reach(automaton.entry, {});
        while (!work.empty()) {
            const LocationId l = work.front();
            work.pop_front();
            waits_in_work[l.index] = false;
            for (TransitionId t : outgoing[l.index]) follow(automaton.transitions[t]);
        }
    }

    [[nodiscard]] const std::vector<TransitionId>& ways_on(LocationId l) const { return outgoing[l.index]; }
    /// None: it is never reached.
    [[nodiscard]] const std::optional<Row>& at(LocationId l) const { return rows[l.index]; }

    /// Whether the transition may be taken, with what is known at its source.
    [[nodiscard]] bool may_be_taken(const Transition& transition) const
    {
        if (!transition.guard.valid()) return true;
        const Value guard = evaluation.value(transition.guard, id, row_before(transition));
        return !guard || *guard != 0;
    }

    /// What is known where guard and effect are evaluated.
    [[nodiscard]] Row row_before(const Transition& transition) const
    {
        Row row = *rows[transition.source.index];
        if (transition.choice) set(row, transition.choice->variable, std::nullopt);
        return row;
    }

    void carry_out(const Statement& statement, Row& row) const
    {
        if (const auto* assign = std::get_if<AssignLocal>(&statement))
            set(row, assign->variable, evaluation.value(assign->value, id, row));
        else if (const VariableId v = variable_of(statement); v.valid())
            set(row, v, std::nullopt);
    }

private:
    const Evaluation& evaluation;
    AutomatonId id;
    const Automaton& automaton;
    std::vector<std::vector<TransitionId>> outgoing;
    std::vector<std::optional<Row>> rows;
    std::deque<LocationId> work;
    std::vector<bool> waits_in_work = std::vector<bool>(rows.size(), false);

    void follow(const Transition& transition)
    {
        if (!may_be_taken(transition)) return;
        Row row = row_before(transition);
        for (const Statement& statement : transition.effect) carry_out(statement, row);
        reach(transition.target, std::move(row));
    }

    void reach(LocationId l, Row row)
    {
        std::optional<Row>& known = rows[l.index];
        if (!known) {
            known = std::move(row);
        } else {
            const std::size_t before = known->size();
            std::erase_if(*known, [&](const auto& entry) {
                const auto at = find(row, entry.first);
                return at == row.end() || at->second != entry.second;
            });
            if (known->size() == before) return;
        }
        if (waits_in_work[l.index]) return;
        waits_in_work[l.index] = true;
        work.push_back(l);
    }
};

/// Puts what is known in the place of expressions.
class Rewriting {
public:
    Rewriting(Program& the_program, const Evaluation& the_evaluation) : program(the_program), evaluation(the_evaluation)
    {
    }

    void rewrite(AutomatonId a, const Solution& solution)
    {
        owner = a;
        Automaton& automaton = program.automata[a];
        for (LocationId l : ids_of(automaton.locations)) {
            if (!solution.at(l)) continue;
            const auto is_possible = [&](TransitionId t) { return solution.may_be_taken(automaton.transitions[t]); };
            std::vector<bool> possible;
            for (TransitionId t : solution.ways_on(l)) possible.push_back(is_possible(t));
            if (std::ranges::find(possible, true) == possible.end()) continue;
            for (std::size_t i = 0; i < possible.size(); ++i)
                rewrite(automaton.transitions[solution.ways_on(l)[i]], possible[i], solution);
        }
    }

private:
    Program& program;
    const Evaluation& evaluation;
    AutomatonId owner;
    std::map<std::pair<std::int64_t, TypeId>, ExpressionId> constants;

    void rewrite(Transition& transition, bool is_possible, const Solution& solution)
    {
        if (!is_possible) {
            transition.guard = build::bool_constant(program, false);
            return;
        }
        Row row = *solution.at(transition.source);
        if (transition.choice) {
            rewrite(transition.choice->low, row);
            rewrite(transition.choice->high, row);
        }
        row = solution.row_before(transition);
        if (transition.guard.valid()) {
            rewrite(transition.guard, row);
            const auto* constant = std::get_if<Constant>(&program.expressions[transition.guard].node);
            if (constant != nullptr && constant->value != 0) transition.guard = {};
        }
        for (Statement& statement : transition.effect) {
            const Statement before = statement;
            std::visit(Overloaded{[&](AssignLocal& n) { rewrite(n.value, row); },
                                  [&](Store& n) {
                                      rewrite(n.address, row);
                                      rewrite(n.value, row);
                                  },
                                  [&](Copy& n) {
                                      rewrite(n.destination, row);
                                      rewrite(n.source, row);
                                  },
                                  [&](Invalidate& n) { rewrite(n.address, row); },
                                  [&](Report& n) {
                                      for (ExpressionId& argument : n.arguments) rewrite(argument, row);
                                      if (n.cpu.valid()) rewrite(n.cpu, row);
                                      if (n.task.valid()) rewrite(n.task, row);
                                  },
                                  [](auto&) {}},
                       statement);
            solution.carry_out(before, row);
        }
    }

    void rewrite(ExpressionId& id, const Row& row)
    {
        if (const ExpressionId known = constant_for(id, row); known.valid()) {
            id = known;
            return;
        }
        Expression changed = program.expressions[id];
        bool is_changed = false;
        const auto operand = [&](ExpressionId& o) {
            const ExpressionId before = o;
            rewrite(o, row);
            is_changed |= !(o == before);
        };
        std::visit(Overloaded{[&](FieldAddress& n) { operand(n.base); },
                              [&](ElementAddress& n) {
                                  operand(n.base);
                                  operand(n.index);
                              },
                              [&](PerCpuAddress& n) {
                                  operand(n.base);
                                  operand(n.cpu);
                              },
                              [&](Load& n) { operand(n.address); }, [&](Unary& n) { operand(n.operand); },
                              [&](Binary& n) {
                                  operand(n.left);
                                  operand(n.right);
                              },
                              [&](Convert& n) { operand(n.operand); },
                              [&](Select& n) {
                                  operand(n.condition);
                                  operand(n.if_true);
                                  operand(n.if_false);
                              },
                              [](auto&) {}},
                   changed.node);
        if (is_changed) id = build::expression(program, std::move(changed));
    }

    /// None: it is not known, is a constant already, or has no way to be written.
    ExpressionId constant_for(ExpressionId id, const Row& row)
    {
        const Expression& e = program.expressions[id];
        const TypeId type = e.type;
        const bool is_written_out =
            std::visit(Overloaded{[](const Constant&) { return true; }, [](const FunctionConstant&) { return true; },
                                  [](const StringConstant&) { return true; }, [](const AddressOf&) { return true; },
                                  [](const FieldAddress&) { return true; }, [](const ElementAddress&) { return true; },
                                  [](const PerCpuAddress&) { return true; }, [](const auto&) { return false; }},
                       e.node);
        if (is_written_out) return {};
        const Value value = evaluation.value(id, owner, row);
        if (!value) return {};
        const auto [at, is_new] = constants.try_emplace({*value, type});
        if (is_new) at->second = write(*value, type);
        return at->second;
    }

    ExpressionId write(std::int64_t value, TypeId type_id)
    {
        const Type& type = program.types[type_id];
        if (is_integer(type)) return build::constant(program, value, type_id);
        if (std::holds_alternative<FunctionPointerType>(type.kind))
            return value == 0 || (value & function_pointer_tag) == 0
                       ? ExpressionId()
                       : build::expression(program,
                                           {FunctionConstant{FunctionId(u(value - function_pointer_tag))}, type_id});
        if (value == 0) return build::expression(program, {Constant{0}, type_id});
        if (value < 0 || u(value) >= evaluation.layout.addresses.size()) return {};
        const Layout::Address& address = evaluation.layout.addresses[u(value)];
        if (!address.variable.valid() || address.cell == Layout::no_cell) return {};
        if (!has_part(program.variables[address.variable].type, address.offset,
                      std::get<PointerType>(type.kind).pointee))
            return {};
        const ExpressionId first = build::expression(program, {AddressOf{address.variable, address.offset}, type_id});
        if (program.variables[address.variable].storage != Storage::per_cpu) return first;
        return build::per_cpu_address(program, first, build::int_constant(program, address.cpu));
    }

    /// Whether a part of this type begins `offset` slots into a whole: what the pointer's type says is so.
    [[nodiscard]] bool has_part(TypeId whole, std::uint32_t offset, TypeId part) const
    {
        if (!part.valid()) return false;
        while (true) {
            if (whole == part) return offset == 0;
            const Type& type = program.types[whole];
            if (const auto* array = std::get_if<ArrayType>(&type.kind)) {
                whole = array->element;
                offset %= program.types[whole].slots;
            } else if (const auto* structure = std::get_if<StructType>(&type.kind)) {
                const auto after = std::ranges::upper_bound(structure->fields, offset, {}, &Field::offset);
                if (after == structure->fields.begin()) return false;
                whole = std::prev(after)->type;
                offset -= std::prev(after)->offset;
            } else {
                return false;
            }
        }
    }
};

}  // namespace

void propagate_constants(Program& program)
{
    const Evaluation evaluation(program);
    std::vector<bool> is_run(program.automata.size(), false);
    for (const Process& process : program.processes) is_run[process.automaton.index] = true;
    Rewriting rewriting(program, evaluation);
    for (AutomatonId a : ids_of(program.automata)) {
        if (!is_run[a.index]) continue;
        const Solution solution(evaluation, a);
        rewriting.rewrite(a, solution);
    }
}

}  // namespace lockstep
