// The textual form of Programs. Two uses: small concurrent programs written by hand (tests/programs/), and print(),
// which writes any Program down so that it can be read again.
//
//   # Peterson's algorithm                         # and // begin comments
//   var flag: bool[2]
//   var turn: u1
//   automaton P(i) {                               # i is what the process is started with
//       local other: u1                            # one for each process; not in memory, so a scalar
//       location outside, set, waiting, inside     # the first is the entry
//       outside -> set      { flag[i] := 1; other := 1 - i }
//       set -> waiting      { turn := other }
//       waiting -> inside   when !flag[other] || turn == i
//       inside -> outside   { flag[i] := 0 }
//   }
//   process p0: P(0)
//   process p1: P(1)
//
// Items, in any order as long as names are declared before they are used (types may be used anywhere):
//
//   program STRING      cpus N      tick N            name, CPUs, milliseconds of a tick
//   const NAME = N                                    stands for the number wherever one may stand
//   struct NAME { a: TYPE, b: TYPE }                  union likewise
//   enum NAME: u32 { RED = 0, GREEN = 1 }
//   function NAME, ...                                functions that can be pointed at
//   strings { STRING ... }                            string constants, where their numbers matter
//   var NAME: TYPE = INITIAL                          a global; `per_cpu var` has a copy for each CPU; behind the type
//                                                     may stand `hardware` (the machine's), `steady` (nobody
//                                                     changes it after boot), `undefinable` (it may come to hold
//                                                     no value), for some slots only: `steady [N, N]`, and
//                                                     `unaliased` (no pointer points into it)
//   automaton NAME(ARGUMENT) { ... }                  see above; (ARGUMENT) may be left out
//   process NAME: AUTOMATON(N) CLAUSES                kind task|interrupt|nmi|exit_hook|clock|plain, task N, pid N,
//                                                     daemon, cpu E, own_task E, running E
//   invariant NAME: E                                 holds in every state
//   invariant NAME process PROCESS                    a process that must reach its end without a report
//   boot AUTOMATON                                    run once, alone, first
//   state [ N, N, N*12 ]                              an initial state: every slot of the globals, in order
//   files { STRING ... }   frame N STRING from N @..  sources and inlined calls, for Programs that came from C
//
// INITIAL is a number, a function, a string, or &variable + slot; or {1, 2, 3}, one for each slot in order; or
// [0: 1, 5: 2], slots by number. What is not named starts with 0.
//
// In an automaton:
//   local NAME, ...: TYPE in memory                   `in memory`: has an address, may be an array or a struct
//   location NAME MARKS, ...                          entry, atomic (a step does not stop here), await (a process may
//                                                     have to wait here), finished; derived: passed, settles
//   SOURCE -> TARGET choose V in LOW..HIGH when GUARD settled { STATEMENTS }     all of it but the arrow may be left
//   out
//
// Statements, separated by ';':
//   place := E     copy POINTER, POINTER, N     store POINTER, E     undefine V     kill V     invalidate POINTER, N
//   report KIND FORMAT (E, ...) cpu E task E stops     progress     prune     age
//
// Expressions are C's: ?: || && | ^ & == != < <= > >> << + - * / % - ~ ! * & . -> [], with `E as TYPE` for a cast and
// (E : TYPE) to say the type of a node. Further: own.cpu own.task own.process own.argument, true false null never,
// per_cpu(place, cpu), and the nodes that C cannot write: slot(variable, n) field(pointer, offset)
// element(pointer, index, stride, count) between(pointer, pointer, stride). A number takes the type of the operand
// beside it or that its place expects, or the one behind it (3u8), or else i32; a comparison's type is the integer type
// expected, or else i32. As in C, arithmetic is done in i32 at least, in the wider type of two, and an assigned value
// is converted to the type of the place; (a + b : u8) computes in u8.
//
// Longer than a file should be: items, automata and statements use one another's names, and are read best together.
// Types: u1 to u64, i1 to i64, bool (u1), ptr TYPE, ptr void, fn, time, TYPE[N], and names of structs and enums.
// Behind a name may stand a string, the name in the source if that is not the same. @F:L:C is a place: file, line,
// column. If there is no `files` item, places are those in the text itself.
//
// The text may be anything (it is fuzzed): depth, sizes and numbers are limited, and the result is verified.
#include "program/parser.h"

