// Program: a guarded transition system. The one interface between those who read models (the C front end, the
// textual form), those who transform them (passes) and those who explore or prove them (engines).
//
// A Program is types, variables, automata and processes; nothing executable is hidden elsewhere. Memory is a row of
// *slots*, each holding one scalar; structs and arrays are flattened into slots. An *address* is a slot number; 0 is
// NULL. An automaton is a graph of locations joined by guarded transitions; a process is one running copy of an
// automaton, with its own location and its own locals. Calls are inlined, so a location knows its call stack.
//
// The machine (CPUs, interrupts, time) is not a second mechanism: its state is ordinary variables, an interrupt
// handler is a process whose first transition is guarded by "pending and deliverable", and which task runs is said by
// each process's `running` expression.
//
// A *step* is what other processes can see happen at once: one transition, then every transition that follows while
// the process stands at a pass-through location. A step that meets a pass-through location with no enabled
// transition did not happen at all (this is how an LS_ATOMIC function waits: it blocks at its start). A process at a
// location that is not pass-through and has no enabled transition is blocked.
//
// The well-formedness rules are listed at the head of program/verifier.cpp.
#pragma once

#include "base/ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lockstep {

using FileId = Id<struct FileTag>;
using TypeId = Id<struct TypeTag>;
using VariableId = Id<struct VariableTag>;
using ExpressionId = Id<struct ExpressionTag>;
using FunctionId = Id<struct FunctionTag>;
using StringId = Id<struct StringTag>;
using FrameId = Id<struct FrameTag>;
using AutomatonId = Id<struct AutomatonTag>;
using LocationId = Id<struct LocationTag>;
using TransitionId = Id<struct TransitionTag>;
using ProcessId = Id<struct ProcessTag>;
using PointId = Id<struct PointTag>;

// ---- Source --------------------------------------------------------------------------------------------------------

struct SourceFile {
    std::string name;       // as the user should see it
    std::string text;       // whole text; empty where it is not known (textual Programs)
    std::string path = {};  // where others find it; empty where it is no C file
};

struct SourcePlace {
    FileId file;
    std::uint32_t line = 0;  // 1-based; 0: no place
    std::uint32_t column = 0;
    auto operator<=>(const SourcePlace&) const = default;
};

/// One inlined call. The chain of callers is what a kernel backtrace prints.
struct Frame {
    std::string function;
    FrameId caller;          // none: the automaton's entry function
    SourcePlace call_place;  // where the caller calls
};

// ---- Types ---------------------------------------------------------------------------------------------------------

struct IntegerType {
    std::uint8_t bits = 32;  // 1 to 64; _Bool has 1
    bool is_signed = true;
};
struct EnumType {
    std::string name;
    std::uint8_t bits = 32;
    bool is_signed = false;
    std::vector<std::pair<std::string, std::int64_t>> enumerators;
};
struct PointerType {
    TypeId pointee;  // none: void
};
struct FunctionPointerType {};
/// A time stamp. Kept as its age in ticks: 0 is now, larger is longer ago, negative lies in the future.
struct TimeType {};
struct Field {
    std::string name;
    TypeId type;
    std::uint32_t offset = 0;  // in slots
};
struct StructType {
    std::string name;
    bool is_union = false;  // members have slots of their own all the same; writing one invalidates the others
    std::vector<Field> fields;
};
struct ArrayType {
    TypeId element;
    std::uint32_t count = 0;
};

struct Type {
    std::variant<IntegerType, EnumType, PointerType, FunctionPointerType, TimeType, StructType, ArrayType> kind;
    /// Scalars have 1; a struct the sum of its fields; an array its elements and one slot more, which holds nothing:
    /// the place "one past the end", whose access is out of bounds.
    std::uint32_t slots = 1;
};

// ---- Values --------------------------------------------------------------------------------------------------------
// Every slot holds a std::int64_t: integers sign- or zero-extended from their width (unsigned 64-bit values as the
// same bits), addresses as slot numbers, function pointers as function_value(), and these marks:

