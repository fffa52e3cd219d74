// The C programs in c/ compute the same in lockstep as natively.
#include "support.h"

#include "machine/machine.h"
#include "passes/mark_locations.h"
#include "passes/passes.h"
#include "semantics/layout.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <string>
#include <vector>

using namespace lockstep;

namespace {

std::vector<long> native_results(const std::string& name)
{
    std::vector<long> results;
    std::FILE* output = popen((std::string(NATIVE_PROGRAMS) + "/" + name).c_str(), "r");
    REQUIRE(output != nullptr);
    long value = 0;
    while (std::fscanf(output, "%ld", &value) == 1) results.push_back(value);
    REQUIRE(pclose(output) == 0);
    return results;
}

VariableId variable_named(const Program& program, const std::string& name)
{
    for (VariableId id : ids_of(program.variables))
        if (program.variables[id].name == name) return id;
    FAIL("no variable " << name);
    return {};
}

// What ls_boot leaves in `results`.
std::vector<long> lockstep_results(const std::string& name)
{
    frontend::Options options;
    options.models_directory = LOCKSTEP_MODELS;
    options.files = {std::string(C_PROGRAMS) + "/" + name + ".c"};
    frontend::Output output = frontend::read_c(options);
    run_passes(output.program, Stage::before_boot);
    machine::instantiate(output.program, output.machine, output.entries);
    Program& program = output.program;
    REQUIRE(program.initial_states.size() == 1);
    const Layout layout = make_layout(program);
    const std::vector<std::int64_t> cells = initial_cells(program, layout).front();
    const auto slot = [&](const char* variable, std::uint32_t offset) {
        return cells[layout.addresses[layout.address_of(program, variable_named(program, variable), offset)].cell];
    };
    std::vector<long> results;
    const auto count = static_cast<std::uint32_t>(slot("result_count", 0));
    for (std::uint32_t i = 0; i < count; ++i) results.push_back(slot("results", i));
    return results;
}

}  // namespace

TEST_CASE("the same results as natively")
{
    for (const char* name : {"integers", "control", "structs", "pointers", "mixed"}) {
        CAPTURE(name);
        const std::vector<long> expected = native_results(name);
        const std::vector<long> found = lockstep_results(name);
        REQUIRE(expected.size() > 20);
        CHECK(found.size() == expected.size());
        for (std::size_t i = 0; i < std::min(found.size(), expected.size()); ++i) {
            CAPTURE(i);
            CHECK(found[i] == expected[i]);
        }
    }
}