#include "program/builder.h"
#include "program/expression_reader.h"
#include "program/text_scope.h"
#include "program/verifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace lockstep {

namespace {

using namespace text;

constexpr std::uint32_t max_cpus = 1024;
constexpr int max_struct_depth = 48;

class Parser {
public:
    Parser(std::string_view the_text, const std::string& file_name)
        : tokens(the_text, file_name), reader(tokens, program, scope)
    {
        program.name = file_name;
        if (!item_exists("files")) {
            own_file = program.files.add({file_name, std::string(the_text)});
            places_are_own = true;
        }
    }

    Program parse()
    {
        declare_types();
        for_each_type_item([&] { skip_or_define_type(); });
        lay_out_types();
        while (!tokens.at_end()) item();
        resolve_addresses();
        check_sizes();
        check_rules();
        return std::move(program);
    }

private:
    TokenStream tokens;
    Program program;
    Scope scope;
    ExpressionReader reader;
    FileId own_file;
    bool places_are_own = false;

    struct AutomatonNames {
        std::map<std::string, LocationId, std::less<>> locations;
    };
    std::map<std::string, AutomatonId, std::less<>> automata;
    std::map<std::string, ProcessId, std::less<>> processes;
    std::vector<std::vector<Token>> transition_places;  // by AutomatonId, TransitionId
    std::map<VariableId, Token> variable_places;
    struct PendingAddress {
        VariableId variable;
        std::size_t position;  // in its list of initial values
        std::string target;
        Token where;
    };
    std::vector<PendingAddress> pending_addresses;
    std::size_t state_values = 0;

    // ---- Items -------------------------------------------------------------------------------------------------

    bool item_exists(std::string_view word)
    {
        int depth = 0;
        bool found = false;
        while (!tokens.at_end() && !found) {
            depth += tokens.sees("{") ? 1 : tokens.sees("}") ? -1 : 0;
            found = depth == 0 && tokens.sees(word) && tokens.sees("{", 1);
            tokens.next();
        }
        tokens.rewind(0);
        return found;
    }

    void item()
    {
        const Token where = tokens.peek();
        if (skip_type_item()) return;
        if (tokens.accept("program")) {
            program.name = tokens.expect_string("the name");
        } else if (tokens.accept("cpus")) {
            program.cpus = static_cast<std::uint32_t>(read_number(tokens, scope, "the number of CPUs", 1, max_cpus));
        } else if (tokens.accept("tick")) {
            program.tick_milliseconds =
                static_cast<std::uint32_t>(read_number(tokens, scope, "milliseconds", 1, 1000000000));
        } else if (tokens.accept("files")) {
            for (const std::string& name : string_list()) program.files.add({name, {}});
        } else if (tokens.accept("strings")) {
            for (const std::string& text : string_list()) program.strings.add(text);
        } else if (tokens.accept("function")) {
            function_item();
        } else if (tokens.accept("frame")) {
            frame_item();
        } else if (tokens.sees("var") || tokens.sees("per_cpu")) {
            variable_item();
        } else if (tokens.accept("automaton")) {
            automaton_item();
        } else if (tokens.accept("process")) {
            process_item();
        } else if (tokens.accept("invariant")) {
            invariant_item(where);
        } else if (tokens.accept("boot")) {
            program.boot = known(automata, "automaton");
        } else if (tokens.accept("state")) {
            state_item();
        } else {
            tokens.fail(fmt::format("expected var, automaton, process or another item before '{}'", where.text),
                        "the language is described in checker/program/parser.cpp");
        }
    }

    std::vector<std::string> string_list()
    {
        std::vector<std::string> list;
        tokens.expect("{");
        while (!tokens.accept("}")) list.push_back(tokens.expect_string("an element"));
        return list;
    }

    template <typename Map>
    typename Map::mapped_type known(const Map& map, std::string_view what)
    {
        const Token where = tokens.peek();
        const std::string name = tokens.expect_name(what);
        const auto found = map.find(name);
        if (found == map.end()) tokens.fail(where, fmt::format("unknown {} '{}'", what, name));
        return found->second;
    }