inline constexpr std::int64_t undefined_value = 0x7fee1dead0500bad;  // never written since its scope began
inline constexpr std::int64_t dead_value = 0x7fee1dead0500d1e;       // outside the lifetime of a variable in memory
inline constexpr std::int64_t time_never = std::int64_t{1} << 30;    // a time stamp that no tick moves
inline constexpr std::int64_t time_saturation = 1023;                // ages stop here; -1023 for the future
inline constexpr std::int64_t integer_pointer_tag = std::int64_t{1} << 40;  // an integer cast to a pointer: never valid
inline constexpr std::int64_t string_pointer_tag = std::int64_t{1} << 52;   // a string literal: may only be printed
inline constexpr std::int64_t function_pointer_tag = std::int64_t{1} << 53;  // a function

constexpr std::int64_t function_value(FunctionId f) { return function_pointer_tag + f.index; }
constexpr std::int64_t string_value(StringId s) { return string_pointer_tag + s.index; }

// ---- Variables -----------------------------------------------------------------------------------------------------

enum class Storage : std::uint8_t {
    global,
    per_cpu,  // one copy for each CPU; AddressOf is the address of CPU 0's copy, see PerCpuAddress
    local,    // one copy for each process of its automaton
};

/// The value that a slot starts with: a number, an address, a function or a string.
struct InitialAddress {
    VariableId variable;
    std::uint32_t offset = 0;
};
using InitialValue = std::variant<std::int64_t, InitialAddress, FunctionId, StringId>;

struct Variable {
    std::string name;  // as in C; locals of inlined calls may share a name
    TypeId type;
    Storage storage = Storage::global;
    AutomatonId owner;         // of a local
    bool in_memory = true;     // has addresses; a local that nobody points at is not in memory, and is a scalar
    bool is_hardware = false;  // the machine's: has its addresses behind all others'
    std::vector<bool> steady;  // by slot (empty: none): nobody but the reader changes it after boot, so that reading
                               // it is no step of its own; see passes/find_steady
    std::vector<bool> undefinable;  // by slot (empty: none) of what is not local: may come to hold no value, by a Copy
                                    // or an Invalidate; see passes/find_undefinable
    bool is_unaliased = false;      // no pointer ever points into it; see passes/find_unaliased
    SourcePlace place;
    std::vector<std::pair<std::uint32_t, InitialValue>> initial;  // (slot, value); slots not named start with 0
};

// ---- Expressions (no side effects; evaluation may trap: null pointer, bounds, division by zero ...) ----------------

struct Constant {
    std::int64_t value = 0;
};
struct FunctionConstant {
    FunctionId function;
};
struct StringConstant {
    StringId string;
};
/// The value of a local that is not in memory.
struct LocalValue {
    VariableId variable;
};
/// Something that each process has: where it runs, who it is, what it was started with.
struct Own {
    enum class What : std::uint8_t { cpu, task, process, argument } what = What::cpu;
};
/// The address of a slot of a variable in memory; of the own process's copy where it is a local.
struct AddressOf {
    VariableId variable;
    std::uint32_t offset = 0;
};
/// base + offset slots, within a struct: a member's address, or (negative) the struct's from its member's
/// (container_of). Traps where base is not an address.
struct FieldAddress {
    ExpressionId base;
    std::int32_t offset = 0;
};
/// base + index * stride slots. With count > 0 base is the address of an array's first element and index must be in
/// 0..count (count itself: one past the end). With count == 0 it is pointer arithmetic: the result must stay in the
/// innermost array of such elements that base points into, or one past its end.
struct ElementAddress {
    ExpressionId base;
    ExpressionId index;
    std::uint32_t stride = 1;
    std::uint32_t count = 0;
};
/// The address, in the copy of `cpu`, of what base is in the copy of CPU 0.
struct PerCpuAddress {
    ExpressionId base;
    ExpressionId cpu;
};
/// Reads a slot; traps where the address is no slot of this type, or the slot is undefined or dead.
struct Load {
    ExpressionId address;
};
enum class UnaryOp : std::uint8_t { negate, bit_not, logical_not };
struct Unary {
    UnaryOp op = UnaryOp::negate;
    ExpressionId operand;
};
/// Both operands have been converted to a common type; comparisons and logical operators yield 0 or 1. Arithmetic
/// wraps around to the node's type. logical_and and logical_or evaluate their right side only where C does.
enum class BinaryOp : std::uint8_t {
    add,
    subtract,
    multiply,
    divide,
    remainder,
    bit_and,
    bit_or,
    bit_xor,
    shift_left,
    shift_right,
    equal,
    not_equal,
    less,
    less_equal,
    logical_and,
    logical_or,
    slots_between,  // (left - right) / stride of the node's own `stride`
};
struct Binary {
    BinaryOp op = BinaryOp::add;
    ExpressionId left;
    ExpressionId right;
    std::uint32_t stride = 1;  // slots_between only
};
/// Converts to the node's type, as a C cast between scalars does.
struct Convert {
    ExpressionId operand;
};
/// condition ? if_true : if_false; only the chosen side is evaluated.
struct Select {
    ExpressionId condition;
    ExpressionId if_true;
    ExpressionId if_false;
};

