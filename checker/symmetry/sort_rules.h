// How the sorts of values follow from what is done to them (the rules: sorts.cpp).
#pragma once

#include "symmetry/distinctions.h"
#include "symmetry/slots.h"
#include "symmetry/webs.h"

#include <map>
#include <optional>
#include <vector>

namespace lockstep::symmetry {

/// Goes over a Program once. Expressions: expression_rules.cpp, statements and processes: statement_rules.cpp.
class SortRules {
public:
    SortRules(const Program& program, const Layout& layout);

    using Node = SortGraph::Node;

    /// What an expression's value is, for these rules.
    struct Operand {
        enum class Kind : std::uint8_t { node, literal, plain } kind = Kind::plain;
        Node node = 0;
        std::int64_t value = 0;
        Root root = {};  // of a pointer
    };
    static Operand node_operand(Node node) { return {Operand::Kind::node, node, 0, {}}; }
    static Operand literal(std::int64_t value) { return {Operand::Kind::literal, 0, value, {}}; }
    static Operand pointer(Root root) { return {Operand::Kind::plain, 0, 0, root}; }

    const Program& program;
    const Layout& layout;
    const IdVector<AutomatonId, bool> alone;  // alone.h
    SortGraph graph;
    const Node cpu_node = graph.add(), task_node = graph.add(), process_node = graph.add();
    Slots slots;
    std::vector<std::optional<SourcePlace>> named;  // by VariableId: where code names it
    std::map<ExpressionId, Operand> of_process;     // of processes' expressions, and what is below them
    IdVector<AutomatonId, std::optional<Node>> arguments;
    IdVector<AutomatonId, Webs> webs;
    IdVector<AutomatonId, std::vector<Node>> web_nodes;
    std::vector<Use> uses;
    std::vector<BitUse> bit_uses;

private:
    /// What the value of an address expression is used for.
    struct Base {
        bool of_copy = false;      // PerCpuAddress
        std::uint32_t stride = 0;  // ElementAddress: of the array whose first element it is; 0: none
    };

    std::map<VariableId, std::optional<Node>> written;  // registers that the present transition has set, or killed
    LocationId source;                                  // of the present transition
    Where here;
    bool is_of_process = false;  // an expression of a process, which exchange.cpp looks at
    bool is_report = false;

    [[nodiscard]] const Type& type_of(ExpressionId id) const { return program.types[program.expressions[id].type]; }
    [[nodiscard]] bool is_integer_expression(ExpressionId id) const { return is_integer(type_of(id)); }

    // ---- What is done to values ----

    void note(Use use);
    void use_plainly(const Operand& operand, const char* what);
    void use_literal(Node node, std::int64_t value, const char* what);
    /// Both have the same value, or are asked whether they have.
    void equate(const Operand& a, const Operand& b, const char* what);
    /// As a truth value: other than 0.
    void test(ExpressionId id);
    void use_anything(const char* what);

    // ---- Addresses ----

    /// The elements that a constant offset names.
    void name_elements(const Root& root, TypeId outer, std::uint32_t offset, TypeId pointer, Base base);
    Root address(const AddressOf& n, TypeId type, Base base);
    Root address(const FieldAddress& n, TypeId type, Base base);
    Root address(const ElementAddress& n, TypeId type, Base base);
    Root address(const PerCpuAddress& n, TypeId, Base base);
    /// Whether an address is that of a per-CPU variable, or within it, by name.
    [[nodiscard]] bool names_copy(ExpressionId id) const;
    void note_arithmetic(TypeId pointer);

    // ---- Expressions ----

    Operand visit(ExpressionId id, Base base);
    Operand visit(ExpressionId id) { return visit(id, Base()); }
    /// Of a register. One that has not been set holds 0.
    Operand value_of(VariableId v, TypeId type);
    Operand value_in(Node node, TypeId type);
    Operand own(const Own& n, TypeId type);
    Operand load(const Load& n, TypeId type);
    Operand unary(const Unary& n, TypeId type);
    /// And, or, xor, complement.
    Operand bits(const Operand& left, const std::optional<Operand>& right, TypeId type);
    Operand binary(const Binary& n, TypeId type);
    [[nodiscard]] ExpressionId without_conversions(ExpressionId id) const;
    [[nodiscard]] bool is_one(ExpressionId id) const;
    /// mask >> cpu & 1
    [[nodiscard]] const Binary* tested_bit(const Binary& n) const;
    Operand test_bit(const Binary& shift);
    Operand shift_left(const Binary& n, TypeId type);
    void compare(const Binary& n);
    void order(BinaryOp op, Node node, std::int64_t value, bool literal_is_left);
    Operand sum(const Binary& n, TypeId type);
    Operand convert(const Convert& n, TypeId to, Base base);
    [[nodiscard]] Root cast(const Root& root, TypeId from, TypeId to) const;
    Operand select(const Select& n, TypeId type);

    // ---- Statements ----

    void visit_process(ProcessId p);
    void point_argument(const Process& process);
    void note_hardware(VariableId v);
    void add_webs(AutomatonId a);
    void visit(AutomatonId a);
    Node write(VariableId v);
    void choose(const Choice& choice);
    void apply(const AssignLocal& n);
    void apply(const Store& n);
    void apply(const Copy& n);
    void copy_anything();
    void apply(const Invalidate& n);
    void apply(const Report& n);
    void apply(const Undefine& n);
    void apply(const Kill& n);
    void apply(const Progress&);
    void apply(const Prune&);
    void apply(const AgeTimes&);
    void spread();
};

}  // namespace lockstep::symmetry
