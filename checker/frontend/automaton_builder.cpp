#include "frontend/automaton_builder.h"

#include "program/visit.h"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::frontend {

AutomatonBuilder::AutomatonBuilder(Expressions& the_expressions, AutomatonId the_id)
    : expressions(the_expressions), id(the_id)
{
    here = new_location();
}

LocationId AutomatonBuilder::new_location()
{
    Location location;
    location.is_atomic = is_atomic();
    location.is_finished = finished;
    location.frame = frame;
    location.place = place;
    locations.push_back(std::move(location));
    placed.push_back(false);
    incoming.push_back(0);
    return LocationId(locations.size() - 1);
}

// A process stands where its next transition is.
void AutomatonBuilder::put_place(LocationId location)
{
    if (placed[location.index]) return;
    placed[location.index] = true;
    locations[location.index].place = place;
    locations[location.index].frame = frame;
}

void AutomatonBuilder::add(Transition transition)
{
    put_place(transition.source);
    for (auto detour = detours.find(transition.target.index); detour != detours.end();
         detour = detours.find(transition.target.index)) {
        transition.points.push_back(detour->second.point);
        transition.target = detour->second.target;
    }
    transition.place = place;
    ++incoming[transition.target.index];
    transitions.push_back(std::move(transition));
}

void AutomatonBuilder::step(std::vector<Statement> effect, ExpressionId guard, std::optional<Choice> choice)
{
    flush();
    const LocationId source = here;
    here = new_location();
    Transition transition;
    transition.source = source;
    transition.target = here;
    transition.choice = choice;
    transition.guard = guard;
    transition.effect = std::move(effect);
    add(std::move(transition));
    tail = transitions.size() - 1;
}

void AutomatonBuilder::also(Statement statement)
{
    if (tail && incoming[here.index] == 1) {
        transitions[*tail].effect.push_back(std::move(statement));
    } else {
        step({std::move(statement)});
    }
}

void AutomatonBuilder::edge(ExpressionId guard, std::vector<Statement> effect, LocationId target)
{
    Transition transition;
    transition.source = here;
    transition.target = target;
    transition.guard = guard;
    transition.effect = std::move(effect);
    add(std::move(transition));
}

void AutomatonBuilder::jump(LocationId target)
{
    flush();
    edge({}, {}, target);
    here = new_location();
    tail.reset();
}

void AutomatonBuilder::bind(LocationId label)
{
    flush();
    edge({}, {}, label);
    here = label;
    tail.reset();
}

void AutomatonBuilder::enter(LocationId label)
{
    here = label;
    tail.reset();
    if (incoming[label.index] != 1) return;
    for (std::size_t i = transitions.size(); i-- > 0;) {
        if (transitions[i].target != label) continue;
        tail = i;
        return;
    }
}

void AutomatonBuilder::branch(ExpressionId condition, LocationId if_true, LocationId if_false)
{
    flush();
    const ExpressionId guard = expressions.truth(condition);
    if (const auto value = expressions.constant_value(guard)) {
        edge({}, {}, *value != 0 ? if_true : if_false);
    } else {
        edge(guard, {}, if_true);
        edge(expressions.negation(guard), {}, if_false);
    }
    here = new_location();
    tail.reset();
}

void AutomatonBuilder::pass(PointId point)
{
    if (!point.valid()) return;
    std::vector<PointId>& points = passed[here.index];
    if (std::ranges::find(points, point) == points.end()) points.push_back(point);
}

LocationId AutomatonBuilder::passing(PointId point, LocationId target)
{
    if (!point.valid()) return target;
    const LocationId detour(first_detour + detours.size());
    detours.emplace(detour.index, Detour{point, target});
    return detour;
}

void AutomatonBuilder::stand_here()
{
    if (placed[here.index]) return;
    locations[here.index].place = place;
    locations[here.index].frame = frame;
}

void AutomatonBuilder::wait_here()
{
    flush();
    locations[here.index].is_await = true;
}

