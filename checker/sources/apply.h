// Applies a file's hunks to a text in memory.
#pragma once

#include "sources/patch.h"

#include <string>
#include <string_view>
#include <vector>

namespace lockstep::sources {

struct Applied {
    std::string text;
    std::vector<std::string> warnings;  // hunks that fit only with fuzz or other line ends
};

/// The text after all hunks of `file`. A hunk that fits nowhere is an InputError at its line of the patch, which shows
/// the hunk and what stands at the place it was expected at; `target` is the name of the text in it.
Applied apply(const Patch& patch, const FilePatch& file, std::string_view text, std::string_view target);

}  // namespace lockstep::sources
