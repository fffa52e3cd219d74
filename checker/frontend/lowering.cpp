// What the parts of the lowering have in common.
#include "frontend/lowering.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace lockstep::frontend {

namespace {

constexpr unsigned deepest_nesting = 1000;

}  // namespace

std::string short_name(const std::string& name)
{
    const bool is_plain =
        std::ranges::all_of(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; });
    return is_plain ? name : std::string();
}

Lowering::Lowering(BuildContext& the_context, AutomatonId id)
    : build(the_context.expressions, id),
      context(the_context),
      program(the_context.program),
      expressions(the_context.expressions)
{
}

Lowering::Deeper::Deeper(Lowering& the_lowering, clang::SourceLocation const& location) : lowering(the_lowering)
{
    if (++lowering.depth <= deepest_nesting) return;
    --lowering.depth;
    lowering.refuse(location, fmt::format("more than {} expressions and statements are nested here", deepest_nesting),
                    "split it up");
}

SourcePlace Lowering::place_of(clang::SourceLocation location) const
{
    return context.sources.place(*now->context, location);
}

void Lowering::refuse(clang::SourceLocation location, std::string message, std::string hint) const
{
    SourcePlace place = place_of(location);
    if (place.line == 0) place = build.place;
    context.sources.refuse(place, std::move(message), std::move(hint));
}

TypeId Lowering::type_of(clang::QualType type, clang::SourceLocation location)
{
    return context.types.of(type, place_of(location));
}

TypeId Lowering::plain_type_of(clang::QualType type, clang::SourceLocation location)
{
    return context.types.of(type.getCanonicalType(), place_of(location));
}

}  // namespace lockstep::frontend