void AutomatonBuilder::flush()
{
    // A temporary's own step must not be taken for something that the others wait for.
    std::vector<Held*> waiting;
    waiting.swap(held);
    for (Held* item : waiting)
        if (expressions.reads_memory(item->value)) item->value = into_temporary(item->value, item->name);
    held.swap(waiting);
}

void AutomatonBuilder::flush_mentions(VariableId variable)
{
    std::vector<Held*> waiting;
    waiting.swap(held);
    for (Held* item : waiting)
        if (expressions.mentions(item->value, variable)) item->value = into_temporary(item->value, item->name);
    held.swap(waiting);
}

ExpressionId AutomatonBuilder::load(ExpressionId address, TypeId type, const std::string& name)
{
    if (!is_atomic()) {
        Held held_address(*this, address, name.empty() ? "pointer" : name);
        flush();
        address = held_address.value;
    }
    return expressions.load(address, type);
}

ExpressionId AutomatonBuilder::settled(ExpressionId value, const std::string& name)
{
    if (!expressions.reads_memory(value)) return value;
    // What is read is kept, not what it is converted to: an enum's names are easier to read.
    const auto* converted = std::get_if<Convert>(&expressions.program.expressions[value].node);
    if (converted != nullptr && is_integer(expressions.type(value)) &&
        is_integer(expressions.type(converted->operand))) {
        const TypeId type = expressions.type_of(value);
        return expressions.convert(settled(converted->operand, name), type);
    }
    return into_temporary(value, name);
}

ExpressionId AutomatonBuilder::into_temporary(ExpressionId value, const std::string& name, bool at_once)
{
    const VariableId variable = take_temporary(expressions.type_of(value), name);
    if (at_once) {
        also(AssignLocal{variable, value});
    } else {
        step({AssignLocal{variable, value}});
    }
    return expressions.local(variable);
}

VariableId AutomatonBuilder::take(InUse& in_use, PoolKey key, const std::string& name, bool in_memory,
                                  SourcePlace declared)
{
    std::vector<VariableId>& free = pool[key];
    VariableId variable;
    if (!free.empty()) {
        variable = free.back();
        free.pop_back();
    } else {
        Variable fresh;
        fresh.name = name;
        fresh.type = TypeId(key.type);
        fresh.storage = Storage::local;
        fresh.owner = id;
        fresh.in_memory = in_memory;
        fresh.place = declared;
        variable = expressions.program.variables.add(std::move(fresh));
    }
    in_use.emplace_back(std::move(key), variable);
    return variable;
}

VariableId AutomatonBuilder::take_local(const void* owner, std::uint32_t part, const std::string& name, TypeId type,
                                        bool in_memory, SourcePlace declared)
{
    return take(locals_in_use, {owner, part, type.index, name}, name, in_memory, declared);
}

VariableId AutomatonBuilder::take_temporary(TypeId type, const std::string& name)
{
    const PoolKey key{nullptr, 0, type.index, name};
    const bool is_new = pool[key].empty();
    const std::string shown = name.empty() ? fmt::format("t{}", temporaries + 1) : "t_" + name;
    if (is_new && name.empty()) ++temporaries;
    return take(temporaries_in_use, key, shown, false, {});
}

void AutomatonBuilder::release(InUse& in_use, std::size_t mark)
{
    while (in_use.size() > mark) {
        pool[in_use.back().first].push_back(in_use.back().second);
        in_use.pop_back();
    }
}

// ---- Finishing -----------------------------------------------------------------------------------------------------

std::vector<std::size_t> AutomatonBuilder::outgoing_counts() const
{
    std::vector<std::size_t> counts(locations.size());
    for (const Transition& transition : transitions) ++counts[transition.source.index];
    return counts;
}

// Adds points that the transition passes, each once.
void AutomatonBuilder::hang(const std::vector<PointId>& points, Transition& transition)
{
    transition.points.insert(transition.points.end(), points.begin(), points.end());
    std::ranges::sort(transition.points);
    const auto again = std::ranges::unique(transition.points);
    transition.points.erase(again.begin(), again.end());
}

