#include "semantics/layout.h"

#include "program/member_path.h"
#include "semantics/hardware_writes.h"
#include "semantics/register_sharing.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <deque>

namespace lockstep {

namespace {

constexpr std::uint32_t none = Layout::no_cell;

// ---- Building ------------------------------------------------------------------------------------------------------

/// Gives cells their places in words.
class WordAllocator {
public:
    std::uint32_t words = 0;

    /// What comes next lies in words of its own.
    void begin_group() { open_word = none; }

    void place(Layout::Cell& cell)
    {
        std::tie(cell.word, cell.shift) = take_bits(cell.code_bits != 0 ? cell.code_bits : cell.bits);
        if (cell.has_mark && cell.code_bits == 0) std::tie(cell.mark_word, cell.mark_shift) = take_bits(2);
    }
    void place_wide(Layout::Cell& cell)
    {
        if (cell.word == none || cell.code_bits == 0) return;
        cell.wide_word = words;
        words += cell.bits > 32 ? 2 : 1;
    }

private:
    std::uint32_t open_word = none;  // a word of the present group that has room left
    std::uint32_t open_used = 0;

    std::pair<std::uint32_t, std::uint8_t> take_bits(std::uint32_t bits)
    {
        if (open_word == none || open_used + bits > 32) {
            open_word = words++;
            open_used = 0;
        }
        const auto shift = static_cast<std::uint8_t>(open_used);
        open_used += bits;
        return {open_word, shift};
    }
};

void list_word_cells(Layout& layout)
{
    layout.word_cells.assign(layout.words, {});
    for (std::uint32_t c = 0; c < layout.cells.size(); ++c)
        layout.cells[c].for_each_word([&](std::uint32_t word) {
            std::vector<std::uint32_t>& cells = layout.word_cells[word];
            if (cells.empty() || cells.back() != c) cells.push_back(c);
        });
}

class LayoutBuilder {
public:
    explicit LayoutBuilder(const Program& the_program) : program(the_program), hardware(the_program) {}

    Layout build()
    {
        // Address 0 is NULL. A gap as long as the longest struct follows, so that container_of() of what lies in no
        // struct (a list's head, at the end of an iteration) is still an address, if one that nobody may follow.
        std::uint32_t longest = 1;
        for (const Type& type : program.types)
            if (std::holds_alternative<StructType>(type.kind)) longest = std::max(longest, type.slots);
        layout.addresses.resize(1 + longest);
        layout.variable_address.assign(program.variables.size(), none);
        place_globals(false);
        place_per_cpu();
        place_globals(true);
        layout.global_cells = static_cast<std::uint32_t>(layout.cells.size());
        place_processes();
        place_wide_words();
        order_words();
        list_word_cells(layout);
        return std::move(layout);
    }

private:
    const Program& program;
    HardwareWrites hardware;
    Layout layout;
    WordAllocator allocator;
    std::vector<std::uint32_t> group_start;  // first word of each group
    std::size_t first_process_group = 0;

    // Words are not shared between groups (the globals, each CPU's block, each process), so that what changes together
    // lies together and the store's tree has little to renew.
    void begin_group()
    {
        allocator.begin_group();
        group_start.push_back(allocator.words);
    }

    // The store joins words in pairs, pairs in pairs and so on: a state is new in the nodes above whatever changed.
    // What changes most, the processes, is dealt to both ends of the row, so that each half of the tree sees only half
    // of their combinations; what changes least lies between.
    void order_words()
    {
        layout.words = allocator.words;
        const std::size_t wide_words = group_start.size() - 1;
        const std::size_t dealt = first_process_group + (wide_words - first_process_group) / 2;
        std::vector<std::size_t> order;
        for (std::size_t g = first_process_group; g < dealt; ++g) order.push_back(g);
        for (std::size_t g = 0; g < first_process_group; ++g) order.push_back(g);
        order.push_back(wide_words);
        for (std::size_t g = dealt; g < wide_words; ++g) order.push_back(g);
        group_start.push_back(layout.words);
        std::vector<std::uint32_t> place(layout.words);
        std::uint32_t next = 0;
        for (std::size_t g : order)
            for (std::uint32_t word = group_start[g]; word < group_start[g + 1]; ++word) place[word] = next++;
        for (Layout::Cell& cell : layout.cells) {
            if (cell.word != none) cell.word = place[cell.word];
            if (cell.mark_word != none) cell.mark_word = place[cell.mark_word];
            if (cell.wide_word != none) cell.wide_word = place[cell.wide_word];
        }
    }

