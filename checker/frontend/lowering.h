// Lowers functions into one automaton: statements to control flow, expressions to guards and effects, calls inlined.
//
// Values are expressions of the Program; a read of memory may be pending in one (see automaton_builder.h). Places are
// lvalues: memory at an address, or registers. Each group of methods has a file of its own, named in its heading.
#pragma once

#include "frontend/automaton_builder.h"
#include "frontend/build_context.h"

#include <clang/AST/ASTFwd.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace clang {
class ASTContext;
class AtomicExpr;
class BinaryConditionalOperator;
class OpaqueValueExpr;
class QualType;
class SourceLocation;
class SwitchCase;
}  // namespace clang

namespace lockstep::frontend {

/// An lvalue.
struct Place {
    ExpressionId address;               // in memory; else:
    std::vector<VariableId> registers;  // one for each slot
    TypeId type;
    std::string name;  // for temporaries that hold what is read from it
    bool is_bit_field = false;
    /// Ranges that become undefined when this place is written: the other members of a union.
    std::vector<std::pair<ExpressionId, std::uint32_t>> invalidated = {};
    [[nodiscard]] bool in_memory() const { return registers.empty(); }
};

class Lowering {
public:
    Lowering(BuildContext& the_context, AutomatonId id);

    AutomatonBuilder build;

    /// Inlines a call of `function` at the automaton's top: no caller.
    void call_top(const clang::FunctionDecl* function, const std::vector<ExpressionId>& arguments);
    /// The same; its result.
    ExpressionId evaluate_top(const clang::FunctionDecl* function);

private:
    struct Scope {
        const clang::Stmt* statement;
        std::vector<VariableId> in_memory;
    };
    struct Jump {
        LocationId break_to, continue_to;
        std::size_t scopes;
    };
    struct Binding {
        Place place;
        ExpressionId value;  // valid: stands for the parameter, which is never written
    };
    /// One inlined call.
    struct Activation {
        const clang::FunctionDecl* function = nullptr;
        const FunctionFacts* facts = nullptr;
        const clang::ASTContext* context = nullptr;
        std::unordered_map<const clang::VarDecl*, Binding> bindings;
        std::unordered_map<const clang::LabelDecl*, LocationId> labels;
        std::unordered_map<const clang::SwitchCase*, LocationId> cases;
        std::unordered_map<const clang::OpaqueValueExpr*, ExpressionId> opaque;
        std::vector<Scope> scopes;
        std::vector<Jump> jumps;
        LocationId exit;
        Place result;  // of a function that returns something
    };
    using HeldValues = std::vector<std::unique_ptr<Held>>;
    struct Argument {
        std::unique_ptr<Held> value;
        Place place;  // of a struct
    };

    BuildContext& context;
    Program& program;
    Expressions& expressions;
    std::vector<Activation*> activations;
    Activation* now = nullptr;
    bool per_cpu_allowed = false;  // in the first argument of ls_per_cpu_address()
    unsigned depth = 0;            // of nested expressions and statements

    // ---- Common (lowering.cpp)
    [[nodiscard]] SourcePlace place_of(clang::SourceLocation location) const;
    [[noreturn]] void refuse(clang::SourceLocation location, std::string message, std::string hint = {}) const;
    TypeId type_of(clang::QualType type, clang::SourceLocation location);
    TypeId plain_type_of(clang::QualType type, clang::SourceLocation location);  // time stamps as integers
    /// Control has come to the line of a statement.
    void pass(const clang::Stmt* statement) { build.pass(context.points.of(statement)); }
    class Deeper;
    class FullExpression;
    class AtPlace;
    class PerCpuAllowed;

