// An invariant that goes over all CPUs counts with their numbers; the clock names each. Neither tells one CPU from
// another if the order does not matter. To see that, the code is executed on symbols: every cell is a variable, loops
// over known bounds are unrolled, and what comes out (which reports are made; for the clock, what is written where) is
// a term (terms.h), in which `and`, `or` and sums are sets. Then an exchange of two CPUs, applied to the term, must
// give the same term.
//
// What does not become a term is refused, and then the usual rules for numbers of CPUs hold (sorts.cpp): addresses that
// are not known; values that may be undefined; what may trap; choices; more paths than max_steps allows.
#include "symmetry/unrolled.h"

#include "program/fold.h"
#include "program/visit.h"
#include "symmetry/terms.h"

#include <algorithm>

namespace lockstep::symmetry {

namespace {

constexpr std::size_t max_steps = 20000;

struct Refused {
    std::string what;
};

class Execution {
public:
    Execution(Terms& the_terms, const std::vector<std::int64_t>& the_initial, ProcessId the_process)
        : terms(the_terms), program(terms.program), layout(terms.layout), initial(the_initial), process(the_process)
    {
    }

    using Ref = Terms::Ref;
    struct State {
        std::map<VariableId, Ref> registers;
        std::map<std::uint32_t, Ref> memory;  // by cell
        std::vector<Ref> reports;
        bool has_ended = false;
    };

    SourcePlace here;

    Ref run(LocationId location, State state)
    {
        const Automaton& automaton = program.automata[program.processes[process].automaton];
        while (true) {
            const Location& at = automaton.locations[location];
            if (at.outgoing.empty() || state.has_ended) return terms.make({Op::reports, 0, {}, state.reports});
            std::vector<std::pair<TransitionId, Ref>> possible;
            for (TransitionId t : at.outgoing) {
                here = automaton.transitions[t].place;
                if (automaton.transitions[t].choice) throw Refused{"makes a choice"};
                const ExpressionId guard = automaton.transitions[t].guard;
                const Ref condition = guard.valid() ? terms.truth(value(guard, state)) : terms.constant(1);
                if (terms.known_value(condition) != 0) possible.emplace_back(t, condition);
            }
            if (possible.size() == 2 && possible[1].second == terms.negate(possible[0].second)) {
                State other = state;
                const Ref a = follow(automaton.transitions[possible[0].first], std::move(state));
                const Ref b = follow(automaton.transitions[possible[1].first], std::move(other));
                return terms.choose(possible[0].second, a, b);
            }
            if (possible.size() != 1 || terms.known_value(possible[0].second) != 1)
                throw Refused{"waits, or has several ways on"};
            const Transition& only = automaton.transitions[possible[0].first];
            carry_out(only, state);
            location = only.target;
        }
    }

    void carry_out(const Transition& transition, State& state)
    {
        here = transition.place;
        if (++steps > max_steps) throw Refused{"takes too many steps"};
        for (const Statement& statement : transition.effect)
            if (!state.has_ended) std::visit([&](const auto& s) { apply(s, state); }, statement);
    }

private:
    Terms& terms;
    const Program& program;
    const Layout& layout;
    const std::vector<std::int64_t>& initial;
    ProcessId process;
    std::size_t steps = 0;
    std::map<const Report*, std::int64_t> report_numbers;

    Ref follow(const Transition& transition, State state)
    {
        carry_out(transition, state);
        return run(transition.target, std::move(state));
    }

    void apply(const AssignLocal& n, State& state) { state.registers[n.variable] = value(n.value, state); }
    void apply(const Store& n, State& state)
    {
        const Ref to = value(n.address, state);
        const Ref v = value(n.value, state);
        state.memory[cell_at(to)] = v;
    }
    void apply(const Copy& n, State& state)
    {
        const auto to = terms.known_value(value(n.destination, state)),
                   from = terms.known_value(value(n.source, state));
        if (!to || !from) throw Refused{"copies from or to an address that is not known"};
        for (std::uint32_t i = 0; i < n.slots; ++i) {
            if (layout.addresses[static_cast<std::size_t>(*to + i)].cell == Layout::no_cell) continue;
            state.memory[cell_at(terms.constant(*to + i))] = load(terms.constant(*from + i), {}, state);
        }
    }
    void apply(const Undefine& n, State& state) { forget(n.variable, state); }
    void apply(const Kill& n, State& state) { forget(n.variable, state); }
    void apply(const Invalidate&, State&) { throw Refused{"writes a union"}; }
    void apply(const Report& n, State& state)
    {
        if (n.cpu.valid() || n.task.valid()) throw Refused{"reports on a CPU or a task"};
        for (ExpressionId argument : n.arguments) value(argument, state);  // which does not trap
        const auto number =
            report_numbers.try_emplace(&n, static_cast<std::int64_t>(report_numbers.size())).first->second;
        state.reports.push_back(terms.make({Op::reports, number, {}, {}}));
        state.has_ended = n.stops;
    }
    void apply(const Progress&, State&) {}
    void apply(const Prune&, State&) { throw Refused{"assumes something"}; }
    void apply(const AgeTimes&, State&) {}

