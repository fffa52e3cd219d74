#include "frontend/missing_names.h"

#include "base/diagnostic.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cctype>
#include <cstdint>
#include <deque>
#include <fstream>
#include <iterator>
#include <map>

namespace lockstep::frontend {

namespace {

// How Clang says that it does not know a name.
constexpr std::array<const char*, 7> phrases = {
    "use of undeclared identifier '",
    "call to undeclared function '",
    "unknown type name '",
    "no member named '",
    "incomplete definition of type '",
    "has incomplete type '",
    "invalid application of 'sizeof' to an incomplete type '",
};

bool is_word_character(char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; }

enum class Mention : std::uint8_t { none, use, declaration };

/// Whether a header has the name, and in a way that looks like a declaration: #define NAME, struct NAME {, a function's
/// head, or an enumerator.
Mention mention_in(const std::string& text, const std::string& name)
{
    Mention best = Mention::none;
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
        const std::size_t end = at + name.size();
        if ((at > 0 && is_word_character(text[at - 1])) || (end < text.size() && is_word_character(text[end])))
            continue;
        const std::size_t line = text.rfind('\n', at) + 1;  // npos + 1 is 0
        const std::string before = text.substr(line, at - line);
        const std::string after = text.substr(end, 2);
        const bool is_tag = after == " {" && (before.ends_with("struct ") || before.ends_with("enum "));
        const bool is_head = after.starts_with('(') && !before.empty() && std::isalpha(before.front()) != 0;
        const bool is_enumerator = before == "\t" && (after.starts_with(',') || after == " =");
        if (before.starts_with("#define ") || before == "# define " || is_tag || is_head || is_enumerator)
            return Mention::declaration;
        best = Mention::use;
    }
    return best;
}

/// What a header includes: `#include <linux/types.h>`.
std::vector<std::string> includes_in(const std::string& text)
{
    std::vector<std::string> all;
    const std::string directive = "#include <";
    for (std::size_t at = text.find(directive); at != std::string::npos; at = text.find(directive, at + 1)) {
        const std::size_t begin = at + directive.size();
        all.push_back(text.substr(begin, text.find('>', begin) - begin));
    }
    return all;
}

std::string stem_of(const std::string& header)
{
    const std::size_t slash = header.rfind('/');
    const std::string last = slash == std::string::npos ? header : header.substr(slash + 1);
    return last.substr(0, last.rfind('.'));
}

}  // namespace

class MissingNames::Callbacks : public clang::PPCallbacks {
public:
    explicit Callbacks(MissingNames& the_owner) : owner(the_owner) {}

    bool FileNotFound(llvm::StringRef header) override
    {
        owner.headers.insert(header.str());
        owner.included.push_back(header.str());
        return true;
    }

    void InclusionDirective(clang::SourceLocation, const clang::Token&, llvm::StringRef header, bool,
                            clang::CharSourceRange, clang::OptionalFileEntryRef found, llvm::StringRef, llvm::StringRef,
                            const clang::Module*, bool, clang::SrcMgr::CharacteristicKind) override
    {
        if (found) owner.included.push_back(header.str());
    }

private:
    MissingNames& owner;
};

MissingNames::MissingNames(std::string the_file, std::string the_name)
    : file(std::move(the_file)), name(std::move(the_name))
{
}

std::unique_ptr<clang::PPCallbacks> MissingNames::callbacks() { return std::make_unique<Callbacks>(*this); }

bool MissingNames::take(const clang::Diagnostic& error)
{
    llvm::SmallString<128> text;
    error.FormatDiagnostic(text);
    const std::string message = text.str().str();
    for (const std::string phrase : phrases) {
        const std::size_t at = message.find(phrase);
        if (at == std::string::npos) continue;
        const std::size_t begin = at + phrase.size();
        std::string missing = message.substr(begin, message.find('\'', begin) - begin);
        for (const std::string tag : {"struct ", "union ", "enum ", "const "})
            if (missing.starts_with(tag)) missing.erase(0, tag.size());
        names.insert(missing);
        return true;
    }
    return false;
}

/// The kernel tree's headers that the file includes, those that these include, and so on, nearest first.
MissingNames::Headers MissingNames::read_tree() const
{
    Headers all;
    if (!file.ends_with("/" + name)) return all;
    const std::string folder = file.substr(0, file.size() - name.size()) + "include/";
    std::deque<std::string> work(included.begin(), included.end());
    std::set<std::string> seen;
    while (!work.empty()) {
        const std::string header = std::move(work.front());
        work.pop_front();
        if (!seen.insert(header).second) continue;
        std::ifstream stream(folder + header);
        if (!stream) continue;
        std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
        for (std::string& next : includes_in(text)) work.push_back(std::move(next));
        all.emplace_back(header, std::move(text));
    }
    return all;
}

std::string MissingNames::header_of(const std::string& missing, const Headers& tree) const
{
    std::string best;
    for (const auto& [header, text] : tree) {
        const Mention mention = mention_in(text, missing);
        if (mention == Mention::declaration) return header;
        if (mention == Mention::use && best.empty()) best = header;
    }
    if (!best.empty()) return best;
    for (const std::string& header : included)
        if (missing.find(stem_of(header)) != std::string::npos && stem_of(header).size() > stem_of(best).size())
            best = header;
    return best;
}

void MissingNames::reject(const std::string& others) const
{
    std::map<std::string, std::vector<std::string>> by_header;
    for (const std::string& header : headers) by_header[header];
    const Headers tree = read_tree();
    for (const std::string& missing : names) by_header[header_of(missing, tree)].push_back(missing);
    std::string list;
    for (const auto& [header, missing] : by_header)
        list += fmt::format("\n  {}{}: {}", header.empty() ? "(header not known)" : header,
                            headers.contains(header) ? ", which is not there" : "",
                            missing.empty() ? "nothing else is missed" : fmt::format("{}", fmt::join(missing, ", ")));
    Diagnostic diagnostic;
    diagnostic.file = file;
    diagnostic.message = fmt::format(
        "the miniature kernel's headers lack {} of the names and {} of the headers that this "
        "file uses{}{}{}",
        names.size(), headers.size(), list, others.empty() ? "" : "\nand further:\n", others);
    diagnostic.hint = "declare them in a folder of headers of your own (-I DIR), or in models/include";
    throw InputError(std::move(diagnostic));
}

}  // namespace lockstep::frontend
