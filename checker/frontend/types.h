// C types -> the Program's types.
//
// A struct is the same type in two translation units if its name and its members are; a unit that only declares it
// means whichever the others define. Bit-fields get a slot each, of a type as wide as the field. `ls_time_t` is known
// by its typedef's name, wherever it appears as such; its canonical type is an ordinary integer.
#pragma once

#include "frontend/source.h"
#include "program/program.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace clang {
class EnumDecl;
class FieldDecl;
class QualType;
class RecordDecl;
class Type;
}  // namespace clang

namespace lockstep::frontend {

struct FieldSlot {
    TypeId record;
    std::uint32_t index = 0;   // in the StructType
    std::uint32_t offset = 0;  // in slots
    TypeId type;
    bool is_bit_field = false;
};

class Types {
public:
    Types(Program& the_program, const Sources& the_sources) : program(the_program), sources(the_sources) {}

    /// `place`: for what is refused (floating point ...). No id for void.
    TypeId of(clang::QualType type, SourcePlace place);
    FieldSlot field(const clang::FieldDecl* field);
    [[nodiscard]] static bool is_time(clang::QualType type);
    [[nodiscard]] std::uint32_t slots(TypeId type) const { return program.types[type].slots; }
    /// True for unions and for structs and arrays that contain one, or an array.
    [[nodiscard]] bool needs_memory(TypeId type) const;

private:
    Program& program;
    const Sources& sources;
    struct Record {
        TypeId type;
        bool is_complete = false;
        std::string signature;
    };
    std::unordered_map<const clang::Type*, TypeId> known;
    std::unordered_map<std::string, std::vector<Record>> records;  // by kind and name
    std::unordered_map<const clang::RecordDecl*, TypeId> record_types;
    std::unordered_map<const clang::FieldDecl*, FieldSlot> fields;
    std::unordered_map<std::string, TypeId> enums;

    TypeId convert(const clang::Type* type, SourcePlace place);
    TypeId integer(const clang::Type* type, SourcePlace place);
    TypeId enumeration(const clang::EnumDecl* declaration);
    TypeId record(const clang::RecordDecl* declaration);
    void complete(TypeId type, const clang::RecordDecl* definition);
    void note_fields(TypeId type, const clang::RecordDecl* definition);
};

}  // namespace lockstep::frontend
