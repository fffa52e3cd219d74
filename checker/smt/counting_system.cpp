#include "smt/counting_system.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <tuple>

namespace lockstep::smt {

namespace {

/// Terms of several members at once, which have to be alike, as one term over integers.
class Unifier {
public:
    /// Of what a CPU in the local state `the_mover` does; none: a distinguished one.
    Unifier(CountingSystem& the_system, std::vector<CountingInstance*> the_members,
            std::optional<std::size_t> the_mover = std::nullopt)
        : system(the_system),
          terms(the_system.terms),
          members(std::move(the_members)),
          mover(the_mover),
          sides(terms.truth(true))
    {
    }

    Term sides_so_far() const { return sides; }

    Term unify(const std::vector<Term>& parts)
    {
        const Terms::Node& first = node(0, parts);
        for (std::size_t m = 0; m < parts.size(); ++m)
            if (node(m, parts).op != first.op || node(m, parts).width != first.width)
                throw OutsideFragment("members of the family do not follow the same rules");
        const auto part = [&](Term Terms::Node::* which) {
            std::vector<Term> all(parts.size());
            for (std::size_t m = 0; m < parts.size(); ++m) all[m] = node(m, parts).*which;
            return unify(all);
        };
        const Op op = first.op;
        const unsigned width = first.width;
        switch (op) {
            case Op::variable:
                return number_of(parts);
            case Op::constant:
                return constant_of(parts, width);
            case Op::logical_not:
                return terms.negation(part(&Terms::Node::a));
            case Op::logical_and: {
                const Term left = part(&Terms::Node::a);
                return terms.both(left, part(&Terms::Node::b));
            }
            case Op::logical_or: {
                const Term left = part(&Terms::Node::a);
                return terms.either(left, part(&Terms::Node::b));
            }
            case Op::if_then_else: {
                const Term condition = part(&Terms::Node::a);
                const Term if_true = part(&Terms::Node::b);
                return terms.choose(condition, if_true, part(&Terms::Node::c));
            }
            case Op::equal: {
                const Term left = part(&Terms::Node::a);
                return terms.equal(left, part(&Terms::Node::b));
            }
            case Op::signed_less:
            case Op::unsigned_less: {
                const Term left = part(&Terms::Node::a), right = part(&Terms::Node::b);
                if (op == Op::unsigned_less)
                    for (const Term side : {left, right}) require(at_least(side, 0));
                return terms.binary(Op::signed_less, left, right);
            }
            case Op::add:
            case Op::subtract: {
                const Term left = part(&Terms::Node::a), right = part(&Terms::Node::b);
                return in_range(terms.binary(op, left, right), width);
            }
            case Op::multiply: {
                const Term left = part(&Terms::Node::a), right = part(&Terms::Node::b);
                if (!terms.is_constant(left) && !terms.is_constant(right))
                    throw OutsideFragment("a product of two numbers");
                return in_range(terms.binary(op, left, right), width);
            }
            case Op::zero_extend: {
                const Term value = part(&Terms::Node::a);
                require(at_least(value, 0));
                return value;
            }
            case Op::sign_extend:
                return part(&Terms::Node::a);
            case Op::low_bits:
                return in_range(part(&Terms::Node::a), width);
            default:
                throw OutsideFragment("arithmetic on a number that is not linear");
        }
    }

private:
    CountingSystem& system;
    Terms& terms;
    std::vector<CountingInstance*> members;
    std::optional<std::size_t> mover;
    Term sides;

    [[nodiscard]] const Terms::Node& node(std::size_t m, const std::vector<Term>& parts) const
    {
        return members[m]->terms[parts[m]];
    }
    void require(Term side) { sides = terms.both(sides, side); }
    Term at_least(Term value, std::int64_t bound)
    {
        return terms.negation(terms.binary(Op::signed_less, value, terms.integer(bound)));
    }
    Term in_range(Term value, unsigned width)
    {
        if (width >= 64) return value;
        const std::int64_t limit = std::int64_t{1} << (width - 1);
        require(at_least(value, -limit));
        require(terms.binary(Op::signed_less, value, terms.integer(limit)));
        return value;
    }