    // A new name; `source_name` is the string behind it, or the name itself.
    struct NewName {
        Token where;
        std::string name, source_name;
    };
    NewName new_name(std::string_view what)
    {
        NewName result{tokens.peek(), tokens.expect_name(what), {}};
        if (syntax::is_reserved(result.name))
            tokens.fail(result.where, fmt::format("'{}' is a reserved word", result.name));
        result.source_name = tokens.peek().kind == Token::Kind::string ? tokens.next().text : result.name;
        return result;
    }

    template <typename Map, typename Value>
    void declare(Map& map, const NewName& name, Value value)
    {
        if (!map.emplace(name.name, value).second)
            tokens.fail(name.where, fmt::format("'{}' is declared twice", name.name));
    }

    // @file:line:column, or where `where` stands if places are those of the text itself.
    SourcePlace place(const Token& where)
    {
        if (!tokens.accept("@"))
            return places_are_own ? SourcePlace{own_file, where.line, where.column} : SourcePlace{};
        SourcePlace place;
        const std::int64_t file = tokens.expect_number("a file", 0, UINT32_MAX - 1);
        if (static_cast<std::size_t>(file) >= program.files.size()) tokens.fail("no such file");
        place.file = FileId(static_cast<std::size_t>(file));
        tokens.expect(":");
        place.line = static_cast<std::uint32_t>(tokens.expect_number("a line", 1, UINT32_MAX));
        tokens.expect(":");
        place.column = static_cast<std::uint32_t>(tokens.expect_number("a column", 0, UINT32_MAX));
        return place;
    }

    void function_item()
    {
        do {
            const NewName name = new_name("a function's name");
            declare(scope.globals, name, program.functions.add({name.source_name}));
        } while (tokens.accept(","));
    }

    FrameId frame_reference()
    {
        const std::int64_t number = tokens.expect_number("a frame", 0, UINT32_MAX - 1);
        if (static_cast<std::size_t>(number) >= program.frames.size())
            tokens.fail("no such frame", "frames stand in front of what uses them");
        return FrameId(static_cast<std::size_t>(number));
    }

    void frame_item()
    {
        const Token where = tokens.peek();
        const std::int64_t number = tokens.expect_number("a frame", 0, UINT32_MAX - 1);
        if (static_cast<std::size_t>(number) != program.frames.size())
            tokens.fail(where, fmt::format("this should be frame {}", program.frames.size()));
        Frame frame;
        frame.function = tokens.expect_string("a function's name");
        if (tokens.accept("from")) {
            frame.caller = frame_reference();
            if (tokens.sees("@")) frame.call_place = place(where);
        }
        program.frames.add(std::move(frame));
    }

    void state_item()
    {
        std::vector<std::int64_t> values;
        tokens.expect("[");
        while (!tokens.accept("]")) {
            const std::int64_t value = tokens.expect_number("a value", INT64_MIN, INT64_MAX);
            const std::int64_t times =
                tokens.accept("*") ? tokens.expect_number("how often", 1, static_cast<std::int64_t>(max_slots)) : 1;
            state_values += static_cast<std::size_t>(times);
            if (state_values > max_slots) tokens.fail(fmt::format("more than {} values of states", max_slots));
            values.insert(values.end(), static_cast<std::size_t>(times), value);
            if (!tokens.sees("]")) tokens.expect(",");
        }
        program.initial_states.push_back(std::move(values));
    }

    // ---- Types -------------------------------------------------------------------------------------------------
    // Three walks over the text: names of types; their definitions; everything else.

    [[nodiscard]] bool at_type_item() const
    {
        return tokens.sees("struct") || tokens.sees("union") || tokens.sees("enum") || tokens.sees("const");
    }

    template <typename Action>
    void for_each_type_item(Action action)
    {
        int depth = 0;
        while (!tokens.at_end()) {
            if (depth == 0 && at_type_item()) {
                action();
                continue;
            }
            depth += tokens.sees("{") ? 1 : tokens.sees("}") ? -1 : 0;
            tokens.next();
        }
        tokens.rewind(0);
    }

