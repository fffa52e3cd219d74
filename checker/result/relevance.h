// Which steps of a trace its readers need: those in which CPUs tell each other something.
#pragma once

#include "program/program.h"
#include "result/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
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

    /// Who acts: a task, or an interrupt's handler, on a CPU.
    struct Actor {
        std::int64_t cpu;
        std::int64_t who;
    };

    /// Called in the order of the accesses of a move: first what it read, then what it wrote.
    void read(Place place, Actor actor, std::uint32_t address);
    void wrote(Place place, Actor actor, std::uint32_t address, std::int64_t value);

    /// At the end somebody stands there, looking at these; or nobody in particular looks at them (an invariant).
    void ends(std::optional<Actor> actor, const std::vector<std::uint32_t>& addresses = {});

    /// Marks what matters, in the trace of which the places speak. Once.
    void mark(std::vector<TraceStep>& trace);

private:
    struct Access {
        Place place;
        Actor actor;
        std::uint32_t address;
        bool is_write;
        std::int64_t value;  // read or written
        bool matters = false;
    };
    struct End {
        std::optional<Actor> actor;
        std::vector<std::uint32_t> addresses;
    };
    std::vector<std::int64_t> memory;
    std::vector<std::int64_t> initial = memory;
    std::vector<Access> accesses;
    std::vector<End> all_ends;

    // For mark().
    bool is_one_cpu = false;
    std::map<std::uint32_t, std::vector<std::size_t>> of_slot;  // accesses by address
    std::map<std::int64_t, std::vector<std::size_t>> of_actor;
    std::vector<std::size_t> place_in_slot;       // by access
    std::map<std::int64_t, std::size_t> horizon;  // by actor: how far what it learned is of interest; one past
    std::set<std::int64_t> at_end;

    [[nodiscard]] std::int64_t key(const Actor& actor) const { return is_one_cpu ? actor.who : actor.cpu; }
    void index();
    void keep(std::size_t access);
    void keep_ends();
    void look_at(std::size_t access);
    void look_for_news(std::size_t access, std::optional<std::size_t> before, std::size_t writer);
    void look_for_stale(std::size_t access);
};

}  // namespace lockstep::result