    std::uint32_t add_cell(SlotClass slot, bool is_signed_type, bool has_mark, bool is_stored)
    {
        Layout::Cell cell;
        cell.kind = slot.kind;
        cell.bits = slot.bits;
        cell.is_signed = is_signed_type;
        cell.has_mark = has_mark;
        if (slot.bits > 12) cell.code_bits = slot.kind == SlotClass::Kind::pointer ? 12 : 8;
        if (is_stored) allocator.place(cell);
        layout.cells.push_back(cell);
        return static_cast<std::uint32_t>(layout.cells.size() - 1);
    }

    /// One copy of a variable in memory; returns its first address.
    std::uint32_t place(VariableId variable, ProcessId process, std::uint32_t cpu)
    {
        const auto first = static_cast<std::uint32_t>(layout.addresses.size());
        const std::vector<TypeId> types = slot_types(program, program.variables[variable].type);
        for (std::uint32_t offset = 0; offset < types.size(); ++offset) {
            Layout::Address address;
            address.variable = variable;
            address.process = process;
            address.cpu = cpu;
            address.offset = offset;
            const std::vector<bool>& steady = program.variables[variable].steady;
            const std::vector<bool>& undefinable = program.variables[variable].undefinable;
            address.is_steady = !program.boot.valid() && !program.variables[variable].is_hardware &&
                                offset < steady.size() && steady[offset];
            if (types[offset].valid()) {
                const Type& type = program.types[types[offset]];
                address.slot = slot_class(type);
                address.cell =
                    add_cell(address.slot, is_signed(type),
                             process.valid() || (!undefinable.empty() && undefinable[offset]), !is_constant(address));
            }
            layout.addresses.push_back(address);
        }
        note_arrays(program.variables[variable].type, first, none);
        return first;
    }

    /// The cell that comes next has the same value in every state: nothing writes it any more (if something does after
    /// all, the step traps), and all initial states agree.
    [[nodiscard]] bool is_constant(const Layout::Address& address) const
    {
        if (address.process.valid() || address.slot.kind == SlotClass::Kind::time) return false;
        const bool is_own = program.variables[address.variable].is_hardware;
        if (is_own ? hardware.is_written(address.variable) : !address.is_steady) return false;
        const std::size_t cell = layout.cells.size();
        return std::ranges::all_of(program.initial_states, [&](const std::vector<std::int64_t>& state) {
            return state[cell] == program.initial_states.front()[cell];
        });
    }

    void note_arrays(TypeId type_id, std::uint32_t first, std::uint32_t outer)
    {
        const Type& type = program.types[type_id];
        if (const auto* structure = std::get_if<StructType>(&type.kind)) {
            for (const Field& field : structure->fields) note_arrays(field.type, first + field.offset, outer);
        } else if (const auto* array = std::get_if<ArrayType>(&type.kind)) {
            const std::uint32_t stride = program.types[array->element].slots;
            const auto number = static_cast<std::uint32_t>(layout.arrays.size());
            layout.arrays.push_back({first, first + stride * array->count, stride, outer});
            for (std::uint32_t a = first; a <= first + stride * array->count; ++a) layout.addresses[a].array = number;
            for (std::uint32_t i = 0; i < array->count; ++i) note_arrays(array->element, first + i * stride, number);
        }
    }

    // The machine's variables come last: their sizes are known only after boot, when pointers to the others exist.
    void place_globals(bool hardware)
    {
        begin_group();
        for (VariableId v : ids_of(program.variables))
            if (program.variables[v].storage == Storage::global && program.variables[v].is_hardware == hardware)
                layout.variable_address[v.index] = place(v, {}, 0);
    }

