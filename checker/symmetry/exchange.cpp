// Code that tells no CPU from another (sorts.cpp) leaves the question whether the data do. The exchange of CPUs c and d
// moves their per-CPU copies, what they have in arrays by CPU, and the processes that run on them. What lies in these
// must correspond: a task's number leads to a task that moves as well, with what it has in arrays by task; a pointer to
// an object (a whole variable, or an element of an array) that then moves as well; and so on, until nothing new is
// found. What nobody forces to move stays. In the end the initial states must be what they were: each cell, wherever it
// lies, must hold what the exchange makes of the value at the place that it came from. So the exchange is an
// automorphism of the whole Program.
//
// Constants that only Reports read (a pid) may differ between what is exchanged. Boot's order of creation decides which
// of several tasks of a CPU corresponds to which.
//
// A group that contains the exchange of one CPU with each of the others contains all permutations of them.
#include "symmetry/exchange.h"

#include "program/visit.h"
#include "symmetry/alone.h"
#include "symmetry/process_expressions.h"

#include <algorithm>
#include <optional>
#include <set>

namespace lockstep::symmetry {

namespace {

constexpr std::uint32_t open = UINT32_MAX;

struct Fails {
    std::string what;
    SourcePlace place = {};
};

}  // namespace

class Exchanges::Search {
public:
    Search(const Exchanges& the_context, std::uint32_t the_c, std::uint32_t the_d)
        : context(the_context),
          program(context.program),
          layout(context.layout),
          c(the_c),
          d(the_d),
          cells(context.initial.front()),
          permutation(identity(program, layout)),
          address_of(layout.addresses.size(), open),
          task_of(permutation.tasks.size(), -1),
          process_of(program.processes.size())
    {
    }

    Moved run()
    {
        std::swap(permutation.cpus[c], permutation.cpus[d]);
        pair_range(layout.per_cpu_first + c * layout.per_cpu_stride, layout.per_cpu_first + d * layout.per_cpu_stride,
                   layout.per_cpu_stride);
        pair_elements(Sort::cpu, c, d);
        pair_processes();
        while (!work.empty()) {
            const auto [a, b] = work.back();
            work.pop_back();
            compare(a, b);
        }
        finish();
        check_distinctions();
        check_names();
        check_states();
        check_processes();
        check_alone();
        return std::move(moved);
    }

private:
    const Exchanges& context;
    const Program& program;
    const Layout& layout;
    std::uint32_t c, d;
    const std::vector<std::int64_t>& cells;
    Permutation permutation;
    std::vector<std::uint32_t> address_of;  // its image; open: not decided
    std::vector<std::int64_t> task_of;
    std::vector<ProcessId> process_of;
    Moved moved;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> work;  // pairs of addresses, still to be compared
    std::vector<std::uint32_t> fixed;                           // addresses that have to stay
    std::set<std::uint32_t> tolerated;                          // cells whose values may differ
    std::set<VariableId> moved_whole;

    [[nodiscard]] std::string name(std::uint32_t address) const { return address_name(program, layout, address); }

    // ---- Pairs ----

    void pair_range(std::uint32_t a, std::uint32_t b, std::uint32_t count)
    {
        for (std::uint32_t i = 0; i < count; ++i) pair_address(a + i, b + i);
    }

    void pair_address(std::uint32_t a, std::uint32_t b)
    {
        if (address_of[a] == b && address_of[b] == a) return;
        if (a == b || address_of[a] != open || address_of[b] != open)
            throw Fails{name(a) + " would have to become " + name(b) + " and something else"};
        const Layout::Address& from = layout.addresses[a];
        const Layout::Address& to = layout.addresses[b];
        if (!is_alike(from, to)) throw Fails{name(a) + " and " + name(b) + " are of different kinds"};
        address_of[a] = b;
        address_of[b] = a;
        moved.addresses.emplace_back(a, b);
        if (from.cell == Layout::no_cell) return;
        moved.cells.emplace_back(from.cell, to.cell);
        work.emplace_back(a, b);
    }

    [[nodiscard]] bool is_alike(const Layout::Address& from, const Layout::Address& to) const
    {
        if ((from.cell == Layout::no_cell) != (to.cell == Layout::no_cell) || from.slot != to.slot ||
            from.is_steady != to.is_steady)
            return false;
        return from.cell == Layout::no_cell || layout.cells[from.cell].has_mark == layout.cells[to.cell].has_mark;
    }

