// Where everything is: addresses, cells and packed words.
//
// Three numberings of the same things:
//
//   address  what a pointer in the model holds: 1.. for every slot of every variable in memory (0 is NULL), with one
//            address without a cell behind each array ("one past the end")
//   cell     index into the expanded state, a row of std::int64_t that the evaluator works on: one for each slot of
//            memory, each process's location, and each process's registers (locals that are not in memory)
//   word     index into the packed state, a row of std::uint32_t that the store keeps: cells in as many bits as their
//            type needs, never across a word's end (64-bit values take two words)
//
// Registers of one automaton share cells when no two of them are alive at once (interference is computed on the
// Kill statements that passes/reset_dead_locals has placed), as a compiler shares a stack frame. A cell that nobody
// owns at a location is 0 there (a time stamp: never), so that sharing never makes two different states equal, nor one
// state two.
//
// A slot that can be undefined or dead has two more bits, the mark: 0 a value, 1 undefined, 2 dead.
//
// Per-CPU variables lie in `cpus` equal blocks: the address in CPU c's copy is the address in CPU 0's plus
// c * per_cpu_stride.
#pragma once

#include "program/program.h"

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

/// What kind of scalar a slot holds; a Load or Store of another kind traps.
struct SlotClass {
    enum class Kind : std::uint8_t { integer, pointer, function, time } kind = Kind::integer;
    std::uint8_t bits = 32;
    friend bool operator==(const SlotClass&, const SlotClass&) = default;
};
SlotClass slot_class(const Type& type);

struct Layout {
    static constexpr std::uint32_t no_cell = UINT32_MAX;

    /// An array (or an array within one), for pointer arithmetic: elements of `stride` addresses from first on; `end`
    /// is the address one past the last.
    struct Array {
        std::uint32_t first, end, stride;
        std::uint32_t outer;  // index of the array around it; no_cell: none
    };
    struct Address {
        std::uint32_t cell = no_cell;  // no_cell: one past the end of an array
        SlotClass slot;
        std::uint32_t array = no_cell;  // innermost array that it lies in
        VariableId variable;
        ProcessId process;         // of a local
        std::uint32_t cpu = 0;     // of a per-CPU variable
        std::uint32_t offset = 0;  // slot within the variable
        bool is_steady = false;    // not written any more (boot is over, and it is not the machine's)
    };
    static constexpr std::uint32_t no_word = UINT32_MAX;
    /// Where a cell is stored. Nearly all values are small, however wide their type: a wide cell (of more than 12 bits)
    /// takes a short code of few bits, which stands for a small value, undefined or dead, or says that the value itself
    /// is to be found in a word of its own (two for 64 bits).
    struct Cell {
        std::uint32_t word = no_word;  // no_word: not stored, since it has the same value in every state
        std::uint8_t shift = 0;
        std::uint8_t bits = 32;      // of the value
        std::uint8_t code_bits = 0;  // 0: no short code, the value itself
        bool is_signed = false;
        bool has_mark = false;  // may be undefined or dead
        SlotClass::Kind kind = SlotClass::Kind::integer;
        std::uint8_t mark_shift = 0;
        std::uint32_t mark_word = no_word;  // where the mark is stored, if there is no short code to do it
        std::uint32_t wide_word = no_word;  // where a value without a short code is stored

        /// The words that may hold a part of it; the mark's may come twice.
        template <typename Visit>
        void for_each_word(Visit visit) const
        {
            if (word == no_word) return;
            visit(word);
            if (mark_word != no_word) visit(mark_word);
            if (code_bits != 0) for_each_wide_word(visit);
        }
        template <typename Visit>
        void for_each_wide_word(Visit visit) const
        {
            visit(wide_word);
            if (bits > 32) visit(wide_word + 1);
        }
    };
    struct ProcessLayout {
        std::uint32_t location_cell = 0;
        std::vector<std::uint32_t>
            local;  // by VariableId: a register's cell, or the first address of a local in memory
    };

