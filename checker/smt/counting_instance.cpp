#include "smt/counting_instance.h"

#include "smt/solver.h"
#include "symmetry/renaming.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace lockstep::smt {

namespace {

constexpr const char* number_name = "number ";
constexpr const char* some_number = "a number";

bool is_integer(std::int64_t value) { return value != undefined_value && value != dead_value; }

std::string place_text(const Program& program, SourcePlace place)
{
    return place.file.valid() ? fmt::format("{}:{}", program.files[place.file].name, place.line) : std::string();
}

}  // namespace

CountingInstance::CountingInstance(const Program& the_program, std::size_t most_states)
    : program(the_program),
      layout(make_layout(program)),
      state_terms(terms, program, layout),
      expressions(state_terms),
      successors(expressions),
      symmetric(symmetry::find_cpu_symmetry(program, layout))
{
    if (symmetric.classes.size() != 1) {
        std::string why = symmetric.classes.empty() ? "no two CPUs are interchangeable"
                                                    : "the CPUs fall into several classes of interchangeable ones";
        for (const symmetry::Reason& reason : symmetric.reasons)
            if (why.size() < 400) why += fmt::format("\n  {} {}", place_text(program, reason.place), reason.what);
        throw OutsideFragment(why);
    }
    members = symmetric.classes.front();
    std::map<std::string, unsigned> uses;
    for (std::uint32_t c = 0; c < layout.cells.size(); ++c) {
        const std::string name = cell_name(program, layout, c);
        const unsigned number = ++uses[name];
        names.push_back(number == 1 ? name : fmt::format("{} ({})", name, number));
    }
    for (const std::uint32_t member : members) {
        std::vector<std::uint32_t> cpus(program.cpus);
        for (std::uint32_t c = 0; c < program.cpus; ++c) cpus[c] = c;
        std::swap(cpus[members.front()], cpus[member]);
        exchanges.push_back(symmetry::permutation_of(program, layout, symmetric, cpus));
    }
    sample = sample_states(program, layout, most_states);
    const auto initial = initial_cells(program, layout);
    initial_count = std::set(initial.begin(), initial.end()).size();
    if (!sample.is_complete)
        throw OutsideFragment(
            fmt::format("{} CPUs have more than {} states: too many to learn from", program.cpus, most_states));
    std::vector<bool> is_own(layout.cells.size(), false);
    for (const symmetry::Block& block : symmetric.blocks)
        for (const std::uint32_t cell : block.cells) is_own[cell] = true;
    for (std::uint32_t c = 0; c < layout.cells.size(); ++c) {
        if (is_own[c] || layout.cells[c].word == Layout::no_word) continue;
        const bool changes =
            std::ranges::any_of(sample.states, [&](const auto& cells) { return cells[c] != sample.states.front()[c]; });
        if (changes) shared.push_back(c);
    }
    std::vector<std::uint32_t> masks;
    for (const std::uint32_t c : shared)
        if (symmetric.cell_tags[c].sort == symmetry::Sort::mask && !layout.cells[c].has_mark) masks.push_back(c);
    std::erase_if(shared, [&](std::uint32_t c) { return std::ranges::find(masks, c) != masks.end(); });
    cpu_masks = std::make_unique<CpuMasks>(terms, layout, members, masks, names);
}

// ---- Cells as text, the same for any number of CPUs ----------------------------------------------------------------

std::string CountingInstance::text_of(std::uint32_t cell, std::int64_t value) const
{
    if (value == undefined_value) return "undefined";
    if (value == dead_value) return "dead";
    if (!named_values.empty()) {
        const auto named = named_values.find({names[cell], value});
        if (named != named_values.end()) return named->second;
    }
    for (ProcessId p : ids_of(program.processes)) {
        if (layout.processes[p].location_cell != cell) continue;
        const Automaton& automaton = program.automata[program.processes[p].automaton];
        const Location& at = automaton.locations[LocationId(static_cast<std::size_t>(value))];
        return fmt::format("{} ({})", value, at.is_finished ? "finished" : place_text(program, at.place));
    }
    const SlotClass::Kind kind = layout.cells[cell].kind;
    const bool is_pointer_kind = kind == SlotClass::Kind::pointer || kind == SlotClass::Kind::function;
    if (is_pointer_kind && value > 0 && value < integer_pointer_tag)
        return "&" + address_name(program, layout, static_cast<std::uint32_t>(value));
    return std::to_string(value);
}

