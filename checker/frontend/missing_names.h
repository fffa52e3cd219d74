// What a kernel file uses and models/include does not have.
//
// A file of the kernel's that stands in for one of ours (--replace) may use more than our headers declare. Clang would
// stop at the first header that is not there, and say the rest name by name. For such a file all is collected, and said
// as one list: each name with the header that it would belong to. That is looked up in the kernel tree that the file
// lies in, among the headers that it includes and those that these include; without a tree, by likeness of names.
#pragma once

#include <clang/Basic/Diagnostic.h>
#include <clang/Lex/PPCallbacks.h>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::frontend {

class MissingNames {
public:
    /// `file` stands in for the miniature kernel's `name` ("kernel/stop_machine.c").
    MissingNames(std::string file, std::string name);

    /// To be given to the preprocessor: lets it go on where a header is not there.
    std::unique_ptr<clang::PPCallbacks> callbacks();

    /// Whether an error is about something that is not declared; it is noted then.
    bool take(const clang::Diagnostic& error);

    [[nodiscard]] bool empty() const { return headers.empty() && names.empty(); }

    /// Throws the InputError with the list; `others` are the errors that are not about names.
    [[noreturn]] void reject(const std::string& others) const;

private:
    class Callbacks;
    std::string file, name;
    std::vector<std::string> included;  // in order: "linux/irq_work.h"
    std::set<std::string> headers;      // those of them that are not there
    std::set<std::string> names;

    using Headers = std::vector<std::pair<std::string, std::string>>;  // name and text
    [[nodiscard]] Headers read_tree() const;
    [[nodiscard]] std::string header_of(const std::string& missing, const Headers& tree) const;
};

}  // namespace lockstep::frontend
