// Runs Clang over the given files and over the sources that their headers name.
//
// A header may say `#pragma lockstep source "kernel/stop_machine.c"`: whoever includes it also gets that file, once,
// as a translation unit of its own. What is known to be needed is parsed at the same time, a thread for each CPU. All
// reading goes through a file system in which the overlays (patched texts) lie over the disk. Clang's errors are
// rendered as Clang renders them and passed on as one InputError.
#include "frontend/deep_stack.h"
#include "frontend/file_cache.h"
#include "frontend/missing_names.h"
#include "frontend/source.h"

#include <clang/AST/ASTConsumer.h>
#include <clang/AST/ASTContext.h>
#include <clang/Basic/Diagnostic.h>
#include <clang/Basic/TargetInfo.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/CompilerInvocation.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <clang/Lex/HeaderSearch.h>
#include <clang/Lex/Pragma.h>
#include <clang/Lex/Preprocessor.h>
#include <clang/Parse/ParseAST.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <llvm/Support/raw_ostream.h>

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

namespace lockstep::frontend {

namespace {

using FileSystem = llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>;

constexpr std::uint64_t largest_file = std::uint64_t{4} << 20;
constexpr unsigned errors_shown = 20;
constexpr unsigned further_errors_shown = 3;  // beside missing names, which often lead to others

FileSystem make_file_system(const Options& options)
{
    auto memory = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
    auto disk = llvm::vfs::createPhysicalFileSystem();
    auto overlay = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(llvm::vfs::getRealFileSystem());
    overlay->pushOverlay(memory);
    for (const auto& [path, text] : options.overlays) {
        const std::string absolute = std::filesystem::absolute(path).lexically_normal().string();
        memory->addFile(absolute, 0, llvm::MemoryBuffer::getMemBufferCopy(text, absolute));
    }
    const std::string current = std::filesystem::current_path().string();
    if (const std::error_code error = memory->setCurrentWorkingDirectory(current))
        throw std::system_error(error, "the current directory");
    return cached(overlay);
}

[[noreturn]] void reject_file(const std::string& file, std::string message, std::string hint)
{
    Diagnostic diagnostic;
    diagnostic.file = file;
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    throw InputError(std::move(diagnostic));
}

// A source that the user named, before Clang sees it: Clang would say less, or read for ever.
void check_file(llvm::vfs::FileSystem& files, const std::string& file)
{
    const auto status = files.status(file);
    if (!status) reject_file(file, "the file cannot be read: " + status.getError().message(), "is the path right?");
    if (status->isDirectory()) reject_file(file, "this is a directory", "name the C files in it");
    if (!status->isRegularFile()) reject_file(file, "this is not a regular file", "name a C file");
    if (status->getSize() > largest_file) {
        reject_file(file, fmt::format("the file has {} bytes; at most {} are read", status->getSize(), largest_file),
                    "a model of this size could not be explored; is this the right file?");
    }
    auto buffer = files.getBufferForFile(file);
    if (!buffer) reject_file(file, "the file cannot be read: " + buffer.getError().message(), {});
    if ((*buffer)->getBuffer().contains('\0')) {
        reject_file(file, "the file contains NUL bytes, so it is no C source", "name a C file, not a program");
    }
}

struct NamedSource {
    std::string name;
    std::string file;  // of the header that names it
    std::uint32_t line = 0;
};

// Collects `#pragma lockstep source "NAME"`. Clang owns it; what it collects outlives it.
class SourcePragma : public clang::PragmaHandler {
public:
    explicit SourcePragma(std::vector<NamedSource>& the_sources)
        : clang::PragmaHandler("lockstep"), sources(the_sources)
    {
    }

    void HandlePragma(clang::Preprocessor& preprocessor, clang::PragmaIntroducer, clang::Token& first) override
    {
        const clang::SourceLocation start = first.getLocation();
        clang::Token token;
        preprocessor.LexUnexpandedToken(token);
        std::string name;
        const bool is_source = token.is(clang::tok::identifier) && token.getIdentifierInfo()->isStr("source");
        if (is_source) preprocessor.Lex(token);
        if (!is_source || !preprocessor.FinishLexStringLiteral(token, name, "pragma lockstep source", false)) {
            clang::DiagnosticsEngine& diagnostics = preprocessor.getDiagnostics();
            diagnostics.Report(start, diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error,
                                                                  "expected '#pragma lockstep source \"FILE\"'"));
            return;
        }
        const clang::PresumedLoc place = preprocessor.getSourceManager().getPresumedLoc(start);
        sources.push_back({name, place.getFilename(), place.getLine()});
    }

private:
    std::vector<NamedSource>& sources;
};

// Errors and their notes; what is only a warning is the compiler's business. What is about missing names goes there.
class ErrorPrinter : public clang::TextDiagnosticPrinter {
public:
    ErrorPrinter(llvm::raw_ostream& stream, clang::DiagnosticOptions* options, MissingNames* the_missing)
        : clang::TextDiagnosticPrinter(stream, options), missing(the_missing)
    {
    }

