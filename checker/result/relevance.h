// Which steps of a trace its readers need: those in which CPUs tell each other something.
#pragma once

#include "program/program.h"
#include "result/result.h"

#include <cstdint>
#include <vector>

namespace lockstep::result {

/// Gathers what each step read and wrote, in order, and judges it at the end.
class Relevance {
public:
    /// The slots' values at the beginning.
    explicit Relevance(std::vector<std::int64_t> initial_memory) : memory(std::move(initial_memory)) {}

    struct Place {
        std::size_t step, move;
    };

    /// `actor`: a CPU, or whoever else acts by himself. Called in the order of the accesses of a move: first what it
    /// read, then what it wrote.
    void read(Place place, std::int64_t actor, std::uint32_t address);
    void wrote(Place place, std::int64_t actor, std::uint32_t address, std::int64_t value);

    /// At the end an actor stands and waits, looking at these.
    void waits(std::int64_t actor, const std::vector<std::uint32_t>& addresses);
    /// The violation shows itself in the last thing that this actor did.
    void shows(std::int64_t actor);

    /// Marks what matters, in the trace of which the places speak.
    void mark(std::vector<TraceStep>& trace);

private:
    struct Access {
        Place place;
        std::int64_t actor;
        std::uint32_t address;
        bool is_write;
        std::int64_t value;  // read or written
    };
    struct End {
        std::int64_t actor;
        std::vector<std::uint32_t> addresses;
    };
    std::vector<std::int64_t> memory;
    std::vector<std::int64_t> initial = memory;
    std::vector<Access> accesses;
    std::vector<End> ends;
};

}  // namespace lockstep::result
