#include "suite/find_lines.h"

#include "base/diagnostic.h"
#include "sources/read_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>

namespace lockstep::suite {

namespace {

namespace fs = std::filesystem;

/// C files below the folder, in the order of their names; what is hidden is left alone.
std::vector<fs::path> c_files_in(const fs::path& folder)
{
    std::vector<fs::path> files;
    std::error_code error;
    fs::recursive_directory_iterator at(folder, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
        const bool is_hidden = at->path().filename().native().starts_with('.');
        std::error_code ignored;
        if (is_hidden && at->is_directory(ignored)) at.disable_recursion_pending();
        if (!is_hidden && at->path().extension() == ".c" && at->is_regular_file(ignored)) files.push_back(at->path());
    }
    if (error) reject_input(fmt::format("cannot search {}: {}", folder.string(), error.message()));
    std::ranges::sort(files);
    return files;
}

class Finder {
public:
    explicit Finder(const SuiteOptions& the_options) : options(the_options) {}

    Suite find()
    {
        for (const std::string& path : options.paths) {
            std::error_code ignored;
            if (!fs::is_directory(path, ignored)) {
                if (!add(path)) refuse_empty(path, "no expectation in its first comment");
                continue;
            }
            bool has_lines = false;
            for (const fs::path& file : c_files_in(path)) {
                const bool has_its_own = add(file.lexically_normal().string());
                has_lines |= has_its_own;
                if (!has_its_own) ++suite.files_without_lines;
            }
            if (!has_lines) refuse_empty(path, "no C file in this folder has an expectation in its first comment");
        }
        if (suite.files.empty()) refuse_all();
        return std::move(suite);
    }

private:
    const SuiteOptions& options;
    Suite suite;
    std::set<fs::path> seen;  // a file is run once, however often it is named

    /// Whether it has expectations, run or not.
    bool add(const std::string& name)
    {
        const std::vector<Expectation> expectations = expectations_of(name, sources::read_text(name, "file"));
        std::error_code ignored;
        if (!seen.insert(fs::weakly_canonical(name, ignored)).second) return !expectations.empty();
        SuiteFile file{name, {}};
        for (const Expectation& expectation : expectations)
            if (auto line = line_of(expectation)) file.lines.push_back(std::move(*line));
        if (!file.lines.empty()) suite.files.push_back(std::move(file));
        return !expectations.empty();
    }

    std::optional<SuiteLine> line_of(const Expectation& expectation)
    {
        if (expectation.is_long != options.long_ones) {
            ++suite.lines_of_other_length;
            return std::nullopt;
        }
        std::vector<std::string> its_own = expectation.options;
        if (!is_of_this_kernel(its_own)) {
            ++suite.lines_of_other_kernels;
            return std::nullopt;
        }
        SuiteLine line;
        line.expectation = expectation;
        line.words = {"check"};
        line.words.insert(line.words.end(), its_own.begin(), its_own.end());
        line.words.insert(line.words.end(), options.more.begin(), options.more.end());
        if (options.timeout_seconds > 0 && !has_option(line.words, "--timeout"))
            line.words.insert(line.words.end(), {"--timeout", fmt::format("{}", options.timeout_seconds)});
        if (options.threads != 0 && !has_option(line.words, "--threads"))
            line.words.insert(line.words.end(), {"--threads", std::to_string(options.threads)});
        line.words.push_back(expectation.file);
        return line;
    }

    /// A file that replaces one of the kernel's is of one version; a line that chooses another one means nothing then.
    bool is_of_this_kernel(std::vector<std::string>& its_own) const
    {
        if (!options.as_before.empty()) {
            const std::string choice[] = {"--before", options.as_before};
            const auto found = std::ranges::search(its_own, choice);
            if (found.empty()) return false;
            its_own.erase(found.begin(), found.end());
        }
        const bool chooses =
            has_option(its_own, "--before") || has_option(its_own, "--after") || has_option(its_own, "--patch");
        return !has_option(options.more, "--replace") || !chooses;
    }

    [[noreturn]] static void refuse_empty(const std::string& path, const char* message)
    {
        Diagnostic diagnostic;
        diagnostic.file = path;
        diagnostic.message = message;
        diagnostic.hint = "such a line is `expect --cpus 2: holds`; models/README.md has the grammar";
        throw InputError(std::move(diagnostic));
    }

    [[noreturn]] void refuse_all() const
    {
        if (suite.lines_of_other_kernels != 0)
            reject_input("no line is left to run: all choose a version of a file that is replaced, or another commit");
        reject_input(options.long_ones ? "no line begins with expect-long" : "all lines begin with expect-long",
                     options.long_ones ? "leave out --long" : "run them with --long; they take minutes");
    }
};

}  // namespace

Suite find_lines(const SuiteOptions& options) { return Finder(options).find(); }

}  // namespace lockstep::suite