    /// What two numbers of a sort have in arrays that are indexed by it.
    void pair_elements(Sort sort, std::uint32_t i, std::uint32_t j)
    {
        for (const IndexedArray& array : context.sorts.arrays) {
            if (array.sort != sort) continue;
            if (!array.is_outermost)
                throw Fails{"in " + program.variables[array.variable].name +
                            " there are elements by CPU within something that there is several times"};
            if (i >= array.count || j >= array.count)
                throw Fails{program.variables[array.variable].name + " has no element for each of them"};
            const std::uint32_t first = layout.address_of(program, array.variable, array.offset);
            pair_range(first + i * array.stride, first + j * array.stride, array.stride);
        }
    }

    void pair_tasks(std::int64_t t, std::int64_t u)
    {
        const auto at = [&](std::int64_t n) -> std::int64_t& { return task_of[static_cast<std::size_t>(n)]; };
        const auto count = static_cast<std::int64_t>(task_of.size());
        const bool is_task = t >= 0 && t < count && u >= 0 && u < count;
        if (!is_task && t != u) throw Fails{"one of the CPUs has a task where the other has none"};
        if (!is_task || (at(t) == u && at(u) == t)) return;
        if (at(t) != -1 || at(u) != -1)
            throw Fails{"task " + std::to_string(t) + " would have to become " + std::to_string(u) + " and another"};
        at(t) = u;
        at(u) = t;
        if (t == u) return;
        moved.tasks.emplace_back(t, u);
        pair_elements(Sort::task, static_cast<std::uint32_t>(t), static_cast<std::uint32_t>(u));
        for (ProcessKind kind : {ProcessKind::task, ProcessKind::exit_hook}) {
            const auto find = [&](std::int64_t task) {
                for (ProcessId p : ids_of(program.processes))
                    if (program.processes[p].task == task && program.processes[p].kind == kind) return p;
                return ProcessId();
            };
            const ProcessId p = find(t), q = find(u);
            if (p.valid() && q.valid()) pair_process(p, q);
        }
    }

    void pair_process(ProcessId p, ProcessId q)
    {
        if (process_of[p.index] == q && process_of[q.index] == p) return;
        const Process& from = program.processes[p];
        const Process& to = program.processes[q];
        const std::string names = from.name + " and " + to.name;
        if (p == q || process_of[p.index].valid() || process_of[q.index].valid())
            throw Fails{names + " would have to change places, but do with others"};
        if (from.automaton != to.automaton || from.kind != to.kind || from.is_daemon != to.is_daemon)
            throw Fails{names + " do not run the same"};
        process_of[p.index] = q;
        process_of[q.index] = p;
        moved.processes.emplace_back(p, q);
        pair_elements(Sort::process, p.index, q.index);
        if (from.task >= 0 || to.task >= 0) pair_tasks(from.task, to.task);
        if (context.argument_is_pointer[from.automaton]) pair_pointers(from.argument, to.argument, names);
        const Layout::ProcessLayout& a = layout.processes[p];
        const Layout::ProcessLayout& b = layout.processes[q];
        moved.cells.emplace_back(a.location_cell, b.location_cell);
        std::set<std::uint32_t> seen;
        for (VariableId v : ids_of(program.variables)) {
            const Variable& variable = program.variables[v];
            if (variable.storage != Storage::local || variable.owner != from.automaton) continue;
            if (variable.in_memory)
                pair_range(a.local[v.index], b.local[v.index], program.types[variable.type].slots);
            else if (seen.insert(a.local[v.index]).second)
                moved.cells.emplace_back(a.local[v.index], b.local[v.index]);
        }
    }

