#include "sources/read_text.h"

#include "base/diagnostic.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace lockstep::sources {

namespace {

struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

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
    const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rb"));
    if (!file) cannot_read(path, what, errno);
    std::string text;
    std::string block(std::size_t{1} << 16, '\0');
    while (const std::size_t count = std::fread(block.data(), 1, block.size(), file.get()))
        text.append(block, 0, count);
    if (std::ferror(file.get()) != 0) cannot_read(path, what, errno);
    return text;
}

}  // namespace lockstep::sources
