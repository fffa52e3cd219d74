#include "sources/read_text.h"

#include "base/diagnostic.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace lockstep::sources {

namespace {

[[noreturn]] void cannot_read(const std::filesystem::path& path, std::string_view what, int error)
{
    if (error == ENOENT) reject_input(fmt::format("no such {}: {}", what, path.string()));
    reject_input(fmt::format("cannot read the {} {}: {}", what, path.string(), std::strerror(error)));
}

}  // namespace

std::string read_text(const std::filesystem::path& path, std::string_view what)
{
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) cannot_read(path, what, EISDIR);
    std::ifstream stream(path, std::ios::binary);
    if (!stream) cannot_read(path, what, errno);
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (stream.bad()) cannot_read(path, what, errno);
    return text;
}

}  // namespace lockstep::sources
