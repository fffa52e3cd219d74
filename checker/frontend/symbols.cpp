#include "frontend/symbols.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/Decl.h>

#include <fmt/format.h>

namespace lockstep::frontend {

bool has_annotation(const clang::NamedDecl* declaration, const std::string& annotation)
{
    for (const clang::Decl* redeclaration : declaration->redecls())
        for (const auto* attribute : redeclaration->specific_attrs<clang::AnnotateAttr>())
            if (attribute->getAnnotation() == annotation) return true;
    return false;
}

Symbols::Symbols(const Sources& the_sources) : sources(the_sources)
{
    for (const auto& unit : sources.units) {
        for (const clang::Decl* declaration : unit->context().getTranslationUnitDecl()->decls()) {
            if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(declaration)) {
                if (function->isExternallyVisible()) enter(function, function->isThisDeclarationADefinition());
            } else if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(declaration)) {
                if (!variable->isExternallyVisible()) continue;
                const bool defines = variable->isThisDeclarationADefinition() != clang::VarDecl::DeclarationOnly;
                enter(variable, defines);
            }
        }
    }
}

std::string Symbols::place_text(const clang::NamedDecl* declaration) const
{
    return sources.text_of(sources.place(declaration->getASTContext(), declaration->getLocation()));
}

namespace {

bool yields(const clang::NamedDecl* definition)
{
    if (definition->hasAttr<clang::WeakAttr>()) return true;
    const auto* function = llvm::dyn_cast<clang::FunctionDecl>(definition);
    return function != nullptr && function->isInlined();
}

}  // namespace

void Symbols::enter(const clang::NamedDecl* declaration, bool is_definition)
{
    External& external = externals[declaration->getNameAsString()];
    if (external.first == nullptr) {
        external.first = declaration;
    } else if (&external.first->getASTContext() != &declaration->getASTContext()) {
        check_same_type(external.first, declaration);
    }
    if (!is_definition) return;
    const bool is_same_unit =
        external.definition != nullptr && &external.definition->getASTContext() == &declaration->getASTContext();
    if (external.definition == nullptr || (is_same_unit && !llvm::isa<clang::FunctionDecl>(declaration))) {
        // Of several tentative definitions in a unit the one with a value counts.
        const auto* variable = llvm::dyn_cast<clang::VarDecl>(declaration);
        external.definition =
            variable != nullptr && variable->getActingDefinition() != nullptr && variable->getDefinition() == nullptr
                ? variable->getActingDefinition()
            : variable != nullptr && variable->getDefinition() != nullptr ? variable->getDefinition()
                                                                          : declaration;
        return;
    }
    if (yields(declaration)) return;
    if (yields(external.definition)) {
        external.definition = declaration;
        return;
    }
    sources.refuse(declaration->getASTContext(), declaration->getLocation(),
                   fmt::format("'{}' is defined twice; the other definition is at {}", declaration->getNameAsString(),
                               place_text(external.definition)),
                   "make one of them static, or declare it extern in a header and define it in one file");
}

namespace {

std::string type_text(clang::QualType type)
{
    type = type.getCanonicalType().getUnqualifiedType();
    if (const auto* array = llvm::dyn_cast<clang::ArrayType>(type.getTypePtr()))
        return array->getElementType().getCanonicalType().getAsString() + "[]";
    return type.getAsString();
}

bool same_function(const clang::FunctionDecl* one, const clang::FunctionDecl* other)
{
    if (type_text(one->getReturnType()) != type_text(other->getReturnType())) return false;
    if (!one->hasPrototype() || !other->hasPrototype()) return true;
    if (one->getNumParams() != other->getNumParams() || one->isVariadic() != other->isVariadic()) return false;
    for (unsigned i = 0; i < one->getNumParams(); ++i)
        if (type_text(one->getParamDecl(i)->getType()) != type_text(other->getParamDecl(i)->getType())) return false;
    return true;
}

}  // namespace

void Symbols::check_same_type(const clang::NamedDecl* one, const clang::NamedDecl* other) const
{
    const auto* function = llvm::dyn_cast<clang::FunctionDecl>(one);
    const auto* other_function = llvm::dyn_cast<clang::FunctionDecl>(other);
    const auto* variable = llvm::dyn_cast<clang::VarDecl>(one);
    const auto* other_variable = llvm::dyn_cast<clang::VarDecl>(other);
    const bool agree = function != nullptr && other_function != nullptr
                           ? same_function(function, other_function)
                           : variable != nullptr && other_variable != nullptr &&
                                 type_text(variable->getType()) == type_text(other_variable->getType());
    if (agree) return;
    const auto text = [](const clang::NamedDecl* d) {
        return llvm::cast<clang::ValueDecl>(d)->getType().getAsString();
    };
    sources.refuse(other->getASTContext(), other->getLocation(),
                   fmt::format("'{}' is declared as '{}' here, but as '{}' at {}", other->getNameAsString(),
                               text(other), text(one), place_text(one)),
                   "declare it once, in a header that both files include");
}

const clang::FunctionDecl* Symbols::definition(const clang::FunctionDecl* function) const
{
    if (!function->isExternallyVisible()) return function->getDefinition();
    return this->function(function->getNameAsString());
}

const clang::FunctionDecl* Symbols::function(const std::string& name) const
{
    const auto found = externals.find(name);
    if (found == externals.end() || found->second.definition == nullptr) return nullptr;
    return llvm::dyn_cast<clang::FunctionDecl>(found->second.definition);
}

const clang::VarDecl* Symbols::definition(const clang::VarDecl* variable) const
{
    if (variable->isStaticLocal()) return variable;
    if (!variable->isExternallyVisible()) {
        if (const clang::VarDecl* definition = variable->getDefinition()) return definition;
        return variable->getActingDefinition();
    }
    const auto found = externals.find(variable->getNameAsString());
    if (found == externals.end() || found->second.definition == nullptr) return nullptr;
    return llvm::dyn_cast<clang::VarDecl>(found->second.definition);
}

std::vector<const clang::FunctionDecl*> Symbols::annotated_functions(const std::string& annotation) const
{
    std::vector<const clang::FunctionDecl*> result;
    for (const auto& unit : sources.units)
        for (const clang::Decl* declaration : unit->context().getTranslationUnitDecl()->decls())
            if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(declaration);
                function != nullptr && function->isThisDeclarationADefinition() && has_annotation(function, annotation))
                result.push_back(function);
    return result;
}

std::vector<const clang::VarDecl*> Symbols::annotated_variables(const std::string& annotation) const
{
    std::vector<const clang::VarDecl*> result;
    for (const auto& unit : sources.units)
        for (const clang::Decl* declaration : unit->context().getTranslationUnitDecl()->decls())
            if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(declaration);
                variable != nullptr && has_annotation(variable, annotation))
                result.push_back(variable);
    return result;
}

}  // namespace lockstep::frontend
