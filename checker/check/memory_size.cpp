// A control group's limit counts everything that the group uses, caches of files included, which the kernel gives back
// when memory is short; so what is left is limit - (usage - inactive file pages). Each group on the way up to the root
// may have a limit of its own. Both versions of the interface are in use (v1: one hierarchy for memory alone).
#include "check/memory_size.h"

#include "base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <string_view>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t smallest_limit_bytes = std::uint64_t{16} << 20;

std::optional<std::uint64_t> number_in(const fs::path& file)
{
    std::ifstream stream(file);
    std::uint64_t number = 0;
    return stream >> number ? std::optional(number) : std::nullopt;  // "max" is no number: no limit
}

// "name value" or "name: value" on a line of its own.
std::optional<std::uint64_t> field_in(const fs::path& file, std::string_view name)
{
    std::ifstream stream(file);
    std::string word;
    while (stream >> word) {
        std::uint64_t number = 0;
        if (word == name && stream >> number) return number;
        stream.clear();
    }
    return std::nullopt;
}

struct GroupFiles {
    const char* limit;
    const char* usage;
    const char* reclaimable;  // in memory.stat
};

std::uint64_t left_in_groups(const fs::path& root, fs::path group, const GroupFiles& files)
{
    std::uint64_t left = std::numeric_limits<std::uint64_t>::max();
    while (true) {
        const fs::path directory = root / group.relative_path();
        const auto limit = number_in(directory / files.limit);
        const auto usage = number_in(directory / files.usage);
        if (limit && usage) {
            const std::uint64_t reclaimable = field_in(directory / "memory.stat", files.reclaimable).value_or(0);
            const std::uint64_t used = *usage - std::min(*usage, reclaimable);
            left = std::min(left, *limit - std::min(*limit, used));
        }
        if (!group.has_relative_path()) return left;
        group = group.parent_path();
    }
}

std::uint64_t left_in_control_groups()
{
    std::uint64_t left = std::numeric_limits<std::uint64_t>::max();
    std::ifstream stream("/proc/self/cgroup");
    for (std::string line; std::getline(stream, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        const fs::path group = line.substr(second + 1);
        if (controllers.empty())
            left = std::min(left,
                            left_in_groups("/sys/fs/cgroup", group, {"memory.max", "memory.current", "inactive_file"}));
        if (controllers == "memory")
            left = std::min(left,
                            left_in_groups("/sys/fs/cgroup/memory", group,
                                           {"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"}));
    }
    return left;
}

}  // namespace

std::uint64_t available_memory_bytes()
{
    const std::uint64_t machine = field_in("/proc/meminfo", "MemAvailable:").value_or(std::uint64_t{1} << 20) * 1024;
    return std::min(machine, left_in_control_groups());
}

std::uint64_t parse_memory_size(const std::string& text)
{
    double amount = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
    std::string unit(end, text.data() + text.size());
    if (unit.size() > 1 && unit != "%") unit.erase(unit.find_last_not_of("iB") + 1);  // "MiB", "MB"
    constexpr std::string_view units = "KMGT";
    const std::size_t power =
        unit.size() == 1 ? units.find(static_cast<char>(std::toupper(unit[0]))) : std::string::npos;
    const bool is_known = unit.empty() || unit == "%" || power != std::string::npos;
    if (error != std::errc() || !is_known || !std::isfinite(amount) || amount < 0)
        reject_input(fmt::format("'{}' is no amount of memory", text), "write 512M, 4G or 80%");
    if (unit == "%") {
        if (amount > 100) reject_input(fmt::format("'{}' of the available memory is more than there is", text));
        amount *= static_cast<double>(available_memory_bytes()) / 100;
    } else if (!unit.empty()) {
        amount = std::ldexp(amount, 10 * static_cast<int>(power + 1));
    }
    if (amount < static_cast<double>(smallest_limit_bytes))
        reject_input(fmt::format("'{}' of memory is too little", text), "at least 16M are needed");
    return static_cast<std::uint64_t>(std::min(amount, std::ldexp(1.0, 62)));
}

}  // namespace lockstep
