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
        has_set = random.chance(30);
        std::string text = fmt::format("cpus {}\nvar flag: u2\nvar mode: u2\nvar count: i32 = {}\nvar done: i32\n",
                                       cpus, random.chance(50) ? "0" : std::to_string(cpus));
        text += "per_cpu var mine: u2\n";
        if (has_set) text += fmt::format("var set: u64 = {}\n", random.chance(50) ? 0 : (std::uint64_t{1} << cpus) - 1);
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
    bool has_set = false;  // of CPUs
    std::string last_guard;

    std::string any_place(const std::vector<std::string>& places) { return random.pick(places); }

    std::string condition()
    {
        if (has_set && random.chance(50))
            return random.pick(std::vector<std::string>{"set == 0", "set != 0", "(set >> own.cpu & 1) == 1",
                                                        "(set & ~(1u64 << own.cpu)) == 0",
                                                        fmt::format("set == {}", (std::uint64_t{1} << cpus) - 1)});
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
        if (has_set && random.chance(40))
            return random.pick(std::vector<std::string>{
                "set := set | (1u64 << own.cpu)", "set := set & ~(1u64 << own.cpu)", "set := set ^ (1u64 << own.cpu)",
                random.chance(50) ? "set := 0" : fmt::format("set := {}", (std::uint64_t{1} << cpus) - 1)});
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

/// CPUs that take numbers and wait for their turns, rightly or not; some do something else once there are more CPUs
/// than proofs learn from.
class Tickets {
public:
    Tickets(std::uint64_t seed, std::uint32_t the_cpus) : random(seed), cpus(the_cpus) {}

    std::string make()
    {
        std::string text = fmt::format("cpus {}\nvar next: i32\nvar owner: i32\nper_cpu var ticket: i32\n", cpus);
        text += "automaton A { location start, a await, b await, c await, over await finished\n";
        const std::vector<std::string> places = {"start", "a", "b", "c", "over"};
        for (std::size_t i = 0; i + 1 < places.size(); ++i) {
            const auto way = [&](const std::string& guard) {
                text += fmt::format("{} -> {}{}{}\n", places[i], places[i + 1], guard, effects(i));
            };
            const std::string turn = i > 0 && random.chance(50) ? this_turn() : "";
            if (random.chance(30)) {
                constexpr int late = 4;  // or later
                const std::string many = fmt::format("{} > {}", random.chance(70) ? "next" : "owner", late);
                way(fmt::format(" when {}{}!({})", turn, turn.empty() ? "" : " && ", many));
                way(fmt::format(" when {}", many));
            } else {
                way(turn.empty() ? "" : " when " + turn);
            }
        }
        text += "}\n";
        for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) text += fmt::format("process p{}: A cpu {}\n", cpu, cpu);
        return text + fmt::format("invariant bounded: {}\n",
                                  random.pick(std::vector<std::string>{"owner <= next", fmt::format("next <= {}", cpus),
                                                                       fmt::format("owner <= {}", cpus)}));
    }

private:
    Random random;
    std::uint32_t cpus;

    std::string this_turn()
    {
        return random.pick(std::vector<std::string>{
            "per_cpu(ticket, own.cpu) == owner", "per_cpu(ticket, own.cpu) == owner",
            "per_cpu(ticket, own.cpu) <= owner", "per_cpu(ticket, own.cpu) < owner", "owner < next"});
    }

    std::string effects(std::size_t place)
    {
        const std::string take = "per_cpu(ticket, own.cpu) := next; next := next + 1";
        std::vector<std::string> choices = {"owner := owner + 1", "", "per_cpu(ticket, own.cpu) := owner",
                                            "per_cpu(ticket, own.cpu) := 0", "next := next + 1"};
        if (place == 0) choices = {take, take, take, "per_cpu(ticket, own.cpu) := owner; next := next + 1"};
        const std::string chosen = random.pick(choices);
        return chosen.empty() ? " { }" : " { " + chosen + " }";
    }
};

}  // namespace

std::string random_family(std::uint64_t seed, std::uint32_t cpus)
{
    constexpr std::uint64_t with_tickets = 3;  // one of so many
    return seed % with_tickets == 0 ? Tickets(seed, cpus).make() : Generator(seed, cpus).make();
}

}  // namespace lockstep::testing