    std::vector<Address> addresses;  // [0] is NULL
    std::vector<Array> arrays;
    std::vector<Cell> cells;
    std::vector<std::uint32_t> variable_address;  // by VariableId: first address of a global or (copy 0) per-CPU one
    std::uint32_t per_cpu_first = 0;              // address range of CPU 0's copies
    std::uint32_t per_cpu_stride = 0;
    IdVector<ProcessId, ProcessLayout> processes;
    std::uint32_t words = 0;
    std::vector<std::vector<std::uint32_t>> word_cells;  // cells that have bits in a word
    std::uint32_t global_cells = 0;  // cells below this belong to globals and per-CPU variables, in address order

    /// The address of a slot of a variable, in the copy of a CPU or process where it has one.
    [[nodiscard]] std::uint32_t address_of(const Program& program, VariableId variable, std::uint32_t offset,
                                           ProcessId process = {}) const;
};

Layout make_layout(const Program& program);

/// Other words for some cells: those of a group lie in words of their own, the others are not stored. Of the layout
/// only cells and words are there, which is what packing needs.
Layout make_packing(std::vector<Layout::Cell> cells, const std::vector<std::vector<std::uint32_t>>& groups);

/// The cells of each initial state.
std::vector<std::vector<std::int64_t>> initial_cells(const Program& program, const Layout& layout);

/// Whether a value has no short code, so that its cell's wide words hold something.
bool is_wide(const Layout::Cell& cell, std::int64_t value);

/// By word, how many of its bits are in use, from the lowest on.
std::vector<std::uint8_t> bits_in_use(const Layout& layout);

/// What stands for a cell's value in packed words: its code or value where the cell is, its mark, and what its wide
/// words hold.
struct PackedCell {
    std::uint32_t value, mark;
    std::uint64_t wide;
};
PackedCell pack_cell(const Layout::Cell& cell, std::int64_t value);

/// Puts a cell's value into the words that hold it, and leaves the rest of them: `word(i)` is a reference to word i.
template <typename Word>
void put_cell(const Layout::Cell& cell, std::int64_t value, Word word)
{
    if (cell.word == Layout::no_word) return;
    const auto put = [](std::uint32_t& packed, unsigned shift, unsigned bits, std::uint32_t part) {
        const std::uint32_t mask = (UINT32_MAX >> (32 - bits)) << shift;
        packed = (packed & ~mask) | (part << shift & mask);
    };
    const bool is_plain = cell.code_bits == 0 && !cell.has_mark && cell.kind == SlotClass::Kind::integer;
    if (is_plain) return put(word(cell.word), cell.shift, cell.bits, static_cast<std::uint32_t>(value));
    const PackedCell packed = pack_cell(cell, value);
    put(word(cell.word), cell.shift, cell.code_bits != 0 ? cell.code_bits : cell.bits, packed.value);
    if (cell.mark_word != Layout::no_word) put(word(cell.mark_word), cell.mark_shift, 2, packed.mark);
    if (cell.code_bits == 0) return;
    word(cell.wide_word) = static_cast<std::uint32_t>(packed.wide);
    if (cell.bits > 32) word(cell.wide_word + 1) = static_cast<std::uint32_t>(packed.wide >> 32);
}

/// Writes one packed word of a state; reads all cells that have bits in it.
std::uint32_t pack_word(const Layout& layout, std::uint32_t word, const std::int64_t* cells);
void pack(const Layout& layout, std::span<const std::int64_t> cells, std::uint32_t* words);
/// Sets the cells that have bits in a word (cells of several words: all of them must be final).
void unpack_word(const Layout& layout, std::uint32_t word, const std::uint32_t* words, std::int64_t* cells);

/// "cpu_stopper[1].lock.owner", "migration/1.multi_cpu_stop.curstate", "migration/1 location": a cell for people.
std::string cell_name(const Program& program, const Layout& layout, std::uint32_t cell);

/// The same for an address: of the scalar there, or of the part of type `part` that begins there.
std::string address_name(const Program& program, const Layout& layout, std::uint32_t address, TypeId part = {});

/// A value as C would write it: an enumerator's name, &variable.member, NULL, a function's name, "never".
std::string value_text(const Program& program, const Layout& layout, const Type& type, std::int64_t value);

}  // namespace lockstep
