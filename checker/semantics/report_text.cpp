#include "semantics/report_text.h"

#include <fmt/format.h>

namespace lockstep {

namespace {

std::string task_text(const Program& program, std::int64_t number)
{
    for (const Process& process : program.processes)
        if (process.kind == ProcessKind::task && process.task == number) return process.name;
    return number < 0 ? "no task" : fmt::format("task {}", number);
}

std::string string_text(const Program& program, std::int64_t value)
{
    if ((value & string_pointer_tag) == 0) return "(null)";
    return program.strings[StringId(static_cast<std::uint32_t>(value))];
}

}  // namespace

std::string report_text(const Program& program, const std::string& format, std::span<const std::int64_t> arguments)
{
    std::string text;
    std::size_t next = 0;
    const auto argument = [&] { return next < arguments.size() ? arguments[next++] : 0; };
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%' || i + 1 == format.size()) {
            text += format[i];
            continue;
        }
        ++i;
        while (i + 1 < format.size() && (format[i] == 'l' || format[i] == 'z' || format[i] == 'h')) ++i;
        switch (format[i]) {
            case '%':
                text += '%';
                break;
            case 's':
                text += string_text(program, argument());
                break;
            case 'c':
                text += static_cast<char>(argument());
                break;
            case 'x':
                text += fmt::format("{:x}", static_cast<std::uint64_t>(argument()));
                break;
            case 'u':
                text += fmt::format("{}", static_cast<std::uint64_t>(argument()));
                break;
            case 'p':
                if (format.compare(i, 2, "pT") == 0) {
                    ++i;
                    text += task_text(program, argument());
                } else {
                    text += fmt::format("{:x}", static_cast<std::uint64_t>(argument()));
                }
                break;
            default:
                text += fmt::format("{}", argument());
                break;
        }
    }
    return text;
}

}  // namespace lockstep