    void declare_types()
    {
        for_each_type_item([&] {
            const Token word = tokens.next();
            if (word.text == "const") return;
            const NewName name = new_name("a type's name");
            if (syntax::is_type_word(name.name))
                tokens.fail(name.where, fmt::format("'{}' is a type already", name.name));
            const TypeId id = word.text == "enum"
                                  ? build::enum_type(program, {name.source_name, 32, false, {}})
                                  : build::declare_struct(program, name.source_name, word.text == "union");
            declare(scope.types, name, id);
        });
    }

    // In the second walk a type is defined, in the third it is skipped.
    void skip_or_define_type()
    {
        const Token word = tokens.next();
        if (word.text == "const") return const_item();
        const TypeId id = known(scope.types, "type");
        if (tokens.peek().kind == Token::Kind::string) tokens.next();
        if (word.text == "enum") return enum_item(id);
        std::vector<Field> fields;
        tokens.expect("{");
        while (!tokens.accept("}")) {
            const bool quoted = tokens.peek().kind == Token::Kind::string;
            const std::string name = quoted ? std::string(tokens.next().text) : tokens.expect_name("a field's name");
            tokens.expect(":");
            fields.push_back({name, read_type(tokens, program, scope), 0});
            if (!tokens.sees("}")) tokens.expect(",");
        }
        std::get<StructType>(program.types[id].kind).fields = std::move(fields);
    }

    void const_item()
    {
        const NewName name = new_name("a constant's name");
        tokens.expect("=");
        const std::int64_t value = read_number(tokens, scope, "a value", INT64_MIN, INT64_MAX);
        declare(scope.globals, name, NamedNumber{value});
    }

    void enum_item(TypeId id)
    {
        EnumType kind = std::get<EnumType>(program.types[id].kind);
        if (tokens.accept(":")) {
            const auto integer = syntax::integer_type_named(tokens.peek().text);
            if (!integer) tokens.fail("expected an integer type");
            tokens.next();
            kind.bits = integer->bits;
            kind.is_signed = integer->is_signed;
        }
        std::int64_t next_value = 0;
        tokens.expect("{");
        while (!tokens.accept("}")) {
            const NewName name = new_name("an enumerator's name");
            const std::int64_t value =
                tokens.accept("=") ? read_number(tokens, scope, "a value", INT64_MIN, INT64_MAX) : next_value;
            next_value = static_cast<std::int64_t>(static_cast<std::uint64_t>(value) + 1);
            kind.enumerators.emplace_back(name.source_name, value);
            declare(scope.globals, name, Enumerator{id, value});
            if (!tokens.sees("}")) tokens.expect(",");
        }
        program.types[id].kind = std::move(kind);
    }

    bool skip_type_item()
    {
        if (!at_type_item()) return false;
        if (tokens.next().text == "const") {
            tokens.next();
            tokens.expect("=");
            tokens.accept("-");
            tokens.next();
            return true;
        }
        while (!tokens.accept("}")) tokens.next();
        return true;
    }

    void lay_out_types()
    {
        std::vector<bool> done(program.types.size(), false);
        std::vector<bool> open(program.types.size(), false);
        for (TypeId id : ids_of(program.types)) lay_out(id, done, open, 0);
    }

    void lay_out(TypeId id, std::vector<bool>& done, std::vector<bool>& open, int depth)
    {
        if (done[id.index]) return;
        if (open[id.index]) tokens.fail("a struct contains itself", "let it contain a pointer");
        if (depth > max_struct_depth) tokens.fail("structs nested too deeply");
        open[id.index] = true;
        std::uint64_t slots = 1;
        if (const auto* array = std::get_if<ArrayType>(&program.types[id].kind)) {
            lay_out(array->element, done, open, depth + 1);
            slots = std::uint64_t{program.types[array->element].slots} * array->count + 1;
        } else if (auto* record = std::get_if<StructType>(&program.types[id].kind)) {
            slots = 0;
            for (Field& field : record->fields) {
                lay_out(field.type, done, open, depth + 1);
                field.offset = static_cast<std::uint32_t>(slots);
                slots += program.types[field.type].slots;
                if (slots > max_slots) break;
            }
        }
        if (slots > max_slots) tokens.fail(fmt::format("a type of more than {} slots", max_slots));
        program.types[id].slots = static_cast<std::uint32_t>(slots);
        done[id.index] = true;
    }