struct Expression {
    std::variant<Constant, FunctionConstant, StringConstant, LocalValue, Own, AddressOf, FieldAddress, ElementAddress,
                 PerCpuAddress, Load, Unary, Binary, Convert, Select>
        node;
    TypeId type;
};

// ---- Statements (an effect is a list of them, carried out in order, at once) ---------------------------------------

struct AssignLocal {
    VariableId variable;  // a local that is not in memory
    ExpressionId value;
};
struct Store {
    ExpressionId address;
    ExpressionId value;
};
/// Struct assignment: copies slots, undefined ones included (into locals, and slots said to be undefinable; others
/// trap). The ranges do not overlap or are the same.
struct Copy {
    ExpressionId destination;
    ExpressionId source;
    std::uint32_t slots = 0;
};
/// A local's scope begins: its slots are undefined.
struct Undefine {
    VariableId variable;
};
/// A local's scope ends: in memory its slots are dead, otherwise it is 0 (so that garbage makes no states).
struct Kill {
    VariableId variable;
};
/// The other members of a union whose member was just written: undefined from now on. Traps on a slot that is neither
/// a local's nor said to be undefinable.
struct Invalidate {
    ExpressionId address;
    std::uint32_t slots = 0;
};
/// An assertion that failed, a detector's report. The message is the format with its arguments (%d %u %x %s and
/// %pT, a task number printed as the task's name).
struct Report {
    std::string kind;  // "assertion", "soft_lockup" ...: what the verdict calls it
    std::string format;
    std::vector<ExpressionId> arguments;
    ExpressionId cpu;    // of whom it speaks; none: the own CPU
    ExpressionId task;   // of whom it speaks; none: the own task
    bool stops = false;  // nothing after it matters (a failed assertion)
};
/// The own task has made progress (ls_progress).
struct Progress {};
/// This step is none: it did not happen (ls_assume).
struct Prune {};
/// Every slot of TimeType grows one tick older.
struct AgeTimes {};

using Statement = std::variant<AssignLocal, Store, Copy, Undefine, Kill, Invalidate, Report, Progress, Prune, AgeTimes>;

// ---- Points --------------------------------------------------------------------------------------------------------

/// Something in the source that runs pass, or that none does (`--coverage`). A point is the same in all calls that were
/// inlined. Which there are is said at the head of frontend/points.h; textual Programs have none.
struct Point {
    enum class Kind : std::uint8_t { line, function, branch } kind = Kind::line;
    SourcePlace place;
    std::string function = {};       // in which it is, or which it is
    std::string way = {};            // of a branch: "true", "case 2", "otherwise"
    bool is_passed_by_boot = false;  // found by machine::instantiate
};

// ---- Automata ------------------------------------------------------------------------------------------------------

/// Sets `variable` to each value in low..high, one successor for each; before guard and effect.
struct Choice {
    VariableId variable;
    ExpressionId low;
    ExpressionId high;
};

