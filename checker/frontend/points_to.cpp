#include "frontend/points_to.h"

#include "frontend/walk.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>
#include <clang/AST/Stmt.h>

#include <deque>
#include <map>
#include <set>
#include <unordered_map>

namespace lockstep::frontend {

namespace {

using Node = std::size_t;
using Nodes = std::vector<Node>;

// Pointers to functions, to such pointers, and to void.
bool may_carry(clang::QualType type)
{
    clang::QualType inner = type.getCanonicalType();
    bool is_pointer = false;
    while (true) {
        if (const auto* array = inner->getAsArrayTypeUnsafe()) {
            inner = array->getElementType().getCanonicalType();
        } else if (inner->isPointerType()) {
            inner = inner->getPointeeType().getCanonicalType();
            is_pointer = true;
        } else {
            return inner->isFunctionType() || (is_pointer && inner->isVoidType());
        }
    }
}

// A pointer to a place that holds a pointer: what is stored through it reaches that place.
bool is_reference(clang::QualType type)
{
    if (!type->isPointerType()) return type->isArrayType();
    const clang::QualType pointee = type->getPointeeType();
    return pointee->isPointerType() || pointee->isArrayType();
}

}  // namespace

struct PointsTo::Analysis {
    const Symbols& symbols;
    Types& types;
    const Sources& sources;
    const Reached& reached;

    struct Call {
        const clang::CallExpr* expression;
        std::set<std::size_t> connected;  // indices of functions
    };
    std::vector<std::set<std::size_t>> held;  // by node: indices into reached.functions
    std::vector<std::set<Node>> edges;
    std::unordered_map<const void*, Node> nodes;  // of variables, functions (their results), calls
    std::map<std::pair<std::uint32_t, std::uint32_t>, Node> field_nodes;
    std::map<std::pair<std::string, unsigned>, Node> parameter_nodes;  // of functions of lockstep.h
    std::unordered_map<const clang::FunctionDecl*, std::size_t> function_index;
    std::unordered_map<std::size_t, Node> function_nodes;
    std::vector<Call> calls;
    std::unordered_map<const clang::CallExpr*, std::size_t> call_index;
    std::unordered_map<Node, std::vector<std::size_t>> calls_of_node;
    std::deque<Node> work;

    Analysis(const Symbols& the_symbols, Types& the_types, const Sources& the_sources, const Reached& the_reached)
        : symbols(the_symbols), types(the_types), sources(the_sources), reached(the_reached)
    {
        for (std::size_t i = 0; i < reached.functions.size(); ++i) function_index[reached.functions[i]] = i;
        for (const clang::VarDecl* variable : reached.globals)
            if (variable->getInit() != nullptr)
                initialise(variable_node(variable), variable->getType(), variable->getInit());
        for (const clang::FunctionDecl* function : reached.functions) scan(function);
        // What a task is started with reaches its entry function.
        const Node argument = parameter_node("ls_create_task", 1);
        const Node entry = parameter_node("ls_create_task", 0);
        solve();
        const std::set<std::size_t> tasks = held[entry];
        for (std::size_t function : tasks)
            if (reached.functions[function]->getNumParams() > 0)
                edge(argument, variable_node(reached.functions[function]->getParamDecl(0)));
        edge(parameter_node("ls_set_task_data", 1), parameter_node("ls_task_data", 1));
        solve();
    }

    Node new_node()
    {
        held.emplace_back();
        edges.emplace_back();
        return held.size() - 1;
    }
    Node node_for(const void* key)
    {
        const auto [found, is_new] = nodes.try_emplace(key, 0);
        if (is_new) found->second = new_node();
        return found->second;
    }
    Node variable_node(const clang::VarDecl* variable)
    {
        if (!variable->hasLocalStorage())
            if (const clang::VarDecl* definition = symbols.definition(variable)) variable = definition;
        return node_for(variable->getCanonicalDecl());
    }
    Node parameter_node(const std::string& name, unsigned parameter)
    {
        const auto [found, is_new] = parameter_nodes.try_emplace({name, parameter}, 0);
        if (is_new) found->second = new_node();
        return found->second;
    }
    Node field_node(const clang::FieldDecl* field)
    {
        const FieldSlot slot = types.field(field);
        const auto [found, is_new] = field_nodes.try_emplace({slot.record.index, slot.index}, 0);
        if (is_new) found->second = new_node();
        return found->second;
    }
    Node result_node(const clang::FunctionDecl* definition) { return node_for(definition); }