    // ---- Values (lower_values.cpp)
    ExpressionId rvalue(const clang::Expr* expression);
    std::optional<ExpressionId> constant(const clang::Expr* expression);
    ExpressionId cast(const clang::CastExpr* cast);
    ExpressionId integer_cast(const clang::CastExpr* cast);
    ExpressionId pointer_cast(const clang::CastExpr* cast);
    ExpressionId decay(const clang::CastExpr* cast);
    ExpressionId function_value_of(const clang::Expr* expression);
    ExpressionId unary(const clang::UnaryOperator* unary);
    ExpressionId binary(const clang::BinaryOperator* binary);
    ExpressionId arithmetic(clang::BinaryOperator const* expression, int opcode, ExpressionId left, ExpressionId right,
                            TypeId type);
    ExpressionId logical(const clang::BinaryOperator* binary);
    ExpressionId select(const clang::AbstractConditionalOperator* choice);
    ExpressionId statement_value(const clang::StmtExpr* block);
    ExpressionId pointer_plus(const clang::Expr* expression, ExpressionId pointer, ExpressionId index,
                              clang::QualType pointer_type, std::uint32_t count, bool minus);
    ExpressionId pointer_arithmetic(const clang::BinaryOperator* binary);
    ExpressionId pointer_difference(const clang::BinaryOperator* binary);
    std::optional<ExpressionId> member_of_container(const clang::Expr* expression, clang::QualType target);
    std::optional<std::int32_t> slot_offset(const clang::Expr* expression);
    ExpressionId zero(TypeId type) { return expressions.constant(0, type); }
    /// The value as a place of this type takes it; time stamps and integers do not mix.
    ExpressionId coerce(ExpressionId value, TypeId type, clang::SourceLocation location);
    ExpressionId time_arithmetic(const clang::BinaryOperator* expression, int opcode, ExpressionId left,
                                 ExpressionId right);
    ExpressionId truth_of(const clang::Expr* expression);
    void effect(const clang::Expr* expression);
    void condition(const clang::Expr* expression, LocationId if_true, LocationId if_false);
    /// The condition of a statement, whose branches are points.
    void condition_of(const clang::Stmt* statement, const clang::Expr* expression, LocationId if_true,
                      LocationId if_false);

    // ---- Is an expression free of side effects, and of reads of memory? (purity.cpp)
    bool is_pure(const clang::Expr* expression);
    bool is_pure_place(const clang::Expr* expression);
    bool is_register(const clang::Expr* place);
    bool needs_flow(const clang::Expr* condition);

    // ---- Places and assignments (lower_places.cpp)
    Place lvalue(const clang::Expr* expression);
    Place lvalue_of_name(const clang::DeclRefExpr* reference);
    Place lvalue_of_member(const clang::MemberExpr* member);
    Place lvalue_of_subscript(const clang::ArraySubscriptExpr* subscript);
    Place part(const Place& whole, std::uint32_t offset, TypeId type, const std::string& name);
    void note_union(Place& member, const Place& whole, const FieldSlot& slot);
    ExpressionId read(const Place& place);
    void write(const Place& place, ExpressionId value);
    ExpressionId assign(const clang::BinaryOperator* binary, bool wanted);
    ExpressionId compound_assign(const clang::CompoundAssignOperator* assignment, bool wanted);
    ExpressionId increment(const clang::UnaryOperator* unary, bool wanted);
    ExpressionId value_written(const Place& place, ExpressionId value, clang::QualType type,
                               clang::SourceLocation location);

    // ---- Structs and initialisers (lower_aggregates.cpp)
    struct Initialiser {
        std::vector<std::pair<std::uint32_t, std::unique_ptr<Held>>> values;  // slot, value
        std::vector<std::pair<std::uint32_t, Place>> copies;
        std::vector<std::pair<std::uint32_t, std::uint32_t>> untouched;  // other members of unions: offset, slots
    };
    Place aggregate(const clang::Expr* expression);
    Place fresh_memory(const void* owner, const std::string& name, TypeId type, clang::SourceLocation location);
    void copy(const Place& to, const Place& from);
    void copy_slot(const Place& to, const Place& from, std::uint32_t slot, TypeId type);
    void assign_aggregate(const clang::BinaryOperator* binary);
    void assign_from(const Place& to, const clang::Expr* value);
    void initialise(const Place& place, const clang::Expr* initialiser, clang::QualType type, VariableId fresh);
    void collect(const clang::Expr* initialiser, clang::QualType type, TypeId type_id, std::uint32_t slot,
                 Initialiser& into);
    void collect_record(const clang::InitListExpr* list, TypeId type, std::uint32_t slot, Initialiser& into);
    void collect_array(const clang::InitListExpr* list, clang::QualType type, TypeId type_id, std::uint32_t slot,
                       Initialiser& into);
    Place compound_literal(const clang::CompoundLiteralExpr* literal);

    // ---- Statements (lower_statements.cpp)
    void statement(const clang::Stmt* statement);
    void compound(const clang::CompoundStmt* block);
    void declaration(const clang::DeclStmt* declaration);
    void declare_local(const clang::VarDecl* variable);
    void if_statement(const clang::IfStmt* test);
    void while_statement(const clang::WhileStmt* loop);
    void do_statement(const clang::DoStmt* loop);
    void for_statement(const clang::ForStmt* loop);
    void switch_statement(const clang::SwitchStmt* choice);
    void case_label(const clang::SwitchCase* label);
    void return_statement(const clang::ReturnStmt* result);
    void goto_statement(const clang::GotoStmt* jump);
    void label_statement(const clang::LabelStmt* label);
    void asm_statement(const clang::Stmt* statement);
    LocationId label_location(const clang::LabelDecl* label);
    void leave_scopes(std::size_t down_to);
    void pop_scope();

