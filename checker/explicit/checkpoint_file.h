// The file that a checkpoint is kept in: a stream of values, written and read from the front to the back.
//
//     bytes        content
//     16           "lockstep state\n", and the version of the format
//     blocks       4 bytes: the payload's length, at most 1 MiB; the payload; 8 bytes: a checksum of all payload so far
//     12           a block without payload ends the file
//
// Nothing of a block is used before its checksum has been found right, so that what a damaged file says is never
// believed, and a file that was cut off is noticed. The checksum finds accidents, not forgeries.
//
// A file is written under another name beside its own, brought to the disk (fsync) and then renamed, which puts it in
// the place of the last one at once: whenever the process is killed, there is one whole checkpoint, the last or the
// one before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace lockstep::explicit_engine {

/// A checkpoint that cannot be written: the system's reason.
class CheckpointWriteError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Throws InputError where a checkpoint of that name could not be written at all.
void require_checkpoint_can_be_written(const std::string& file);

class CheckpointWriter {
public:
    explicit CheckpointWriter(const std::string& file);
    /// Without commit() nothing is left of it.
    ~CheckpointWriter();
    CheckpointWriter(const CheckpointWriter&) = delete;
    CheckpointWriter& operator=(const CheckpointWriter&) = delete;

    static constexpr bool is_reader = false;

    void byte(std::uint8_t value)
    {
        if (used == buffer.size()) write_block();
        buffer[used++] = static_cast<std::byte>(value);
    }
    void bytes(const void* from, std::size_t count);

    template <typename Value>
        requires std::is_arithmetic_v<Value>
    void operator()(const Value& value)
    {
        bytes(&value, sizeof value);
    }
    void operator()(const std::string& text);
    /// Elements as they are in memory.
    template <typename Value>
        requires std::is_trivially_copyable_v<Value>
    void operator()(const std::vector<Value>& values)
    {
        (*this)(std::uint64_t{values.size()});
        bytes(values.data(), values.size() * sizeof(Value));
    }

    /// All has been written: puts the file in its place.
    void commit();

private:
    std::string name, temporary;
    int file_descriptor = -1;
    std::uint64_t checksum = 0;
    std::vector<std::byte> buffer;
    std::size_t used = 0;

    void write_block();
    void write_out(const void* from, std::size_t count);
};

/// What is wrong with the file is thrown as an InputError.
class CheckpointReader {
public:
    explicit CheckpointReader(const std::string& file);
    ~CheckpointReader();
    CheckpointReader(const CheckpointReader&) = delete;
    CheckpointReader& operator=(const CheckpointReader&) = delete;

    static constexpr bool is_reader = true;

    std::uint8_t byte()
    {
        if (used == buffer.size()) read_block();
        return static_cast<std::uint8_t>(buffer[used++]);
    }
    void bytes(void* to, std::size_t count);

    template <typename Value>
        requires std::is_arithmetic_v<Value>
    void operator()(Value& value)
    {
        bytes(&value, sizeof value);
    }
    void operator()(std::string& text);
    template <typename Value>
        requires std::is_trivially_copyable_v<Value>
    void operator()(std::vector<Value>& values)
    {
        std::uint64_t count = 0;
        (*this)(count);
        values.resize(count);
        bytes(values.data(), values.size() * sizeof(Value));
    }

    /// Nothing may be left.
    void end();

    /// It is as it was written, but not what is wanted: throws the InputError.
    [[noreturn]] void refuse(const std::string& what, const std::string& hint = {}) const;

private:
    std::string name;
    int file_descriptor = -1;
    std::uint64_t checksum = 0;
    std::vector<std::byte> buffer;
    std::size_t used = 0;

    void read_block();
    void read_in(void* to, std::size_t count);
    [[noreturn]] void refuse_damaged() const;
};

}  // namespace lockstep::explicit_engine
