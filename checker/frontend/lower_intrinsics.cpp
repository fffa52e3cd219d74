// Calls of the functions of lockstep.h, which have no body.
#include "frontend/lowering.h"
#include "frontend/walk.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>

#include <fmt/format.h>

namespace lockstep::frontend {

ExpressionId Lowering::intrinsic(const clang::CallExpr* call, const std::string& name)
{
    if (name == "cpu_relax") return {};
    if (name == "ls_await") {
        await(call);
        return {};
    }
    if (name == "ls_choose") return choose(call);
    if (name == "ls_assume") {
        check(truth_of(call->getArg(0)), Prune{});
        return {};
    }
    if (name == "ls_assert") {
        std::string text = context.sources.text(*now->context, call->getArg(0)->getSourceRange());
        for (std::size_t i = 0; (i = text.find('%', i)) != std::string::npos; i += 2) text.insert(i, 1, '%');
        check(truth_of(call->getArg(0)),
              Report{"assertion", text.empty() ? "assertion failed" : "assertion failed: " + text, {}, {}, {}, true});
        return {};
    }
    if (name == "ls_report" || name == "ls_fail") {
        report(call, name == "ls_fail");
        return {};
    }
    if (name == "ls_progress") {
        build.step({Progress{}});
        return {};
    }
    if (name == "ls_per_cpu_address" || name == "ls_own_cpu_address") return per_cpu_address(call);
    return machine_intrinsic(call, name);
}

// The condition is one test, whatever it reads. Where it takes several transitions (a call in it, say) they are an
// atomic region that begins here and ends with the guard.
void Lowering::await(const clang::CallExpr* call)
{
    build.wait_here();
    ++build.atomic_depth;
    const ExpressionId guard = truth_of(call->getArg(0));
    --build.atomic_depth;
    const auto known = expressions.constant_value(guard);
    build.step({}, known && *known != 0 ? ExpressionId{} : guard);
}

ExpressionId Lowering::choose(const clang::CallExpr* call)
{
    Held low(build, rvalue(call->getArg(0)), "low");
    const ExpressionId high = rvalue(call->getArg(1));
    const VariableId chosen = build.take_temporary(expressions.long_type, "chosen");
    build.step({}, {}, Choice{chosen, low.take(), high});
    return expressions.local(chosen);
}

// A branch whose other side does `otherwise`: ls_assert and ls_assume.
void Lowering::check(ExpressionId guard, Statement otherwise)
{
    const auto known = expressions.constant_value(guard);
    if (known && *known != 0) return;
    build.flush();
    const LocationId next = build.new_location();
    if (!known) build.edge(guard, {}, next);
    build.edge(known ? ExpressionId{} : expressions.negation(guard), {std::move(otherwise)}, next);
    build.enter(next);
}

std::string Lowering::literal_text(const clang::Expr* expression)
{
    const ExpressionId value = rvalue(expression);
    const Expression node = program.expressions[value];
    if (const auto* text = std::get_if<StringConstant>(&node.node)) return program.strings[text->string];
    refuse(expression->getExprLoc(), "this has to be a string literal");
}

/// A report's task: -1 is whoever that CPU runs.
ExpressionId Lowering::task_or_current(ExpressionId task, ExpressionId cpu)
{
    if (std::holds_alternative<Own>(program.expressions[task].node)) return task;
    const auto known = expressions.constant_value(task);
    if (known && *known >= 0) return task;
    const std::array arguments{cpu};
    const ExpressionId current = machine::lower(program, context.machine, "ls_current", arguments).value;
    if (known) return current;
    const TypeId type = expressions.type_of(task);
    const ExpressionId is_task =
        expressions.binary(BinaryOp::less_equal, expressions.constant(0, type), task, expressions.bool_type);
    return expressions.add({Select{is_task, task, expressions.convert(current, type)}, type});
}

void Lowering::report(const clang::CallExpr* call, bool stops)
{
    Report report;
    report.stops = stops;
    report.kind = literal_text(call->getArg(0));
    unsigned next = 1;
    HeldValues held;
    const auto hold = [&](const clang::Expr* expression) {
        const ExpressionId value = rvalue(expression);
        if (expressions.is_time(value))
            refuse(expression->getExprLoc(), "a time stamp cannot be printed", "print a difference of time stamps");
        held.push_back(std::make_unique<Held>(build, value));
    };
    if (!stops) {
        hold(call->getArg(next++));
        hold(call->getArg(next++));
    }
    report.format = literal_text(call->getArg(next++));
    for (; next < call->getNumArgs(); ++next) hold(call->getArg(next));
    std::size_t directives = 0;
    for (std::size_t i = 0; i + 1 < report.format.size(); ++i) {
        if (report.format[i] != '%') continue;
        if (report.format[++i] != '%') ++directives;
    }
    const std::size_t first = stops ? 0 : 2;
    if (directives != held.size() - first) {
        refuse(call->getExprLoc(), fmt::format("the format has {} directives, but there are {} arguments", directives,
                                               held.size() - first));
    }
    std::vector<ExpressionId> values;
    for (const auto& item : held) values.push_back(item->take());
    if (!stops) {
        report.cpu = values[0];
        report.task = task_or_current(values[1], values[0]);
    }
    report.arguments.assign(values.begin() + static_cast<std::ptrdiff_t>(first), values.end());
    build.step({std::move(report)});
}

ExpressionId Lowering::per_cpu_address(const clang::CallExpr* call)
{
    ExpressionId base;
    {
        const PerCpuAllowed allowed(*this, true);
        base = rvalue(call->getArg(0));
    }
    // The macro ls_per_cpu_ptr() gives the pointer its type back.
    const Expression node = program.expressions[base];
    if (const auto* converted = std::get_if<Convert>(&node.node))
        if (is_pointer(expressions.type(converted->operand))) base = converted->operand;
    // ls_own_cpu_address() has no second argument: which CPU that is, is asked in the step of the access itself.
    if (call->getNumArgs() == 1)
        return expressions.add({PerCpuAddress{base, build::own(program, Own::What::cpu)}, expressions.type_of(base)});
    Held held(build, base, "pointer");
    const ExpressionId cpu = rvalue(call->getArg(1));
    const ExpressionId copy = held.take();
    return expressions.add({PerCpuAddress{copy, cpu}, expressions.type_of(copy)});
}

ExpressionId Lowering::machine_intrinsic(const clang::CallExpr* call, const std::string& name)
{
    const clang::SourceLocation location = call->getExprLoc();
    // Interrupts do not nest; the kernel, too, warns of a handler that turns them on.
    if (name == "ls_irq_enable" || name == "ls_halt") {
        const ExpressionId in_irq = machine::lower(program, context.machine, "ls_in_irq", {}).value;
        check(expressions.negation(in_irq),
              Report{"warning", "WARNING: an interrupt's handler enabled interrupts", {}, {}, {}, true});
    }
    HeldValues held;
    for (const clang::Expr* expression : call->arguments()) {
        const ExpressionId value = rvalue(expression);
        if (expressions.is_time(value)) refuse(expression->getExprLoc(), "a time stamp is used as an integer");
        held.push_back(std::make_unique<Held>(build, build.settled(value, "argument"), "argument"));
    }
    std::vector<ExpressionId> values;
    for (const auto& item : held) values.push_back(item->take());
    held.clear();
    if (name == "ls_create_task") {
        if (values.size() > 6) refuse(call->getArg(6)->getExprLoc(), "a task's name has at most one number");
        if (values.size() > 5) values[5] = expressions.convert(values[5], expressions.int_type);
    }
    machine::Lowered lowered = machine::lower(program, context.machine, name, values);
    if (lowered.blocks_after.valid() && build.is_atomic()) {
        refuse(location, fmt::format("'{}' inside LS_ATOMIC", name),
               "an LS_ATOMIC body is one step, and this lets others go on before it returns");
    }
    // Only a read: it stays pending, or, where nobody else may change it, it is read in the step before.
    if (lowered.effect.empty() && !lowered.guard.valid() && !lowered.blocks_after.valid()) {
        if (!lowered.value.valid()) return {};
        if (expressions.constant_value(lowered.value) && !expressions.is_time(lowered.value)) return lowered.value;
        if (build.is_atomic()) return lowered.value;
        if (lowered.value_is_shared) {
            build.flush();
            return lowered.value;
        }
        return build.into_temporary(lowered.value, name.substr(3), true);
    }
    std::optional<VariableId> result;
    const bool wanted = lowered.value.valid();
    if (wanted) result = build.take_temporary(expressions.type_of(lowered.value), name.substr(3));
    if (wanted && !lowered.blocks_after.valid()) lowered.effect.emplace_back(AssignLocal{*result, lowered.value});
    if (lowered.guard.valid()) build.wait_here();
    build.step(std::move(lowered.effect), lowered.guard);
    if (lowered.blocks_after.valid()) {
        build.wait_here();
        std::vector<Statement> after;
        if (wanted) after.emplace_back(AssignLocal{*result, lowered.value});
        const auto known = expressions.constant_value(lowered.blocks_after);
        build.step(std::move(after), known && *known != 0 ? ExpressionId{} : lowered.blocks_after);
    }
    return wanted ? expressions.local(*result) : ExpressionId{};
}

}  // namespace lockstep::frontend
