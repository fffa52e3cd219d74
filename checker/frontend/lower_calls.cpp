// Calls, inlined one by one.
//
// A parameter that is never written and whose argument is the same wherever it is evaluated (a constant, an address, a
// local of the caller) is replaced by the argument; others are locals. A body that is one `return expression;` becomes
// that expression. A call through a pointer branches over the functions that the pointer may hold; a last branch
// reports any other value.
#include "frontend/lowering.h"
#include "frontend/walk.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::frontend {

bool Lowering::is_active(const clang::FunctionDecl* definition) const
{
    return std::ranges::any_of(activations, [&](const Activation* a) { return a->function == definition; });
}

void Lowering::check_recursion(const clang::FunctionDecl* definition, clang::SourceLocation location)
{
    if (!is_active(definition)) return;
    std::string cycle;
    bool inside = false;
    for (const Activation* activation : activations) {
        inside = inside || activation->function == definition;
        if (inside) cycle += activation->function->getNameAsString() + " -> ";
    }
    refuse(location, fmt::format("recursion is not supported: {}{}", cycle, definition->getNameAsString()),
           "calls are inlined; write it as a loop");
}

Place Lowering::result_place(const clang::FunctionDecl* definition, const void* owner, clang::SourceLocation location)
{
    Place result;
    const clang::QualType type = definition->getReturnType();
    if (type->isVoidType()) return result;
    const std::string name = definition->getNameAsString();
    result.type = context.types.of(type, context.sources.place(definition->getASTContext(), definition->getLocation()));
    result.name = name;
    if (type->isRecordType()) {
        Place place = fresh_memory(owner, name + ".result", result.type, location);
        build.step({Undefine{std::get<AddressOf>(program.expressions[place.address].node).variable}});
        return place;
    }
    result.registers.push_back(build.take_temporary(result.type, name));
    return result;
}

ExpressionId Lowering::call(const clang::CallExpr* call, Place* aggregate_result)
{
    const AtPlace at(*this, place_of(call->getExprLoc()));
    const PerCpuAllowed allowed(*this, false);
    const clang::FunctionDecl* callee = call->getDirectCallee();
    if (callee == nullptr) return indirect_call(call, aggregate_result);
    const std::string name = callee->getNameAsString();
    if (is_language_function(name)) return intrinsic(call, name);
    if (const clang::FunctionDecl* definition = context.symbols.definition(callee)) {
        check_recursion(definition, call->getExprLoc());
        std::vector<Argument> arguments = arguments_of(call, definition);
        return inline_call(definition, arguments, call->getExprLoc(), nullptr, aggregate_result);
    }
    if (memory_function(call, name)) return {};
    if (callee->getBuiltinID() != 0) return builtin(call, name);
    refuse(call->getExprLoc(), fmt::format("function '{}' is called but has no body", name),
           "add the C file that defines it, or write one that does what the model needs");
}

std::vector<Lowering::Argument> Lowering::arguments_of(const clang::CallExpr* call,
                                                       const clang::FunctionDecl* definition)
{
    const unsigned expected = definition->getNumParams();
    if (call->getNumArgs() < expected)
        refuse(call->getExprLoc(), fmt::format("'{}' is called with too few arguments", definition->getNameAsString()));
    std::vector<Argument> arguments;
    for (unsigned i = 0; i < call->getNumArgs(); ++i) {
        const clang::Expr* expression = call->getArg(i);
        Argument argument;
        if (expression->getType()->isRecordType()) {
            argument.place = aggregate(expression);
            if (argument.place.in_memory()) argument.place.address = build.settled(argument.place.address, "pointer");
        } else {
            const std::string name = i < expected ? definition->getParamDecl(i)->getNameAsString() : std::string();
            argument.value = std::make_unique<Held>(build, rvalue(expression), name);
        }
        arguments.push_back(std::move(argument));
    }
    return arguments;
}

void Lowering::enter_function(Activation& activation, FrameId frame)
{
    activation.facts = &context.facts(activation.function);
    activation.context = &activation.function->getASTContext();
    build.frame = frame;
    activations.push_back(&activation);
    now = &activation;
    const SourcePlace place = place_of(activation.function->getLocation());
    if (place.line != 0) build.place = place;
}

