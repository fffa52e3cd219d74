// The patches that come with the models apply to them: a change of models/kernel/ that makes one miss is noticed here.
#include "sources/history.h"
#include "sources/overlays.h"

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <string>

using namespace lockstep::sources;
namespace fs = std::filesystem;

namespace {

const fs::path models = LOCKSTEP_SOURCE_MODELS;

std::vector<fs::path> patches_in(const fs::path& directory)
{
    std::vector<fs::path> patches;
    if (!fs::exists(directory)) return patches;
    for (const auto& entry : fs::directory_iterator(directory))
        if (entry.path().extension() == ".patch") patches.push_back(entry.path());
    return patches;
}

}  // namespace

TEST_CASE("each point of the history can be chosen, without fuzz")
{
    for (const HistoryEntry& entry : read_history(models).entries) {
        CAPTURE(entry.commit);
        OverlayOptions options{.models = models, .before = entry.commit};
        const Overlays before = make_overlays(options);
        CHECK(!before.texts.empty());
        CHECK(before.warnings.empty());
        std::swap(options.before, options.after);
        CHECK(make_overlays(options).warnings.empty());
    }
}

TEST_CASE("every patch of the history is in the series")
{
    std::set<fs::path> listed;
    for (const HistoryEntry& entry : read_history(models).entries) listed.insert(entry.file.filename());
    for (const fs::path& patch : patches_in(models / "patches")) {
        CAPTURE(patch.string());
        CHECK(listed.contains(patch.filename()));
    }
}

/// The commit of a line "Made against: --before COMMIT" in the patch's head; empty: it is made against today's kernel.
std::string made_against(const fs::path& patch)
{
    std::ifstream file(patch);
    const std::string prefix = "Made against: --before ";
    for (std::string line; std::getline(file, line) && !line.starts_with("--- ");)
        if (line.starts_with(prefix)) return line.substr(prefix.size());
    return {};
}

TEST_CASE("every proposed change and every mutant applies to the kernel that it is made against, without fuzz")
{
    for (const char* folder : {"proposed", "mutants"}) {
        for (const fs::path& patch : patches_in(models / "patches" / folder)) {
            CAPTURE(patch.string());
            const Overlays overlays =
                make_overlays({.models = models, .before = made_against(patch), .patches = {patch.string()}});
            CHECK(!overlays.texts.empty());
            CHECK(overlays.warnings.empty());
        }
    }
}
