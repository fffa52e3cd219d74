// Code of semantics/code.h compiled to machine code, while the search runs; see native.cpp.
//
// Whoever runs code asks find() first. An entry point is counted there until it has been run so often that compiling
// pays; it is then compiled by a thread of its own, and found from then on. The evaluators of one Program share what
// was compiled: it does not change, and is reached through an atomic pointer.
#pragma once

#include "semantics/layout.h"
#include "semantics/log.h"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace lockstep {

struct Code;
class Evaluator;

enum class NativeMode : std::uint8_t {
    off,
    automatic,  // what is hot, in the background
    always,     // everything, before it is run for the first time
};

/// A write to a cell, so that it can be taken back.
struct CellWrite {
    std::uint32_t cell;
    std::int64_t before;
};

/// What an entry point gives; or not, where it traps or meets something rare: then what it wrote has to be taken back,
/// and the interpreter does it again.
struct NativeResult {
    std::int64_t value;
    std::int64_t given_up;
};

/// Works on an evaluator's cells and logs. `read_marks` and `read_epoch`: see Evaluator::note_read.
using NativeFunction = NativeResult (*)(std::int64_t* cells, Log<CellWrite>::Pointers* writes,
                                        Log<std::uint32_t>::Pointers* reads, std::uint64_t* read_marks,
                                        std::uint64_t read_epoch, Evaluator* evaluator);

/// What native code leaves to functions of the evaluator. The first argument is the evaluator's cells, which they
/// change: the compiler has to see that. The results of those that may trap: 0 or more, or negative for a trap.
struct NativeCalls {
    using Call = std::int64_t (*)(std::int64_t* cells, Evaluator* evaluator, std::int64_t, std::int64_t, std::int64_t);
    Call copy = nullptr;         // to, from, slots
    Call invalidate = nullptr;   // address, slots
    Call fill = nullptr;         // cell, count, value
    Call pointer_add = nullptr;  // base, index, stride
    Call age_times = nullptr;
    Call progress = nullptr;
};

class NativeCode {
public:
    NativeCode(std::shared_ptr<const Code> code, const Layout& layout, std::uint32_t cpus, const NativeCalls& calls,
               NativeMode mode);
    ~NativeCode();
    NativeCode(const NativeCode&) = delete;
    NativeCode& operator=(const NativeCode&) = delete;

    /// The function for an entry point, if there is one by now.
    NativeFunction find(std::uint32_t entry, bool records_reads)
    {
        std::atomic<std::uintptr_t>& slot = slots.get()[2 * std::size_t{entry} + (records_reads ? 1 : 0)];
        const std::uintptr_t value = slot.load(std::memory_order_acquire);
        // NOLINTNEXTLINE(performance-no-int-to-ptr): small numbers count, larger ones are functions
        return value > is_hot ? reinterpret_cast<NativeFunction>(value) : count_run(slot, value, entry, records_reads);
    }

    /// How many functions there are; for tests.
    [[nodiscard]] std::size_t functions() const;

private:
    // By entry point, without and with recording of reads: how often it has been run; or, once it has been given to the
    // compiler, is_hot; or where the function is. Mostly untouched, and so mostly not there.
    static constexpr std::uintptr_t is_hot = 4095;
    struct Free {
        void operator()(void* memory) const { std::free(memory); }
    };
    std::unique_ptr<std::atomic<std::uintptr_t>[], Free> slots;
    class Compiler;
    std::unique_ptr<Compiler> compiler;

    NativeFunction count_run(std::atomic<std::uintptr_t>& slot, std::uintptr_t runs, std::uint32_t entry,
                             bool records_reads);
};

}  // namespace lockstep