    // ---- Variables ---------------------------------------------------------------------------------------------

    void variable_item()
    {
        const bool per_cpu = tokens.accept("per_cpu");
        tokens.expect("var");
        const NewName name = new_name("a variable's name");
        tokens.expect(":");
        const TypeId type = read_type(tokens, program, scope);
        const VariableId id =
            per_cpu ? build::per_cpu(program, name.source_name, type) : build::global(program, name.source_name, type);
        declare(scope.globals, name, id);
        variable_places[id] = name.where;
        program.variables[id].is_hardware = tokens.accept("hardware");
        if (tokens.accept("steady")) program.variables[id].steady = slot_set(type);
        if (tokens.accept("undefinable")) program.variables[id].undefinable = slot_set(type);
        program.variables[id].is_unaliased = tokens.accept("unaliased");
        if (tokens.accept("=")) initial_values(id);
        program.variables[id].place = place(name.where);
    }

    // Behind `steady` and `undefinable`: nothing for every slot; [0, 3] for these.
    std::vector<bool> slot_set(TypeId type)
    {
        const std::vector<TypeId> types = slot_types(program, type);
        std::vector<bool> slots(types.size(), false);
        if (!tokens.accept("[")) {
            for (std::size_t i = 0; i < types.size(); ++i) slots[i] = types[i].valid();
            return slots;
        }
        while (!tokens.accept("]")) {
            slots[static_cast<std::size_t>(
                tokens.expect_number("a slot", 0, static_cast<std::int64_t>(types.size()) - 1))] = true;
            if (!tokens.sees("]")) tokens.expect(",");
        }
        return slots;
    }

    void initial_values(VariableId id)
    {
        if (tokens.accept("[")) {
            while (!tokens.accept("]")) {
                const std::int64_t slot = tokens.expect_number("a slot", 0, static_cast<std::int64_t>(max_slots));
                tokens.expect(":");
                initial_value(id, static_cast<std::uint32_t>(slot));
                if (!tokens.sees("]")) tokens.expect(",");
            }
        } else if (tokens.accept("{")) {
            const std::vector<TypeId> slots = slot_types(program, program.variables[id].type);
            std::uint32_t slot = 0;
            while (!tokens.accept("}")) {
                while (slot < slots.size() && !slots[slot].valid()) ++slot;
                if (slot >= slots.size()) tokens.fail("more values than the variable has slots");
                initial_value(id, slot++);
                if (!tokens.sees("}")) tokens.expect(",");
            }
        } else {
            initial_value(id, 0);
        }
    }

    void initial_value(VariableId id, std::uint32_t slot)
    {
        auto& initial = program.variables[id].initial;
        const Token where = tokens.peek();
        if (tokens.accept("&")) {
            const Token target = tokens.peek();
            pending_addresses.push_back({id, initial.size(), tokens.expect_name("a variable"), target});
            const std::int64_t offset =
                tokens.accept("+") ? tokens.expect_number("a slot", 0, static_cast<std::int64_t>(max_slots)) : 0;
            initial.emplace_back(slot, InitialAddress{{}, static_cast<std::uint32_t>(offset)});
        } else if (where.kind == Token::Kind::string) {
            initial.emplace_back(slot, string_constant(tokens, program, tokens.next().text));
        } else if (where.kind == Token::Kind::name) {
            initial.emplace_back(slot, named_initial_value());
        } else {
            initial.emplace_back(slot, tokens.expect_number("a value", INT64_MIN, INT64_MAX));
        }
    }

    InitialValue named_initial_value()
    {
        const Token where = tokens.next();
        if (where.text == "never") return time_never;
        if (where.text == "true" || where.text == "false") return std::int64_t{where.text == "true"};
        if (where.text == "null") return std::int64_t{0};
        const Symbol* symbol = scope.find(where.text);
        if (symbol != nullptr) {
            if (const auto* function = std::get_if<FunctionId>(symbol)) return *function;
            if (const auto* enumerator = std::get_if<Enumerator>(symbol)) return enumerator->value;
            if (const auto* number = std::get_if<NamedNumber>(symbol)) return number->value;
        }
        tokens.fail(where, fmt::format("'{}' is no initial value", where.text));
    }