    /// Those that always run on one CPU with those on the other, in the order in which they were made. Others are found
    /// from what says where they run.
    void pair_processes()
    {
        std::vector<ProcessId> ours, theirs;
        for (ProcessId p : ids_of(program.processes)) {
            if (context.own_cpu[p.index] == c) ours.push_back(p);
            if (context.own_cpu[p.index] == d) theirs.push_back(p);
        }
        for (ProcessId p : ours) {
            const Process& process = program.processes[p];
            const auto is_like = [&](ProcessId q) {
                const Process& other = program.processes[q];
                return other.automaton == process.automaton && other.kind == process.kind &&
                       (process.kind == ProcessKind::task || process.kind == ProcessKind::exit_hook ||
                        context.argument_is_pointer[process.automaton] ||
                        context.sorts.of_argument(process.automaton).sort != Sort::plain ||
                        other.argument == process.argument);
            };
            const auto found = std::ranges::find_if(theirs, is_like);
            if (found == theirs.end())
                throw Fails{"CPU " + std::to_string(c) + " has " + process.name + ", CPU " + std::to_string(d) +
                            " nothing like it"};
            const ProcessId q = *found;
            theirs.erase(found);
            pair_process(p, q);
        }
        if (!theirs.empty())
            throw Fails{"CPU " + std::to_string(d) + " has " + program.processes[theirs.front()].name + ", CPU " +
                        std::to_string(c) + " nothing like it"};
    }

    void pair_pointers(std::int64_t v, std::int64_t w, const std::string& where)
    {
        const auto is_address = [&](std::int64_t x) {
            return x > 0 && x < static_cast<std::int64_t>(layout.addresses.size());
        };
        if (!is_address(v) || !is_address(w)) {
            if (v != w) throw Fails{"the pointers in " + where + " lead to different things"};
            return;
        }
        const auto a = static_cast<std::uint32_t>(v), b = static_cast<std::uint32_t>(w);
        if (address_of[a] == b) return;
        if (address_of[a] != open || address_of[b] != open)
            throw Fails{"the pointers in " + where + " lead to " + name(a) + " and " + name(b) +
                        ", which do not correspond"};
        if (a == b) return fixed.push_back(a);
        pair_objects(a, b, where);
    }

    void pair_objects(std::uint32_t a, std::uint32_t b, const std::string& where)
    {
        const Layout::Address& from = layout.addresses[a];
        const Layout::Address& to = layout.addresses[b];
        const Fails differ{"the pointers in " + where + " lead to different things: " + name(a) + " and " + name(b)};
        if (!from.variable.valid() || !to.variable.valid()) throw differ;
        const Variable& variable = program.variables[from.variable];
        const Variable& other = program.variables[to.variable];
        if (variable.storage != Storage::global || other.storage != Storage::global) throw differ;
        if (from.variable != to.variable) {
            if (variable.type != other.type || from.offset != to.offset) throw differ;
            moved_whole.insert(from.variable);
            moved_whole.insert(to.variable);
            return pair_range(a - from.offset, b - to.offset, program.types[variable.type].slots);
        }
        for (std::uint32_t n = from.array; n != Layout::no_cell; n = layout.arrays[n].outer) {
            const Layout::Array& array = layout.arrays[n];
            if (b < array.first || b >= array.end || a >= array.end) continue;
            const std::uint32_t i = (a - array.first) / array.stride, j = (b - array.first) / array.stride;
            if (i == j || a - i * array.stride != b - j * array.stride) throw differ;
            const std::uint32_t first = layout.address_of(program, from.variable, 0);
            for (const IndexedArray& indexed : context.sorts.arrays)
                if (indexed.variable == from.variable && indexed.stride == array.stride &&
                    (indexed.offset == array.first - first || array.outer != Layout::no_cell))
                    throw Fails{"the pointers in " + where + " lead to elements of " + variable.name +
                                " that some line reaches by their index"};
            return pair_range(array.first + i * array.stride, array.first + j * array.stride, array.stride);
        }
        throw differ;
    }

    /// What lies at two places that correspond.
    void compare(std::uint32_t a, std::uint32_t b)
    {
        const Layout::Address& from = layout.addresses[a];
        const std::uint32_t cell = from.cell, other = layout.addresses[b].cell;
        const std::int64_t v = cells[cell], w = cells[other];
        if (v == dead_value && w == dead_value) return;
        if (from.slot.kind == SlotClass::Kind::pointer) return pair_pointers(v, w, name(a) + " and " + name(b));
        const Tag tag = context.cell_tags[cell];
        if (tag.sort == Sort::task) return pair_tasks(v - tag.offset, w - tag.offset);
        if (permutation.value(tag, v) == w || tag.sort == Sort::process) return;
        const bool is_constant =
            layout.cells[cell].word == Layout::no_word && layout.cells[other].word == Layout::no_word;
        if (tag.sort == Sort::plain && is_constant && !context.sorts.is_read(from.variable, from.offset)) {
            tolerated.insert(cell);
            tolerated.insert(other);
            return;
        }
        throw Fails{name(a) + " holds " + std::to_string(v) + ", " + name(b) + " holds " + std::to_string(w)};
    }

