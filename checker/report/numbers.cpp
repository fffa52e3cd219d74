#include "report/numbers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>

namespace lockstep::report {

std::string grouped(std::uint64_t number)
{
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
    return text;
}

std::string counted(std::uint64_t number, std::string_view noun)
{
    return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

std::string bytes(std::uint64_t count)
{
    constexpr std::array units{"KiB", "MiB", "GiB", "TiB"};
    if (count < 1024) return fmt::format("{} B", count);
    double amount = static_cast<double>(count) / 1024;
    std::size_t unit = 0;
    for (; amount >= 1024 && unit + 1 < units.size(); ++unit) amount /= 1024;
    return fmt::format("{:.1f} {}", amount, units[unit]);
}

std::string duration(double seconds)
{
    if (seconds < 1) return fmt::format("{:.3f} s", seconds);
    if (seconds < 120) return fmt::format("{:.1f} s", seconds);
    const auto whole = static_cast<std::uint64_t>(seconds);
    return fmt::format("{} min {} s", grouped(whole / 60), whole % 60);
}

std::string statistics_text(const Statistics& statistics)
{
    const double rate = statistics.seconds > 0 ? static_cast<double>(statistics.states) / statistics.seconds : 0;
    std::string text = fmt::format("{}, {}, depth {}, {} ({} in all), {} states/s", counted(statistics.states, "state"),
                                   counted(statistics.transitions, "transition"), grouped(statistics.depth),
                                   duration(statistics.seconds), duration(statistics.seconds_total),
                                   grouped(static_cast<std::uint64_t>(rate)));
    text +=
        fmt::format("\n{} of memory at most, {:.1f} bytes per state; {}; reductions: {}",
                    bytes(statistics.peak_memory_bytes), statistics.bytes_per_state,
                    statistics.complete ? "everything explored"
                                        : fmt::format("{} left to explore", counted(statistics.frontier, "state")),
                    statistics.reductions.empty() ? "none" : fmt::format("{}", fmt::join(statistics.reductions, ", ")));
    if (statistics.coverage) text += '\n' + coverage_text(*statistics.coverage);
    return text;
}

std::string estimated(double number)
{
    return number < 10 ? fmt::format("{:.2g}", number) : grouped(static_cast<std::uint64_t>(std::llround(number)));
}

std::string coverage_text(const Coverage& coverage)
{
    // Never rounded up to all.
    const std::string share =
        coverage.share > 0.9999 ? "over 99.99 %" : fmt::format("{:.2f} %", 100 * coverage.share - 0.005);
    return fmt::format(
        "approximate ({}, {}): of the states met {} are expected to have been omitted, coverage {}; that "
        "any was has probability {:.2g}",
        coverage.technique, bytes(coverage.memory_bytes), estimated(coverage.expected_omissions), share,
        coverage.omission_probability);
}

}  // namespace lockstep::report
