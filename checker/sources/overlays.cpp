#include "sources/overlays.h"

#include "base/diagnostic.h"
#include "sources/apply.h"
#include "sources/history.h"
#include "sources/patch.h"
#include "sources/read_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace lockstep::sources {

namespace fs = std::filesystem;

namespace {

// "a/b/c" without its first `levels` components; none where nothing would be left.
std::optional<fs::path> strip(const std::string& name, std::size_t levels)
{
    const fs::path path = fs::path(name).lexically_normal();
    fs::path rest;
    for (const fs::path& part : path) {
        if (levels > 0)
            --levels;
        else
            rest /= part;
    }
    return levels > 0 || rest.empty() ? std::nullopt : std::optional(rest);
}

std::size_t components(const std::string& name)
{
    const fs::path path = fs::path(name).lexically_normal();
    return static_cast<std::size_t>(std::distance(path.begin(), path.end()));
}

bool is_tail_of(const fs::path& tail, const fs::path& path)
{
    const auto [rest, mismatch] =
        std::mismatch(std::make_reverse_iterator(tail.end()), std::make_reverse_iterator(tail.begin()),
                      std::make_reverse_iterator(path.end()), std::make_reverse_iterator(path.begin()));
    (void)mismatch;
    return rest == std::make_reverse_iterator(tail.begin());
}

// History changes the miniature kernel and nothing else, whatever the user's own files are called.
enum class LookIn : std::uint8_t { miniature_kernel, everywhere };

class Builder {
public:
    explicit Builder(const OverlayOptions& the_options) : options(the_options), models(normal_path(the_options.models))
    {
    }

    Overlays run()
    {
        choose_history();
        replace_files();
        look_in = LookIn::everywhere;
        for (const std::string& file : options.patches) apply_patch(parse_patch(file, read_text(file, "patch")));
        return std::move(result);
    }

private:
    void choose_history()
    {
        if (options.before.empty() && options.after.empty()) return;
        const History history = read_history(models);
        const auto undone =
            options.before.empty() ? history.newer_than(options.after) : history.newer_than_before(options.before);
        for (const HistoryEntry& entry : undone)
            apply_patch(reversed(parse_patch(entry.file.string(), read_text(entry.file, "patch"))));
    }

    void replace_files()
    {
        for (const auto& [name, file] : options.replacements) {
            const std::string key = fs::path(name).lexically_normal().string();
            if (!fs::exists(models / key))
                reject_input(fmt::format("cannot replace {}: the miniature kernel has no such file", name),
                             fmt::format("names are paths below {}, such as kernel/stop_machine.c", models.string()));
            if (result.texts.contains(normal_path(models / key)))
                result.warnings.push_back(fmt::format(
                    "{} is replaced by {}; the chosen point in history does not change that file", key, file));
            read_text(file, fmt::format("replacement for {}", name));
            if (!result.replacements.emplace(key, normal_path(file)).second)
                reject_input(fmt::format("{} is replaced twice", key));
        }
    }

    void apply_patch(const Patch& patch)
    {
        for (const FilePatch& file : patch.files) {
            switch (file.change) {
                case FileChange::modify:
                    modify(patch, file);
                    break;
                case FileChange::create:
                    create(patch, file);
                    break;
                case FileChange::remove:
                    remove(patch, file);
                    break;
                case FileChange::rename:
                case FileChange::copy:
                    move(patch, file);
                    break;
            }
        }
    }

    void modify(const Patch& patch, const FilePatch& file)
    {
        const std::string path = locate(patch, file);
        put(patch, file, path, path, text_of(path));
    }

    void create(const Patch& patch, const FilePatch& file)
    {
        const std::string path = place_for(file.new_name);
        if (exists(path) && !text_of(path).empty())
            reject(patch, file, fmt::format("would create {}, which is there already", shown(path)));
        put(patch, file, path, path, "");
    }

    void remove(const Patch& patch, const FilePatch& file)
    {
        const std::string path = locate(patch, file);
        const Applied applied = apply(patch, file, text_of(path), shown(path));
        if (!file.hunks.empty() && !applied.text.empty())
            reject(patch, file,
                   fmt::format("would remove {}, which has more lines than the patch knows of", shown(path)));
        take_away(patch, path);
    }

    void move(const Patch& patch, const FilePatch& file)
    {
        const std::string from = locate(patch, file);
        const std::string to = place_for(file.new_name);
        if (exists(to)) reject(patch, file, fmt::format("would create {}, which is there already", shown(to)));
        put(patch, file, from, to, text_of(from));
        if (file.change == FileChange::rename) take_away(patch, from);
    }

    void put(const Patch& patch, const FilePatch& file, const std::string& from, const std::string& to,
             const std::string& text)
    {
        Applied applied = apply(patch, file, text, shown(from));
        result.texts[to] = std::move(applied.text);
        removed.erase(to);
        result.warnings.insert(result.warnings.end(), applied.warnings.begin(), applied.warnings.end());
    }

