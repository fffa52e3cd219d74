// A file that is there completely or not at all: written beside its place and moved there at the end.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace lockstep::report {

class OutputFile {
public:
    /// Throws InputError where it could not be written, before anything else has been done. What is there already and
    /// is no ordinary file (a pipe, /dev/stderr) is written to directly.
    explicit OutputFile(const std::string& path);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    /// Writes the text and puts the file in its place; throws InputError (a full disk).
    void commit(std::string_view text);

private:
    [[noreturn]] void cannot_write(int error) const;

    std::string shown;                // as the user named it
    std::filesystem::path place;      // where it belongs; links followed
    std::filesystem::path temporary;  // empty: written directly
    int file_descriptor = -1;
};

}  // namespace lockstep::report