Signature CountingInstance::control_of(const std::vector<std::int64_t>& cells) const
{
    Signature signature;
    for (const std::uint32_t cell : control_cells)
        signature.push_back(fmt::format("{} = {}", names[cell], text_of(cell, cells[cell])));
    cpu_masks->add_shared(signature, cells);
    return signature;
}

Signature CountingInstance::local_of(const std::vector<std::int64_t>& cells) const
{
    Signature signature;
    for (const std::uint32_t cell : first_block().cells)
        if (layout.cells[cell].word != Layout::no_word)
            signature.push_back(fmt::format("{} = {}", names[cell], own_text(cell, cells[cell])));
    cpu_masks->add_own(signature, cells);
    return signature;
}

bool CountingInstance::is_own_number(std::uint32_t cell) const
{
    return std::ranges::find(own_cells, cell) != own_cells.end();
}

/// Rules are over integers, in which a constant of a rule is its bits' signed value; so states have to be the same.
std::int64_t CountingInstance::number_in(std::uint32_t cell, const std::vector<std::int64_t>& cells) const
{
    const unsigned bits = layout.cells[cell].bits;
    const auto value = static_cast<std::uint64_t>(cells[cell]);
    return signed_value(bits == 64 ? value : value & ((std::uint64_t{1} << bits) - 1), bits);
}

std::string CountingInstance::own_text(std::uint32_t cell, std::int64_t value) const
{
    return is_own_number(cell) && is_integer(value) ? some_number : text_of(cell, value);
}

bool CountingInstance::has_own(const Signature& local, std::size_t number) const
{
    return std::ranges::find(local, fmt::format("{} = {}", names[own_cells[number]], some_number)) != local.end();
}

std::vector<std::int64_t> CountingInstance::renamed(std::size_t member, const std::vector<std::int64_t>& cells) const
{
    return symmetry::rename(program, layout, symmetric, exchanges[member], cells);
}

std::map<std::string, std::size_t> CountingInstance::value_counts() const
{
    std::map<std::string, std::size_t> counts;
    for (const std::uint32_t c : shared) {
        std::set<std::int64_t> values;
        for (const auto& cells : sample.states) values.insert(cells[c]);
        const bool is_integer_cell = layout.cells[c].kind == SlotClass::Kind::integer &&
                                     !values.contains(undefined_value) && !values.contains(dead_value);
        counts[names[c]] = is_integer_cell ? values.size() : 0;
    }
    return counts;
}

std::map<std::string, std::size_t> CountingInstance::own_value_counts() const
{
    std::map<std::string, std::size_t> counts;
    const std::vector<std::uint32_t>& own = first_block().cells;
    std::vector<std::set<std::int64_t>> values(own.size());
    std::vector<bool> is_renamed(own.size(), false);  // it names a CPU
    for (const auto& cells : sample.states)
        for (std::size_t m = 0; m < members.size(); ++m) {
            const std::vector<std::int64_t> exchanged = renamed(m, cells);
            for (std::size_t i = 0; i < own.size(); ++i) {
                const std::int64_t value = exchanged[own[i]];
                if (is_integer(value)) values[i].insert(value);
                if (value != cells[symmetric.blocks[members[m]].cells[i]]) is_renamed[i] = true;
            }
        }
    for (std::size_t i = 0; i < own.size(); ++i) {
        const Layout::Cell& at = layout.cells[own[i]];
        if (at.word == Layout::no_word) continue;
        const bool is_location = std::ranges::any_of(
            first_block().processes, [&](ProcessId p) { return layout.processes[p].location_cell == own[i]; });
        const bool may_be = at.kind == SlotClass::Kind::integer && !is_location && !is_renamed[i];
        counts[names[own[i]]] = may_be ? values[i].size() : 0;
    }
    return counts;
}

