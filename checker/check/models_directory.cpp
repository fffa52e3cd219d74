#include "check/models_directory.h"

#include "base/diagnostic.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

bool holds_models(const fs::path& directory)
{
    std::error_code ignored;
    return fs::is_regular_file(directory / "include" / "lockstep.h", ignored);
}

std::string normal(const fs::path& path) { return fs::absolute(path).lexically_normal().string(); }

std::string checked(const std::string& directory, const char* named_by)
{
    if (!holds_models(directory))
        reject_input(fmt::format("{} names {}, which has no include/lockstep.h", named_by, directory),
                     "it has to be lockstep's models directory, with include/, kernel/ and patches/ in it");
    return normal(directory);
}

}  // namespace

std::string find_models_directory(const std::string& named_by_user)
{
    if (!named_by_user.empty()) return checked(named_by_user, "--models");
    if (const char* named = std::getenv("LOCKSTEP_MODELS"); named != nullptr && *named != '\0')
        return checked(named, "the environment's LOCKSTEP_MODELS");
    std::error_code ignored;
    const fs::path executable = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    for (const fs::path& directory :
         {executable / "../../models", executable / "../share/lockstep/models", fs::path(LOCKSTEP_SOURCE_MODELS)})
        if (holds_models(directory)) return normal(directory);
    reject_input("lockstep's models directory was not found", "name it with --models DIR or in LOCKSTEP_MODELS");
}

}  // namespace lockstep
