// Whether somebody who is stuck could be released by somebody else, found out by trying it.
#pragma once

#include "result/interpreter.h"

#include <optional>
#include <set>
#include <vector>

namespace lockstep::result {

class Release {
public:
    using State = Interpreter::State;

    Release(Interpreter& interpreter, const State& state);

    /// A state in which p has been released by q, who runs and gets past his own wait.
    std::optional<State> by_who_runs(ProcessId p, ProcessId q);
    /// A state in which p has been released by q, who has no CPU and gets one.
    std::optional<State> by_who_has_no_cpu(ProcessId p, ProcessId q);
    /// The same where that takes somebody on yet another CPU, who has nothing to do before q goes on.
    std::optional<State> by_way_of_others(ProcessId p, ProcessId q);

    /// On a CPU that the hypervisor has taken away.
    [[nodiscard]] bool is_stolen(ProcessId p);

    /// Addresses of what p looks at while it waits, sorted; the machine's variables are among them.
    std::vector<std::uint32_t> reads_of(ProcessId p);

    bool was_cut_short = false;  // a try, since it was last set to false

private:
    using Standing = std::pair<LocationId, std::vector<std::int64_t>>;  // where somebody is, and its registers
    struct Try {
        ProcessId p, q;
        std::vector<std::uint32_t> awaited;    // what p looks at
        std::vector<Standing> stands = {};     // where p gets to while it waits
        std::set<std::int64_t> follow = {};    // CPUs that go on by themselves once they have something to do
        std::int64_t cpu = -1;                 // whose processes go on, pushed
        bool is_alone = false;                 // q goes on instead of these, on a CPU that was lent to it
        std::vector<std::uint32_t> lent = {};  // addresses of what says who has that CPU
    };
    struct Push {
        bool is_first = true;
        bool has_overridden = false;
        int moves = 0;
        std::vector<std::uint32_t> reads = {}, writes = {};  // of the step so far
        std::vector<std::uint32_t> decided = {};             // what the overridden guard depends on
    };

    Interpreter& interpreter;
    const Program& program;
    const State& state;
    State with_all_cpus;          // the same, if the hypervisor gave back what it has stolen
    VariableId current, context;  // the machine's (machine/machine.h); none in a Program without
    std::size_t cells_left;

    Try start(ProcessId p, ProcessId q);
    bool is_busy(const State& now, ProcessId p);
    Standing standing_of(const State& now, ProcessId p);
    std::optional<State> lend(Try t);
    bool is_quiet(std::int64_t cpu);
    void give_cpu(State& now, ProcessId q, std::vector<std::uint32_t>& lent);
    std::optional<State> search(const Try& t, std::vector<State> first);
    std::optional<State> follow(const Try& t, const State& now, std::set<State>& followed);
    bool may_go_on(const Try& t, const State& now, ProcessId r);
    bool is_pushed(const Try& t, const State& now, ProcessId r);
    bool is_released(const Try& t, const State& now);
    std::vector<State> round_of(const State& from, ProcessId p);
    std::vector<State> pushed(const Try& t, const State& from, ProcessId q);
    void push(const Try& t, const State& now, ProcessId q, const Push& so_far, std::vector<State>& all);
    bool acquires(const Try& t, const State& now, const Push& push);
};

}  // namespace lockstep::result