struct Transition {
    LocationId source;
    LocationId target;
    std::optional<Choice> choice;
    ExpressionId guard;  // none: true
    std::vector<Statement> effect;
    SourcePlace place;
    bool when_settled = false;         // time: enabled only where every running process is blocked or waits in a loop
    std::vector<PointId> points = {};  // that are passed when it is taken
};

struct Location {
    SourcePlace place;
    FrameId frame;
    bool is_atomic = false;    // inside an LS_ATOMIC function: never stopped at
    bool is_await = false;     // has to be waited at: never passed through, unless atomic
    bool is_finished = false;  // the task has returned from its entry function
    // Derived by passes/mark_locations:
    bool is_pass_through = false;
    bool is_settle_point = false;  // where a wait in a loop is recognised
    std::vector<TransitionId> outgoing = {};
};

struct Automaton {
    std::string name;  // its entry function
    LocationId entry;
    IdVector<LocationId, Location> locations;
    IdVector<TransitionId, Transition> transitions;
    std::vector<PointId> points = {};  // that each of its processes has passed, even if it has nothing to do
};

enum class ProcessKind : std::uint8_t {
    task,
    interrupt,  // the handler of one vector on one CPU
    nmi,
    exit_hook,  // what a task runs on its way out of an interrupt (preemption)
    clock,      // time
    plain,      // of a Program without a machine
};

struct Process {
    std::string name;  // "migration/1"; an interrupt's handler function
    AutomatonId automaton;
    ProcessKind kind = ProcessKind::plain;
    std::int64_t argument = 0;
    std::int64_t pid = 0;
    std::int64_t task = -1;  // task number of a task and of its exit hook
    bool is_daemon = false;  // may wait for work for ever
    ExpressionId cpu;        // Own::cpu; none: the process's own number
    ExpressionId own_task;   // Own::task; none: `task`
    ExpressionId running;    // none: always; may not use LocalValue
};

/// A property of every state. The automaton is run alone, in one go, and must reach its end without a Report.
struct Invariant {
    std::string name;
    ProcessId process;
    SourcePlace place;
};

struct Function {
    std::string name;
};

struct Program {
    std::string name;
    std::uint32_t cpus = 1;  // copies of each per-CPU variable
    std::uint32_t tick_milliseconds = 1000;
    IdVector<FileId, SourceFile> files;
    IdVector<TypeId, Type> types;
    IdVector<VariableId, Variable> variables;
    IdVector<ExpressionId, Expression> expressions;
    IdVector<FunctionId, Function> functions;
    IdVector<StringId, std::string> strings;
    IdVector<FrameId, Frame> frames;
    IdVector<PointId, Point> points;
    IdVector<AutomatonId, Automaton> automata;
    IdVector<ProcessId, Process> processes;
    std::vector<Invariant> invariants;

    /// Boot: run once, alone, from the variables' initial values; each of its ends is an initial state. None: the
    /// initial values are the one initial state.
    AutomatonId boot;

    /// What boot left: for each initial state the value of every slot of every global and per-CPU variable, in the
    /// order of the layout (semantics/layout.h). Empty: the variables' initial values.
    std::vector<std::vector<std::int64_t>> initial_states;
};

// ---- Questions that everybody asks ---------------------------------------------------------------------------------

bool is_scalar(const Type& type);
bool is_pointer(const Type& type);
/// Integer or enum.
bool is_integer(const Type& type);
/// Bits that a value of this scalar type needs; 64 for pointers.
std::uint32_t bits_of(const Type& type);
bool is_signed(const Type& type);
/// Wraps `value` around to the width and signedness of an integer type; other types leave it alone.
std::int64_t wrap(std::int64_t value, const Type& type);

/// The type of each slot of a variable of this type, in order; none for an array's slot past the end.
std::vector<TypeId> slot_types(const Program& program, TypeId type);

/// "cpu_stopper[1].lock.owner": the C name of a slot of a variable.
std::string slot_name(const Program& program, VariableId variable, std::uint32_t slot);

}  // namespace lockstep
