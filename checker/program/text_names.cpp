#include "program/text_names.h"

#include "program/syntax.h"

#include <fmt/format.h>

namespace lockstep::text {

TextNames::TextNames(const Program& program)
{
    Used values;
    name_types(program, values);
    for (const Function& function : program.functions) functions.add(unique(function.name, "function", values));
    variables.resize(program.variables.size());
    for (VariableId id : ids_of(program.variables))
        if (program.variables[id].storage != Storage::local)
            variables[id] = unique(program.variables[id].name, "variable", values);
    name_locals(program, values);
    Used used_automata, used_processes, used_invariants;
    for (const Automaton& automaton : program.automata)
        automata.add(unique(automaton.name, "automaton", used_automata));
    for (const Process& process : program.processes) processes.add(unique(process.name, "process", used_processes));
    for (const Invariant& invariant : program.invariants)
        invariants.push_back(unique(invariant.name, "invariant", used_invariants));
}

void TextNames::name_types(const Program& program, Used& values)
{
    Used used;
    types.resize(program.types.size());
    for (TypeId id : ids_of(program.types)) {
        if (const auto* record = std::get_if<StructType>(&program.types[id].kind))
            types[id] = unique(record->name, record->is_union ? "union_type" : "struct_type", used);
        if (const auto* enumeration = std::get_if<EnumType>(&program.types[id].kind)) {
            types[id] = unique(enumeration->name, "enum_type", used);
            for (std::size_t i = 0; i < enumeration->enumerators.size(); ++i)
                enumerators[{id, i}] = unique(enumeration->enumerators[i].first, "enumerator", values);
        }
    }
}

// A local may share its name with the locals of other automata only.
void TextNames::name_locals(const Program& program, const Used& values)
{
    std::vector<Used> used(program.automata.size(), values);
    for (VariableId id : ids_of(program.variables)) {
        const Variable& variable = program.variables[id];
        if (variable.storage == Storage::local)
            variables[id] = unique(variable.name, "variable", used[variable.owner.index]);
    }
}

std::string TextNames::unique(const std::string& name, std::string_view what_if_empty, Used& used)
{
    std::string base;
    for (char c : name) base += syntax::is_identifier(std::string("_") + c) ? c : '_';
    if (base.empty()) base = what_if_empty;
    if (base[0] >= '0' && base[0] <= '9') base = fmt::format("_{}", base);
    std::string candidate = base;
    const auto taken = [&] {
        return used.contains(candidate) || syntax::is_reserved(candidate) || syntax::is_type_word(candidate);
    };
    for (int i = 1; taken(); ++i) candidate = fmt::format("{}_{}", base, i);
    used.insert(candidate);
    return candidate;
}

std::string declared(const std::string& name, const std::string& source_name)
{
    return name == source_name ? name : name + ' ' + quoted(source_name);
}

std::string quoted(std::string_view text)
{
    std::string result = "\"";
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            result += std::string("\\") + c;
        else if (c == '\n')
            result += "\\n";
        else if (byte < 0x20 || byte == 0x7f)
            result += fmt::format("\\x{:02x}", byte);
        else
            result += c;
    }
    return result + '"';
}

}  // namespace lockstep::text