    void edge(Node from, Node to)
    {
        if (from == to || !edges[from].insert(to).second) return;
        work.push_back(from);
    }

    /// `to` may get the value of `value`.
    void flow(const clang::Expr* value, Node to)
    {
        if (!may_carry(value->getType())) return;
        for (Node from : nodes_of(value)) {
            edge(from, to);
            if (is_reference(value->getType())) edge(to, from);
        }
    }

    Nodes nodes_of(const clang::Expr* value)
    {
        value = without_casts(value);
        if (const auto* reference = llvm::dyn_cast<clang::DeclRefExpr>(value))
            return nodes_of_name(reference->getDecl());
        if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(value)) {
            const auto* field = llvm::dyn_cast<clang::FieldDecl>(member->getMemberDecl());
            return field != nullptr ? Nodes{field_node(field)} : Nodes{};
        }
        if (const auto* subscript = llvm::dyn_cast<clang::ArraySubscriptExpr>(value))
            return nodes_of(subscript->getBase());
        if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(value)) return nodes_of(unary->getSubExpr());
        if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(value)) {
            if (binary->isAssignmentOp()) return nodes_of(binary->getLHS());
            if (binary->isCommaOp()) return nodes_of(binary->getRHS());
            return both(binary->getLHS(), binary->getRHS());
        }
        if (const auto* choice = llvm::dyn_cast<clang::AbstractConditionalOperator>(value))
            return both(choice->getTrueExpr(), choice->getFalseExpr());
        if (const auto* opaque = llvm::dyn_cast<clang::OpaqueValueExpr>(value))
            return opaque->getSourceExpr() != nullptr ? nodes_of(opaque->getSourceExpr()) : Nodes{};
        if (const auto* block = llvm::dyn_cast<clang::StmtExpr>(value)) return nodes_of_last(block->getSubStmt());
        if (const auto* call = llvm::dyn_cast<clang::CallExpr>(value)) return nodes_of_call(call);
        if (const auto* literal = llvm::dyn_cast<clang::CompoundLiteralExpr>(value)) {
            const Node node = node_for(literal);
            initialise(node, literal->getType(), literal->getInitializer());
            return {node};
        }
        return {};
    }

    Nodes both(const clang::Expr* one, const clang::Expr* other)
    {
        Nodes result = nodes_of(one);
        for (Node node : nodes_of(other)) result.push_back(node);
        return result;
    }

    Nodes nodes_of_name(const clang::ValueDecl* declaration)
    {
        if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(declaration)) return {variable_node(variable)};
        const auto* function = llvm::dyn_cast<clang::FunctionDecl>(declaration);
        const clang::FunctionDecl* definition = function != nullptr ? symbols.definition(function) : nullptr;
        const auto index = function_index.find(definition);
        if (definition == nullptr || index == function_index.end()) return {};
        const auto [found, is_new] = function_nodes.try_emplace(index->second, 0);
        if (is_new) {
            found->second = new_node();
            held[found->second].insert(index->second);
        }
        return {found->second};
    }

    Nodes nodes_of_last(const clang::CompoundStmt* block)
    {
        if (block->body_empty()) return {};
        const auto* last = llvm::dyn_cast<clang::Expr>(block->body_back());
        return last != nullptr ? nodes_of(last) : Nodes{};
    }

    Nodes nodes_of_call(const clang::CallExpr* call)
    {
        if (const clang::FunctionDecl* callee = call->getDirectCallee()) {
            if (callee->getNameAsString() == "ls_task_data") return {parameter_node("ls_task_data", 1)};
            const std::string name = callee->getNameAsString();
            if (name == "ls_per_cpu_address" || name == "ls_own_cpu_address") return nodes_of(call->getArg(0));
            const clang::FunctionDecl* definition = symbols.definition(callee);
            return definition != nullptr ? Nodes{result_node(definition)} : Nodes{};
        }
        return {node_for(call)};
    }

    void initialise(Node to, clang::QualType type, const clang::Expr* value)
    {
        value = bare(value);
        const auto* list = llvm::dyn_cast<clang::InitListExpr>(value);
        if (list == nullptr) return flow(value, to);
        if (list->isSyntacticForm() && list->getSemanticForm() != nullptr) list = list->getSemanticForm();
        if (const auto* record = type->getAs<clang::RecordType>()) {
            unsigned i = 0;
            for (const clang::FieldDecl* field : record->getDecl()->fields()) {
                if (field->isUnnamedBitField()) continue;
                if (record->getDecl()->isUnion()) field = list->getInitializedFieldInUnion();
                if (field != nullptr && i < list->getNumInits())
                    initialise(field_node(field), field->getType(), list->getInit(i));
                if (record->getDecl()->isUnion()) break;
                ++i;
            }
            return;
        }
        const auto* array = type->getAsArrayTypeUnsafe();
        for (const clang::Expr* item : list->inits())
            initialise(to, array != nullptr ? array->getElementType() : type, item);
    }

    void scan(const clang::FunctionDecl* function)
    {
        walk_evaluated(function->getBody(), function->getASTContext(), [&](const clang::Stmt* statement) {
            if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(statement)) {
                if (binary->getOpcode() == clang::BO_Assign && may_carry(binary->getLHS()->getType()))
                    for (Node to : nodes_of(binary->getLHS())) flow(binary->getRHS(), to);
            } else if (const auto* declaration = llvm::dyn_cast<clang::DeclStmt>(statement)) {
                for (const clang::Decl* declared : declaration->decls()) {
                    const auto* variable = llvm::dyn_cast<clang::VarDecl>(declared);
                    if (variable != nullptr && variable->hasLocalStorage() && variable->getInit() != nullptr)
                        initialise(variable_node(variable), variable->getType(), variable->getInit());
                }
            } else if (const auto* literal = llvm::dyn_cast<clang::CompoundLiteralExpr>(statement)) {
                initialise(node_for(literal), literal->getType(), literal->getInitializer());
            } else if (const auto* result = llvm::dyn_cast<clang::ReturnStmt>(statement)) {
                if (result->getRetValue() != nullptr) flow(result->getRetValue(), result_node(function));
            } else if (const auto* call = llvm::dyn_cast<clang::CallExpr>(statement)) {
                connect(call);
            }
            return true;
        });
    }

    void connect(const clang::CallExpr* call)
    {
        if (const clang::FunctionDecl* callee = call->getDirectCallee()) {
            if (const clang::FunctionDecl* definition = symbols.definition(callee)) return pass(call, definition);
            for (unsigned i = 0; i < call->getNumArgs(); ++i)
                flow(call->getArg(i), parameter_node(callee->getNameAsString(), i));
            return;
        }
        calls.push_back({call, {}});
        call_index[call] = calls.size() - 1;
        for (Node node : nodes_of(call->getCallee())) {
            calls_of_node[node].push_back(calls.size() - 1);
            work.push_back(node);
        }
    }

    void pass(const clang::CallExpr* call, const clang::FunctionDecl* definition)
    {
        for (unsigned i = 0; i < call->getNumArgs() && i < definition->getNumParams(); ++i)
            flow(call->getArg(i), variable_node(definition->getParamDecl(i)));
    }

    void solve()
    {
        for (Node node = 0; node < held.size(); ++node)
            if (!held[node].empty()) work.push_back(node);
        while (!work.empty()) {
            const Node node = work.front();
            work.pop_front();
            for (std::size_t index : calls_of_node[node]) resolve(index, node);
            const std::set<Node> targets = edges[node];
            for (Node target : targets) {
                const std::size_t before = held[target].size();
                held[target].insert(held[node].begin(), held[node].end());
                if (held[target].size() != before) work.push_back(target);
            }
        }
    }

    void resolve(std::size_t index, Node node)
    {
        const std::set<std::size_t> functions = held[node];
        for (std::size_t function : functions) {
            if (!calls[index].connected.insert(function).second) continue;
            const clang::CallExpr* call = calls[index].expression;
            pass(call, reached.functions[function]);
            edge(result_node(reached.functions[function]), node_for(call));
        }
    }
};

PointsTo::PointsTo(const Symbols& symbols, Types& types, const Sources& sources, const Reached& reached)
    : analysis(std::make_unique<Analysis>(symbols, types, sources, reached))
{
}
PointsTo::~PointsTo() = default;

std::vector<const clang::FunctionDecl*> PointsTo::callees(const clang::CallExpr* call) const
{
    std::vector<const clang::FunctionDecl*> result;
    const auto found = analysis->call_index.find(call);
    if (found == analysis->call_index.end()) return result;
    for (std::size_t function : analysis->calls[found->second].connected)
        result.push_back(analysis->reached.functions[function]);
    return result;
}

std::vector<const clang::FunctionDecl*> PointsTo::passed_to(const std::string& name, unsigned parameter) const
{
    std::vector<const clang::FunctionDecl*> result;
    for (std::size_t function : analysis->held[analysis->parameter_node(name, parameter)])
        result.push_back(analysis->reached.functions[function]);
    return result;
}

}  // namespace lockstep::frontend
