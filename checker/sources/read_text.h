// Reads the files that the user names: sources to be patched, patches, the series, traces.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace lockstep::sources {

/// The whole file. Throws InputError ("no such trace: x.json") where there is none, where it is a directory, or where
/// it cannot be read; `what` names what it was to be ("patch", "trace").
std::string read_text(const std::filesystem::path& path, std::string_view what);

}  // namespace lockstep::sources
