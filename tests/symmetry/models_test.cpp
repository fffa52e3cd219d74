// Models: what is said of their CPUs, and that it is true.
#include "base/diagnostic.h"
#include "lockstep/lockstep.h"
#include "symmetry/automorphism.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace lockstep;
using Classes = std::vector<std::vector<std::uint32_t>>;

namespace {

struct Model {
    Program program;
    Layout layout;
    symmetry::CpuSymmetry symmetry;

    Model(const std::string& file, std::uint32_t cpus, std::vector<std::string> patches = {})
        : program(read(file, cpus, std::move(patches))),
          layout(make_layout(program)),
          symmetry(symmetry::find_cpu_symmetry(program, layout))
    {
    }

private:
    static Program read(const std::string& file, std::uint32_t cpus, std::vector<std::string> patches)
    {
        ModelOptions options;
        options.files = {file};
        options.cpus = cpus;
        options.models_directory = std::string(SOURCE_FOLDER) + "/models";
        options.patches = std::move(patches);
        return load(options).program;
    }
};

std::string scenario(const std::string& name) { return std::string(SOURCE_FOLDER) + "/models/scenarios/" + name; }

}  // namespace

TEST_CASE("multi_cpu_stop: CPU 0 is the active one, the others are alike")
{
    for (std::uint32_t cpus : {2U, 3U, 4U, 5U, 8U}) {
        const Model model(scenario("multi_cpu_stop.c"), cpus);
        std::vector<std::uint32_t> others;
        for (std::uint32_t cpu = 1; cpu < cpus; ++cpu) others.push_back(cpu);
        CHECK(model.symmetry.classes == (cpus > 2 ? Classes{others} : Classes{}));
        CHECK(testing::find_difference(model.program, model.layout, model.symmetry, {cpus, 5, 200}) == "");
        REQUIRE(model.symmetry.reasons.size() == 1);
        CHECK(model.symmetry.reasons.front().apart == std::vector<std::uint32_t>{0});
    }
}

TEST_CASE("multi_cpu_stop: its mutants are alike where it is")
{
    for (const char* mutant :
         {"ack-reset-missing", "ack-reset-after-publish", "ack-before-irq-disable", "state-read-once"}) {
        CAPTURE(mutant);
        const Model model(scenario("multi_cpu_stop.c"), 4,
                          {std::string(SOURCE_FOLDER) + "/models/patches/mutants/" + mutant + ".patch"});
        CHECK(model.symmetry.classes == Classes{{1, 2, 3}});
        CHECK(testing::find_difference(model.program, model.layout, model.symmetry, {1, 5, 200}) == "");
    }
}

TEST_CASE("whatever is said of the CPUs of a model is true")
{
    std::size_t looked_at = 0;
    for (const char* folder : {"models/scenarios", "tests/models"})
        for (const auto& entry : std::filesystem::directory_iterator(std::string(SOURCE_FOLDER) + "/" + folder)) {
            if (entry.path().extension() != ".c") continue;
            CAPTURE(entry.path().string());
            for (std::uint32_t cpus : {2U, 4U}) {
                try {
                    const Model model(entry.path().string(), cpus);
                    CHECK(testing::find_difference(model.program, model.layout, model.symmetry, {cpus, 2, 60}) == "");
                    CHECK((!model.symmetry.classes.empty() || !model.symmetry.reasons.empty()));
                    ++looked_at;
                } catch (const InputError&) {
                    // Some want another number of CPUs, or options.
                }
            }
        }
    CHECK(looked_at > 100);
}
