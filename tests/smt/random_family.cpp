#include "smt/random_family.h"

#include "engine/random_program.h"

#include <fmt/format.h>

#include <vector>

namespace lockstep::testing {

namespace {

/// Draws the same for all members; only what is printed depends on the number of CPUs.
class Generator {
public:
    Generator(std::uint64_t seed, std::uint32_t the_cpus) : random(seed), cpus(the_cpus) {}

    std::string make()
    {
        const bool is_fast = random.chance(30);
        has_tickets = random.chance(60);
        std::string text = fmt::format("cpus {}\nvar flag: u2\nvar mode: u2\nvar count: i32 = {}\nvar done: i32\n",
                                       cpus, random.chance(50) ? "0" : std::to_string(cpus));
        text += "per_cpu var mine: u2\n";
        if (has_tickets) text += "per_cpu var ticket: i32\n";
        text += "automaton A { local k: u2 location start, a await, b await, c await, over await finished\n";
        const std::vector<std::string> places = {"start", "a", "b", "c"};
        for (std::size_t i = 0; i < places.size(); ++i) {
            const std::size_t ways = 1 + random.below(2);
            for (std::size_t way = 0; way < ways; ++way) {
                const bool goes_on = way == 0 || is_fast;
                const std::string target =
                    goes_on ? (i + 1 < places.size() ? places[i + 1] : "over") : any_place(places);
                text += fmt::format("{} -> {}{}{}\n", places[i], target, guard(way, ways), effects());
            }
        }
        text += "}\n";
        for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) text += fmt::format("process p{}: A cpu {}\n", cpu, cpu);
        return text + invariant();
    }

private:
    Random random;
    std::uint32_t cpus;
    bool has_tickets = false;  // CPUs have numbers of their own
    std::string last_guard;

    std::string any_place(const std::vector<std::string>& places) { return random.pick(places); }

    std::string condition()
    {
        if (has_tickets && random.chance(45)) {
            const std::vector<std::string> turns = {"== done", "== count", "< done", "<= count", "== 0"};
            return "per_cpu(ticket, own.cpu) " + random.pick(turns);
        }
        switch (random.below(7)) {
            case 0:
                return fmt::format("flag == {}", random.below(2));
            case 1:
                return fmt::format("mode != {}", random.below(3));
            case 2:
                return "count == 0";
            case 3:
                return fmt::format("count == {}", cpus);
            case 4:
                return fmt::format("count < {}", random.below(3));
            case 5:
                return fmt::format("per_cpu(mine, own.cpu) == {}", random.below(2));
            default:
                return fmt::format("done == {}", cpus);
        }
    }

    /// The second way is often what is left over by the first.
    std::string guard(std::size_t way, std::size_t ways)
    {
        if (way == 1 && !last_guard.empty() && random.chance(70)) return fmt::format(" when !({})", last_guard);
        last_guard = ways == 2 || random.chance(30) ? condition() : "";
        return last_guard.empty() ? "" : " when " + last_guard;
    }

    std::string effect()
    {
        if (has_tickets && random.chance(45)) {
            const std::vector<std::string> takes = {"done; done := done + 1", "count; count := count + 1",
                                                    "count; count := count - 1", "done",
                                                    "per_cpu(ticket, own.cpu) + 1"};
            return "per_cpu(ticket, own.cpu) := " + random.pick(takes);
        }
        switch (random.below(9)) {
            case 0:
                return fmt::format("flag := {}", random.below(2));
            case 1:
                return fmt::format("mode := {}", random.below(3));
            case 2:
            case 3:
                return "count := count - 1";
            case 4:
                return "count := count + 1";
            case 5:
                return fmt::format("count := {}", cpus);
            case 6:
                return fmt::format("per_cpu(mine, own.cpu) := {}", random.below(2));
            case 7:
                return "done := done + 1";
            default:
                return "k := per_cpu(mine, own.cpu)";
        }
    }

    std::string effects()
    {
        std::string text = " {";
        const std::size_t count = 1 + random.below(2);
        for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? " " : "; ") + effect();
        return text + " }";
    }

    std::string invariant()
    {
        const std::vector<std::string> bounds = {fmt::format("count <= {}", cpus), "count >= 0",
                                                 fmt::format("done <= {}", cpus), "flag == 0 || mode != 2",
                                                 fmt::format("done < {}", cpus)};
        return fmt::format("invariant bounded: {}\n", random.pick(bounds));
    }
};

}  // namespace

std::string random_family(std::uint64_t seed, std::uint32_t cpus) { return Generator(seed, cpus).make(); }

}  // namespace lockstep::testing