std::map<std::string, std::set<std::int64_t>> CountingInstance::values() const
{
    std::map<std::string, std::set<std::int64_t>> values;
    std::vector<std::uint32_t> own;
    for (const std::uint32_t cell : first_block().cells)
        if (layout.cells[cell].word != Layout::no_word) own.push_back(cell);
    const auto add = [&](std::uint32_t cell, std::int64_t value) {
        const SlotClass::Kind kind = layout.cells[cell].kind;
        if (kind == SlotClass::Kind::integer && !is_own_number(cell)) values[names[cell]].insert(value);
    };
    for (const auto& cells : sample.states) {
        for (const std::uint32_t cell : control_cells) add(cell, cells[cell]);
        for (std::size_t m = 0; m < members.size(); ++m) {
            const std::vector<std::int64_t> exchanged = renamed(m, cells);
            for (const std::uint32_t cell : own) add(cell, exchanged[cell]);
        }
    }
    return values;
}

void CountingInstance::name_value(const std::string& cell, std::int64_t value, const std::string& text)
{
    named_values[{cell, value}] = text;
}

void CountingInstance::set_variables(const std::vector<std::string>& numbers,
                                     const std::vector<std::string>& own_numbers, const std::set<std::string>& control)
{
    std::map<std::string, std::uint32_t> by_name;
    for (std::uint32_t c = 0; c < layout.cells.size(); ++c) by_name.emplace(names[c], c);
    const auto cell_of = [&](const std::string& name) {
        const auto found = by_name.find(name);
        if (found == by_name.end())
            throw OutsideFragment(fmt::format("{} is not there on {} CPUs", name, program.cpus));
        return found->second;
    };
    for (const std::string& name : numbers) {
        const std::uint32_t cell = cell_of(name);
        number_cells.push_back(cell);
        number_variables.push_back(terms.variable(layout.cells[cell].bits, number_name + name));
    }
    for (const std::string& name : own_numbers) {
        own_cells.push_back(cell_of(name));
        own_variables.push_back(terms.variable(layout.cells[own_cells.back()].bits, number_name + name));
    }
    for (const std::string& name : control)
        if (std::ranges::find(numbers, name) == numbers.end()) control_cells.push_back(cell_of(name));
    shared_set = {control_cells.begin(), control_cells.end()};
    shared_set.insert(number_cells.begin(), number_cells.end());
}

std::vector<CountedState> CountingInstance::states()
{
    std::vector<CountedState> counted;
    for (const auto& cells : sample.states) {
        CountedState state;
        state.control = control_of(cells);
        for (const std::uint32_t cell : number_cells) state.numbers.push_back(number_in(cell, cells));
        control_witness.try_emplace(state.control, cells);
        for (std::size_t m = 0; m < members.size(); ++m) {
            std::vector<std::int64_t> exchanged = renamed(m, cells);
            for (const std::uint32_t cell : shared)
                if (exchanged[cell] != cells[cell])
                    throw OutsideFragment(fmt::format("{}, which is shared, names a CPU", names[cell]));
            Signature local = local_of(exchanged);
            ++state.locals[local];
            if (!own_cells.empty()) {
                std::vector<std::int64_t> own;
                for (const std::uint32_t cell : own_cells)
                    own.push_back(is_integer(exchanged[cell]) ? number_in(cell, exchanged) : 0);
                state.own_numbers.emplace_back(local, std::move(own));
            }
            local_witness.try_emplace({state.control, std::move(local)}, std::move(exchanged));
        }
        counted.push_back(std::move(state));
    }
    return counted;
}