// A transition that does nothing and is the only one at its source: the source is taken out and whoever leads there is
// sent on to the target. Not where the process has to wait, nor where an LS_ATOMIC body begins, nor round an empty
// loop. Whoever is sent on passes what lies on the way.
void AutomatonBuilder::contract(LocationId& entry)
{
    const std::vector<std::size_t> counts = outgoing_counts();
    std::vector<const Transition*> next(locations.size(), nullptr);
    for (const Transition& transition : transitions) {
        const Location& source = locations[transition.source.index];
        const Location& target = locations[transition.target.index];
        if (counts[transition.source.index] != 1 || transition.guard.valid() || !transition.effect.empty() ||
            transition.choice || transition.source == transition.target || source.is_await ||
            (source.is_finished && !target.is_finished) || (!source.is_atomic && target.is_atomic))
            continue;
        next[transition.source.index] = &transition;
    }
    const auto resolve = [&](LocationId location) {
        std::size_t left = locations.size();
        while (next[location.index] != nullptr) {
            if (left-- == 0) {
                next[location.index] = nullptr;  // an empty loop: one location of it stays
                break;
            }
            location = next[location.index]->target;
        }
        return location;
    };
    for (std::size_t i = 0; i < locations.size(); ++i) resolve(LocationId(i));
    const auto points_to = [&](LocationId location) {
        std::vector<PointId> points;
        const auto add = [&](const std::vector<PointId>& more) {
            points.insert(points.end(), more.begin(), more.end());
        };
        while (true) {
            if (const auto found = passed.find(location.index); found != passed.end()) add(found->second);
            const Transition* jump = next[location.index];
            if (jump == nullptr) return points;
            add(jump->points);
            location = jump->target;
        }
    };
    std::vector<PointId>& at_entry = expressions.program.automata[id].points;
    at_entry = points_to(entry);
    std::vector<Transition> kept;
    for (Transition& transition : transitions) {
        if (next[transition.source.index] != nullptr) continue;
        hang(points_to(transition.target), transition);
        transition.target = resolve(transition.target);
        kept.push_back(transition);
    }
    entry = resolve(entry);
    transitions = std::move(kept);
    // No transition leads to the entry: a process has passed what is there with its first one.
    if (outgoing_counts()[entry.index] == 0) return;
    for (Transition& transition : transitions)
        if (transition.source == entry) hang(at_entry, transition);
    at_entry.clear();
}

void AutomatonBuilder::write(LocationId entry)
{
    std::vector<std::vector<std::size_t>> outgoing(locations.size());
    for (std::size_t i = 0; i < transitions.size(); ++i) outgoing[transitions[i].source.index].push_back(i);
    std::vector<LocationId> renamed(locations.size());
    std::vector<LocationId> work{entry};
    Automaton& automaton = expressions.program.automata[id];
    automaton.locations = {};
    automaton.transitions = {};
    std::vector<bool> reached(locations.size());
    reached[entry.index] = true;
    while (!work.empty()) {
        const LocationId location = work.back();
        work.pop_back();
        for (std::size_t i : outgoing[location.index]) {
            const LocationId target = transitions[i].target;
            if (reached[target.index]) continue;
            reached[target.index] = true;
            work.push_back(target);
        }
    }
    for (std::size_t i = 0; i < locations.size(); ++i)
        if (reached[i]) renamed[i] = automaton.locations.add(locations[i]);
    for (Transition& transition : transitions) {
        if (!reached[transition.source.index]) continue;
        transition.source = renamed[transition.source.index];
        transition.target = renamed[transition.target.index];
        automaton.transitions.add(std::move(transition));
    }
    automaton.entry = renamed[entry.index];
}

void AutomatonBuilder::finish(LocationId entry)
{
    contract(entry);
    write(entry);
}

}  // namespace lockstep::frontend
