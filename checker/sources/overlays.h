// Which texts the checker reads: the files on disk with a point in history chosen, patches applied and files replaced,
// all in memory. Nothing on disk changes.
//
// A file of the miniature kernel has a *name*, its path below the models directory: kernel/stop_machine.c,
// include/linux/sched.h. A patch finds its file under the name written in it, without its first component (-p1), as it
// is (-p0), then without two, three ... components (a/tools/models/kernel/stop_machine.c): first among the files that
// the user gave (by the end of their paths), then among the replaced names (the replacement is patched) and the
// miniature kernel, then beside the user's files and in the include directories. So a patch against the real kernel's
// tree and one against our models both apply.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::sources {

struct OverlayOptions {
    std::filesystem::path models;
    std::vector<std::string> files = {};  // the user's
    std::vector<std::string> include_directories = {};
    std::string before = {}, after = {};  // a commit of the history; at most one of them is set
    std::vector<std::string> patches = {};
    std::vector<std::pair<std::string, std::string>> replacements = {};  // name, file
};

struct Overlays {
    /// Normalised absolute path -> the text to read instead of what is on disk.
    std::map<std::string, std::string> texts;
    /// Name -> normalised absolute path of the file that stands for it.
    std::map<std::string, std::string> replacements;
    std::vector<std::string> warnings;
};

Overlays make_overlays(const OverlayOptions& options);

/// How paths are written in Overlays.
std::string normal_path(const std::filesystem::path& path);

}  // namespace lockstep::sources
