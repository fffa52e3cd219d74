// The points of the source (program.h) that --coverage counts, and with which statement each is passed.
//
// All that can be executed is listed before anything is lowered, so that what the lowering leaves out (`if (0)`, a
// function that is named but that nobody calls) is there, too, as never executed. There are
//   - a function for each definition that is reached (reach.h), passed when a call begins, or was inlined as part of
//     an expression that is evaluated,
//   - a line for each line on which statements begin, passed when control comes to one of them: a statement that waits
//     for ever has been come to. The lines of a macro are the line where it is used. Declarations without a value,
//     labels, braces and `;` are no statements;
//   - a branch for each way on from an if, a loop or a switch, passed when it is taken. Not from a condition that Clang
//     can compute (CONFIG_ symbols, `while (1)`), nor inside macros: what WARN_ON() does inside is not the model's.
//
// The lowering says where control comes to a statement (Lowering::pass), the builder hangs the point on the transitions
// that lead there. As these points are on the transitions, passes that fold, contract and prune take them along or lose
// them together with what cannot be executed.
//
// Tested in tests/frontend/points_test.cpp.
#pragma once

#include "frontend/reach.h"
#include "frontend/source.h"

#include <map>
#include <tuple>
#include <utility>

namespace clang {
class Expr;
}

namespace lockstep::frontend {

class Points {
public:
    /// Adds to the Program's points.
    Points(Program& program, const Sources& sources, const Reached& reached);

    // None where there is no such point.
    [[nodiscard]] PointId of(const clang::FunctionDecl* definition) const { return find({definition, statement}); }
    /// Of the line on which it begins.
    [[nodiscard]] PointId of(const clang::Stmt* it) const { return find({it, statement}); }
    /// Of a condition's statement.
    [[nodiscard]] PointId taken(const clang::Stmt* it, bool is_true) const
    {
        return find({it, is_true ? if_true : if_false});
    }
    /// Of a label of a switch; of the switch itself where none fits.
    [[nodiscard]] PointId chosen(const clang::Stmt* label_or_switch) const { return find({label_or_switch, label}); }

private:
    enum Role : std::uint8_t { statement, if_true, if_false, label };
    using Key = std::pair<const void*, Role>;

    Program& program;
    const Sources& sources;
    std::map<Key, PointId> points;
    std::map<std::tuple<Point::Kind, SourcePlace, std::string>, PointId> known;
    // What is being listed.
    const clang::ASTContext* context = nullptr;
    std::string function;

    [[nodiscard]] PointId find(const Key& key) const;
    void add(Key key, Point::Kind kind, SourcePlace place, std::string way = {});
    void list_function(const clang::FunctionDecl* definition);
    void list_line(const clang::Stmt* it, const clang::Stmt* begin);
    void list_statement(const clang::Stmt* it);
    void list_within(const clang::Expr* expression);
    void list_branches(const clang::Stmt* it, const clang::Expr* condition);
    void list_switch(const clang::Stmt* it);
};

}  // namespace lockstep::frontend