    // ---- Calls (lower_calls.cpp)
    ExpressionId call(const clang::CallExpr* call, Place* aggregate_result);
    std::vector<Argument> arguments_of(const clang::CallExpr* call, const clang::FunctionDecl* definition);
    ExpressionId inline_call(const clang::FunctionDecl* definition, std::vector<Argument>& arguments,
                             clang::SourceLocation call_location, const Place* into, Place* aggregate_result);
    void enter_function(Activation& activation, FrameId frame);
    void bind_parameters(Activation& callee, std::vector<Argument>& arguments, FrameId callee_frame,
                         clang::SourceLocation call_location);
    ExpressionId indirect_call(const clang::CallExpr* call, Place* aggregate_result);
    bool fits(const clang::CallExpr* call, const clang::FunctionDecl* candidate);
    void check_recursion(const clang::FunctionDecl* definition, clang::SourceLocation location);
    [[nodiscard]] bool is_active(const clang::FunctionDecl* definition) const;
    Place result_place(const clang::FunctionDecl* definition, const void* owner, clang::SourceLocation location);

    // ---- Functions of lockstep.h (lower_intrinsics.cpp)
    ExpressionId intrinsic(const clang::CallExpr* call, const std::string& name);
    ExpressionId machine_intrinsic(const clang::CallExpr* call, const std::string& name);
    void await(const clang::CallExpr* call);
    ExpressionId choose(const clang::CallExpr* call);
    void check(ExpressionId guard, Statement otherwise);
    ExpressionId task_or_current(ExpressionId task, ExpressionId cpu);
    void report(const clang::CallExpr* call, bool stops);
    ExpressionId per_cpu_address(const clang::CallExpr* call);
    std::string literal_text(const clang::Expr* expression);

    // ---- Compiler builtins (lower_builtins.cpp)
    ExpressionId builtin(const clang::CallExpr* call, const std::string& name);
    ExpressionId atomic_builtin(const clang::AtomicExpr* expression);
    std::optional<ExpressionId> sync_builtin(const clang::CallExpr* call, const std::string& name);
    ExpressionId modify(ExpressionId address, TypeId type, const std::function<ExpressionId(ExpressionId)>& change,
                        bool wants_new);
    ExpressionId count_bits(ExpressionId value, std::uint32_t bits);
    ExpressionId bit_builtin(const clang::CallExpr* call, const std::string& name);
    ExpressionId overflow_builtin(const clang::CallExpr* call, BinaryOp op);
    bool memory_function(const clang::CallExpr* call, const std::string& name);
};

/// Names a temporary after an expression.
[[nodiscard]] std::string short_name(const std::string& name);

/// Counts the depth of nesting, which the evaluator and other passes have to recurse over.
class Lowering::Deeper {
public:
    Deeper(Lowering& the_lowering, clang::SourceLocation const& location);
    ~Deeper() { --lowering.depth; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

private:
    Lowering& lowering;
};

/// Temporaries taken within it may be used again after it.
class Lowering::FullExpression {
public:
    explicit FullExpression(Lowering& the_lowering)
        : lowering(the_lowering), mark(the_lowering.build.temporaries_mark())
    {
    }
    ~FullExpression() { lowering.build.release_temporaries(mark); }
    FullExpression(const FullExpression&) = delete;
    FullExpression& operator=(const FullExpression&) = delete;

private:
    Lowering& lowering;
    std::size_t mark;
};

/// What is built within it has this place.
class Lowering::AtPlace {
public:
    AtPlace(Lowering& the_lowering, SourcePlace place) : lowering(the_lowering), before(the_lowering.build.place)
    {
        if (place.line != 0) lowering.build.place = place;
    }
    ~AtPlace() { lowering.build.place = before; }
    AtPlace(const AtPlace&) = delete;
    AtPlace& operator=(const AtPlace&) = delete;

private:
    Lowering& lowering;
    SourcePlace before;
};

/// Whether a per-CPU variable may be named within it.
class Lowering::PerCpuAllowed {
public:
    PerCpuAllowed(Lowering& the_lowering, bool allowed)
        : lowering(the_lowering), before(std::exchange(the_lowering.per_cpu_allowed, allowed))
    {
    }
    ~PerCpuAllowed() { lowering.per_cpu_allowed = before; }
    PerCpuAllowed(const PerCpuAllowed&) = delete;
    PerCpuAllowed& operator=(const PerCpuAllowed&) = delete;

private:
    Lowering& lowering;
    bool before;
};

}  // namespace lockstep::frontend
