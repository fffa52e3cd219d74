#include "support.h"

#include "passes/mark_locations.h"
#include "program/printer.h"
#include "program/verifier.h"

#include <doctest/doctest.h>

#include <sstream>

namespace lockstep::test {

frontend::Options options_for(const std::map<std::string, std::string>& texts)
{
    frontend::Options options;
    options.models_directory = LOCKSTEP_MODELS;
    for (const auto& [name, text] : texts) {
        options.overlays[name] = text;
        if (name.ends_with(".c") && name.find('/') == std::string::npos) options.files.push_back(name);
    }
    return options;
}

frontend::Output read(const std::map<std::string, std::string>& texts)
{
    frontend::Output output = frontend::read_c(options_for(texts));
    verify(output.program);
    return output;
}

frontend::Output read_task(std::string_view text)
{
    return read({{"model.c", "#include <lockstep.h>\n" + std::string(text) +
                                 "\nvoid ls_boot(void) { ls_run(0, ls_task(task, 0, 1, LS_TASK, \"task\")); }\n"}});
}

Diagnostic refusal(std::string_view text) { return refusal({{"model.c", std::string(text)}}); }

Diagnostic refusal(const std::map<std::string, std::string>& texts)
{
    try {
        frontend::read_c(options_for(texts));
    } catch (const InputError& error) {
        return error.diagnostic;
    }
    FAIL("nothing was refused");
    return {};
}

const Automaton& automaton_of(const Program& program, std::string_view name)
{
    for (const Automaton& automaton : program.automata)
        if (automaton.name == name) return automaton;
    FAIL("no automaton " << name);
    return program.automata[AutomatonId(0)];
}

std::size_t accesses(const Program& program, const Automaton& automaton)
{
    std::size_t count = 0;
    for (const Transition& transition : automaton.transitions) count += is_visible(program, transition) ? 1 : 0;
    return count;
}

std::string text_of(const Program& program, std::string_view automaton)
{
    std::istringstream all(print(program));
    std::string line, result;
    bool inside = false;
    while (std::getline(all, line)) {
        if (line.starts_with("automaton ")) inside = line.starts_with("automaton " + std::string(automaton) + " ");
        if (line == "}") inside = false;
        if (inside) result += line + "\n";
    }
    return result;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace lockstep::test
