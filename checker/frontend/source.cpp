// Places and texts: from Clang's locations to the Program's file table, and to diagnostics with a caret.
#include "frontend/source.h"

#include <clang/AST/ASTContext.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Lex/Lexer.h>
#include "base/text_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace lockstep::frontend {

Unit::Unit() = default;
Unit::Unit(Unit&&) noexcept = default;
Unit::~Unit() = default;

clang::ASTContext& Unit::context() const { return clang->getASTContext(); }

namespace {

std::string absolute(const std::string& path) { return std::filesystem::absolute(path).lexically_normal().string(); }

}  // namespace

Sources::Sources(IdVector<FileId, SourceFile>& program_files, const Options& options) : files(program_files)
{
    if (!options.models_directory.empty()) models = absolute(options.models_directory + "/");
    for (const std::string& file : options.files) given.emplace(absolute(file), file);
}

// As the user gave it; a file of the models by its path among them, which is the kernel's own.
std::string Sources::shown_name(const std::string& path) const
{
    const std::string full = absolute(path);
    if (const auto found = given.find(full); found != given.end()) return found->second;
    if (!models.empty() && full.starts_with(models)) return full.substr(models.size());
    return std::filesystem::path(path).lexically_normal().string();
}

void Sources::enter_files(const Unit& unit)
{
    const clang::SourceManager& manager = unit.context().getSourceManager();
    std::vector<std::pair<std::string, std::string>> found;
    for (auto i = manager.fileinfo_begin(); i != manager.fileinfo_end(); ++i) {
        if (by_path.contains(i->first.getName().str())) continue;
        const auto buffer = i->second->getBufferDataIfLoaded();
        found.emplace_back(i->first.getName().str(), buffer ? buffer->str() : std::string());
    }
    std::sort(found.begin(), found.end());
    for (auto& [path, text] : found) {
        if (by_path.contains(path)) continue;
        by_path.emplace(path, files.add({shown_name(path), std::move(text), absolute(path)}));
    }
}

SourcePlace Sources::place(const clang::ASTContext& context, clang::SourceLocation location) const
{
    if (location.isInvalid()) return {};
    const clang::SourceManager& manager = context.getSourceManager();
    const clang::SourceLocation expansion = manager.getExpansionLoc(location);
    const clang::OptionalFileEntryRef file = manager.getFileEntryRefForID(manager.getFileID(expansion));
    if (!file) return {};
    const auto found = by_path.find(file->getName().str());
    if (found == by_path.end()) return {};
    return {found->second, manager.getExpansionLineNumber(expansion), manager.getExpansionColumnNumber(expansion)};
}

std::string Sources::text(const clang::ASTContext& context, clang::SourceRange range) const
{
    const clang::SourceManager& manager = context.getSourceManager();
    const clang::CharSourceRange in_file =
        clang::Lexer::makeFileCharRange(clang::CharSourceRange::getTokenRange(range), manager, context.getLangOpts());
    if (in_file.isInvalid()) return {};
    return clang::Lexer::getSourceText(in_file, manager, context.getLangOpts()).str();
}

std::string Sources::text_of(const SourcePlace& place) const
{
    if (!files.contains(place.file)) return "?";
    return fmt::format("{}:{}", files[place.file].name, place.line);
}

void Sources::refuse(const SourcePlace& place, std::string message, std::string hint) const
{
    Diagnostic diagnostic;
    if (files.contains(place.file)) {
        diagnostic.file = files[place.file].name;
        diagnostic.line = place.line;
        diagnostic.column = place.column;
        diagnostic.source_line = line_of(files[place.file].text, place.line);
    }
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    throw InputError(std::move(diagnostic));
}

void Sources::refuse(const clang::ASTContext& context, clang::SourceLocation location, std::string message,
                     std::string hint) const
{
    refuse(place(context, location), std::move(message), std::move(hint));
}

}  // namespace lockstep::frontend