    void place_per_cpu()
    {
        layout.per_cpu_first = static_cast<std::uint32_t>(layout.addresses.size());
        for (std::uint32_t cpu = 0; cpu < program.cpus; ++cpu) {
            begin_group();
            for (VariableId v : ids_of(program.variables)) {
                if (program.variables[v].storage != Storage::per_cpu) continue;
                const std::uint32_t first = place(v, {}, cpu);
                if (cpu == 0) layout.variable_address[v.index] = first;
            }
            if (cpu == 0)
                layout.per_cpu_stride = static_cast<std::uint32_t>(layout.addresses.size()) - layout.per_cpu_first;
        }
    }

    void place_processes()
    {
        first_process_group = group_start.size();
        std::vector<std::optional<RegisterSharing>> sharing(program.automata.size());
        for (ProcessId p : ids_of(program.processes)) {
            begin_group();
            const AutomatonId a = program.processes[p].automaton;
            if (!sharing[a.index]) sharing[a.index] = share_registers(program, a);
            place_process(p, *sharing[a.index]);
        }
    }

    // They are nearly always 0, and so lie together.
    void place_wide_words()
    {
        begin_group();
        for (Layout::Cell& cell : layout.cells) allocator.place_wide(cell);
    }

    void place_process(ProcessId p, const RegisterSharing& sharing)
    {
        Layout::ProcessLayout process;
        process.local.assign(program.variables.size(), none);
        const AutomatonId a = program.processes[p].automaton;
        const std::size_t locations = program.automata[a].locations.size();
        const auto location_bits = static_cast<std::uint8_t>(std::max<unsigned>(1, std::bit_width(locations - 1)));
        process.location_cell = add_cell({SlotClass::Kind::integer, location_bits}, false, false, true);
        std::vector<std::uint32_t> cells;
        cells.reserve(sharing.cells.size());
        for (const RegisterSharing::Cell& cell : sharing.cells)
            cells.push_back(add_cell(cell.slot, cell.is_signed, cell.has_mark, cell.is_stored));
        for (std::size_t i = 0; i < sharing.registers.size(); ++i)
            process.local[sharing.registers[i].index] = cells[sharing.shared_cell[i]];
        for (VariableId v : ids_of(program.variables)) {
            const Variable& variable = program.variables[v];
            if (variable.storage == Storage::local && variable.owner == a && variable.in_memory)
                process.local[v.index] = place(v, p, 0);
        }
        layout.processes.add(std::move(process));
    }
};

// ---- Packing -------------------------------------------------------------------------------------------------------

// Pointers: two bits of what, thirty of which one.
constexpr std::uint32_t packed_integer = 1, packed_string = 2, packed_function = 3;

std::uint32_t pack_pointer(std::int64_t value)
{
    const auto low = static_cast<std::uint32_t>(value) & 0x3fffffff;
    if (value & function_pointer_tag) return packed_function << 30 | low;
    if (value & string_pointer_tag) return packed_string << 30 | low;
    if (value & integer_pointer_tag) return packed_integer << 30 | low;
    return low;
}

std::int64_t unpack_pointer(std::uint32_t packed)
{
    const std::int64_t low = packed & 0x3fffffff;
    switch (packed >> 30) {
        case packed_function:
            return function_pointer_tag | low;
        case packed_string:
            return string_pointer_tag | low;
        case packed_integer:
            return integer_pointer_tag | low;
        default:
            return low;
    }
}

std::uint64_t pack_value(const Layout::Cell& cell, std::int64_t value)
{
    switch (cell.kind) {
        case SlotClass::Kind::pointer:
        case SlotClass::Kind::function:
            return pack_pointer(value);
        case SlotClass::Kind::time:
            return static_cast<std::uint64_t>(value == time_never ? 2 * time_saturation + 1 : value + time_saturation);
        case SlotClass::Kind::integer:
            break;
    }
    const auto raw = static_cast<std::uint64_t>(value);
    return cell.bits == 64 ? raw : raw & ((std::uint64_t{1} << cell.bits) - 1);
}

std::int64_t unpack_value(const Layout::Cell& cell, std::uint64_t packed)
{
    switch (cell.kind) {
        case SlotClass::Kind::pointer:
        case SlotClass::Kind::function:
            return unpack_pointer(static_cast<std::uint32_t>(packed));
        case SlotClass::Kind::time: {
            const auto age = static_cast<std::int64_t>(packed) - time_saturation;
            return age > time_saturation ? time_never : age;
        }
        case SlotClass::Kind::integer:
            break;
    }
    if (!cell.is_signed || cell.bits == 64) return static_cast<std::int64_t>(packed);
    const int unused = 64 - cell.bits;
    return static_cast<std::int64_t>(packed << unused) >> unused;
}

// The highest short codes have a meaning of their own.
std::uint32_t escape_code(const Layout::Cell& cell) { return (1U << cell.code_bits) - 1; }
std::uint32_t dead_code(const Layout::Cell& cell) { return escape_code(cell) - 1; }
std::uint32_t undefined_code(const Layout::Cell& cell) { return escape_code(cell) - 2; }

/// -1 counts as small, too, in signed and unsigned types.
std::uint32_t short_code(const Layout::Cell& cell, std::int64_t value)
{
    if (value == undefined_value) return undefined_code(cell);
    if (value == dead_value) return dead_code(cell);
    auto code = static_cast<std::uint64_t>(value);
    if (cell.kind == SlotClass::Kind::integer) {
        code = (code + 1) & (~std::uint64_t{0} >> (64 - cell.bits));
    } else if (cell.kind == SlotClass::Kind::function && value != 0) {
        code = (code ^ static_cast<std::uint64_t>(function_pointer_tag)) + 1;
    }
    return code < undefined_code(cell) ? static_cast<std::uint32_t>(code) : escape_code(cell);
}

std::int64_t short_value(const Layout::Cell& cell, std::uint32_t code)
{
    if (code == undefined_code(cell)) return undefined_value;
    if (code == dead_code(cell)) return dead_value;
    if (cell.kind == SlotClass::Kind::integer)
        return unpack_value(cell, (std::uint64_t{code} - 1) & (~std::uint64_t{0} >> (64 - cell.bits)));
    if (cell.kind == SlotClass::Kind::function && code != 0) return function_pointer_tag | (code - 1);
    return code;
}

std::uint32_t mark_of(std::int64_t value) { return value == undefined_value ? 1 : value == dead_value ? 2 : 0; }

}  // namespace

SlotClass slot_class(const Type& type)
{
    if (std::holds_alternative<TimeType>(type.kind)) return {SlotClass::Kind::time, 11};
    if (std::holds_alternative<FunctionPointerType>(type.kind)) return {SlotClass::Kind::function, 32};
    if (is_pointer(type)) return {SlotClass::Kind::pointer, 32};
    return {SlotClass::Kind::integer, static_cast<std::uint8_t>(bits_of(type))};
}

std::uint32_t Layout::address_of(const Program& program, VariableId variable, std::uint32_t offset,
                                 ProcessId process) const
{
    if (program.variables[variable].storage == Storage::local) return processes[process].local[variable.index] + offset;
    return variable_address[variable.index] + offset;
}

Layout make_layout(const Program& program) { return LayoutBuilder(program).build(); }

Layout make_packing(std::vector<Layout::Cell> cells, const std::vector<std::vector<std::uint32_t>>& groups)
{
    Layout packing;
    packing.cells = std::move(cells);
    for (Layout::Cell& cell : packing.cells) cell.word = cell.mark_word = cell.wide_word = none;
    WordAllocator allocator;
    for (const std::vector<std::uint32_t>& group : groups) {
        allocator.begin_group();
        for (std::uint32_t cell : group) allocator.place(packing.cells[cell]);
    }
    for (const std::vector<std::uint32_t>& group : groups)
        for (std::uint32_t cell : group) allocator.place_wide(packing.cells[cell]);
    packing.words = allocator.words;
    list_word_cells(packing);
    return packing;
}

std::vector<std::vector<std::int64_t>> initial_cells(const Program& program, const Layout& layout)
{
    std::vector<std::int64_t> cells(layout.cells.size(), 0);
    for (ProcessId p : ids_of(program.processes))
        cells[layout.processes[p].location_cell] = program.automata[program.processes[p].automaton].entry.index;
    for (const Layout::Address& address : layout.addresses)
        if (address.cell != none && address.process.valid()) cells[address.cell] = dead_value;
    // A time stamp that nobody owns must not grow older.
    for (ProcessId p : ids_of(program.processes))
        for (VariableId v : ids_of(program.variables))
            if (!program.variables[v].in_memory && layout.processes[p].local[v.index] != none &&
                slot_class(program.types[program.variables[v].type]).kind == SlotClass::Kind::time)
                cells[layout.processes[p].local[v.index]] = time_never;

    if (!program.initial_states.empty()) {
        std::vector<std::vector<std::int64_t>> all;
        for (const auto& globals : program.initial_states) {
            assert(globals.size() == layout.global_cells);
            std::ranges::copy(globals, cells.begin());
            all.push_back(cells);
        }
        return all;
    }
    for (const Layout::Address& address : layout.addresses) {
        if (address.cell == none || address.process.valid() || !address.variable.valid()) continue;
        for (const auto& [slot, value] : program.variables[address.variable].initial) {
            if (slot != address.offset) continue;
            if (const auto* number = std::get_if<std::int64_t>(&value)) cells[address.cell] = *number;
            if (const auto* function = std::get_if<FunctionId>(&value)) cells[address.cell] = function_value(*function);
            if (const auto* string = std::get_if<StringId>(&value)) cells[address.cell] = string_value(*string);
            if (const auto* target = std::get_if<InitialAddress>(&value))
                cells[address.cell] = layout.address_of(program, target->variable, target->offset);
        }
    }
    return {cells};
}

bool is_wide(const Layout::Cell& cell, std::int64_t value)
{
    return cell.code_bits != 0 && short_code(cell, value) == escape_code(cell);
}

std::vector<std::uint8_t> bits_in_use(const Layout& layout)
{
    std::vector<std::uint8_t> result(layout.words, 0);
    const auto note = [&](std::uint32_t word, int bits) {
        result[word] = static_cast<std::uint8_t>(std::max<int>(result[word], std::min(bits, 32)));
    };
    for (const Layout::Cell& cell : layout.cells) {
        if (cell.word == Layout::no_word) continue;
        note(cell.word, cell.shift + (cell.code_bits != 0 ? cell.code_bits : cell.bits));
        if (cell.mark_word != Layout::no_word) note(cell.mark_word, cell.mark_shift + 2);
        if (cell.code_bits != 0) cell.for_each_wide_word([&](std::uint32_t word) { note(word, 32); });
    }
    return result;
}

PackedCell pack_cell(const Layout::Cell& cell, std::int64_t value)
{
    if (cell.code_bits != 0) {
        const std::uint32_t code = short_code(cell, value);
        return {code, 0, code == escape_code(cell) ? pack_value(cell, value) : 0};
    }
    const std::uint32_t mark = cell.has_mark ? mark_of(value) : 0;
    return {mark == 0 ? static_cast<std::uint32_t>(pack_value(cell, value)) : 0, mark, 0};
}

std::uint32_t pack_word(const Layout& layout, std::uint32_t word, const std::int64_t* cells)
{
    std::uint32_t packed = 0;
    for (std::uint32_t c : layout.word_cells[word]) {
        const Layout::Cell& cell = layout.cells[c];
        const PackedCell part = pack_cell(cell, cells[c]);
        if (cell.word == word) packed |= part.value << cell.shift;
        if (cell.mark_word == word) packed |= part.mark << cell.mark_shift;
        if (cell.code_bits == 0) continue;
        if (cell.wide_word == word) packed = static_cast<std::uint32_t>(part.wide);
        if (cell.bits > 32 && cell.wide_word + 1 == word) packed = static_cast<std::uint32_t>(part.wide >> 32);
    }
    return packed;
}

void pack(const Layout& layout, std::span<const std::int64_t> cells, std::uint32_t* words)
{
    for (std::uint32_t word = 0; word < layout.words; ++word) words[word] = pack_word(layout, word, cells.data());
}

void unpack_word(const Layout& layout, std::uint32_t word, const std::uint32_t* words, std::int64_t* cells)
{
    for (std::uint32_t c : layout.word_cells[word]) {
        const Layout::Cell& cell = layout.cells[c];
        if (cell.code_bits != 0) {
            const std::uint32_t code = words[cell.word] >> cell.shift & escape_code(cell);
            if (code == escape_code(cell)) {
                const std::uint64_t upper = cell.bits > 32 ? words[cell.wide_word + 1] : 0;
                cells[c] = unpack_value(cell, upper << 32 | words[cell.wide_word]);
            } else {
                cells[c] = short_value(cell, code);
            }
            continue;
        }
        const std::uint32_t mark = cell.has_mark ? words[cell.mark_word] >> cell.mark_shift & 3 : 0;
        const std::uint64_t bits = words[cell.word] >> cell.shift & ((1U << cell.bits) - 1);
        cells[c] = mark == 1 ? undefined_value : mark == 2 ? dead_value : unpack_value(cell, bits);
    }
}

std::string address_name(const Program& program, const Layout& layout, std::uint32_t address, TypeId part)
{
    const Layout::Address& entry = layout.addresses[address];
    if (!entry.variable.valid()) return fmt::format("address {}", address);
    const Variable& variable = program.variables[entry.variable];
    std::string name = slot_name(program, entry.variable, entry.offset);
    if (part.valid())
        if (const auto path = member_path(program, variable.type, entry.offset, part))
            name = variable.name + path_text(program, variable.type, *path);
    // The CPU goes behind the variable's own name: cpu_stopper[1].lock.owner.
    if (variable.storage == Storage::per_cpu) name.insert(variable.name.size(), fmt::format("[{}]", entry.cpu));
    return entry.process.valid() ? program.processes[entry.process].name + "." + name : name;
}

std::string cell_name(const Program& program, const Layout& layout, std::uint32_t cell)
{
    for (std::uint32_t a = 0; a < layout.addresses.size(); ++a)
        if (layout.addresses[a].cell == cell) return address_name(program, layout, a);
    for (ProcessId p : ids_of(program.processes)) {
        const Process& process = program.processes[p];
        if (layout.processes[p].location_cell == cell) return process.name + " location";
        for (VariableId v : ids_of(program.variables)) {
            const Variable& variable = program.variables[v];
            if (variable.storage == Storage::local && !variable.in_memory && variable.owner == process.automaton &&
                layout.processes[p].local[v.index] == cell)
                return process.name + "." + variable.name;
        }
    }
    return fmt::format("cell {}", cell);
}

std::string value_text(const Program& program, const Layout& layout, const Type& type, std::int64_t value)
{
    if (value == undefined_value) return "(undefined)";
    if (value == dead_value) return "(dead)";
    if (const auto* enumeration = std::get_if<EnumType>(&type.kind)) {
        for (const auto& [name, number] : enumeration->enumerators)
            if (number == value) return name;
    }
    if (std::holds_alternative<TimeType>(type.kind)) {
        if (value == time_never) return "never";
        if (value == 0) return "now";
        const char* unit = value == 1 || value == -1 ? "tick" : "ticks";
        return value > 0 ? fmt::format("{} {} ago", value, unit) : fmt::format("in {} {}", -value, unit);
    }
    if (is_pointer(type) || std::holds_alternative<FunctionPointerType>(type.kind)) {
        const auto* pointer = std::get_if<PointerType>(&type.kind);
        const TypeId pointee = pointer != nullptr ? pointer->pointee : TypeId();
        if (value == 0) return "NULL";
        if (value & function_pointer_tag) return program.functions[FunctionId(value & 0xffffffff)].name;
        if (value & string_pointer_tag) return '"' + program.strings[StringId(value & 0xffffffff)] + '"';
        if (value & integer_pointer_tag)
            return fmt::format("(void *){}", unpack_value({.bits = 30, .is_signed = true},
                                                          static_cast<std::uint64_t>(value) & 0x3fffffff));
        if (value > 0 && static_cast<std::size_t>(value) < layout.addresses.size())
            return "&" + address_name(program, layout, static_cast<std::uint32_t>(value), pointee);
        return fmt::format("(wild pointer {})", value);
    }
    return is_signed(type) ? fmt::format("{}", value) : fmt::format("{}", static_cast<std::uint64_t>(value));
}

}  // namespace lockstep