// ---- Rules ---------------------------------------------------------------------------------------------------------

/// The witness with variables for the numbers, and for what other CPUs' blocks hold (the first member's, too, unless it
/// is its state that is meant), so that whatever depends on these can be told.
SymbolicState CountingInstance::symbolic(const std::vector<std::int64_t>& witness, bool with_local)
{
    SymbolicState state = state_terms.known(witness);
    for (std::size_t i = 0; i < number_cells.size(); ++i) state.values[number_cells[i]] = number_variables[i];
    cpu_masks->make_symbolic(state, witness, with_local);
    if (with_local)
        for (std::size_t i = 0; i < own_cells.size(); ++i)
            if (is_integer(witness[own_cells[i]])) state.values[own_cells[i]] = own_variables[i];
    for (const std::uint32_t member : members) {
        if (with_local && member == members.front()) continue;
        for (const std::uint32_t cell : symmetric.blocks[member].cells) {
            const Layout::Cell& at = layout.cells[cell];
            if (at.word == Layout::no_word) continue;
            state.values[cell] = terms.variable(Coding::width(at.kind, at.bits), "other");
            if (at.has_mark) state.marks[cell] = terms.variable(Coding::mark_bits, "other");
        }
    }
    return state;
}

bool CountingInstance::depends_on_others(Term root) const
{
    std::unordered_set<std::uint32_t> met;
    std::vector<Term> open{root};
    while (!open.empty()) {
        const Term t = open.back();
        open.pop_back();
        if (!met.insert(t.index).second) continue;
        const Terms::Node& node = terms[t];
        const auto is_among = [t](const std::vector<Term>& some) { return std::ranges::find(some, t) != some.end(); };
        if (node.op == Op::variable && !is_among(number_variables) && !is_among(own_variables) &&
            !is_among(cpu_masks->nobody_else()))
            return true;
        for (const Term part : {node.a, node.b, node.c})
            if (part.valid()) open.push_back(part);
    }
    return false;
}

void CountingInstance::refuse(ProcessId p, LocationId at, const std::string& why) const
{
    const Location& location = program.automata[program.processes[p].automaton].locations[at];
    throw OutsideFragment(fmt::format("{}: {}", place_text(program, location.place), why));
}

void CountingInstance::refuse(ProcessId p, const SymbolicState& before, const std::string& why) const
{
    refuse(p, LocationId(static_cast<std::size_t>(terms.value(before.values[layout.processes[p].location_cell]))), why);
}

Signature CountingInstance::signature(const SymbolicState& state, const std::vector<std::uint32_t>& cells,
                                      const SymbolicState& before, ProcessId mover) const
{
    Signature signature;
    for (const std::uint32_t cell : cells) {
        const Layout::Cell& at = layout.cells[cell];
        if (at.word == Layout::no_word) continue;
        const Term value = state.values[cell], mark = state.marks[cell];
        const bool is_marked = mark.valid() && (!terms.is_constant(mark) || terms.value(mark) != 0);
        if (is_own_number(cell) && !is_marked) {
            signature.push_back(fmt::format("{} = {}", names[cell], some_number));
            continue;
        }
        if (!terms.is_constant(value) || (mark.valid() && !terms.is_constant(mark)))
            refuse(mover, before,
                   fmt::format("{} gets a value that depends on a number or on other CPUs", names[cell]));
        std::int64_t held = Coding::decode(at.kind, at.bits, at.is_signed, terms.value(value));
        if (mark.valid() && terms.value(mark) != 0) held = terms.value(mark) == 1 ? undefined_value : dead_value;
        signature.push_back(fmt::format("{} = {}", names[cell], text_of(cell, held)));
    }
    return signature;
}

