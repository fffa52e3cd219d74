#include "program/program.h"

#include "program/builder.h"
#include "program/member_path.h"

#include <doctest/doctest.h>

using namespace lockstep;

TEST_CASE("wrap keeps a value within its type")
{
    const Type u8{IntegerType{8, false}};
    const Type i8{IntegerType{8, true}};
    const Type u64{IntegerType{64, false}};
    const Type u1{IntegerType{1, false}};
    CHECK(wrap(256, u8) == 0);
    CHECK(wrap(-1, u8) == 255);
    CHECK(wrap(128, i8) == -128);
    CHECK(wrap(-129, i8) == 127);
    CHECK(wrap(-1, u64) == -1);
    CHECK(wrap(3, u1) == 1);
    CHECK(wrap(time_never, Type{TimeType{}}) == time_never);
    CHECK(wrap(string_value(StringId(3)), Type{PointerType{}}) == string_value(StringId(3)));
}

TEST_CASE("questions about types")
{
    CHECK(bits_of(Type{IntegerType{3, true}}) == 3);
    CHECK(bits_of(Type{PointerType{}}) == 64);
    CHECK(bits_of(Type{EnumType{"e", 32, false, {}}}) == 32);
    CHECK(is_integer(Type{EnumType{}}));
    CHECK_FALSE(is_integer(Type{TimeType{}}));
    CHECK(is_signed(Type{TimeType{}}));
    CHECK_FALSE(is_pointer(Type{FunctionPointerType{}}));
    CHECK_FALSE(is_scalar(Type{StructType{}}));
}

namespace {

struct Nested {
    Program program;
    TypeId number, lock, node, nodes, whole;
    VariableId variable;

    Nested()
    {
        number = build::integer_type(program, 8, false);
        lock = build::struct_type(program, "lock",
                                  {{"owner", number}, {"waiters", build::array_type(program, number, 2)}});
        node = build::struct_type(program, "node", {{"lock", lock}, {"state", number}});
        nodes = build::array_type(program, node, 2);
        whole = build::struct_type(program, "whole", {{"", node}, {"nodes", nodes}});
        variable = build::global(program, "all", whole);
    }
};

}  // namespace

TEST_CASE("arrays have a slot past their end that has no type")
{
    Nested nested;
    CHECK(nested.program.types[nested.node].slots == 5);
    CHECK(nested.program.types[nested.nodes].slots == 11);
    const std::vector<TypeId> slots = slot_types(nested.program, nested.nodes);
    REQUIRE(slots.size() == 11);
    CHECK(slots[0] == nested.number);
    CHECK_FALSE(slots[3].valid());
    CHECK(slots[9].valid());
    CHECK_FALSE(slots[8].valid());
    CHECK_FALSE(slots[10].valid());
    CHECK(slot_types(nested.program, nested.number) == std::vector{nested.number});
}

TEST_CASE("slots have C names")
{
    Nested nested;
    CHECK(slot_name(nested.program, nested.variable, 0) == "all.lock.owner");
    CHECK(slot_name(nested.program, nested.variable, 2) == "all.lock.waiters[1]");
    CHECK(slot_name(nested.program, nested.variable, 3) == "all.lock.waiters[2]");
    CHECK(slot_name(nested.program, nested.variable, 14) == "all.nodes[1].state");
    CHECK(slot_name(nested.program, nested.variable, 15) == "all.nodes[2]");
    CHECK(slot_name(nested.program, nested.variable, 99) == "all+99");
}

TEST_CASE("a path leads to the part of the wanted type")
{
    Nested nested;
    const Program& program = nested.program;
    auto path = [&](std::uint32_t offset, TypeId part) {
        const auto found = member_path(program, nested.whole, offset, part);
        return found ? path_text(program, nested.whole, *found) : "none";
    };
    CHECK(path(0, nested.whole).empty());
    CHECK(path(5, nested.nodes) == ".nodes");
    CHECK(path(5, nested.node) == ".nodes[0]");
    CHECK(path(5, nested.lock) == ".nodes[0].lock");
    CHECK(path(5, nested.number) == ".nodes[0].lock.owner");
    CHECK(path(10, nested.node) == ".nodes[1]");
    CHECK(path(15, nested.node) == "none");
    CHECK(path(9, nested.lock) == "none");
}

TEST_CASE("types built alike are interned")
{
    Program program;
    const TypeId a = build::integer_type(program, 8, false);
    CHECK(build::integer_type(program, 8, false) == a);
    CHECK(build::integer_type(program, 8, true) != a);
    CHECK(build::pointer_type(program, a) == build::pointer_type(program, a));
    CHECK(build::array_type(program, a, 3) != build::array_type(program, a, 4));
    CHECK(build::void_pointer_type(program) != build::pointer_type(program, a));
    CHECK(build::struct_type(program, "s", {}) != build::struct_type(program, "s", {}));
    CHECK(build::function(program, "f") == build::function(program, "f"));
    CHECK(build::string(program, "f") == build::string(program, "f"));
}
