// Global and per-CPU variables and their initial values, as Clang computes them.
#include "frontend/build_context.h"

#include "program/builder.h"

#include <clang/AST/APValue.h>
#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>
#include <clang/AST/RecordLayout.h>

#include <fmt/format.h>

namespace lockstep::frontend {

FunctionId BuildContext::function_id(const clang::FunctionDecl* definition)
{
    const auto found = function_ids.find(definition);
    if (found != function_ids.end()) return found->second;
    const FunctionId id = program.functions.add({definition->getNameAsString()});
    function_ids.emplace(definition, id);
    return id;
}

const FunctionFacts& BuildContext::facts(const clang::FunctionDecl* definition)
{
    const auto found = known_facts.find(definition);
    if (found != known_facts.end()) return found->second;
    return known_facts.emplace(definition, facts_of(definition, types, sources)).first->second;
}

namespace {

class Initialiser {
public:
    Initialiser(BuildContext& the_context, const clang::ASTContext& the_clang, VariableId the_variable,
                SourcePlace the_place)
        : context(the_context), clang_context(the_clang), variable(the_variable), place(the_place)
    {
    }

    void set(const clang::APValue& value, clang::QualType type, TypeId id, std::uint32_t slot)
    {
        switch (value.getKind()) {
            case clang::APValue::None:
            case clang::APValue::Indeterminate:
                return;
            case clang::APValue::Int:
                return set_integer(value.getInt(), id, slot);
            case clang::APValue::Struct:
                return set_struct(value, type, slot);
            case clang::APValue::Union: {
                if (const clang::FieldDecl* field = value.getUnionField()) {
                    const FieldSlot where = context.types.field(field);
                    set(value.getUnionValue(), field->getType(), where.type, slot + where.offset);
                }
                return;
            }
            case clang::APValue::Array:
                return set_array(value, type, id, slot);
            case clang::APValue::LValue:
                return set_address(value, id, slot);
            default:
                context.sources.refuse(place, "this kind of initial value is not supported",
                                       value.isFloat() ? "floating point is not supported" : "");
        }
    }

private:
    BuildContext& context;
    const clang::ASTContext& clang_context;
    VariableId variable;
    SourcePlace place;

    void put(InitialValue value, std::uint32_t slot)
    {
        context.program.variables[variable].initial.emplace_back(slot, value);
    }

    void set_integer(const llvm::APSInt& value, TypeId id, std::uint32_t slot)
    {
        const std::int64_t number =
            value.isSigned() ? value.getSExtValue() : static_cast<std::int64_t>(value.getZExtValue());
        if (std::holds_alternative<TimeType>(context.program.types[id].kind)) {
            if (number == 0) return;
            if (number == -1) return put(time_never, slot);
            context.sources.refuse(place, "a time stamp starts with an integer",
                                   "0 is the time at which boot runs, LS_NEVER is no time at all");
        }
        const std::int64_t wrapped = wrap(number, context.program.types[id]);
        if (wrapped != 0) put(wrapped, slot);
    }

    void set_struct(const clang::APValue& value, clang::QualType type, std::uint32_t slot)
    {
        const clang::RecordDecl* record = type->castAs<clang::RecordType>()->getDecl()->getDefinition();
        for (const clang::FieldDecl* field : record->fields()) {
            if (field->isUnnamedBitField()) continue;
            const FieldSlot where = context.types.field(field);
            set(value.getStructField(field->getFieldIndex()), field->getType(), where.type, slot + where.offset);
        }
    }

    void set_array(const clang::APValue& value, clang::QualType type, TypeId id, std::uint32_t slot)
    {
        const ArrayType array = std::get<ArrayType>(context.program.types[id].kind);
        const clang::QualType element = type->getAsArrayTypeUnsafe()->getElementType();
        const std::uint32_t stride = context.types.slots(array.element);
        for (std::uint32_t i = 0; i < array.count; ++i) {
            const bool initialised = i < value.getArrayInitializedElts();
            if (!initialised && !value.hasArrayFiller()) return;
            set(initialised ? value.getArrayInitializedElt(i) : value.getArrayFiller(), element, array.element,
                slot + i * stride);
        }
    }

    void set_address(const clang::APValue& value, TypeId id, std::uint32_t slot)
    {
        const clang::APValue::LValueBase base = value.getLValueBase();
        if (base.isNull()) {
            // An integer cast to a pointer, or NULL.
            const std::int64_t number = value.getLValueOffset().getQuantity();
            if (value.isNullPointer() || number == 0) return;
            return put(number | integer_pointer_tag, slot);
        }
        if (is_integer(context.program.types[id]))
            context.sources.refuse(place, "an address is kept in an integer", "keep it in a pointer");
        if (const auto* declaration = base.dyn_cast<const clang::ValueDecl*>()) {
            if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(declaration)) {
                const clang::FunctionDecl* definition = context.symbols.definition(function);
                if (definition == nullptr)
                    context.sources.refuse(place, fmt::format("'{}' has no body", function->getNameAsString()));
                return put(context.function_id(definition), slot);
            }
            const auto* target = llvm::dyn_cast<clang::VarDecl>(declaration);
            const clang::VarDecl* definition = target != nullptr ? context.symbols.definition(target) : nullptr;
            const auto found = context.globals.find(definition);
            if (found == context.globals.end()) context.sources.refuse(place, "this address is not supported");
            const std::uint32_t offset = slot_of_byte(
                definition->getType(), context.program.variables[found->second].type, value.getLValueOffset());
            return put(InitialAddress{found->second, offset}, slot);
        }
        const auto* expression = base.dyn_cast<const clang::Expr*>();
        if (const auto* text = llvm::dyn_cast_or_null<clang::StringLiteral>(expression))
            return put(build::string(context.program, text->getBytes().str()), slot);
        if (const auto* literal = llvm::dyn_cast_or_null<clang::CompoundLiteralExpr>(expression)) {
            const VariableId target = declare_literal(literal);
            const std::uint32_t offset =
                slot_of_byte(literal->getType(), context.program.variables[target].type, value.getLValueOffset());
            return put(InitialAddress{target, offset}, slot);
        }
        context.sources.refuse(place, "this address is not supported as an initial value");
    }