    Term number_of(const std::vector<Term>& parts)
    {
        const auto& shared = members[0]->numbers();
        const auto& own = members[0]->own_numbers();
        if (const auto found = std::ranges::find(own, parts[0]); found != own.end())
            return system.mover_values[static_cast<std::size_t>(found - own.begin())];
        if (const auto found = std::ranges::find(shared, parts[0]); found != shared.end())
            return system.number_values[static_cast<std::size_t>(found - shared.begin())];
        const auto& nobody_else = members[0]->masks().nobody_else();
        if (const auto found = std::ranges::find(nobody_else, parts[0]); found != nobody_else.end())
            return nobody_else_in(static_cast<std::size_t>(found - nobody_else.begin()));
        throw OutsideFragment("what happens depends on other CPUs' states");
    }

    Term nobody_else_in(std::size_t mask)
    {
        Term count = terms.integer(mover && system.is_in[*mover][mask] ? -1 : 0);
        for (std::size_t l = 0; l < system.locals.size(); ++l)
            if (system.is_in[l][mask]) count = terms.binary(Op::add, count, system.counts[l]);
        return terms.equal(count, terms.integer(0));
    }

    Term constant_of(const std::vector<Term>& parts, unsigned width)
    {
        if (width == 0) {
            for (std::size_t m = 0; m < parts.size(); ++m)
                if (node(m, parts).value != node(0, parts).value)
                    throw OutsideFragment("members of the family do not follow the same rules");
            return terms.truth(node(0, parts).value != 0);
        }
        std::vector<std::int64_t> values(parts.size());
        for (std::size_t m = 0; m < parts.size(); ++m) values[m] = signed_value(node(m, parts).value, width);
        return affine(values);
    }

public:
    /// slope * N + offset through all members' values.
    Term affine(const std::vector<std::int64_t>& values)
    {
        if (std::ranges::all_of(values, [&](std::int64_t v) { return v == values[0]; })) {
            if (values.size() < 2)
                throw OutsideFragment("a state that was met on one number of CPUs only: look at more");
            return terms.integer(values[0]);
        }
        const std::int64_t run = std::int64_t{members[1]->cpus()} - members[0]->cpus();
        const std::int64_t slope = (values[1] - values[0]) / run;
        const std::int64_t offset = values[0] - slope * members[0]->cpus();
        for (std::size_t m = 0; m < values.size(); ++m)
            if (values[m] != slope * members[m]->cpus() + offset)
                throw OutsideFragment(fmt::format("a constant that is no linear function of the number of CPUs: {}",
                                                  fmt::join(values, ", ")));
        return terms.binary(Op::add, terms.binary(Op::multiply, terms.integer(slope), system.cpus),
                            terms.integer(offset));
    }
};

class Maker {
public:
    Maker(const std::vector<const Program*>& programs, std::size_t most_states,
          const std::function<void(const std::string&)>& the_progress)
        : system(std::make_unique<CountingSystem>()), terms(system->terms), progress(the_progress)
    {
        for (const Program* program : programs) {
            say(fmt::format("counting the states of {} CPUs", program->cpus));
            members.push_back(std::make_unique<CountingInstance>(*program, most_states));
        }
        for (const auto& member : members) system->sizes.push_back(member->cpus());
        for (const Invariant& invariant : programs.front()->invariants) system->invariants.push_back(invariant.name);
    }

    std::unique_ptr<CountingSystem> run()
    {
        choose_variables();
        system->cpus = terms.variable(Terms::integer_width, "N");
        for (const std::string& name : system->numbers)
            system->number_values.push_back(terms.variable(Terms::integer_width, name));
        for (const std::string& name : system->own_numbers)
            system->mover_values.push_back(terms.variable(Terms::integer_width, name));
        visit();
        for (std::size_t l = 0; l < system->locals.size(); ++l)
            system->counts.push_back(terms.variable(Terms::integer_width, fmt::format("count{}", l)));
        std::vector<std::int64_t> counted;
        counted.reserve(members.size());
        for (const auto& member : members) counted.push_back(member->counted_cpus());
        system->counted = Unifier(*system, everybody()).affine(counted);
        add_starts();
        add_rules();
        add_invariants();
        return std::move(system);
    }

private:
    std::unique_ptr<CountingSystem> system;
    Terms& terms;
    const std::function<void(const std::string&)>& progress;
    std::vector<std::unique_ptr<CountingInstance>> members;
    std::map<Signature, std::size_t> control_index, local_index;
    std::vector<std::vector<CountedState>> states;  // by member

    void say(const std::string& stage) const
    {
        if (progress) progress(stage);
    }

    std::vector<CountingInstance*> everybody()
    {
        std::vector<CountingInstance*> all;
        all.reserve(members.size());
        for (const auto& member : members) all.push_back(member.get());
        return all;
    }