    // ---- Checks ----

    void finish()
    {
        for (std::uint32_t a : fixed)
            if (address_of[a] != open && address_of[a] != a)
                throw Fails{"both CPUs' pointers lead to " + name(a) + ", which belongs to one of them"};
        for (const auto& [a, b] : moved.addresses) {
            permutation.addresses[a] = b;
            permutation.addresses[b] = a;
        }
        for (const auto& [a, b] : moved.cells) {
            permutation.cells[a] = b;
            permutation.cells[b] = a;
        }
        for (const auto& [t, u] : moved.tasks) {
            permutation.tasks[static_cast<std::size_t>(t)] = u;
            permutation.tasks[static_cast<std::size_t>(u)] = t;
        }
        for (const auto& [p, q] : moved.processes) {
            permutation.processes[p.index] = q;
            permutation.processes[q.index] = p;
        }
    }

    void check_distinctions()
    {
        const auto moves = [](const auto& map, const std::vector<bool>& side, auto number_of) {
            const auto is_in = [&](std::size_t number) { return number < side.size() && side[number]; };
            for (std::size_t i = 0; i < map.size(); ++i) {
                const auto j = static_cast<std::size_t>(number_of(map[i]));
                if (i != j && (side.empty() || is_in(i) != is_in(j))) return true;
            }
            return false;
        };
        for (const Distinction& distinction : context.sorts.distinctions) {
            if (distinction.automaton.valid() && context.is_formula[distinction.automaton]) continue;
            const bool breaks =
                distinction.sort == Sort::cpu ? moves(permutation.cpus, distinction.side, [](auto n) { return n; })
                : distinction.sort == Sort::task
                    ? moves(permutation.tasks, distinction.side, [](auto n) { return n; })
                    : moves(permutation.processes, distinction.side, [](ProcessId p) { return p.index; });
            if (breaks) throw Fails{distinction.what, distinction.place};
        }
    }

    void check_names()
    {
        for (VariableId v : moved_whole)
            if (const auto place = context.sorts.named_at(v))
                throw Fails{program.variables[v].name + " belongs to one CPU, and is named", *place};
    }

    void check_states()
    {
        for (const auto& state : context.initial) {
            std::vector<std::int64_t> image = state;
            for (std::uint32_t a = 0; a < layout.addresses.size(); ++a) {
                const Layout::Address& address = layout.addresses[a];
                if (address.cell == Layout::no_cell) continue;
                const std::int64_t v = state[address.cell];
                image[permutation.cells[address.cell]] = address.slot.kind == SlotClass::Kind::pointer
                                                             ? permutation.address(v)
                                                             : permutation.value(context.cell_tags[address.cell], v);
            }
            const auto is_image = [&](const auto& other) { return difference(image, other) == open; };
            if (std::ranges::any_of(context.initial, is_image)) continue;
            std::uint32_t cell = difference(image, context.initial.front());
            if (context.initial.size() > 1) throw Fails{"boot's choices end differently"};
            throw Fails{cell_name(program, layout, cell) + " would hold something else at the start"};
        }
    }

    /// The first cell in which two states differ; open: none.
    [[nodiscard]] std::uint32_t difference(const auto& image, const auto& state) const
    {
        for (std::uint32_t cell = 0; cell < image.size(); ++cell)
            if (image[cell] != state[cell] && !tolerated.contains(cell)) return cell;
        return open;
    }

