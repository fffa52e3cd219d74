// Names for the parts of a Program under which the textual form can be written and read.
//
// Names in C need not be unique (locals of inlined calls, statics of several files) and may be words of the textual
// language. Such a part gets a name with a number behind it, and its own name is written behind that as a string.
// Names depend only on the order in which parts are written, so writing what was read gives the same names.
#pragma once

#include "program/program.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace lockstep::text {

class TextNames {
public:
    explicit TextNames(const Program& program);

    IdVector<TypeId, std::string> types;  // of structs, unions and enums; empty for the others
    IdVector<FunctionId, std::string> functions;
    IdVector<VariableId, std::string> variables;
    IdVector<AutomatonId, std::string> automata;
    IdVector<ProcessId, std::string> processes;
    std::vector<std::string> invariants;
    std::map<std::pair<TypeId, std::size_t>, std::string> enumerators;  // by type and position

private:
    using Used = std::set<std::string, std::less<>>;
    static std::string unique(const std::string& name, std::string_view what_if_empty, Used& used);
    void name_types(const Program& program, Used& values);
    void name_locals(const Program& program, const Used& values);
};

/// `name`, and behind it "source name" if that is another.
std::string declared(const std::string& name, const std::string& source_name);
/// In quotes, with escapes.
std::string quoted(std::string_view text);

}  // namespace lockstep::text
