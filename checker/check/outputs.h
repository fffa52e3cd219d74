// Where a Result goes: to the terminal, and into files, each in its format.
#pragma once

#include "check/command_line.h"
#include "report/json.h"
#include "report/output_file.h"
#include "report/sources.h"

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lockstep {

/// Throws InputError where not all of it could be written.
void print_to(std::FILE* stream, const std::string& text);

class Outputs {
public:
    /// Opens the files, before hours are spent on what could not be written. Throws InputError.
    explicit Outputs(const OutputOptions& options);

    /// Where people read: standard error where standard output is wanted for a file.
    [[nodiscard]] std::FILE* text_stream() const { return has_stdout ? stderr : stdout; }

    void write(const report::Record& record, const report::Sources& sources);

private:
    using Writer = std::function<std::string(const report::Record&, const report::Sources&)>;
    struct Destination {
        std::unique_ptr<report::OutputFile> file;  // none: standard output
        Writer writer;
    };
    OutputOptions options;
    bool has_stdout = false;
    std::vector<Destination> destinations;

    void add(const std::string& name, Writer writer);
    [[nodiscard]] std::string text(const Result& result, const report::Sources& sources) const;
};

}  // namespace lockstep