void Lowering::bind_parameters(Activation& callee, std::vector<Argument>& arguments, FrameId callee_frame,
                               clang::SourceLocation call_location)
{
    const FunctionFacts& facts = context.facts(callee.function);
    const bool begins_atomic = facts.is_atomic && !build.is_atomic();
    std::vector<Statement> effect;
    std::vector<std::pair<Place, Place>> copies;
    const auto& context_of_callee = callee.function->getASTContext();
    for (unsigned i = 0; i < callee.function->getNumParams(); ++i) {
        const clang::ParmVarDecl* parameter = callee.function->getParamDecl(i);
        const SourcePlace place = context.sources.place(context_of_callee, parameter->getLocation());
        const TypeId type = context.types.of(parameter->getType(), place);
        const std::string name = parameter->getNameAsString();
        Binding binding;
        binding.place.type = type;
        binding.place.name = name;
        ExpressionId value;
        if (arguments[i].value) {
            value = coerce(arguments[i].value->value, type, call_location);
            arguments[i].value->value = value;
            if (begins_atomic && expressions.reads_memory(value)) build.flush();
            value = arguments[i].value->take();
        }
        if (value.valid() && !facts.in_memory.contains(parameter) && !facts.assigned.contains(parameter) &&
            expressions.is_fixed(value)) {
            binding.value = value;
        } else if (facts.in_memory.contains(parameter)) {
            const VariableId local = build.take_local(parameter, 0, name, type, true, place);
            callee.scopes.front().in_memory.push_back(local);
            binding.place.address = build::address_of(program, local);
            effect.emplace_back(Undefine{local});
            if (value.valid()) {
                effect.emplace_back(Store{binding.place.address, value});
            } else {
                copies.emplace_back(binding.place, arguments[i].place);
            }
        } else {
            const std::vector<TypeId> types = slot_types(program, type);
            for (std::uint32_t slot = 0; slot < types.size(); ++slot) {
                binding.place.registers.push_back(build.take_local(parameter, slot, name, types[slot], false, place));
                build.flush_mentions(binding.place.registers.back());
            }
            if (value.valid()) {
                effect.emplace_back(AssignLocal{binding.place.registers[0], value});
            } else {
                copies.emplace_back(binding.place, arguments[i].place);
            }
        }
        callee.bindings[parameter] = binding;
    }
    for (Argument& argument : arguments) argument.value.reset();
    if (begins_atomic) {
        // Where somebody waits to begin is seen as being in the function.
        build.frame = callee_frame;
        const SourcePlace start = context.sources.place(context_of_callee, callee.function->getLocation());
        if (start.line != 0) build.place = start;
        build.wait_here();
        ++build.atomic_depth;
    }
    if (!effect.empty()) build.step(std::move(effect));
    for (const auto& [to, from] : copies) copy(to, from);
}