    void HandleDiagnostic(clang::DiagnosticsEngine::Level level, const clang::Diagnostic& info) override
    {
        if (level != clang::DiagnosticsEngine::Note) {
            shows = level >= clang::DiagnosticsEngine::Error && (missing == nullptr || !missing->take(info));
            shows = shows && (missing == nullptr || ++further <= further_errors_shown);
        }
        if (shows) clang::TextDiagnosticPrinter::HandleDiagnostic(level, info);
    }

private:
    MissingNames* missing;  // nullptr: shown like all errors
    bool shows = false;
    unsigned further = 0;
};

std::vector<std::string> arguments_for(const Options& options, const std::string& file, unsigned most_errors)
{
    std::vector<std::string> arguments{"-cc1",
                                       "-triple",
                                       "x86_64-unknown-linux-gnu",
                                       "-std=gnu11",
                                       "-x",
                                       "c",
                                       "-ffreestanding",
                                       "-fno-builtin",
                                       "-Werror=return-type",
                                       "-Werror=incompatible-pointer-types",
                                       "-fsyntax-only",
                                       "-fgnuc-version=4.2.1",
                                       "-ferror-limit",
                                       std::to_string(most_errors),
                                       "-resource-dir",
                                       LOCKSTEP_CLANG_RESOURCES,
                                       "-nostdsysteminc",
                                       "-D__LOCKSTEP__=1",
                                       fmt::format("-DNR_CPUS={}", options.cpus)};
    for (const std::string& define : options.defines) arguments.push_back("-D" + define);
    for (const std::string& directory : options.include_directories) arguments.push_back("-I" + directory);
    if (!options.models_directory.empty()) arguments.push_back("-I" + options.models_directory + "/include");
    arguments.emplace_back("-internal-isystem");
    arguments.emplace_back(LOCKSTEP_CLANG_RESOURCES "/include");
    arguments.push_back(file);
    return arguments;
}

std::unique_ptr<Unit> parse(const Options& options, const FileSystem& files, const std::string& file,
                            std::vector<NamedSource>& named)
{
    auto unit = std::make_unique<Unit>();
    unit->name = file;
    unit->clang = std::make_unique<clang::CompilerInstance>();
    clang::CompilerInstance& instance = *unit->clang;

    std::string errors;
    llvm::raw_string_ostream stream(errors);
    auto diagnostic_options = llvm::makeIntrusiveRefCnt<clang::DiagnosticOptions>();
    diagnostic_options->ShowColors = false;
    auto printer = std::make_unique<clang::TextDiagnosticPrinter>(stream, diagnostic_options.get());
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): the diagnostics own it now
    auto diagnostics = clang::CompilerInstance::createDiagnostics(diagnostic_options.get(), printer.release());

    std::optional<MissingNames> missing;
    for (const auto& [name, replacement] : options.replacements)
        if (replacement == file) missing.emplace(file, name);
    const std::vector<std::string> arguments = arguments_for(options, file, missing ? 0 : errors_shown);
    std::vector<const char*> pointers;
    for (std::size_t i = 1; i < arguments.size(); ++i) pointers.push_back(arguments[i].c_str());
    auto invocation = std::make_shared<clang::CompilerInvocation>();
    const auto reject_errors = [&] {
        stream.flush();
        while (errors.ends_with('\n')) errors.pop_back();
        if (errors.starts_with("error: ")) errors.erase(0, 7);
        if (missing && !missing->empty()) missing->reject(errors);
        Diagnostic diagnostic;
        diagnostic.message = errors;
        throw InputError(std::move(diagnostic));
    };
    if (!clang::CompilerInvocation::CreateFromArgs(*invocation, pointers, *diagnostics)) reject_errors();
    invocation->getDiagnosticOpts().ShowColors = false;
    instance.setInvocation(invocation);
    auto* error_printer = new ErrorPrinter(stream, &instance.getDiagnosticOpts(), missing ? &*missing : nullptr);
    instance.createDiagnostics(error_printer, true);
    if (!instance.createTarget()) reject_errors();
    instance.createFileManager(files);
    instance.createSourceManager(instance.getFileManager());
    if (!instance.InitializeSourceManager(instance.getFrontendOpts().Inputs[0])) reject_errors();
    instance.createPreprocessor(clang::TU_Complete);
    clang::Preprocessor& preprocessor = instance.getPreprocessor();
    preprocessor.getBuiltinInfo().initializeBuiltins(preprocessor.getIdentifierTable(), preprocessor.getLangOpts());
    preprocessor.AddPragmaHandler(new SourcePragma(named));
    if (missing) preprocessor.addPPCallbacks(missing->callbacks());
    instance.createASTContext();
    instance.setASTConsumer(std::make_unique<clang::ASTConsumer>());