    void forget(VariableId v, State& state)
    {
        if (program.variables[v].in_memory) throw Refused{"has a variable in memory"};
        state.registers.erase(v);
    }

    [[nodiscard]] std::uint32_t cell_at(Ref address) const
    {
        const auto known = terms.known_value(address);
        if (!known || *known <= 0 || *known >= static_cast<std::int64_t>(layout.addresses.size()) ||
            layout.addresses[static_cast<std::size_t>(*known)].cell == Layout::no_cell)
            throw Refused{"writes or reads at an address that is not known"};
        return layout.addresses[static_cast<std::size_t>(*known)].cell;
    }

    Ref load(Ref address, TypeId type, const State& state)
    {
        const std::uint32_t cell = cell_at(address);
        if (const auto found = state.memory.find(cell); found != state.memory.end()) return found->second;
        const Layout::Cell& stored = layout.cells[cell];
        if (stored.has_mark) throw Refused{"reads what may be undefined"};
        if (stored.kind == SlotClass::Kind::time) throw Refused{"reads a time stamp"};
        if (stored.word == Layout::no_word && cell < layout.global_cells) return terms.constant(initial[cell], type);
        return terms.make({Op::cell, cell, type, {}});
    }

    /// Converting loses nothing.
    [[nodiscard]] bool fits(Ref t, const Type& to) const
    {
        const Term& term = terms.at(t);
        if (terms.is_truth(t)) return true;
        if (term.op != Op::cell || !is_integer(program.types[term.type])) return false;
        const Type& from = program.types[term.type];
        return is_signed(from) ? is_signed(to) && bits_of(to) >= bits_of(from)
                               : bits_of(to) >= bits_of(from) + (is_signed(to) ? 1 : 0);
    }

    /// mask >> cpu, of which the last bit is asked for.
    std::optional<Ref> tested_bit(Ref shifted)
    {
        const Term& term = terms.at(shifted);
        if (term.op != Op::other || term.value != static_cast<int>(BinaryOp::shift_right)) return std::nullopt;
        return terms.make({Op::bit, *terms.known_value(term.args[1]), {}, {term.args[0]}});
    }

    static bool may_trap(BinaryOp op, std::optional<std::int64_t> right, const Type& operands)
    {
        switch (op) {
            case BinaryOp::divide:
            case BinaryOp::remainder:
                return !right || *right <= 0;
            case BinaryOp::shift_left:
            case BinaryOp::shift_right:
                return !right || *right < 0 || *right >= bits_of(operands);
            case BinaryOp::slots_between:
                return true;
            default:
                return false;
        }
    }

    Ref other(std::int64_t operation, TypeId type, std::vector<Ref> args)
    {
        return terms.make({Op::other, operation, type, std::move(args)});
    }

    Ref offset_by(Ref base, std::int64_t offset)
    {
        static_cast<void>(cell_at(base));  // an address it is
        const Term term = terms.at(base);
        return terms.make({Op::constant, term.value + offset, term.type, {}});
    }

    Ref element(Ref base, Ref index, std::uint32_t stride, std::uint32_t count)
    {
        const auto address = terms.known_value(base), i = terms.known_value(index);
        if (!address || !i) throw Refused{"uses an index that is not known"};
        if (*i < 0 || *i >= count) throw Refused{"indexes out of bounds"};
        return terms.make({Op::constant, *address + *i * stride, terms.at(base).type, {}});
    }

