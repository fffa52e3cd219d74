// Where a Result goes: to the terminal, and into files, each in its format.
#pragma once

#include "check/command_line.h"
#include "report/json.h"
#include "report/output_file.h"
#include "report/sources.h"
#include "report/text.h"

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lockstep {

/// Throws InputError where not all of it could be written.
void print_to(std::FILE* stream, const std::string& text);

/// A file, or standard output ("-"), opened before hours are spent on what could not be written. Throws InputError.
class Destination {
public:
    explicit Destination(const std::string& name);

    [[nodiscard]] bool is_stdout() const { return file == nullptr; }
    /// Where people read then: standard error if standard output is taken.
    [[nodiscard]] std::FILE* text_stream() const { return is_stdout() ? stderr : stdout; }
    void write(const std::string& text);

private:
    std::unique_ptr<report::OutputFile> file;  // none: standard output
};

class Outputs {
public:
    explicit Outputs(const OutputOptions& options);

    void write(const report::Record& record, const report::Sources& sources);

    /// More text for people, after the Result's; nothing with --quiet.
    void print(const std::string& text) const;
    [[nodiscard]] report::TextOptions text_options(const report::Sources& sources = {}) const;

private:
    using Writer = std::function<std::optional<std::string>(const report::Record&,
                                                            const report::Sources&)>;  // none: nothing is written
    OutputOptions options;
    std::vector<std::pair<Destination, Writer>> destinations;

    void add(const std::string& name, Writer writer);
    [[nodiscard]] std::FILE* text_stream() const;
    [[nodiscard]] std::string text(const Result& result, const report::Sources& sources) const;
};

}  // namespace lockstep