    void resolve_addresses()
    {
        for (const PendingAddress& pending : pending_addresses) {
            const auto found = scope.globals.find(pending.target);
            const auto* variable = found == scope.globals.end() ? nullptr : std::get_if<VariableId>(&found->second);
            if (variable == nullptr) tokens.fail(pending.where, fmt::format("no global '{}'", pending.target));
            auto& value = program.variables[pending.variable].initial[pending.position].second;
            std::get<InitialAddress>(value).variable = *variable;
        }
    }

    // ---- Automata ----------------------------------------------------------------------------------------------

    void automaton_item()
    {
        const NewName name = new_name("an automaton's name");
        const AutomatonId id = build::automaton(program, name.source_name);
        declare(automata, name, id);
        transition_places.emplace_back();
        if (tokens.accept("(")) {
            declare(scope.locals, new_name("a name for the argument"), ArgumentName{});
            tokens.expect(")");
        }
        FrameId frame;
        if (places_are_own) frame = program.frames.add({name.source_name, {}, {}});
        AutomatonNames names;
        bool entry_marked = false;
        tokens.expect("{");
        while (!tokens.accept("}")) {
            tokens.accept(";");
            if (tokens.sees("}")) continue;
            if (tokens.accept("local")) {
                local_member(id);
            } else if (tokens.accept("location")) {
                location_member(id, names, frame, entry_marked);
            } else {
                transition_member(id, names);
            }
        }
        if (!program.automata[id].entry.valid()) tokens.fail(name.where, "an automaton without locations");
        if (places_are_own) move_locations(program.automata[id]);
        scope.locals.clear();
    }

    // In a trace, a process that stands somewhere is about to do what follows there.
    static void move_locations(Automaton& automaton)
    {
        std::vector<bool> moved(automaton.locations.size(), false);
        for (const Transition& transition : automaton.transitions) {
            if (moved[transition.source.index]) continue;
            moved[transition.source.index] = true;
            automaton.locations[transition.source].place = transition.place;
        }
    }

    void local_member(AutomatonId owner)
    {
        std::vector<VariableId> ids;
        do {
            const NewName name = new_name("a local's name");
            ids.push_back(build::register_local(program, owner, name.source_name, {}));
            program.variables[ids.back()].place = place(name.where);
            declare(scope.locals, name, ids.back());
        } while (tokens.accept(","));
        tokens.expect(":");
        const Token where = tokens.peek();
        const TypeId type = read_type(tokens, program, scope);
        const bool in_memory = tokens.accept("in");
        if (in_memory) tokens.expect("memory");
        const bool is_hardware = tokens.accept("hardware");
        const bool is_unaliased = tokens.accept("unaliased");
        if (!in_memory && !is_scalar(program.types[type]))
            tokens.fail(where, "a local that is not in memory is a scalar", "add: in memory");
        for (VariableId id : ids) {
            program.variables[id].type = type;
            program.variables[id].in_memory = in_memory;
            program.variables[id].is_hardware = is_hardware;
            program.variables[id].is_unaliased = is_unaliased;
        }
    }

    void location_member(AutomatonId automaton, AutomatonNames& names, FrameId frame, bool& entry_marked)
    {
        do {
            const NewName name = new_name("a location's name");
            Location location;
            location.frame = frame;
            bool is_entry = false;
            while (true) {
                if (tokens.accept("entry"))
                    is_entry = true;
                else if (tokens.accept("atomic"))
                    location.is_atomic = true;
                else if (tokens.accept("await"))
                    location.is_await = true;
                else if (tokens.accept("finished"))
                    location.is_finished = true;
                else if (tokens.accept("passed"))
                    location.is_pass_through = true;
                else if (tokens.accept("settles"))
                    location.is_settle_point = true;
                else if (tokens.accept("frame"))
                    location.frame = frame_reference();
                else
                    break;
            }
            location.place = place(name.where);
            const LocationId id = build::location(program, automaton, location);
            declare(names.locations, name, id);
            if (is_entry && entry_marked) tokens.fail(name.where, "a second entry");
            if (is_entry) program.automata[automaton].entry = id;
            entry_marked = entry_marked || is_entry;
        } while (tokens.accept(","));
    }

