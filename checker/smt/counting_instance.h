// One member of a family of Programs, for N CPUs, seen as a counting system: a control state, and how many CPUs are in
// which local state.
//
// The interchangeable CPUs (symmetry/cpu_symmetry.h) have blocks of the state of their own; what a block holds, with
// the CPU renamed to the first of its class, is the CPU's local state. All else is shared: the *control* state, in
// which the distinguished CPUs' own states are included, and *numbers*, shared integers that have the more values the
// more CPUs there are (a counter of acknowledgements). A CPU may have numbers of its own, too (its ticket): its local
// state says only that it has one. Its bit in a set of CPUs is a part of its local state (cpu_masks.h). A rule says
// what one process does, be it of a CPU in a local state or a distinguished one: under which condition on the numbers,
// to which control and local state, with which numbers.
//
// This is possible where a step looks at and changes nothing but shared variables and its own CPU's; where it is not,
// OutsideFragment says at which place and why.
#pragma once

#include "smt/cpu_masks.h"
#include "smt/mining.h"
#include "smt/successors.h"
#include "symmetry/cpu_symmetry.h"
#include "symmetry/permutation.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace lockstep::smt {

/// The Program cannot be counted: where and why.
class OutsideFragment : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What a shared or a local state is called: the text of its cells, the same in all members of the family.
using Signature = std::vector<std::string>;

/// A state that was visited, counted.
struct CountedState {
    Signature control;
    std::map<Signature, std::int64_t> locals;  // how many CPUs are in it
    std::vector<std::int64_t> numbers;         // their bits read as signed, as in rules
    /// By CPU, where CPUs have numbers of their own: its local state and these numbers, 0 where it has none.
    std::vector<std::pair<Signature, std::vector<std::int64_t>>> own_numbers;
};

/// One way that a step of a process may go.
struct CountingRule {
    enum class End : std::uint8_t { moves, fails } end = End::moves;
    Term condition;             // over the numbers, and of a counted CPU's rule over its own
    Signature control;          // after it
    Signature local;            // after it; of a rule of a distinguished CPU: empty
    std::vector<Term> numbers;  // after it, over those before
    std::vector<Term> own;      // likewise the CPU's own; invalid: it has none then
    std::string place;          // for people
    auto key() const { return std::tie(end, control, local); }
};

class CountingInstance {
public:
    /// Explores the Program. Throws OutsideFragment, also where it has more states than that.
    CountingInstance(const Program& program, std::size_t most_states);

    [[nodiscard]] std::uint32_t cpus() const { return program.cpus; }
    [[nodiscard]] std::uint32_t counted_cpus() const { return static_cast<std::uint32_t>(members.size()); }

    /// By name, how many values each shared integer was seen to have; 0: it is none.
    [[nodiscard]] std::map<std::string, std::size_t> value_counts() const;
    /// The same of integers that each counted CPU has: its cell is called as that of the first of these CPUs.
    [[nodiscard]] std::map<std::string, std::size_t> own_value_counts() const;

    /// By name, what control and local cells were seen to hold; numbers are left out.
    [[nodiscard]] std::map<std::string, std::set<std::int64_t>> values() const;
    /// What such a value is called in signatures.
    void name_value(const std::string& cell, std::int64_t value, const std::string& text);

    /// To be called once: which shared variables and which of each CPU's own are numbers, and which are control because
    /// they change in some member.
    void set_variables(const std::vector<std::string>& numbers, const std::vector<std::string>& own_numbers,
                       const std::set<std::string>& control);

    // ---- After that ----
    [[nodiscard]] std::vector<CountedState> states();
    /// So many of these, the first ones, are initial.
    [[nodiscard]] std::size_t initial_states() const { return initial_count; }
    [[nodiscard]] const std::vector<Term>& numbers() const { return number_variables; }
    [[nodiscard]] const std::vector<Term>& own_numbers() const { return own_variables; }
    /// Whether a CPU in this local state has that number.
    [[nodiscard]] bool has_own(const Signature& local, std::size_t number) const;
    /// Sets of CPUs; conditions of rules are also over whether any other counted CPU is in them.
    [[nodiscard]] const CpuMasks& masks() const { return *cpu_masks; }