ExpressionId Lowering::inline_call(const clang::FunctionDecl* definition, std::vector<Argument>& arguments,
                                   clang::SourceLocation call_location, const Place* into, Place* aggregate_result)
{
    check_recursion(definition, call_location);
    const FunctionFacts& facts = context.facts(definition);
    const FrameId caller_frame = build.frame;
    const SourcePlace caller_place = build.place;
    Activation* caller = now;
    const unsigned caller_atomic = build.atomic_depth;
    const bool begins_atomic = facts.is_atomic && !build.is_atomic();
    const bool is_struct = definition->getReturnType()->isRecordType();
    const bool has_value = !definition->getReturnType()->isVoidType();
    const bool as_expression = facts.only_return != nullptr && has_value && !is_struct;

    Activation callee;
    callee.function = definition;
    callee.scopes.push_back({definition->getBody(), {}});
    if (into != nullptr) {
        callee.result = *into;
    } else if (!as_expression && has_value) {
        callee.result = result_place(definition, definition, call_location);
    }
    const std::size_t locals = build.locals_mark();
    const LocationId exit = build.new_location();
    callee.exit = exit;
    const FrameId frame = program.frames.add({definition->getNameAsString(), caller_frame, caller_place});
    bind_parameters(callee, arguments, frame, call_location);
    const bool has_memory_parameters = !callee.scopes.front().in_memory.empty();
    enter_function(callee, frame);
    build.pass(context.points.of(definition));

    const bool needs_exit = !as_expression || begins_atomic || has_memory_parameters || into != nullptr;
    ExpressionId value;
    if (as_expression) {
        const AtPlace at(*this, place_of(facts.only_return->getExprLoc()));
        const TypeId type =
            into != nullptr ? into->type : type_of(definition->getReturnType(), definition->getLocation());
        pass(facts.only_return);
        value = coerce(rvalue(facts.only_return), type, facts.only_return->getExprLoc());
        if (into != nullptr) {
            build.step({AssignLocal{into->registers[0], value}});
        } else if (needs_exit) {
            value = build.settled(value, short_name(definition->getNameAsString()));
        }
    } else {
        for (const clang::Stmt* item : llvm::cast<clang::CompoundStmt>(definition->getBody())->body()) statement(item);
    }
    if (needs_exit) {
        leave_scopes(0);
        build.bind(exit);
    }
    activations.pop_back();
    now = caller;
    build.frame = caller_frame;
    build.place = caller_place;
    build.atomic_depth = caller_atomic;
    build.release_locals(locals);
    if (into != nullptr || !has_value) return {};
    if (as_expression) return value;
    if (is_struct) {
        if (aggregate_result != nullptr) *aggregate_result = callee.result;
        return {};
    }
    return expressions.local(callee.result.registers[0]);
}

// ---- Through pointers ----------------------------------------------------------------------------------------------

namespace {

bool same_class(clang::QualType one, clang::QualType other, const clang::ASTContext& a, const clang::ASTContext& b)
{
    if (one->isPointerType() || other->isPointerType()) return one->isPointerType() && other->isPointerType();
    if (one->isRecordType() || other->isRecordType())
        return one->isRecordType() && other->isRecordType() &&
               one.getCanonicalType().getUnqualifiedType().getAsString() ==
                   other.getCanonicalType().getUnqualifiedType().getAsString();
    if (one->isVoidType() || other->isVoidType()) return one->isVoidType() && other->isVoidType();
    return a.getTypeSize(one) == b.getTypeSize(other);
}

}  // namespace

bool Lowering::fits(const clang::CallExpr* call, const clang::FunctionDecl* candidate)
{
    const clang::ASTContext& other = candidate->getASTContext();
    if (candidate->isVariadic() || candidate->getNumParams() != call->getNumArgs()) return false;
    const clang::QualType wanted = call->getType();
    if (!wanted->isVoidType() && !same_class(wanted, candidate->getReturnType(), *now->context, other)) return false;
    for (unsigned i = 0; i < call->getNumArgs(); ++i)
        if (!same_class(call->getArg(i)->getType(), candidate->getParamDecl(i)->getType(), *now->context, other))
            return false;
    return true;
}