    void transition_member(AutomatonId automaton, const AutomatonNames& names)
    {
        const Token where = tokens.peek();
        Transition transition;
        transition.source = known(names.locations, "location");
        tokens.expect("->");
        transition.target = known(names.locations, "location");
        if (tokens.accept("choose")) transition.choice = choice();
        if (tokens.accept("when")) transition.guard = reader.read_value();
        transition.when_settled = tokens.accept("settled");
        transition.place = place(where);
        if (tokens.accept("{")) {
            while (!tokens.accept("}")) {
                transition.effect.push_back(statement());
                if (!tokens.sees("}")) tokens.expect(";");
            }
        }
        program.automata[automaton].transitions.add(std::move(transition));
        transition_places[automaton.index].push_back(where);
    }

    VariableId local_reference()
    {
        const Token where = tokens.peek();
        const std::string name = tokens.expect_name("a local");
        const auto found = scope.locals.find(name);
        const auto* variable = found == scope.locals.end() ? nullptr : std::get_if<VariableId>(&found->second);
        if (variable == nullptr) tokens.fail(where, fmt::format("no local '{}'", name));
        return *variable;
    }

    Choice choice()
    {
        Choice choice;
        choice.variable = local_reference();
        const TypeId type = program.variables[choice.variable].type;
        tokens.expect("in");
        choice.low = reader.read_value(type);
        tokens.expect("..");
        choice.high = reader.read_value(type);
        return choice;
    }

    // ---- Statements --------------------------------------------------------------------------------------------

    Statement statement()
    {
        if (tokens.accept("progress")) return Progress{};
        if (tokens.accept("prune")) return Prune{};
        if (tokens.accept("age")) return AgeTimes{};
        if (tokens.accept("undefine")) return Undefine{local_reference()};
        if (tokens.accept("kill")) return Kill{local_reference()};
        if (tokens.accept("report")) return report();
        if (tokens.accept("store")) {
            const ExpressionId address = reader.read_value();
            tokens.expect(",");
            return Store{address, reader.read_value()};
        }
        if (tokens.accept("copy")) {
            const ExpressionId destination = reader.read_value();
            tokens.expect(",");
            const ExpressionId source = reader.read_value();
            return Copy{destination, source, slot_count()};
        }
        if (tokens.accept("invalidate")) {
            const ExpressionId address = reader.read_value();
            return Invalidate{address, slot_count()};
        }
        return assignment();
    }

    std::uint32_t slot_count()
    {
        tokens.expect(",");
        return static_cast<std::uint32_t>(
            read_number(tokens, scope, "a number of slots", 1, static_cast<std::int64_t>(max_slots)));
    }

    Statement assignment()
    {
        const Token where = tokens.peek();
        const ExpressionReader::Target target = reader.read_target();
        tokens.expect(":=");
        const bool scalar = target.type.valid() && is_scalar(program.types[target.type]);
        if (target.type.valid() && !scalar)
            tokens.fail(where, "a struct or array is not assigned to", "copy &a, &b, SLOTS copies one");
        const ExpressionId value = reader.read_value(target.type, ExpressionReader::Conversion::to_expected);
        if (target.variable.valid()) return AssignLocal{target.variable, value};
        return Store{target.address, value};
    }

    Statement report()
    {
        Report report;
        report.kind = tokens.expect_string("what kind of report");
        report.format = tokens.expect_string("the message");
        if (tokens.accept("(")) {
            do report.arguments.push_back(reader.read_value());
            while (tokens.accept(","));
            tokens.expect(")");
        }
        if (tokens.accept("cpu")) report.cpu = reader.read_value();
        if (tokens.accept("task")) report.task = reader.read_value();
        report.stops = tokens.accept("stops");
        return report;
    }

    // ---- Processes ---------------------------------------------------------------------------------------------

    void process_item()
    {
        const NewName name = new_name("a process's name");
        tokens.expect(":");
        Process process;
        process.name = name.source_name;
        process.automaton = known(automata, "automaton");
        if (tokens.accept("(")) {
            process.argument = read_number(tokens, scope, "the argument", INT64_MIN, INT64_MAX);
            tokens.expect(")");
        }
        while (process_clause(process)) {
        }
        declare(processes, name, program.processes.add(std::move(process)));
    }