/// A condition on which a value depends that has to be a constant; none: there is no such value.
std::optional<Term> CountingInstance::open_condition(const StepEnd& end, const std::vector<std::uint32_t>& cells) const
{
    for (const std::uint32_t cell : cells) {
        for (const Term value : {end.state.values[cell], end.state.marks[cell]}) {
            if (!value.valid() || terms.is_constant(value)) continue;
            if (is_own_number(cell) && value == end.state.values[cell]) continue;
            const Terms::Node& node = terms[value];
            if (node.op == Op::if_then_else && !depends_on_others(node.a)) return node.a;
        }
    }
    return std::nullopt;
}

void CountingInstance::simplify_masks(StepEnd& end, bool is_local)
{
    if (cpu_masks->size() == 0) return;
    end.condition = cpu_masks->simplified(end.condition, is_local);
    for (auto& [report, when] : end.reports) when = cpu_masks->simplified(when, is_local);
    if (end.kind != StepEnd::Kind::moved) return;
    for (std::uint32_t c = 0; c < end.state.values.size(); ++c) {
        if (cpu_masks->contains(c)) continue;
        if (end.state.values[c].valid()) end.state.values[c] = cpu_masks->simplified(end.state.values[c], is_local);
        if (end.state.marks[c].valid()) end.state.marks[c] = cpu_masks->simplified(end.state.marks[c], is_local);
    }
}

/// Where the control or local state after a step depends on numbers there is a rule for each case.
void CountingInstance::add_rules(std::vector<CountingRule>& rules, const StepEnd& end, const SymbolicState& before,
                                 ProcessId p, bool is_local)
{
    if (terms.is_false(end.condition)) return;
    // What is reported on the way is a failure; where nothing is, the step goes on.
    Term fails = terms.truth(false);
    for (const auto& [report, when] : end.reports) fails = terms.either(fails, when);
    fails = terms.both(end.condition, fails);
    if (end.kind == StepEnd::Kind::moved && !terms.is_false(fails)) {
        StepEnd failing = end;
        failing.kind = StepEnd::Kind::stopped;
        failing.condition = fails;
        add_rules(rules, failing, before, p, is_local);
        StepEnd quiet = end;
        quiet.condition = terms.both(end.condition, terms.negation(fails));
        quiet.reports.clear();
        add_rules(rules, quiet, before, p, is_local);
        return;
    }
    if (end.kind == StepEnd::Kind::moved) {
        std::vector<std::uint32_t> cells = control_cells;
        if (is_local) cells.insert(cells.end(), first_block().cells.begin(), first_block().cells.end());
        if (const std::optional<Term> condition = open_condition(end, cells)) {
            for (const bool is_so : {true, false}) {
                StepEnd one = end;
                one.condition = terms.both(end.condition, is_so ? *condition : terms.negation(*condition));
                const auto settle = [&](Term& t) {
                    if (t.valid()) t = terms.replace(t, *condition, terms.truth(is_so));
                };
                for (Term& t : one.state.values) settle(t);
                for (Term& t : one.state.marks) settle(t);
                for (auto& [report, when] : one.reports) settle(when);
                add_rules(rules, one, before, p, is_local);
            }
            return;
        }
    }
    rules.push_back(rule_of(end, before, p, is_local));
}