ExpressionId Lowering::indirect_call(const clang::CallExpr* call, Place* aggregate_result)
{
    const clang::SourceLocation location = call->getExprLoc();
    const clang::Expr* callee = bare(call->getCallee());
    std::vector<const clang::FunctionDecl*> candidates = context.points_to.callees(call);
    std::erase_if(candidates, [&](const clang::FunctionDecl* f) { return !fits(call, f); });

    Held pointer(build, rvalue(callee), "function");
    std::vector<Argument> arguments;
    for (const clang::Expr* expression : call->arguments()) {
        Argument argument;
        if (expression->getType()->isRecordType()) {
            argument.place = aggregate(expression);
            if (argument.place.in_memory()) argument.place.address = build.settled(argument.place.address, "pointer");
        } else {
            argument.value = std::make_unique<Held>(build, rvalue(expression), "argument");
        }
        arguments.push_back(std::move(argument));
    }
    // A pointer that is known here.
    if (const auto* known = std::get_if<FunctionConstant>(&program.expressions[pointer.value].node)) {
        for (const clang::FunctionDecl* candidate : candidates)
            if (context.function_id(candidate) == known->function) {
                check_recursion(candidate, location);
                pointer.take();
                return inline_call(candidate, arguments, location, nullptr, aggregate_result);
            }
    }
    for (Argument& argument : arguments)
        if (argument.value) argument.value->value = build.settled(argument.value->value, "argument");
    if (candidates.size() > 1) pointer.value = build.settled(pointer.value, "function");
    const ExpressionId function = pointer.take();

    Place result;
    const bool has_value = !call->getType()->isVoidType();
    if (has_value) {
        result.type = type_of(call->getType(), location);
        if (call->getType()->isRecordType()) {
            result = fresh_memory(call, "result", result.type, location);
            build.step({Undefine{std::get<AddressOf>(program.expressions[result.address].node).variable}});
        } else {
            result.registers.push_back(build.take_temporary(result.type, "result"));
        }
    }
    build.flush();
    const LocationId join = build.new_location();
    const TypeId truth = expressions.int_type;
    ExpressionId none = expressions.constant(1, truth);
    std::vector<std::pair<const clang::FunctionDecl*, LocationId>> targets;
    for (const clang::FunctionDecl* candidate : candidates) {
        const ExpressionId value = expressions.convert(
            build::function_constant(program, context.function_id(candidate)), expressions.type_of(function));
        const ExpressionId is_it = expressions.binary(BinaryOp::equal, function, value, truth);
        none = expressions.binary(BinaryOp::logical_and, none, expressions.negation(is_it), truth);
        const LocationId target = build.new_location();
        targets.emplace_back(candidate, target);
        build.edge(is_it, {}, target);
    }
    const Report wild{"memory", "call through a wild function pointer", {}, {}, {}, true};
    build.edge(expressions.constant_value(none) ? ExpressionId{} : none, {wild}, join);
    for (const auto& [candidate, target] : targets) {
        build.enter(target);
        if (is_active(candidate)) {
            const Report recursion{
                "recursion",
                candidate->getNameAsString() + "() is called again before it has returned, which is not supported",
                {},
                {},
                {},
                true};
            build.step({recursion});
        } else {
            std::vector<Argument> copies;
            for (const Argument& argument : arguments) {
                Argument one;
                one.place = argument.place;
                if (argument.value) one.value = std::make_unique<Held>(build, argument.value->value);
                copies.push_back(std::move(one));
            }
            if (has_value) {
                inline_call(candidate, copies, location, &result, nullptr);
            } else {
                // A result that nobody wants.
                Place unwanted;
                inline_call(candidate, copies, location, nullptr, &unwanted);
            }
        }
        build.jump(join);
    }
    build.enter(join);
    if (!has_value) return {};
    if (call->getType()->isRecordType()) {
        if (aggregate_result != nullptr) *aggregate_result = result;
        return {};
    }
    return expressions.local(result.registers[0]);
}

// ---- At the top ----------------------------------------------------------------------------------------------------

void Lowering::call_top(const clang::FunctionDecl* function, const std::vector<ExpressionId>& values)
{
    Activation top;
    top.function = nullptr;
    top.context = &function->getASTContext();
    top.scopes.push_back({nullptr, {}});
    now = &top;
    std::vector<Argument> arguments;
    for (ExpressionId value : values) {
        Argument argument;
        argument.value = std::make_unique<Held>(build, value);
        arguments.push_back(std::move(argument));
    }
    build.frame = {};
    build.place = {};
    Place unwanted;
    const FrameId own_frame = program.frames.next_id();
    inline_call(function, arguments, function->getLocation(), nullptr, &unwanted);
    leave_scopes(0);
    build.frame = own_frame;
    build.place = place_of(function->getBody()->getEndLoc());
    build.stand_here();
    now = nullptr;
}

ExpressionId Lowering::evaluate_top(const clang::FunctionDecl* function)
{
    Activation top;
    top.function = nullptr;
    top.context = &function->getASTContext();
    top.scopes.push_back({nullptr, {}});
    now = &top;
    std::vector<Argument> arguments;
    const ExpressionId value = inline_call(function, arguments, function->getLocation(), nullptr, nullptr);
    now = nullptr;
    return value;
}

}  // namespace lockstep::frontend
