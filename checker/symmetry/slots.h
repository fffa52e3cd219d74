// The nodes of memory, and what addresses denote.
//
// All copies of a slot have one node: per-CPU copies, the elements of an array, the instances of a struct that a
// pointer may lead to. An address leads to a part of a variable that is named, to the pointee of a pointer to scalars
// (which is tracked, as by Steensgaard), or to whatever has the static type that is pointed to, as in passes/places.
// Each array has a node for its indices.
#pragma once

#include "semantics/layout.h"
#include "symmetry/sort_graph.h"

#include <map>
#include <set>
#include <tuple>

namespace lockstep::symmetry {

/// Where an address leads.
struct Root {
    enum class Kind : std::uint8_t {
        nowhere,   // NULL
        variable,  // a slot of a variable
        type,      // a slot of whatever has the type
        node,      // a tracked pointer's pointee
        anything,
    } kind = Kind::anything;
    VariableId variable;
    TypeId type;
    std::uint32_t offset = 0;
    SortGraph::Node node = 0;
};

class Slots {
public:
    using Node = SortGraph::Node;

    Slots(const Program& program, const Layout& layout, SortGraph& graph);

    [[nodiscard]] Node of_slot(VariableId v, std::uint32_t offset) const;
    /// None: it may be any, or there is none.
    [[nodiscard]] std::optional<Node> at(const Root& root);
    /// Of the indices of the array that begins there.
    [[nodiscard]] std::optional<Node> indices(const Root& root, std::uint32_t stride);

    /// Where the value of a pointer of this type leads, as far as its type says. (Not for tracked ones.)
    [[nodiscard]] Root from_type(TypeId pointer) const;
    [[nodiscard]] bool is_tracked(TypeId pointer) const;
    /// Where the value of a pointer in this node leads.
    [[nodiscard]] Root from_pointer(Node pointer, TypeId type);
    /// A pointer that is tracked may lead there.
    void point(Node pointer, TypeId type, const Root& to, const Where& where);
    /// A pointer that is tracked is written to who knows where.
    void lose_pointers() { pointers_are_lost = true; }

    /// An element that an offset names: of which array, and which.
    struct Element {
        std::uint32_t array;  // its offset, all indices being 0
        std::uint32_t stride, count, index;
        bool is_exact;  // the offset is the element's first slot
        TypeId type;
    };
    /// Elements on the way from something of type `outer` to the slot at `offset`, or the part of type `part` there.
    [[nodiscard]] std::vector<Element> elements(TypeId outer, std::uint32_t offset, TypeId part = {}) const;

    /// Pointers to elements of this type (none: any) are used in arithmetic.
    void note_arithmetic(TypeId element, const Where& where) { arithmetic.try_emplace(element, where); }

    void note_read(const Root& root);

    /// After all code has been seen: what pointers have in common.
    void finish();
    [[nodiscard]] bool is_read(VariableId v, std::uint32_t offset) const { return reads.contains(of_slot(v, offset)); }

    struct Array {
        VariableId variable;
        std::uint32_t offset, stride, count;
        bool is_outermost;
        Node index;
        std::optional<Where> arithmetic;
    };
    /// All that code indexes by something, or by pointers.
    [[nodiscard]] std::vector<Array> arrays() const;

private:
    const Program& program;
    const Layout& layout;
    SortGraph& graph;
    std::vector<Node> first;                                                    // by VariableId: of its first slot
    std::map<TypeId, std::vector<std::pair<VariableId, std::uint32_t>>> parts;  // where values of a type lie
    std::map<std::pair<TypeId, std::uint32_t>, Node> type_nodes;
    std::map<std::pair<SlotClass::Kind, std::uint8_t>, Node> class_nodes;
    std::map<std::tuple<VariableId, std::uint32_t, std::uint32_t>, Node> index_nodes;  // offset, stride
    std::map<std::tuple<TypeId, std::uint32_t, std::uint32_t>, Node> type_index_nodes;
    std::map<Node, std::pair<Node, TypeId>> pointees;
    std::set<Node> denoting;  // nodes that stand for several slots
    std::set<Node> reads;
    std::map<TypeId, Where> arithmetic;
    bool pointers_are_lost = false;

    void note_parts(VariableId v, TypeId type, std::uint32_t at);
    [[nodiscard]] std::uint32_t normalised(TypeId outer, std::uint32_t offset) const;
    [[nodiscard]] TypeId element_type(TypeId pointer) const;
    Node all_of_class(TypeId scalar);
    Node pointee(Node pointer, TypeId scalar);
    Node index_of(VariableId v, std::uint32_t offset, std::uint32_t stride);
    void point_as_booted();
    [[nodiscard]] std::optional<Where> arithmetic_with(TypeId element) const;
    void note_all_arrays(VariableId v, TypeId type, std::uint32_t at);
    void unify_pointees();
    void spread_reads();
};

}  // namespace lockstep::symmetry