CountingRule CountingInstance::rule_of(const StepEnd& end, const SymbolicState& before, ProcessId p, bool is_local)
{
    CountingRule rule;
    rule.condition = end.condition;
    const Location& at = program.automata[program.processes[p].automaton].locations[LocationId(
        static_cast<std::size_t>(terms.value(before.values[layout.processes[p].location_cell])))];
    rule.place = place_text(program, at.place);
    if (depends_on_others(end.condition)) refuse(p, before, "what happens here depends on another CPU's state");
    if (end.kind != StepEnd::Kind::moved) {
        rule.end = CountingRule::End::fails;
        return rule;
    }
    const std::vector<std::uint32_t>& own = first_block().cells;
    for (std::uint32_t c = 0; c < end.state.values.size(); ++c) {
        if (end.state.values[c] == before.values[c] && end.state.marks[c] == before.marks[c]) continue;
        if (shared_set.contains(c) || cpu_masks->contains(c) || (is_local && std::ranges::find(own, c) != own.end()))
            continue;
        refuse(p, before, fmt::format("this step changes {}, which is neither shared nor the CPU's own", names[c]));
    }
    rule.control = signature(end.state, control_cells, before, p);
    if (is_local) rule.local = signature(end.state, own, before, p);
    std::optional<std::size_t> unclear = cpu_masks->add_shared(rule.control, end.state, is_local);
    if (!unclear && is_local) unclear = cpu_masks->add_own(rule.local, end.state, is_local);
    if (unclear) refuse(p, before, fmt::format("this step changes other CPUs' bits in {}", cpu_masks->name(*unclear)));
    for (const std::uint32_t cell : number_cells) {
        if (depends_on_others(end.state.values[cell]))
            refuse(p, before, fmt::format("{} gets a value that depends on other CPUs", names[cell]));
        rule.numbers.push_back(end.state.values[cell]);
    }
    for (const std::uint32_t cell : own_cells) {
        const Term mark = end.state.marks[cell];
        const bool has_one = is_local && (!mark.valid() || terms.value(mark) == 0);
        if (has_one && depends_on_others(end.state.values[cell]))
            refuse(p, before, fmt::format("{} gets a value that depends on other CPUs", names[cell]));
        rule.own.push_back(has_one ? end.state.values[cell] : Term{});
    }
    return rule;
}

std::optional<std::vector<CountingRule>> CountingInstance::rules(const Signature& control,
                                                                 const std::optional<Signature>& local)
{
    const std::vector<std::int64_t>* witness = nullptr;
    std::vector<ProcessId> movers;
    if (local) {
        const auto found = local_witness.find({control, *local});
        if (found == local_witness.end()) return std::nullopt;
        witness = &found->second;
        movers = first_block().processes;
    } else {
        const auto found = control_witness.find(control);
        if (found == control_witness.end()) return std::nullopt;
        witness = &found->second;
        std::set<ProcessId> counted;
        for (const symmetry::Block& block : symmetric.blocks)
            counted.insert(block.processes.begin(), block.processes.end());
        for (const Invariant& invariant : program.invariants) counted.insert(invariant.process);
        for (ProcessId p : ids_of(program.processes))
            if (!counted.contains(p)) movers.push_back(p);
    }
    const SymbolicState before = symbolic(*witness, local.has_value());
    std::vector<CountingRule> rules;
    for (const ProcessId p : movers) {
        // Time: a tick that changes something is not for counting.
        const bool is_clock = program.processes[p].kind == ProcessKind::clock;
        const Steps steps = is_clock ? successors.encoder.steps(before, p) : successors.of(before, p);
        for (const StepEnd& end : steps.ends) {
            if (terms.is_false(end.condition)) continue;
            if (is_clock && end.kind == StepEnd::Kind::moved) {
                // The counted CPUs have no timers and delays: what they hold at their witnesses says so.
                const SymbolicState known = state_terms.known(*witness);
                const Steps tick = successors.encoder.steps(known, p);
                for (const StepEnd& passed : tick.ends)
                    if (!terms.is_true(state_terms.same(known, passed.state)) && !terms.is_false(passed.condition))
                        throw OutsideFragment("time passes: something waits for ticks");
                continue;
            }
            StepEnd simpler = end;
            simplify_masks(simpler, local.has_value());
            add_rules(rules, simpler, before, p, local.has_value());
        }
    }
    return rules;
}