    void check_processes()
    {
        const auto is_same = [&](ExpressionId a, ExpressionId b, Tag as) {
            return is_image(program, layout, context.sorts, permutation, a, b, as);
        };
        for (ProcessId p : ids_of(program.processes)) {
            const Process& from = program.processes[p];
            const Process& to = program.processes[permutation.processes[p.index]];
            const bool same =
                is_same(from.cpu, to.cpu, {Sort::cpu, 0}) && is_same(from.own_task, to.own_task, {Sort::task, 0}) &&
                is_same(from.running, to.running, {}) && permutation.value({Sort::task, 0}, from.task) == to.task &&
                (context.argument_is_pointer[from.automaton]
                     ? permutation.address(from.argument)
                     : permutation.value(context.sorts.of_argument(from.automaton), from.argument)) == to.argument;
            const bool has_no_cpu = !from.cpu.valid() && !runs_alone(program, p) &&
                                    permutation.value({Sort::cpu, 0}, p.index) != permutation.processes[p.index].index;
            if (!same || has_no_cpu)
                throw Fails{from.name + " runs at other times, or with another argument, than " + to.name};
        }
    }

    void check_alone()
    {
        for (ProcessId p : ids_of(program.processes)) {
            const auto& unrolled = context.alone[p.index];
            if (unrolled == nullptr || unrolled->refusal || unrolled->is_same_under(permutation)) continue;
            const Automaton& automaton = program.automata[program.processes[p].automaton];
            throw Fails{program.processes[p].name + " tells them apart", automaton.locations[automaton.entry].place};
        }
    }
};

namespace {

/// The CPU that a process always runs on, as far as its expression says so plainly.
std::optional<std::int64_t> evaluate(const Program& program, const Layout& layout,
                                     const std::vector<std::int64_t>& cells, ExpressionId id)
{
    const auto& node = program.expressions[id].node;
    if (const auto* constant = std::get_if<Constant>(&node)) return constant->value;
    if (const auto* convert = std::get_if<Convert>(&node)) return evaluate(program, layout, cells, convert->operand);
    if (const auto* address = std::get_if<AddressOf>(&node))
        if (program.variables[address->variable].storage != Storage::local)
            return layout.address_of(program, address->variable, address->offset);
    if (const auto* element = std::get_if<ElementAddress>(&node)) {
        const auto base = evaluate(program, layout, cells, element->base);
        const auto index = evaluate(program, layout, cells, element->index);
        if (base && index && *index >= 0 && *index < element->count) return *base + *index * element->stride;
    }
    if (const auto* load = std::get_if<Load>(&node)) {
        const auto at = evaluate(program, layout, cells, load->address);
        if (at && *at > 0 && *at < static_cast<std::int64_t>(layout.addresses.size()))
            if (const std::uint32_t cell = layout.addresses[static_cast<std::size_t>(*at)].cell;
                cell != Layout::no_cell && layout.cells[cell].word == Layout::no_word)
                return cells[cell];
    }
    return std::nullopt;
}

}  // namespace

Exchanges::Exchanges(const Program& the_program, const Layout& the_layout, const Sorts& the_sorts,
                     const std::vector<Tag>& tags)
    : program(the_program),
      layout(the_layout),
      sorts(the_sorts),
      cell_tags(tags),
      initial(initial_cells(program, layout)),
      argument_is_pointer(program.automata.size(), false),
      is_formula(automata_run_alone(program))
{
    for (AutomatonId a : ids_of(program.automata))
        for (const Transition& transition : program.automata[a].transitions)
            for (ExpressionId root : expressions_of(transition))
                for_each_expression(program, root, [&](ExpressionId e) {
                    const auto* own = std::get_if<Own>(&program.expressions[e].node);
                    if (own != nullptr && own->what == Own::What::argument &&
                        is_pointer(program.types[program.expressions[e].type]))
                        argument_is_pointer[a] = true;
                });
    for (ProcessId p : ids_of(program.processes)) {
        const Process& process = program.processes[p];
        const bool is_alone = runs_alone(program, p);
        alone.push_back(is_alone ? std::make_unique<Unrolled>(program, layout, initial.front(), cell_tags, p)
                                 : nullptr);
        if (is_alone && alone.back()->refusal) is_formula[process.automaton] = false;
        own_cpu.push_back(is_alone              ? -1
                          : process.cpu.valid() ? evaluate(program, layout, initial.front(), process.cpu).value_or(-1)
                                                : p.index);
    }
}

Exchanges::~Exchanges() = default;

Exchange Exchanges::of(std::uint32_t c, std::uint32_t d)
{
    try {
        return {true, Search(*this, c, d).run(), {}, {}};
    } catch (const Fails& failure) {
        return {false, {}, failure.place, failure.what};
    }
}

}  // namespace lockstep::symmetry
