// What each intrinsic of models/include/lockstep.h does to the machine's variables: one row each.
#include "machine/machine.h"
#include "machine/parts.h"
#include "program/builder.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace lockstep::machine {

using namespace build;  // NOLINT: this file does nothing but build

namespace {

using Arguments = std::span<const ExpressionId>;

/// Stops the step that another context has to end: the location that follows is waited at.
ExpressionId always(Program& p) { return bool_constant(p, true); }

ExpressionId as_int(Program& p, ExpressionId e) { return convert(p, e, int_type(p)); }

Lowered create_task(Program& p, const Machine& m, Arguments a)
{
    const ExpressionId count = address_of(p, m.task_count);
    const ExpressionId number = load(p, count);
    Lowered l;
    const auto note = [&](VariableId array, ExpressionId value) {
        l.effect.push_back(set(p, element(p, array, number), value));
    };
    note(m.task_entry, a[0]);
    note(m.task_argument, a[1]);
    note(m.task_pid, a[2]);
    note(m.task_flags, a[3]);
    note(m.task_name, a[4]);
    note(m.task_name_number, a.size() > 5 ? a[5] : int_constant(p, 0));
    l.effect.push_back(set(p, count, binary(p, BinaryOp::add, number, int_constant(p, 1))));
    l.value = binary(p, BinaryOp::subtract, load(p, count), int_constant(p, 1));
    l.value_is_shared = true;
    return l;
}

/// `task` runs on `cpu` from now on.
std::vector<Statement> place_task(Program& p, const Machine& m, ExpressionId cpu, ExpressionId task)
{
    return {set(p, on_cpu(p, m.current, cpu), task), set(p, element(p, m.task_cpu, task), cpu)};
}

Lowered run(Program& p, const Machine& m, Arguments a) { return {.effect = place_task(p, m, a[0], a[1])}; }

Lowered switch_to(Program& p, const Machine& m, Arguments a)
{
    return {.effect = place_task(p, m, own(p, Own::What::cpu), a[0]), .blocks_after = always(p)};
}

Lowered set_task_data(Program& p, const Machine& m, Arguments a)
{
    return {.effect = {set(p, element(p, m.task_data, a[0]), a[1])}};
}

// Set in boot only, so that reading it is no step.
Lowered task_data(Program& p, const Machine& m, Arguments a)
{
    return {.value = load(p, element(p, m.task_data, a[0]))};
}

Lowered own_cpu(Program& p, const Machine&, Arguments) { return {.value = own(p, Own::What::cpu)}; }
Lowered own_task(Program& p, const Machine&, Arguments) { return {.value = own(p, Own::What::task)}; }

Lowered current(Program& p, const Machine& m, Arguments a)
{
    return {.value = as_int(p, load(p, on_cpu(p, m.current, a[0]))), .value_is_shared = true};
}

Lowered set_handler(Program& p, const Machine& m, Arguments a, bool is_nmi)
{
    return {.effect = {set(p, element(p, m.handler, a[0]), a[1]), set(p, element(p, m.handler_is_nmi, a[0]), is_nmi)}};
}
Lowered irq_handler(Program& p, const Machine& m, Arguments a) { return set_handler(p, m, a, false); }
Lowered nmi_handler(Program& p, const Machine& m, Arguments a) { return set_handler(p, m, a, true); }

Lowered irq_raise(Program& p, const Machine& m, Arguments a)
{
    return {.effect = {set(p, element_on_cpu(p, m.pending, a[0], a[1]), 1)}};
}

Lowered irq_disable(Program& p, const Machine& m, Arguments)
{
    return {.effect = {set(p, on_own_cpu(p, m.irqs_off), 1)}};
}
Lowered irq_enable(Program& p, const Machine& m, Arguments)
{
    return {.effect = {leave_to_interrupts(p, m, {}), set(p, on_own_cpu(p, m.irqs_off), 0)}};
}

// Only the own CPU changes these two, so that reading them is no step.
Lowered irqs_disabled(Program& p, const Machine& m, Arguments) { return {.value = load(p, on_own_cpu(p, m.irqs_off))}; }
Lowered in_irq(Program& p, const Machine& m, Arguments) { return {.value = logical_not(p, is_in_task(p, m))}; }

Lowered preempt(Program& p, const Machine& m, Arguments)
{
    return {.effect = {set(p, on_own_cpu(p, m.irqs_off), 1), set(p, element(p, m.in_hook, own(p, Own::What::task)), 1)},
            .blocks_after = always(p)};
}

Lowered timer_start(Program& p, const Machine& m, Arguments a)
{
    return {.effect = {set(p, element_on_cpu(p, m.timer, a[0], a[1]), a[2])}};
}

Lowered delay(Program& p, const Machine& m, Arguments a)
{
    const ExpressionId left = element(p, m.delay, own(p, Own::What::process));
    return {.effect = {set(p, left, a[0])}, .blocks_after = is_zero(p, left)};
}

Lowered steal(Program& p, const Machine& m, Arguments a)
{
    return {.effect = {set(p, on_cpu(p, m.stolen, a[0]), a[1])}};
}

Lowered halt(Program& p, const Machine& m, Arguments)
{
    return {.effect = {set(p, on_own_cpu(p, m.irqs_off), 0), set(p, on_own_cpu(p, m.halted), 1)},
            .blocks_after = is_zero(p, on_own_cpu(p, m.halted))};
}

Lowered now(Program& p, const Machine& m, Arguments) { return {.value = constant(p, 0, m.time_type)}; }

struct Intrinsic {
    std::string_view name;
    std::size_t arguments;  // at least
    Lowered (*lower)(Program&, const Machine&, Arguments);
};

constexpr std::array intrinsics{
    Intrinsic{"ls_create_task", 5, create_task},
    Intrinsic{"ls_run", 2, run},
    Intrinsic{"ls_switch_to", 1, switch_to},
    Intrinsic{"ls_set_task_data", 2, set_task_data},
    Intrinsic{"ls_task_data", 1, task_data},
    Intrinsic{"ls_cpu", 0, own_cpu},
    Intrinsic{"ls_self", 0, own_task},
    Intrinsic{"ls_current", 1, current},
    Intrinsic{"ls_irq_handler", 2, irq_handler},
    Intrinsic{"ls_nmi_handler", 2, nmi_handler},
    Intrinsic{"ls_irq_raise", 2, irq_raise},
    Intrinsic{"ls_irq_disable", 0, irq_disable},
    Intrinsic{"ls_irq_enable", 0, irq_enable},
    Intrinsic{"ls_irqs_disabled", 0, irqs_disabled},
    Intrinsic{"ls_in_irq", 0, in_irq},
    Intrinsic{"ls_preempt", 0, preempt},
    Intrinsic{"ls_timer_start", 3, timer_start},
    Intrinsic{"ls_delay", 1, delay},
    Intrinsic{"ls_steal", 2, steal},
    Intrinsic{"ls_halt", 0, halt},
    Intrinsic{"ls_now", 0, now},
};

}  // namespace

bool is_intrinsic(std::string_view name)
{
    return std::ranges::find(intrinsics, name, &Intrinsic::name) != intrinsics.end();
}

Lowered lower(Program& program, const Machine& machine, std::string_view name, Arguments arguments)
{
    const auto* intrinsic = std::ranges::find(intrinsics, name, &Intrinsic::name);
    assert(intrinsic != intrinsics.end() && arguments.size() >= intrinsic->arguments);
    return intrinsic->lower(program, machine, arguments);
}

}  // namespace lockstep::machine