    // A compound literal at file level is a variable without a name.
    VariableId declare_literal(const clang::CompoundLiteralExpr* literal)
    {
        Variable fresh;
        fresh.name = "literal";
        fresh.type = context.types.of(literal->getType(), place);
        fresh.place = place;
        const TypeId type = fresh.type;
        const VariableId id = context.program.variables.add(std::move(fresh));
        clang::Expr::EvalResult result;
        if (!literal->getInitializer()->EvaluateAsRValue(result, clang_context) || result.HasSideEffects)
            context.sources.refuse(place, "the initial value of a compound literal is not a constant");
        Initialiser(context, clang_context, id, place).set(result.Val, literal->getType(), type, 0);
        return id;
    }

    // From C's offset in bytes to ours in slots, down the members and elements.
    std::uint32_t slot_of_byte(clang::QualType type, TypeId id, clang::CharUnits bytes)
    {
        if (bytes.isZero()) return 0;
        if (const auto* array_type = type->getAsArrayTypeUnsafe()) {
            const clang::CharUnits size = clang_context.getTypeSizeInChars(array_type->getElementType());
            const ArrayType array = std::get<ArrayType>(context.program.types[id].kind);
            const std::int64_t index = size.isZero() ? 0 : bytes.getQuantity() / size.getQuantity();
            const clang::CharUnits rest =
                clang::CharUnits::fromQuantity(bytes.getQuantity() - index * size.getQuantity());
            return static_cast<std::uint32_t>(index) * context.types.slots(array.element) +
                   slot_of_byte(array_type->getElementType(), array.element, rest);
        }
        if (const auto* record_type = type->getAs<clang::RecordType>()) {
            const clang::RecordDecl* record = record_type->getDecl()->getDefinition();
            const clang::ASTRecordLayout& layout = record->getASTContext().getASTRecordLayout(record);
            for (const clang::FieldDecl* field : record->fields()) {
                if (field->isUnnamedBitField()) continue;
                const auto start = clang_context.toCharUnitsFromBits(
                    static_cast<std::int64_t>(layout.getFieldOffset(field->getFieldIndex())));
                const clang::CharUnits size = clang_context.getTypeSizeInChars(field->getType());
                if (bytes < start || bytes >= start + size) continue;
                const FieldSlot where = context.types.field(field);
                return where.offset + slot_of_byte(field->getType(), where.type, bytes - start);
            }
        }
        context.sources.refuse(place, "this address lies inside no member", "type punning is not supported");
    }
};

void set_initial(BuildContext& context, const clang::VarDecl* declaration, VariableId variable)
{
    const clang::Expr* value = declaration->getInit();
    if (value == nullptr) return;
    const SourcePlace place = context.sources.place(declaration->getASTContext(), value->getExprLoc());
    const clang::APValue* evaluated = declaration->evaluateValue();
    if (evaluated == nullptr) context.sources.refuse(place, "the initial value is not a constant");
    Initialiser(context, declaration->getASTContext(), variable, place)
        .set(*evaluated, declaration->getType(), context.program.variables[variable].type, 0);
}

std::string name_of(const clang::VarDecl* declaration)
{
    std::string name = declaration->getNameAsString();
    if (!declaration->isStaticLocal()) return name;
    const auto* function = llvm::dyn_cast_or_null<clang::FunctionDecl>(declaration->getParentFunctionOrMethod());
    return function != nullptr ? function->getNameAsString() + "." + name : name;
}

}  // namespace

void declare_globals(BuildContext& context, const Reached& reached)
{
    for (const clang::VarDecl* declaration : reached.globals) {
        const SourcePlace place = context.sources.place(declaration->getASTContext(), declaration->getLocation());
        if (declaration->getTLSKind() != clang::VarDecl::TLS_None)
            context.sources.refuse(place, "thread-local variables are not supported", "index an array by ls_self()");
        Variable variable;
        variable.name = name_of(declaration);
        variable.type = context.types.of(declaration->getType(), place);
        variable.storage = has_annotation(declaration, "ls_per_cpu") ? Storage::per_cpu : Storage::global;
        variable.place = place;
        context.globals[declaration] = context.program.variables.add(std::move(variable));
    }
    for (const clang::VarDecl* declaration : reached.globals)
        set_initial(context, declaration, context.globals[declaration]);
}

}  // namespace lockstep::frontend