    /// A number has the more values the more CPUs there are.
    void choose_variables()
    {
        std::map<std::string, std::vector<std::size_t>> counts, own;
        std::set<std::string> control;
        for (const auto& member : members) {
            for (const auto& [name, count] : member->value_counts()) {
                counts[name].push_back(count);
                control.insert(name);
            }
            for (const auto& [name, count] : member->own_value_counts()) own[name].push_back(count);
        }
        const auto that_grow = [&](const auto& all) {
            std::vector<std::string> names;
            for (const auto& [name, values] : all)
                if (values.size() == members.size() && values.front() > 1 &&
                    std::ranges::adjacent_find(values, std::greater_equal{}) == values.end())
                    names.push_back(name);
            return names;
        };
        system->numbers = that_grow(counts);
        system->own_numbers = that_grow(own);
        for (const auto& member : members) member->set_variables(system->numbers, system->own_numbers, control);
        name_constants();
    }

    /// A value that is another one in each member, one in each, is a constant that depends on N: "N", "N - 1".
    void name_constants()
    {
        std::map<std::string, std::vector<std::set<std::int64_t>>> values;
        for (const auto& member : members)
            for (const auto& [name, set] : member->values()) values[name].push_back(set);
        for (const auto& [name, sets] : values) {
            if (sets.size() < members.size()) continue;
            std::set<std::int64_t> common = sets.front();
            for (const auto& set : sets) std::erase_if(common, [&](std::int64_t v) { return !set.contains(v); });
            std::vector<std::int64_t> own;
            for (const auto& set : sets)
                for (const std::int64_t v : set)
                    if (!common.contains(v)) own.push_back(v);
            if (own.size() != members.size()) continue;
            const std::int64_t offset = own.front() - members.front()->cpus();
            bool follows = true;
            for (std::size_t m = 0; m < members.size(); ++m) follows &= own[m] == members[m]->cpus() + offset;
            if (!follows) continue;
            const std::string text =
                offset == 0 ? "N" : fmt::format("N {} {}", offset < 0 ? '-' : '+', std::abs(offset));
            for (std::size_t m = 0; m < members.size(); ++m) members[m]->name_value(name, own[m], text);
        }
    }

    void visit()
    {
        const auto number = [](std::map<Signature, std::size_t>& index, std::vector<Signature>& all,
                               const Signature& signature) {
            const auto [entry, is_new] = index.try_emplace(signature, all.size());
            if (is_new) all.push_back(signature);
            return entry->second;
        };
        for (const auto& member : members) {
            states.push_back(member->states());
            for (const CountedState& state : states.back()) {
                number(control_index, system->controls, state.control);
                for (const auto& [local, count] : state.locals) number(local_index, system->locals, local);
            }
        }
        for (const Signature& local : system->locals) {
            std::vector<bool> has(system->own_numbers.size());
            for (std::size_t n = 0; n < has.size(); ++n) has[n] = members.front()->has_own(local, n);
            system->has_own.push_back(std::move(has));
            const CpuMasks& masks = members.front()->masks();
            std::vector<bool> is_in(masks.size());
            for (std::size_t k = 0; k < is_in.size(); ++k) is_in[k] = masks.has_own(local, k);
            system->is_in.push_back(std::move(is_in));
        }
        const std::vector<bool> none(system->locals.size(), false);
        system->is_met.assign(system->controls.size(), none);
        system->has_duty.assign(system->controls.size(), none);
        system->control_has_duty.assign(system->controls.size(), false);
        std::set<CountingSystem::Visited> visited;
        for (std::size_t m = 0; m < members.size(); ++m) {
            for (const CountedState& state : states[m]) {
                CountingSystem::Visited vector;
                vector.control = control_index.at(state.control);
                vector.cpus = members[m]->cpus();
                vector.counts.assign(system->locals.size(), 0);
                for (const auto& [local, count] : state.locals) {
                    vector.counts[local_index.at(local)] = count;
                    system->is_met[vector.control][local_index.at(local)] = true;
                }
                vector.numbers = state.numbers;
                for (const auto& [local, own] : state.own_numbers) vector.own.emplace_back(local_index.at(local), own);
                std::ranges::sort(vector.own);
                visited.insert(std::move(vector));
            }
        }
        system->visited.assign(visited.begin(), visited.end());
    }

    /// An initial state of a member: where it begins, and with which numbers.
    using Place = std::pair<std::size_t, std::size_t>;  // control and local state
    using Numbers = std::pair<std::vector<std::int64_t>, std::vector<std::int64_t>>;