    Ref value(ExpressionId id, const State& state)
    {
        const Expression& e = program.expressions[id];
        const Type& type = program.types[e.type];
        const auto get = [&](ExpressionId x) { return value(x, state); };
        const Process& self = program.processes[process];
        return std::visit(
            Overloaded{[&](const Constant& n) { return terms.constant(n.value, e.type); },
                       [&](const FunctionConstant& n) { return terms.constant(function_value(n.function)); },
                       [&](const StringConstant& n) { return terms.constant(string_value(n.string)); },
                       [&](const LocalValue& n) {
                           const auto found = state.registers.find(n.variable);
                           if (found == state.registers.end()) throw Refused{"reads what may be undefined"};
                           return found->second;
                       },
                       [&](const Own& n) -> Ref {
                           if (n.what == Own::What::argument) return terms.constant(self.argument, e.type);
                           throw Refused{"asks where it runs"};
                       },
                       [&](const AddressOf& n) {
                           return terms.make(
                               {Op::constant, layout.address_of(program, n.variable, n.offset, process), e.type, {}});
                       },
                       [&](const FieldAddress& n) { return offset_by(get(n.base), n.offset); },
                       [&](const ElementAddress& n) {
                           if (n.count == 0) throw Refused{"computes with pointers"};
                           return element(get(n.base), get(n.index), n.stride, n.count);
                       },
                       [&](const PerCpuAddress& n) {
                           return element(get(n.base), get(n.cpu), layout.per_cpu_stride, program.cpus);
                       },
                       [&](const Load& n) { return load(get(n.address), e.type, state); },
                       [&](const Unary& n) -> Ref {
                           const Ref v = get(n.operand);
                           if (n.op == UnaryOp::logical_not) return terms.negate(v);
                           if (const auto known = terms.known_value(v))
                               return terms.constant(wrap(n.op == UnaryOp::negate ? -*known : ~*known, type), e.type);
                           return other(100 + static_cast<int>(n.op), e.type, {v});
                       },
                       [&](const Binary& n) -> Ref {
                           const Ref left = get(n.left);
                           const auto x = terms.known_value(left);
                           if (n.op == BinaryOp::logical_and)
                               return x == 0 ? terms.constant(0) : terms.join(Op::both, left, get(n.right));
                           if (n.op == BinaryOp::logical_or)
                               return x && *x != 0 ? terms.constant(1) : terms.join(Op::either, left, get(n.right));
                           const Ref right = get(n.right);
                           if (n.op == BinaryOp::equal) return terms.equal(left, right);
                           if (n.op == BinaryOp::not_equal) return terms.negate(terms.equal(left, right));
                           const auto y = terms.known_value(right);
                           if (x && y) {
                               const auto folded = fold(n.op, *x, *y, program.types[program.expressions[n.left].type]);
                               if (!folded) throw Refused{"computes what may trap"};
                               return terms.constant(wrap(*folded, type), e.type);
                           }
                           if (n.op == BinaryOp::add) return terms.sum(left, right, e.type);
                           if (n.op == BinaryOp::bit_and && y == 1)
                               if (const auto bit = tested_bit(left)) return *bit;
                           if (may_trap(n.op, y, program.types[program.expressions[n.left].type]))
                               throw Refused{"computes what may trap"};
                           return other(static_cast<int>(n.op), program.expressions[n.left].type, {left, right});
                       },
                       [&](const Convert& n) -> Ref {
                           const Ref v = get(n.operand);
                           if (is_integer(type) && bits_of(type) == 1) return terms.truth(v);
                           if (!is_integer(type) || !is_integer(program.types[program.expressions[n.operand].type])) {
                               if (is_pointer(type) && is_pointer(program.types[program.expressions[n.operand].type]))
                                   return v;
                               throw Refused{"converts what is no number"};
                           }
                           if (const auto known = terms.known_value(v))
                               return terms.constant(wrap(*known, type), e.type);
                           return fits(v, type) ? v : other(200, e.type, {v});
                       },
                       [&](const Select& n) -> Ref {
                           const Ref condition = get(n.condition);
                           if (const auto known = terms.known_value(condition))
                               return get(*known != 0 ? n.if_true : n.if_false);
                           return terms.choose(condition, get(n.if_true), get(n.if_false));
                       }},
            e.node);
    }
};

}  // namespace

Unrolled::~Unrolled() = default;

Unrolled::Unrolled(const Program& program, const Layout& layout, const std::vector<std::int64_t>& initial,
                   const std::vector<Tag>& cell_tags, ProcessId process)
    : terms(std::make_unique<Terms>(program, layout, cell_tags))
{
    const Automaton& automaton = program.automata[program.processes[process].automaton];
    Execution execution(*terms, initial, process);
    try {
        if (program.processes[process].kind != ProcessKind::clock) {
            outcome = execution.run(automaton.entry, {});
            return;
        }
        if (automaton.locations.size() != 1 || automaton.transitions.size() != 1) throw Refused{"has several steps"};
        const Transition& tick = automaton.transitions[TransitionId(0)];
        if (tick.guard.valid() || tick.choice) throw Refused{"waits or chooses"};
        Execution::State state;
        execution.carry_out(tick, state);
        outcome = terms->make({Op::reports, 0, {}, state.reports});
        written = state.memory;
    } catch (const Refused& refused) {
        refusal = {execution.here, refused.what};
    }
}

bool Unrolled::is_same_under(const Permutation& permutation) const
{
    std::map<std::pair<std::uint32_t, Tag>, std::uint32_t> done;
    try {
        if (terms->rename(outcome, permutation, {}, done) != outcome) return false;
        return std::ranges::all_of(written, [&](const auto& entry) {
            const auto& [cell, term] = entry;
            const auto there = written.find(permutation.cells[cell]);
            return there != written.end() &&
                   terms->rename(term, permutation, terms->cell_tags[cell], done) == there->second;
        });
    } catch (const NotRenamed&) {
        return false;
    }
}

}  // namespace lockstep::symmetry