    // A file that is gone cannot be told to the front end; one that says so when it is included can.
    void take_away(const Patch& patch, const std::string& path)
    {
        result.texts[path] =
            fmt::format("#error \"{} was removed by {}\"\n", fs::path(path).filename().string(), patch.name);
        removed.insert(path);
    }

    std::string text_of(const std::string& path) const
    {
        const auto overlay = result.texts.find(path);
        return overlay != result.texts.end() ? overlay->second : read_text(path, "file");
    }

    bool exists(const std::string& path) const
    {
        if (removed.contains(path)) return false;
        return result.texts.contains(path) || fs::is_regular_file(path);
    }

    // The file that a patch means by its old or its new name (which differ where one has a ".orig", say).
    std::string locate(const Patch& patch, const FilePatch& file) const
    {
        std::vector<std::string> names{file.old_name};
        if (file.change == FileChange::modify && file.new_name != file.old_name) names.push_back(file.new_name);
        for (const std::size_t levels : levels_of(names)) {
            for (const std::string& name : names) {
                const auto rest = strip(name, levels);
                if (const auto found = rest ? find(patch, file, *rest) : std::nullopt) return *found;
            }
        }
        reject(patch, file, fmt::format("there is no file to patch for the name '{}'", file.old_name),
               fmt::format("the names of the miniature kernel's files are paths below {}; your own are found by the "
                           "end of their path",
                           models.string()));
    }

    // -p1, -p0, -p2, -p3 ...
    static std::vector<std::size_t> levels_of(const std::vector<std::string>& names)
    {
        std::vector<std::size_t> levels{1, 0};
        std::size_t most = 0;
        for (const std::string& name : names) most = std::max(most, components(name));
        for (std::size_t level = 2; level < most; ++level) levels.push_back(level);
        return levels;
    }

    std::optional<std::string> find(const Patch& patch, const FilePatch& file, const fs::path& name) const
    {
        if (const auto own = find_own(patch, file, name)) return own;
        if (const auto replacement = result.replacements.find(name.string()); replacement != result.replacements.end())
            return replacement->second;
        for (const fs::path& directory : directories()) {
            std::string path = normal_path(directory / name);
            if (exists(path)) return path;
        }
        return std::nullopt;
    }

    // Among the files that the user gave, by the end of their paths.
    std::optional<std::string> find_own(const Patch& patch, const FilePatch& file, const fs::path& name) const
    {
        if (look_in == LookIn::miniature_kernel) return std::nullopt;
        std::set<std::string> found;
        for (const std::string& given : options.files) {
            const std::string path = normal_path(given);
            if (exists(path) && is_tail_of(name, path)) found.insert(path);
        }
        if (found.size() > 1) {
            reject(patch, file,
                   fmt::format("'{}' could be {} or {}", name.string(), shown(*found.begin()), shown(*found.rbegin())));
        }
        return found.empty() ? std::nullopt : std::optional(*found.begin());
    }

    // Where names are looked up: the miniature kernel, then where the user's files and headers are.
    std::vector<fs::path> directories() const
    {
        std::vector<fs::path> all{models};
        if (look_in == LookIn::miniature_kernel) return all;
        for (const std::string& file : options.files) all.push_back(fs::path(normal_path(file)).parent_path());
        for (const std::string& directory : options.include_directories) all.emplace_back(directory);
        return all;
    }

    // Where a new file goes: with -p1, into the first directory that has its folder.
    std::string place_for(const std::string& name) const
    {
        const fs::path rest = strip(name, 1).value_or(fs::path(name));
        for (const fs::path& directory : directories())
            if (fs::is_directory((directory / rest).parent_path())) return normal_path(directory / rest);
        return normal_path(models / rest);
    }

    // As the user knows the file: by its name in the miniature kernel, or from the current directory.
    std::string shown(const std::string& path) const
    {
        for (const fs::path& directory : {models, fs::current_path()}) {
            const fs::path relative = fs::path(path).lexically_relative(directory);
            if (!relative.empty() && *relative.begin() != "..") return relative.string();
        }
        return path;
    }

    [[noreturn]] static void reject(const Patch& patch, const FilePatch& file, std::string message,
                                    std::string hint = {})
    {
        Diagnostic diagnostic;
        diagnostic.file = patch.name;
        diagnostic.line = file.place;
        diagnostic.message = std::move(message);
        diagnostic.hint = std::move(hint);
        throw InputError(std::move(diagnostic));
    }

    const OverlayOptions& options;
    fs::path models;
    Overlays result;
    std::set<std::string> removed;
    LookIn look_in = LookIn::miniature_kernel;
};

}  // namespace

Overlays make_overlays(const OverlayOptions& options) { return Builder(options).run(); }

std::string normal_path(const std::filesystem::path& path) { return fs::absolute(path).lexically_normal().string(); }

}  // namespace lockstep::sources