    std::map<Place, Numbers> starts_of(std::size_t m)
    {
        std::map<Place, Numbers> starts;
        for (std::size_t i = 0; i < members[m]->initial_states(); ++i) {
            const CountedState& first = states[m][i];
            if (first.locals.size() != 1)
                throw OutsideFragment("the counted CPUs do not all begin in the same local state");
            Numbers numbers{first.numbers, {}};
            for (const auto& of_cpu : first.own_numbers) {
                if (of_cpu != first.own_numbers.front())
                    throw OutsideFragment("the counted CPUs begin with different numbers");
                numbers.second = of_cpu.second;
            }
            const Place place{control_index.at(first.control), local_index.at(first.locals.begin()->first)};
            const auto [entry, is_new] = starts.try_emplace(place, numbers);
            if (!is_new && entry->second != numbers)
                throw OutsideFragment("initial states differ in nothing but numbers");
        }
        return starts;
    }

    void add_starts()
    {
        std::vector<std::map<Place, Numbers>> by_member;
        for (std::size_t m = 0; m < members.size(); ++m) {
            by_member.push_back(starts_of(m));
            if (by_member[m].size() != by_member[0].size())
                throw OutsideFragment("members of the family do not begin in the same states");
        }
        for (const auto& [place, first_numbers] : by_member[0]) {
            CountingSystem::Start start;
            std::tie(start.control, start.local) = place;
            std::vector<Numbers> numbers;
            for (const auto& starts : by_member) {
                const auto found = starts.find(place);
                if (found == starts.end())
                    throw OutsideFragment("members of the family do not begin in the same states");
                numbers.push_back(found->second);
            }
            Unifier unifier(*system, everybody());
            const auto affine = [&](std::vector<std::int64_t> Numbers::* kind, std::size_t i) {
                std::vector<std::int64_t> values;
                for (const Numbers& of_member : numbers) values.push_back((of_member.*kind)[i]);
                return unifier.affine(values);
            };
            for (std::size_t i = 0; i < system->numbers.size(); ++i)
                start.numbers.push_back(affine(&Numbers::first, i));
            for (std::size_t i = 0; i < system->own_numbers.size(); ++i)
                start.own.push_back(system->has_own[start.local][i] ? affine(&Numbers::second, i) : Term{});
            system->starts.push_back(std::move(start));
        }
    }

    void add_rules()
    {
        for (std::size_t c = 0; c < system->controls.size(); ++c) {
            say(fmt::format("rules that all members follow: control state {} of {}", c + 1, system->controls.size()));
            add_rules_of(c, std::nullopt);
            for (std::size_t l = 0; l < system->locals.size(); ++l)
                if (system->is_met[c][l]) add_rules_of(c, l);
        }
    }

    void add_rules_of(std::size_t control, std::optional<std::size_t> local)
    {
        std::vector<CountingInstance*> met;
        std::vector<std::vector<CountingRule>> rules;
        const std::optional<Signature> signature = local ? std::optional(system->locals[*local]) : std::nullopt;
        for (const auto& member : members) {
            auto found = member->rules(system->controls[control], signature);
            if (!found) continue;
            if (!met.empty() && found->size() != rules.front().size())
                throw OutsideFragment("members of the family do not follow the same rules");
            const bool has_duty = member->has_duty(system->controls[control], signature);
            if (local)
                system->has_duty[control][*local] = has_duty;
            else
                system->control_has_duty[control] = has_duty;
            met.push_back(member.get());
            rules.push_back(std::move(*found));
        }
        if (met.empty()) return;
        if (met.size() < 2 && !rules.front().empty())
            throw OutsideFragment(
                fmt::format("{} CPUs come to states that fewer do not: look at more CPUs", met.front()->cpus()));
        for (std::size_t i = 0; i < rules.front().size(); ++i) {
            Unifier unifier(*system, met, local);
            std::vector<Term> conditions;
            for (const auto& of_member : rules) {
                if (of_member[i].key() != rules.front()[i].key())
                    throw OutsideFragment(fmt::format("{}: {} CPUs do something else here than {}",
                                                      rules.front()[i].place, met.back()->cpus(), met.front()->cpus()));
                conditions.push_back(of_member[i].condition);
            }
            const CountingRule& first = rules.front()[i];
            CountingSystem::Rule rule;
            rule.control = control;
            rule.local = local;
            rule.place = first.place;
            rule.condition = unifier.unify(conditions);
            rule.fails = first.end == CountingRule::End::fails;
            if (!rule.fails) {
                if (const auto to = control_index.find(first.control); to != control_index.end())
                    rule.to_control = to->second;
                if (const auto to = local_index.find(first.local); local && to != local_index.end())
                    rule.to_local = to->second;
                for (std::size_t n = 0; n < system->numbers.size(); ++n) {
                    std::vector<Term> values;
                    values.reserve(rules.size());
                    for (const auto& of_member : rules) values.push_back(of_member[i].numbers[n]);
                    rule.to_numbers.push_back(unifier.unify(values));
                }
                for (std::size_t n = 0; n < system->own_numbers.size(); ++n) {
                    std::vector<Term> values;
                    for (const auto& of_member : rules) values.push_back(of_member[i].own[n]);
                    rule.to_own.push_back(values.front().valid() ? unifier.unify(values) : Term{});
                }
            }
            rule.sides = unifier.sides_so_far();
            system->rules.push_back(std::move(rule));
        }
    }

