// The parsed translation units and the files they were read from.
//
// Every Unit stays alive until the Program is built, because declarations of all of them are looked at together.
#pragma once

#include "base/diagnostic.h"
#include "frontend/frontend.h"
#include "program/program.h"

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace clang {
class ASTContext;
class CompilerInstance;
class Decl;
class SourceLocation;
class SourceRange;
class Stmt;
}  // namespace clang

namespace lockstep::frontend {

struct Unit {
    Unit();
    Unit(Unit&&) noexcept;
    ~Unit();
    std::string name;                                // as the user should see it
    std::unique_ptr<clang::CompilerInstance> clang;  // owns the ASTContext
    [[nodiscard]] clang::ASTContext& context() const;
};

/// All units of one run, and a common table of files.
class Sources {
public:
    Sources(IdVector<FileId, SourceFile>& program_files, const Options& options);

    std::vector<std::unique_ptr<Unit>> units;

    /// Enters every file that the unit read into the Program's table.
    void enter_files(const Unit& unit);

    /// Where the user sees it: macros at the place where they are used.
    [[nodiscard]] SourcePlace place(const clang::ASTContext& context, clang::SourceLocation location) const;
    [[nodiscard]] std::string text(const clang::ASTContext& context, clang::SourceRange range) const;
    [[nodiscard]] std::string text_of(const SourcePlace& place) const;  // "file:line"

    [[noreturn]] void refuse(const SourcePlace& place, std::string message, std::string hint = {}) const;
    [[noreturn]] void refuse(const clang::ASTContext& context, clang::SourceLocation location, std::string message,
                             std::string hint = {}) const;

private:
    IdVector<FileId, SourceFile>& files;
    std::string models;                                  // absolute, with a slash at its end; empty: none
    std::unordered_map<std::string, std::string> given;  // absolute path -> as the user gave it
    std::unordered_map<std::string, FileId> by_path;     // as Clang names it

    [[nodiscard]] std::string shown_name(const std::string& path) const;
};

/// Parses the files and whatever their headers name as sources.
void parse_all(const Options& options, Sources& sources, std::vector<std::string>& sources_read,
               std::vector<std::string>& warnings);

}  // namespace lockstep::frontend