    bool process_clause(Process& process)
    {
        const std::int64_t most = std::int64_t{1} << 31;
        if (tokens.accept("kind"))
            process.kind = process_kind();
        else if (tokens.accept("task"))
            process.task = tokens.expect_number("a task's number", -1, most);
        else if (tokens.accept("pid"))
            process.pid = tokens.expect_number("a pid", INT64_MIN, INT64_MAX);
        else if (tokens.accept("daemon"))
            process.is_daemon = true;
        else if (tokens.accept("cpu"))
            process.cpu = reader.read_value();
        else if (tokens.accept("own_task"))
            process.own_task = reader.read_value();
        else if (tokens.accept("running"))
            process.running = reader.read_value();
        else
            return false;
        return true;
    }

    ProcessKind process_kind()
    {
        const Token where = tokens.peek();
        const std::string name = tokens.expect_name("a kind of process");
        for (std::size_t i = 0; i < syntax::process_kinds.size(); ++i)
            if (syntax::process_kinds[i] == name) return static_cast<ProcessKind>(i);
        tokens.fail(where, fmt::format("unknown kind '{}'", name), "task, interrupt, nmi, exit_hook, clock or plain");
    }

    void invariant_item(const Token& where)
    {
        Invariant invariant;
        const NewName name = new_name("an invariant's name");
        invariant.name = name.source_name;
        if (tokens.accept("process")) {
            invariant.process = known(processes, "process");
            invariant.place = place(where);
        } else {
            tokens.expect(":");
            const ExpressionId condition = reader.read_value();
            invariant.place = place(where);
            invariant.process = invariant_process(name, condition, invariant.place);
            processes.emplace("invariant " + name.name, invariant.process);  // no name that can be written
        }
        program.invariants.push_back(std::move(invariant));
    }

    // One step: to the end, with a report where the condition is false.
    ProcessId invariant_process(const NewName& name, ExpressionId condition, SourcePlace place)
    {
        const std::string function = "invariant " + name.source_name;
        const AutomatonId automaton = build::automaton(program, function);
        transition_places.push_back({name.where, name.where});
        Location location;
        location.place = place;
        if (places_are_own) location.frame = program.frames.add({function, {}, {}});
        const LocationId entry = build::location(program, automaton, location);
        location.is_finished = true;
        const LocationId end = build::location(program, automaton, location);
        build::transition(program, automaton, entry, end, condition, {}, place);
        Report report;
        report.kind = function;
        for (char c : name.source_name) report.format += c == '%' ? "%%" : std::string(1, c);
        report.format += " is false";
        report.stops = true;
        build::transition(program, automaton, entry, end, build::logical_not(program, condition), {report}, place);
        return build::process(program, function, automaton);
    }

    // ---- The whole ---------------------------------------------------------------------------------------------

    // Copies for each CPU and each process included.
    void check_sizes()
    {
        std::uint64_t slots = 0;
        std::vector<std::uint64_t> of_automaton(program.automata.size(), 0);
        for (const Variable& variable : program.variables) {
            const std::uint64_t size = program.types[variable.type].slots;
            if (variable.storage == Storage::local)
                of_automaton[variable.owner.index] += size;
            else
                slots += variable.storage == Storage::per_cpu ? size * program.cpus : size;
        }
        for (const Process& process : program.processes) slots += of_automaton[process.automaton.index];
        if (slots > max_slots) tokens.fail(Token{}, fmt::format("the variables have more than {} slots", max_slots));
    }

    void check_rules()
    {
        const std::vector<BrokenRule> broken = broken_rules(program);
        if (broken.empty()) return;
        const BrokenRule& first = broken.front();
        Token where;
        if (first.variable.valid()) where = variable_places[first.variable];
        if (first.expression.valid()) where = reader.place_of(first.expression);
        if (first.transition.valid()) where = transition_places[first.automaton.index][first.transition.index];
        tokens.fail(where, fmt::format("{}: {}", first.place, first.message),
                    fmt::format("rule {} of checker/program/verifier.cpp", first.rule));
    }
};

}  // namespace

Program parse(std::string_view text, const std::string& file_name) { return Parser(text, file_name).parse(); }

}  // namespace lockstep