bool CountingInstance::has_duty(const Signature& control, const std::optional<Signature>& local)
{
    const std::vector<std::int64_t>& cells = local ? local_witness.at({control, *local}) : control_witness.at(control);
    std::set<ProcessId> counted;
    for (const symmetry::Block& block : symmetric.blocks)
        counted.insert(block.processes.begin(), block.processes.end());
    const auto has_duty = [&](ProcessId p) {
        const Process& process = program.processes[p];
        const Automaton& automaton = program.automata[process.automaton];
        const LocationId at(static_cast<std::size_t>(cells[layout.processes[p].location_cell]));
        switch (process.kind) {
            case ProcessKind::interrupt:
                return at != automaton.entry;
            case ProcessKind::plain:
            case ProcessKind::task:
                return !process.is_daemon && !automaton.locations[at].is_finished;
            default:
                return false;
        }
    };
    for (ProcessId p : ids_of(program.processes)) {
        const bool is_own = std::ranges::find(first_block().processes, p) != first_block().processes.end();
        const bool is_invariant =
            std::ranges::find(program.invariants, p, &Invariant::process) != program.invariants.end();
        if (!is_invariant && (local ? is_own : !counted.contains(p)) && has_duty(p)) return true;
    }
    return false;
}

// ---- Invariants ----------------------------------------------------------------------------------------------------

CountingInstance::Broken CountingInstance::broken(const Signature& control, std::size_t invariant,
                                                  const std::vector<Signature>& locals)
{
    const SymbolicState before = symbolic(control_witness.at(control), false);
    const Term failure =
        cpu_masks->simplified(successors.failures(before, program.invariants[invariant]).possible, false);
    if (!depends_on_others(failure)) return {failure, {}};

    // It looks at the counted CPUs. What one of them breaks by itself is asked with each local state put into each
    // member's place, the others' being variables: if the answer depends on these, one alone does not decide.
    const auto put = [&](SymbolicState& state, std::size_t m, const Signature& local) {
        std::vector<std::int64_t> cells = local_witness.at({control, local});
        cells = renamed(m, cells);
        const SymbolicState known = state_terms.known(cells);
        for (const std::uint32_t cell : symmetric.blocks[members[m]].cells) {
            state.values[cell] = known.values[cell];
            state.marks[cell] = known.marks[cell];
        }
        for (const std::uint32_t own : own_cells) {  // any number
            const auto index = std::ranges::find(first_block().cells, own) - first_block().cells.begin();
            const std::uint32_t cell = symmetric.blocks[members[m]].cells[static_cast<std::size_t>(index)];
            if (is_integer(cells[cell])) state.values[cell] = terms.variable(layout.cells[cell].bits, "other");
        }
    };
    Broken broken{terms.truth(false), {}};
    std::vector<Signature> harmless;
    for (const Signature& local : locals) {
        if (!local_witness.contains({control, local})) continue;
        SymbolicState everywhere = before;
        for (std::size_t m = 0; m < members.size(); ++m) put(everywhere, m, local);
        const Term all = successors.failures(everywhere, program.invariants[invariant]).possible;
        bool is_decisive = !depends_on_others(all);
        for (std::size_t m = 0; m < members.size() && is_decisive; ++m) {
            SymbolicState one = before;
            put(one, m, local);
            is_decisive = successors.failures(one, program.invariants[invariant]).possible == all;
        }
        if (is_decisive && !terms.is_false(all))
            broken.by_local[local] = all;
        else
            harmless.push_back(local);
    }
    // Whoever is not decisive has to be harmless: in no mixture do these break it.
    if (harmless.empty()) return broken;
    SymbolicState mixed = before;
    for (std::size_t m = 0; m < members.size(); ++m) {
        const Term which = terms.variable(16, "which");
        for (std::size_t i = 0; i < harmless.size(); ++i) {
            SymbolicState with = mixed;
            put(with, m, harmless[i]);
            mixed = i == 0 ? with : state_terms.choose(terms.is(which, i), with, mixed);
        }
    }
    Solver solver(terms);
    solver.require(successors.failures(mixed, program.invariants[invariant]).possible);
    if (solver.check() != Solver::Answer::unsatisfiable)
        throw OutsideFragment(fmt::format("invariant {} is about how several CPUs' states go together",
                                          program.invariants[invariant].name));
    return broken;
}

}  // namespace lockstep::smt
