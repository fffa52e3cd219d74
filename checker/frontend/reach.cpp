#include "frontend/reach.h"

#include "frontend/walk.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>

#include <fmt/format.h>

#include <array>
#include <map>
#include <unordered_set>

namespace lockstep::frontend {

bool is_language_function(const std::string& name)
{
    static constexpr std::array names{"ls_await",           "ls_choose", "ls_assume",   "ls_assert",
                                      "ls_report",          "ls_fail",   "ls_progress", "ls_per_cpu_address",
                                      "ls_own_cpu_address", "cpu_relax"};
    for (const char* known : names)
        if (name == known) return true;
    return machine::is_intrinsic(name);
}

namespace {

// Known to the front end although the C library is not.
bool is_memory_function(const std::string& name) { return name == "memset" || name == "memcpy" || name == "memmove"; }

struct Missing {
    const clang::NamedDecl* declaration;
    bool is_function;
    SourcePlace used;
};

class Search {
public:
    Search(const Sources& the_sources, const Symbols& the_symbols) : sources(the_sources), symbols(the_symbols) {}

    Reached run(const std::vector<const clang::FunctionDecl*>& roots)
    {
        for (const clang::FunctionDecl* root : roots) add(root);
        std::size_t functions_done = 0;
        std::size_t globals_done = 0;
        while (functions_done < result.functions.size() || globals_done < result.globals.size()) {
            if (functions_done < result.functions.size()) {
                const clang::FunctionDecl* function = result.functions[functions_done++];
                scan(function->getBody(), function->getASTContext());
            } else {
                const clang::VarDecl* variable = result.globals[globals_done++];
                scan(variable->getInit(), variable->getASTContext());
            }
        }
        report_missing();
        return std::move(result);
    }

private:
    const Sources& sources;
    const Symbols& symbols;
    Reached result;
    std::unordered_set<const clang::Decl*> seen;
    std::map<std::string, Missing> missing;

    void add(const clang::FunctionDecl* definition)
    {
        if (seen.insert(definition).second) result.functions.push_back(definition);
    }

    void scan(const clang::Stmt* root, const clang::ASTContext& context)
    {
        walk_evaluated(root, context, [&](const clang::Stmt* statement) {
            if (const auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(statement)) name(reference, context);
            return true;
        });
    }

    void name(const clang::DeclRefExpr* reference, const clang::ASTContext& context)
    {
        const SourcePlace used = sources.place(context, reference->getLocation());
        if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(reference->getDecl())) {
            const std::string function_name = function->getNameAsString();
            const clang::FunctionDecl* definition = symbols.definition(function);
            if (is_language_function(function_name)) {
                if (definition == nullptr) return;
                sources.refuse(definition->getASTContext(), definition->getLocation(),
                               fmt::format("'{}' belongs to lockstep and cannot be defined", function_name),
                               "give the function another name");
            }
            if (definition != nullptr) return add(definition);
            if (function->getBuiltinID() != 0 || is_memory_function(function_name)) return;
            missing.emplace(function_name, Missing{function, true, used});
        } else if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(reference->getDecl())) {
            if (variable->hasLocalStorage()) return;
            const clang::VarDecl* definition = symbols.definition(variable);
            if (definition == nullptr) {
                missing.emplace(variable->getNameAsString(), Missing{variable, false, used});
            } else if (seen.insert(definition).second) {
                result.globals.push_back(definition);
            }
        }
    }

    void report_missing()
    {
        if (missing.empty()) return;
        std::string list;
        SourcePlace first;
        for (const auto& [name, what] : missing) {
            if (!first.file.valid()) first = what.used;
            const auto& context = what.declaration->getASTContext();
            list += fmt::format("\n    {} (declared at {}, used at {})", name + (what.is_function ? "()" : ""),
                                sources.text_of(sources.place(context, what.declaration->getLocation())),
                                sources.text_of(what.used));
        }
        if (missing.size() == 1) {
            const auto& [name, what] = *missing.begin();
            refuse_one(name, what);
        }
        sources.refuse(
            first, fmt::format("{} functions and variables are used but have no definition:{}", missing.size(), list),
            "add the C files that define them, or write bodies that do what the model needs");
    }

    [[noreturn]] void refuse_one(const std::string& name, const Missing& what)
    {
        const std::string declared =
            sources.text_of(sources.place(what.declaration->getASTContext(), what.declaration->getLocation()));
        std::string hint = "add the C file that defines it, or write one that does what the model needs";
        if (name.ends_with("alloc") || name == "alloca" || name == "free")
            hint = "unbounded allocation is not supported: take objects from a static array";
        if (name.find("setjmp") != std::string::npos || name.find("longjmp") != std::string::npos)
            hint = "setjmp and longjmp are not supported";
        const std::string what_is_missing =
            what.is_function
                ? fmt::format("function '{}' is called but has no body (declared at {})", name, declared)
                : fmt::format("variable '{}' is used but defined nowhere (declared at {})", name, declared);
        sources.refuse(what.used, what_is_missing, hint);
    }
};

}  // namespace

Reached reach(const Sources& sources, const Symbols& symbols, const std::vector<const clang::FunctionDecl*>& roots)
{
    return Search(sources, symbols).run(roots);
}

}  // namespace lockstep::frontend
