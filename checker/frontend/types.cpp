#include "frontend/types.h"

#include "program/builder.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Type.h>

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::frontend {

namespace {

constexpr std::uint64_t largest_array = std::uint64_t{1} << 20;  // slots

std::string name_of(const clang::RecordDecl* declaration)
{
    if (!declaration->getName().empty()) return declaration->getNameAsString();
    if (const clang::TypedefNameDecl* name = declaration->getTypedefNameForAnonDecl()) return name->getNameAsString();
    return {};
}

// Where an anonymous struct is written tells it from others; it is the same in every unit that includes the header.
std::string key_of(const clang::RecordDecl* declaration)
{
    const std::string kind = declaration->isUnion() ? "union " : "struct ";
    if (!declaration->getName().empty()) return kind + declaration->getNameAsString();
    return kind + "at " + declaration->getLocation().printToString(declaration->getASTContext().getSourceManager());
}

std::string signature_of(const clang::RecordDecl* definition)
{
    std::string signature;
    for (const clang::FieldDecl* field : definition->fields()) {
        signature += field->getNameAsString() + ":" + field->getType().getCanonicalType().getAsString();
        if (Types::is_time(field->getType())) signature += " time";
        if (field->isBitField()) signature += fmt::format(":{}", field->getBitWidthValue(field->getASTContext()));
        signature += ";";
    }
    return signature;
}

}  // namespace

bool Types::is_time(clang::QualType type)
{
    while (true) {
        if (const auto* named = llvm::dyn_cast<clang::TypedefType>(type.getTypePtr()))
            if (named->getDecl()->getName() == "ls_time_t") return true;
        const clang::QualType next = type->getLocallyUnqualifiedSingleStepDesugaredType();
        if (next.getTypePtr() == type.getTypePtr()) return false;
        type = next;
    }
}

TypeId Types::of(clang::QualType type, SourcePlace place)
{
    const clang::Type* pointer = type.getTypePtr();
    if (const auto found = known.find(pointer); found != known.end()) return found->second;
    const TypeId id = is_time(type) ? build::time_type(program) : convert(pointer, place);
    known.emplace(pointer, id);
    return id;
}

TypeId Types::convert(const clang::Type* type, SourcePlace place)
{
    if (type->isVoidType()) return {};
    if (type->isAnyComplexType()) sources.refuse(place, "complex numbers are not supported");
    if (type->isFloatingType()) {
        sources.refuse(place, "floating point is not supported", "the kernel does without; use an integer");
    }
    if (type->isVectorType()) sources.refuse(place, "vector types are not supported", "use an array");
    if (type->isAtomicType()) {
        sources.refuse(place, "_Atomic is not supported",
                       "every access is a step of its own anyway; put several accesses into an LS_ATOMIC function");
    }
    if (const auto* pointer = type->getAs<clang::PointerType>()) {
        const clang::QualType pointee = pointer->getPointeeType();
        if (pointee->isFunctionType()) return build::function_pointer_type(program);
        return build::pointer_type(program, of(pointee, place));
    }
    if (type->isFunctionType()) return build::function_pointer_type(program);
    if (const auto* record_type = type->getAs<clang::RecordType>()) return record(record_type->getDecl());
    if (const auto* enum_type = type->getAs<clang::EnumType>()) return enumeration(enum_type->getDecl());
    if (type->isVariableArrayType()) {
        sources.refuse(place, "arrays of variable length are not supported", "use an array with a constant bound");
    }
    if (const auto* array = type->getAsArrayTypeUnsafe()) {
        const TypeId element = of(array->getElementType(), place);
        std::uint64_t count = 0;
        if (const auto* constant = llvm::dyn_cast<clang::ConstantArrayType>(array))
            count = constant->getSize().getLimitedValue(largest_array + 1);
        if (count * slots(element) > largest_array) {
            sources.refuse(place, fmt::format("the array has more than {} elements", largest_array),
                           "a model of this size could not be explored");
        }
        return build::array_type(program, element, static_cast<std::uint32_t>(count));
    }
    if (type->isIntegerType()) return integer(type, place);
    sources.refuse(place, fmt::format("the type '{}' is not supported", clang::QualType(type, 0).getAsString()));
}

TypeId Types::integer(const clang::Type* type, SourcePlace place)
{
    const auto* builtin = type->getAs<clang::BuiltinType>();
    if (builtin == nullptr) sources.refuse(place, "integers of arbitrary width are not supported");
    switch (builtin->getKind()) {
        case clang::BuiltinType::Bool:
            return build::bool_type(program);
        case clang::BuiltinType::Char_S:
        case clang::BuiltinType::SChar:
            return build::integer_type(program, 8, true);
        case clang::BuiltinType::Char_U:
        case clang::BuiltinType::UChar:
            return build::integer_type(program, 8, false);
        case clang::BuiltinType::Short:
            return build::integer_type(program, 16, true);
        case clang::BuiltinType::UShort:
            return build::integer_type(program, 16, false);
        case clang::BuiltinType::Int:
            return build::integer_type(program, 32, true);
        case clang::BuiltinType::UInt:
            return build::integer_type(program, 32, false);
        case clang::BuiltinType::Long:
        case clang::BuiltinType::LongLong:
            return build::integer_type(program, 64, true);
        case clang::BuiltinType::ULong:
        case clang::BuiltinType::ULongLong:
            return build::integer_type(program, 64, false);
        default:
            sources.refuse(place, fmt::format("the type '{}' is not supported", clang::QualType(type, 0).getAsString()),
                           "integers have at most 64 bits");
    }
}

TypeId Types::enumeration(const clang::EnumDecl* declaration)
{
    const clang::EnumDecl* definition = declaration->getDefinition();
    if (definition == nullptr) return build::integer_type(program, 32, false);
    EnumType type;
    type.name = definition->getNameAsString();
    if (type.name.empty())
        if (const clang::TypedefNameDecl* name = definition->getTypedefNameForAnonDecl())
            type.name = name->getNameAsString();
    const clang::QualType integer_type = definition->getIntegerType();
    type.bits = static_cast<std::uint8_t>(definition->getASTContext().getTypeSize(integer_type));
    type.is_signed = integer_type->isSignedIntegerType();
    std::string signature = fmt::format("{}/{}/{}", type.name, type.bits, type.is_signed);
    for (const clang::EnumConstantDecl* enumerator : definition->enumerators()) {
        const std::int64_t value = enumerator->getInitVal().getExtValue();
        type.enumerators.emplace_back(enumerator->getNameAsString(), value);
        signature += fmt::format(";{}={}", type.enumerators.back().first, value);
    }
    const auto found = enums.find(signature);
    if (found != enums.end()) return found->second;
    const TypeId id = build::enum_type(program, std::move(type));
    enums.emplace(std::move(signature), id);
    return id;
}

TypeId Types::record(const clang::RecordDecl* declaration)
{
    const clang::RecordDecl* definition = declaration->getDefinition();
    const clang::RecordDecl* key =
        definition != nullptr ? definition : llvm::cast<clang::RecordDecl>(declaration->getCanonicalDecl());
    if (const auto found = record_types.find(key); found != record_types.end()) return found->second;

    std::vector<Record>& candidates = records[key_of(key)];
    const std::string signature = definition != nullptr ? signature_of(definition) : std::string();
    for (Record& candidate : candidates) {
        if (definition != nullptr && candidate.is_complete && candidate.signature != signature) continue;
        record_types.emplace(key, candidate.type);
        const TypeId type = candidate.type;
        if (definition != nullptr && !candidate.is_complete) {
            candidate.is_complete = true;
            candidate.signature = signature;
            complete(type, definition);
        } else if (definition != nullptr) {
            note_fields(type, definition);
        }
        return type;
    }
    const TypeId type = build::declare_struct(program, name_of(key), key->isUnion());
    program.types[type].slots = 0;
    candidates.push_back({type, definition != nullptr, signature});
    record_types.emplace(key, type);
    if (definition != nullptr) complete(type, definition);
    return type;
}

void Types::complete(TypeId type, const clang::RecordDecl* definition)
{
    std::vector<build::NamedType> named;
    for (const clang::FieldDecl* field : definition->fields()) {
        if (field->isUnnamedBitField()) continue;
        const SourcePlace place = sources.place(field->getASTContext(), field->getLocation());
        TypeId field_type = of(field->getType(), place);
        if (field->isBitField() && !field->getType()->isBooleanType()) {
            const auto bits = static_cast<std::uint8_t>(field->getBitWidthValue(field->getASTContext()));
            field_type = build::integer_type(program, bits, field->getType()->isSignedIntegerOrEnumerationType());
        }
        named.emplace_back(field->getNameAsString(), field_type);
    }
    // A struct without members is something that has an address all the same.
    if (named.empty()) named.emplace_back("empty", build::int_type(program));
    build::set_fields(program, type, named);
    note_fields(type, definition);
}

void Types::note_fields(TypeId type, const clang::RecordDecl* definition)
{
    std::uint32_t index = 0;
    for (const clang::FieldDecl* field : definition->fields()) {
        if (field->isUnnamedBitField()) continue;
        const Field& known_field = std::get<StructType>(program.types[type].kind).fields[index];
        fields[field] = {type, index, known_field.offset, known_field.type, field->isBitField()};
        // Types below have fields of their own in this unit.
        if (const auto* below = field->getType()->getBaseElementTypeUnsafe()->getAs<clang::RecordType>())
            record(below->getDecl());
        ++index;
    }
}

FieldSlot Types::field(const clang::FieldDecl* field)
{
    if (!fields.contains(field)) record(field->getParent());
    return fields.at(field);
}

bool Types::needs_memory(TypeId type) const
{
    const Type& what = program.types[type];
    if (std::holds_alternative<ArrayType>(what.kind)) return true;
    const auto* record = std::get_if<StructType>(&what.kind);
    if (record == nullptr) return false;
    return record->is_union ||
           std::ranges::any_of(record->fields, [&](const Field& field) { return needs_memory(field.type); });
}

}  // namespace lockstep::frontend
