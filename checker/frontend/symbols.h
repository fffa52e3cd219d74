// Linking: which definition a name in one translation unit means.
//
// External functions and variables are found by name over all units; `static` ones belong to their unit. Two
// definitions of one name, or declarations that disagree, are refused with both places.
#pragma once

#include "frontend/source.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace clang {
class FunctionDecl;
class NamedDecl;
class VarDecl;
}  // namespace clang

namespace lockstep::frontend {

class Symbols {
public:
    explicit Symbols(const Sources& sources);

    /// The declaration with the body; null where there is none.
    [[nodiscard]] const clang::FunctionDecl* definition(const clang::FunctionDecl* function) const;
    /// The definition of a variable that is not local; null where there is none. Static locals define themselves.
    [[nodiscard]] const clang::VarDecl* definition(const clang::VarDecl* variable) const;
    [[nodiscard]] const clang::FunctionDecl* function(const std::string& name) const;
    /// All definitions with this annotation, unit by unit.
    [[nodiscard]] std::vector<const clang::FunctionDecl*> annotated_functions(const std::string& annotation) const;
    [[nodiscard]] std::vector<const clang::VarDecl*> annotated_variables(const std::string& annotation) const;

private:
    const Sources& sources;
    struct External {
        const clang::NamedDecl* definition = nullptr;
        const clang::NamedDecl* first = nullptr;
    };
    std::unordered_map<std::string, External> externals;

    void enter(const clang::NamedDecl* declaration, bool is_definition);
    void check_same_type(const clang::NamedDecl* one, const clang::NamedDecl* other) const;
    [[nodiscard]] std::string place_text(const clang::NamedDecl* declaration) const;
};

[[nodiscard]] bool has_annotation(const clang::NamedDecl* declaration, const std::string& annotation);

}  // namespace lockstep::frontend
