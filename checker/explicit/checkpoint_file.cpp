#include "explicit/checkpoint_file.h"

#include "base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

namespace lockstep::explicit_engine {

namespace {

namespace fs = std::filesystem;

/// The version is raised with whatever gives what is saved another meaning: the shape of the store's tree is one.
constexpr char format_version = 3;
constexpr char format_name[16] = {'l', 'o', 'c', 'k', 's', 't', 'e',  'p',
                                  ' ', 's', 't', 'a', 't', 'e', '\n', format_version};
constexpr std::size_t block_bytes = std::size_t{1} << 20;

/// Of a block, given that of all before.
std::uint64_t checksum_of(std::span<const std::byte> block, std::uint64_t sum)
{
    const auto mix = [&](std::uint64_t word) {
        sum = (sum ^ word) * 0x9e3779b97f4a7c15U;
        sum ^= sum >> 32;
    };
    mix(block.size() + 1);
    for (; !block.empty(); block = block.subspan(std::min<std::size_t>(block.size(), 8))) {
        std::uint64_t word = 0;
        std::memcpy(&word, block.data(), std::min<std::size_t>(block.size(), 8));
        mix(word);
    }
    return sum;
}

[[noreturn]] void cannot_write(int error) { throw CheckpointWriteError(std::strerror(error)); }

std::string temporary_name(const std::string& file) { return file + ".tmp"; }

int open_temporary(const std::string& file)
{
    return open(temporary_name(file).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

}  // namespace

void require_checkpoint_can_be_written(const std::string& file)
{
    std::error_code ignored;
    const fs::file_status status = fs::status(file, ignored);
    if (fs::exists(status) && !fs::is_regular_file(status))
        reject_input(fmt::format("cannot write a checkpoint to {}: it is no ordinary file", file));
    const int file_descriptor = open_temporary(file);
    if (file_descriptor < 0)
        reject_input(fmt::format("cannot write a checkpoint to {}: {}", file, std::strerror(errno)));
    close(file_descriptor);
    unlink(temporary_name(file).c_str());
}

// ---- Writing --------------------------------------------------------------------------------------------------------

CheckpointWriter::CheckpointWriter(const std::string& file)
    : name(file), temporary(temporary_name(file)), file_descriptor(open_temporary(file)), buffer(block_bytes)
{
    if (file_descriptor < 0) cannot_write(errno);
    write_out(format_name, sizeof format_name);
}

CheckpointWriter::~CheckpointWriter()
{
    if (file_descriptor < 0) return;
    close(file_descriptor);
    unlink(temporary.c_str());
}

void CheckpointWriter::bytes(const void* from, std::size_t count)
{
    const auto* next = static_cast<const std::byte*>(from);
    while (count != 0) {
        if (used == buffer.size()) write_block();
        const std::size_t now = std::min(count, buffer.size() - used);
        std::memcpy(buffer.data() + used, next, now);
        used += now;
        next += now;
        count -= now;
    }
}

void CheckpointWriter::operator()(const std::string& text)
{
    (*this)(std::uint64_t{text.size()});
    bytes(text.data(), text.size());
}

void CheckpointWriter::write_block()
{
    const auto length = static_cast<std::uint32_t>(used);
    checksum = checksum_of({buffer.data(), used}, checksum);
    write_out(&length, sizeof length);
    write_out(buffer.data(), used);
    write_out(&checksum, sizeof checksum);
    used = 0;
}

void CheckpointWriter::write_out(const void* from, std::size_t count)
{
    const auto* next = static_cast<const std::byte*>(from);
    while (count != 0) {
        const ssize_t written = write(file_descriptor, next, count);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) cannot_write(errno);
        next += written;
        count -= static_cast<std::size_t>(written);
    }
}

void CheckpointWriter::commit()
{
    if (used != 0) write_block();
    write_block();
    if (fsync(file_descriptor) != 0) cannot_write(errno);
    if (rename(temporary.c_str(), name.c_str()) != 0) cannot_write(errno);
    close(std::exchange(file_descriptor, -1));
    // The directory, too, has to reach the disk; where that cannot be asked for, the last checkpoint stays good.
    const fs::path directory = fs::path(name).parent_path();
    const int of_directory = open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (of_directory < 0) return;
    fsync(of_directory);
    close(of_directory);
}

// ---- Reading --------------------------------------------------------------------------------------------------------

CheckpointReader::CheckpointReader(const std::string& file)
    : name(file), file_descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC))
{
    if (file_descriptor < 0) reject_input(fmt::format("cannot read the checkpoint {}: {}", name, std::strerror(errno)));
    char begin[sizeof format_name] = {};
    const ssize_t count = read(file_descriptor, begin, sizeof begin);
    const std::size_t version_at = sizeof begin - 1;
    if (count < 0) refuse(std::strerror(errno));
    if (count != sizeof begin || std::memcmp(begin, format_name, version_at) != 0)
        refuse("this is no checkpoint of lockstep", "checkpoints are written by `lockstep check --checkpoint FILE`");
    if (begin[version_at] != format_name[version_at])
        refuse(fmt::format("its format has version {}, and this lockstep reads version {}", int{begin[version_at]},
                           int{format_name[version_at]}));
}

CheckpointReader::~CheckpointReader()
{
    if (file_descriptor >= 0) close(file_descriptor);
}

void CheckpointReader::bytes(void* to, std::size_t count)
{
    auto* next = static_cast<std::byte*>(to);
    while (count != 0) {
        if (used == buffer.size()) read_block();
        const std::size_t now = std::min(count, buffer.size() - used);
        std::memcpy(next, buffer.data() + used, now);
        used += now;
        next += now;
        count -= now;
    }
}

void CheckpointReader::operator()(std::string& text)
{
    std::uint64_t count = 0;
    (*this)(count);
    text.resize(count);
    bytes(text.data(), count);
}

/// The next one with something in it.
void CheckpointReader::read_block()
{
    std::uint32_t length = 0;
    read_in(&length, sizeof length);
    if (length == 0 || length > block_bytes) refuse_damaged();
    buffer.resize(length);
    read_in(buffer.data(), length);
    std::uint64_t written = 0;
    read_in(&written, sizeof written);
    checksum = checksum_of(buffer, checksum);
    if (checksum != written) refuse_damaged();
    used = 0;
}

void CheckpointReader::read_in(void* to, std::size_t count)
{
    auto* next = static_cast<std::byte*>(to);
    while (count != 0) {
        const ssize_t got = read(file_descriptor, next, count);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) refuse(std::strerror(errno));
        if (got == 0) refuse_damaged();
        next += got;
        count -= static_cast<std::size_t>(got);
    }
}

void CheckpointReader::end()
{
    if (used != buffer.size()) refuse_damaged();
    std::uint32_t length = 1;
    std::uint64_t written = 0;
    read_in(&length, sizeof length);
    read_in(&written, sizeof written);
    if (length != 0 || written != checksum_of({}, checksum)) refuse_damaged();
}

void CheckpointReader::refuse(const std::string& what, const std::string& hint) const
{
    Diagnostic diagnostic;
    diagnostic.file = name;
    diagnostic.message = what;
    diagnostic.hint = hint;
    throw InputError(std::move(diagnostic));
}

void CheckpointReader::refuse_damaged() const
{
    refuse("this checkpoint is damaged: it was cut off, or is not as it was written");
}

}  // namespace lockstep::explicit_engine
