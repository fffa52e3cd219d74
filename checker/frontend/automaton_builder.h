// Builds one automaton: locations and transitions in the order of the code.
//
// `here` is where control stands. step() makes a transition from here to a new location; branch(), jump() and bind()
// make control flow. Values that have been computed but not yet used are *held* (class Held); they may contain a read
// of memory that has not happened yet. Outside LS_ATOMIC a transition has room for one access, so before another
// transition or another read every held value with a read is put into a temporary, in order: this is how each shared
// read becomes a step of its own, in C's order of evaluation, while a lone read is folded into the guard or assignment
// that uses it.
//
// finish() removes transitions that do nothing (see finish in the .cpp) and locations that cannot be reached.
#pragma once

#include "frontend/expressions.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::frontend {

class Held;

class AutomatonBuilder {
public:
    AutomatonBuilder(Expressions& the_expressions, AutomatonId the_id);

    Expressions& expressions;
    AutomatonId id;

    // What new locations and transitions get.
    FrameId frame;
    SourcePlace place;
    unsigned atomic_depth = 0;
    bool finished = false;

    LocationId here;

    [[nodiscard]] bool is_atomic() const { return atomic_depth > 0; }
    LocationId new_location();
    /// From here to a new location.
    void step(std::vector<Statement> effect, ExpressionId guard = {}, std::optional<Choice> choice = {});
    /// Does `statement` in the same step as what was before, if nothing else leads here; else as a step.
    void also(Statement statement);
    void jump(LocationId target);
    /// Control arrives at `label`, from here too.
    void bind(LocationId label);
    /// Control arrives at `label`, and all that lead there are known.
    void enter(LocationId label);
    void branch(ExpressionId condition, LocationId if_true, LocationId if_false);
    void edge(ExpressionId guard, std::vector<Statement> effect, LocationId target);
    /// Control that is here has passed the point (if there is one).
    void pass(PointId point);
    /// Stands for `target`, for a jump or branch that passes the point (if there is one) on its way there.
    LocationId passing(PointId point, LocationId target);
    /// Gives `here` the present place and frame until a transition from it has its own.
    void stand_here();
    /// Makes `here` a place where the process stands and waits: never passed through in one step with what was before.
    void wait_here();

    /// Outside LS_ATOMIC puts everything held that reads memory into temporaries.
    ExpressionId load(ExpressionId address, TypeId type, const std::string& name = {});
    /// A value without a read of memory: itself, or a temporary.
    ExpressionId settled(ExpressionId value, const std::string& name = {});
    /// Into a temporary, whatever it is; `at_once`: in the step before.
    ExpressionId into_temporary(ExpressionId value, const std::string& name = {}, bool at_once = false);
    void flush();
    void flush_mentions(VariableId variable);

    // Locals. A local's slot is used again once it was released, so that calls one after the other share theirs.
    VariableId take_local(const void* owner, std::uint32_t part, const std::string& name, TypeId type, bool in_memory,
                          SourcePlace declared);
    VariableId take_temporary(TypeId type, const std::string& name);
    [[nodiscard]] std::size_t locals_mark() const { return locals_in_use.size(); }
    [[nodiscard]] std::size_t temporaries_mark() const { return temporaries_in_use.size(); }
    void release_locals(std::size_t mark) { release(locals_in_use, mark); }
    void release_temporaries(std::size_t mark) { release(temporaries_in_use, mark); }

    void finish(LocationId entry);

private:
    friend class Held;
    struct PoolKey {
        const void* owner;
        std::uint32_t part;
        std::uint32_t type;
        std::string name;
        auto operator<=>(const PoolKey&) const = default;
    };
    std::vector<Location> locations;
    std::vector<Transition> transitions;
    std::vector<bool> placed;             // by location: its place is known
    std::vector<std::uint32_t> incoming;  // by location: number of transitions to it
    struct Detour {
        PointId point;
        LocationId target;
    };
    std::map<std::uint32_t, std::vector<PointId>> passed;  // by location: with whatever leads there
    static constexpr std::uint32_t first_detour = 1U << 31;
    std::map<std::uint32_t, Detour> detours;  // by what stands for a location, from first_detour on
    std::vector<Held*> held;
    std::map<PoolKey, std::vector<VariableId>> pool;
    using InUse = std::vector<std::pair<PoolKey, VariableId>>;
    InUse locals_in_use, temporaries_in_use;
    std::optional<std::size_t> tail;  // the one transition that leads here
    unsigned temporaries = 0;

    void add(Transition transition);
    void put_place(LocationId location);
    VariableId take(InUse& in_use, PoolKey key, const std::string& name, bool in_memory, SourcePlace declared);
    void release(InUse& in_use, std::size_t mark);

    [[nodiscard]] std::vector<std::size_t> outgoing_counts() const;
    void contract(LocationId& entry);
    static void hang(const std::vector<PointId>& points, Transition& transition);
    void write(LocationId entry);
};

/// A computed value that has to survive whatever is built next.
class Held {
public:
    Held(AutomatonBuilder& the_builder, ExpressionId the_value, std::string the_name = {})
        : value(the_value), name(std::move(the_name)), builder(the_builder)
    {
        builder.held.push_back(this);
    }
    ~Held() { std::erase(builder.held, this); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

    ExpressionId value;
    std::string name;

    /// The value, for use in what is built next; it is held no longer.
    ExpressionId take()
    {
        std::erase(builder.held, this);
        return value;
    }

private:
    AutomatonBuilder& builder;
};

}  // namespace lockstep::frontend