    clang::DiagnosticConsumer& consumer = instance.getDiagnosticClient();
    consumer.BeginSourceFile(instance.getLangOpts(), &preprocessor);
    clang::ParseAST(preprocessor, &instance.getASTConsumer(), instance.getASTContext());
    consumer.EndSourceFile();
    if (instance.getDiagnostics().hasErrorOccurred() || (missing && !missing->empty())) reject_errors();
    // The printer refers to this function's stream; nothing is printed from here on.
    instance.getDiagnostics().setClient(new clang::IgnoringDiagConsumer(), true);
    return unit;
}

struct Parsed {
    std::unique_ptr<Unit> unit;
    std::vector<NamedSource> named;
    std::exception_ptr error;
};

// Units know nothing of each other. The caller looks at them in order, so that it does not matter which was first.
std::vector<Parsed> parse_round(const Options& options, const FileSystem& files, const std::vector<std::string>& round)
{
    std::vector<Parsed> parsed(round.size());
    const auto errors = share_out(round.size(), std::thread::hardware_concurrency(), [&](std::size_t i) {
        check_file(*files, round[i]);
        parsed[i].unit = parse(options, files, round[i], parsed[i].named);
    });
    for (std::size_t i = 0; i < round.size(); ++i) parsed[i].error = errors[i];
    return parsed;
}

std::string path_of(const Options& options, llvm::vfs::FileSystem& files, const NamedSource& source)
{
    const auto replaced = options.replacements.find(source.name);
    if (replaced != options.replacements.end()) return replaced->second;
    const std::string path = options.models_directory + "/" + source.name;
    if (!files.exists(path)) {
        Diagnostic diagnostic;
        diagnostic.file = source.file;
        diagnostic.line = source.line;
        diagnostic.message =
            fmt::format("the source \"{}\" that this header names is not in {}", source.name,
                        options.models_directory.empty() ? "any models directory" : options.models_directory);
        diagnostic.hint = "the name is relative to the models directory";
        throw InputError(std::move(diagnostic));
    }
    return path;
}

std::string name_of(const std::string& define) { return define.substr(0, define.find('=')); }

// Expanded, or asked for by #if, #ifdef and the like.
bool asks_for(const Unit& unit, const std::string& macro)
{
    clang::Preprocessor& preprocessor = unit.clang->getPreprocessor();
    const clang::IdentifierInfo* identifier = preprocessor.getIdentifierInfo(macro);
    for (const clang::MacroDirective* directive = preprocessor.getLocalMacroDirectiveHistory(identifier);
         directive != nullptr; directive = directive->getPrevious())
        if (directive->getMacroInfo() == nullptr || directive->getMacroInfo()->isUsed()) return true;
    return false;
}

void check_replacements(const Options& options, const std::vector<NamedSource>& named)
{
    for (const auto& [name, file] : options.replacements) {
        if (std::ranges::any_of(named, [&](const NamedSource& source) { return source.name == name; })) continue;
        std::set<std::string> known;
        for (const NamedSource& source : named) known.insert(source.name);
        reject_input(
            fmt::format("--replace {}: no header that is included names this source", name),
            known.empty() ? "no header names any source" : fmt::format("the sources are: {}", fmt::join(known, ", ")));
    }
}

}  // namespace

void parse_all(const Options& options, Sources& sources, std::vector<std::string>& sources_read,
               std::vector<std::string>& warnings)
{
    if (options.files.empty()) reject_input("no C file given", "name at least one");
    const FileSystem files = make_file_system(options);
    std::vector<std::string> next = options.files;
    std::set<std::string> seen;
    std::vector<NamedSource> named;
    while (!next.empty()) {
        std::vector<std::string> round;
        for (std::string& file : std::exchange(next, {}))
            if (seen.insert(std::filesystem::absolute(file).lexically_normal().string()).second)
                round.push_back(std::move(file));
        std::vector<Parsed> parsed = parse_round(options, files, round);
        for (std::size_t i = 0; i < round.size(); ++i) {
            if (parsed[i].error) std::rethrow_exception(parsed[i].error);
            sources.units.push_back(std::move(parsed[i].unit));
            sources.enter_files(*sources.units.back());
            sources_read.push_back(round[i]);
            for (const NamedSource& source : parsed[i].named) next.push_back(path_of(options, *files, source));
            named.insert(named.end(), parsed[i].named.begin(), parsed[i].named.end());
        }
    }
    check_replacements(options, named);
    for (const std::string& define : options.defines)
        if (std::ranges::none_of(sources.units, [&](const auto& unit) { return asks_for(*unit, name_of(define)); }))
            warnings.push_back(fmt::format("-D {}: nothing in the sources asks for it; is the name right?", define));
}

}  // namespace lockstep::frontend