    void add_invariants()
    {
        for (std::size_t c = 0; c < system->controls.size(); ++c)
            for (std::size_t i = 0; i < system->invariants.size(); ++i) add_invariant(c, i);
    }

    void add_invariant(std::size_t control, std::size_t invariant)
    {
        std::vector<CountingInstance*> met;
        std::vector<CountingInstance::Broken> broken;
        for (const auto& member : members) {
            if (!member->rules(system->controls[control], std::nullopt)) continue;
            met.push_back(member.get());
            broken.push_back(member->broken(system->controls[control], invariant, system->locals));
        }
        Unifier unifier(*system, met);
        std::vector<Term> always;
        always.reserve(broken.size());
        for (const auto& of_member : broken) always.push_back(of_member.always);
        const Term condition = unifier.unify(always);
        if (!terms.is_false(condition))
            system->broken.push_back({control, invariant, std::nullopt, condition, unifier.sides_so_far()});
        std::set<Signature> locals;
        for (const auto& of_member : broken)
            for (const auto& [local, when] : of_member.by_local) locals.insert(local);
        for (const Signature& local : locals) {
            // In a member in which the pair was never met nothing is known of it.
            std::vector<CountingInstance*> knowing;
            std::vector<Term> conditions;
            for (std::size_t m = 0; m < met.size(); ++m) {
                const auto found = broken[m].by_local.find(local);
                if (found == broken[m].by_local.end()) continue;
                knowing.push_back(met[m]);
                conditions.push_back(found->second);
            }
            Unifier of_local(*system, knowing);
            const Term when = of_local.unify(conditions);
            system->broken.push_back({control, invariant, local_index.at(local), when, of_local.sides_so_far()});
        }
    }
};

/// "migration/1 location = 15 (kernel/stop_machine.c:307)": the place; empty where the entry is no location.
std::string place_in(const std::string& entry)
{
    const std::size_t location = entry.find(" location = ");
    if (location == std::string::npos) return "";
    const std::size_t open = entry.find('(', location);
    const std::string place = entry.substr(open + 1, entry.size() - open - 2);
    return entry.substr(0, location) + (place == "finished" ? " has finished" : " at " + place);
}

/// Where everybody is, and of the other entries those that are not the same wherever everybody is there.
std::string label(const Signature& signature, const std::vector<Signature>& all)
{
    std::vector<const Signature*> alike;
    for (const Signature& other : all) {
        bool same_places = other.size() == signature.size();
        for (std::size_t i = 0; same_places && i < signature.size(); ++i)
            same_places = place_in(signature[i]).empty() || signature[i] == other[i];
        if (same_places) alike.push_back(&other);
    }
    std::string text;
    for (std::size_t i = 0; i < signature.size(); ++i) {
        const std::string place = place_in(signature[i]);
        const bool differs = place.empty() && std::ranges::any_of(alike, [&](const Signature* other) {
                                 return (*other)[i] != signature[i];
                             });
        if (!place.empty() || differs) text += (text.empty() ? "" : ", ") + (place.empty() ? signature[i] : place);
    }
    return text;
}

}  // namespace

std::string CountingSystem::control_text(std::size_t control) const { return label(controls[control], controls); }
std::string CountingSystem::local_text(std::size_t local) const { return label(locals[local], locals); }

std::unique_ptr<CountingSystem> make_counting_system(const std::vector<const Program*>& programs,
                                                     std::size_t most_states,
                                                     const std::function<void(const std::string&)>& progress)
{
    return Maker(programs, most_states, progress).run();
}

}  // namespace lockstep::smt