    /// What a CPU in this local state, or (none) a distinguished one, may do. Nothing: the pair was never met.
    std::optional<std::vector<CountingRule>> rules(const Signature& control, const std::optional<Signature>& local);
    /// Under which condition on the numbers an invariant, by its index, does not hold; where it looks at the counted
    /// CPUs' states, that is by what each of them alone may break: a local state in `by_local`.
    struct Broken {
        Term always;
        std::map<Signature, Term> by_local;
    };
    Broken broken(const Signature& control, std::size_t invariant, const std::vector<Signature>& locals);
    /// Whether somebody in this state has yet to finish.
    bool has_duty(const Signature& control, const std::optional<Signature>& local);

    Terms terms;

private:
    const Program& program;
    Layout layout;
    StateTerms state_terms;
    Expressions expressions;
    Successors successors;
    symmetry::CpuSymmetry symmetric;
    std::size_t initial_count = 0;
    std::vector<std::uint32_t> members;  // the interchangeable CPUs
    std::vector<std::string> names;      // by cell, each another one
    Sample sample;
    std::vector<symmetry::Permutation> exchanges;  // of each member with the first
    std::vector<std::uint32_t> shared;             // cells outside the members' blocks that may change
    std::set<std::uint32_t> shared_set;
    std::unique_ptr<CpuMasks> cpu_masks;
    std::vector<std::uint32_t> control_cells, number_cells, own_cells;  // the last: of the first member's block
    std::vector<Term> number_variables, own_variables;
    std::map<std::pair<std::string, std::int64_t>, std::string> named_values;
    std::map<Signature, std::vector<std::int64_t>> control_witness;                      // a state's cells
    std::map<std::pair<Signature, Signature>, std::vector<std::int64_t>> local_witness;  // the first member in it

    [[nodiscard]] std::string text_of(std::uint32_t cell, std::int64_t value) const;
    [[nodiscard]] Signature control_of(const std::vector<std::int64_t>& cells) const;
    [[nodiscard]] Signature local_of(const std::vector<std::int64_t>& cells) const;
    [[nodiscard]] bool is_own_number(std::uint32_t cell) const;
    [[nodiscard]] std::int64_t number_in(std::uint32_t cell, const std::vector<std::int64_t>& cells) const;
    [[nodiscard]] std::string own_text(std::uint32_t cell, std::int64_t value) const;
    [[nodiscard]] std::vector<std::int64_t> renamed(std::size_t member, const std::vector<std::int64_t>& cells) const;
    [[nodiscard]] const symmetry::Block& first_block() const { return symmetric.blocks[members.front()]; }
    SymbolicState symbolic(const std::vector<std::int64_t>& witness, bool with_local);
    [[nodiscard]] std::optional<Term> open_condition(const StepEnd& end, const std::vector<std::uint32_t>& cells) const;
    void add_rules(std::vector<CountingRule>& rules, const StepEnd& end, const SymbolicState& before, ProcessId p,
                   bool is_local);
    void simplify_masks(StepEnd& end, bool is_local);
    CountingRule rule_of(const StepEnd& end, const SymbolicState& before, ProcessId p, bool is_local);
    [[nodiscard]] Signature signature(const SymbolicState& state, const std::vector<std::uint32_t>& cells,
                                      const SymbolicState& before, ProcessId mover) const;
    [[noreturn]] void refuse(ProcessId p, LocationId at, const std::string& why) const;
    [[noreturn]] void refuse(ProcessId p, const SymbolicState& before, const std::string& why) const;
    bool depends_on_others(Term t) const;
};

}  // namespace lockstep::smt
