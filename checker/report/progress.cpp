#include "report/progress.h"

#include "report/numbers.h"
#include "report/terminal.h"

#include <fmt/format.h>

namespace lockstep::report {

std::string progress_text(const Statistics& statistics, double states_per_second)
{
    return fmt::format("{}, {}/s, depth {}, frontier {}, {}", counted(statistics.states, "state"),
                       grouped(static_cast<std::uint64_t>(states_per_second)), grouped(statistics.depth),
                       grouped(statistics.frontier), bytes(statistics.peak_memory_bytes));
}

ProgressLine::ProgressLine(std::FILE* the_stream) : stream(the_stream)
{
    const Terminal terminal = terminal_of(fileno(stream));
    if (terminal.is_terminal) columns = terminal.columns;
}

void ProgressLine::show(const Statistics& statistics)
{
    const auto now = Clock::now();
    if (columns == 0 || now - last_time < std::chrono::milliseconds(900)) return;
    const double seconds = statistics.seconds - last_seconds;
    const double rate = seconds > 0 ? static_cast<double>(statistics.states - last_states) / seconds : 0;
    const std::lock_guard lock(mutex);
    shown_stage.clear();
    show_line(progress_text(statistics, rate));
    last_states = statistics.states;
    last_seconds = statistics.seconds;
    last_time = now;
}

void ProgressLine::show(const std::string& stage)
{
    if (columns == 0) return;
    const std::lock_guard lock(mutex);
    shown_stage = stage;
    stage_start = Clock::now();
    show_line(stage);
    if (!ticker.joinable()) ticker = std::jthread([this](const std::stop_token& stop) { tick(stop); });
}

void ProgressLine::tick(const std::stop_token& stop)
{
    std::unique_lock lock(mutex);
    while (!ended.wait_for(lock, stop, std::chrono::seconds(1), [&] { return stop.stop_requested(); })) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - stage_start).count();
        if (!shown_stage.empty() && seconds > 0) show_line(fmt::format("{} ({} s)", shown_stage, seconds));
    }
}

void ProgressLine::show_line(const std::string& line)
{
    fmt::print(stream, "\r\x1b[K{}", line.substr(0, columns - 1));
    std::fflush(stream);
    is_shown = true;
}

void ProgressLine::clear()
{
    if (ticker.joinable()) {
        ticker.request_stop();
        ticker.join();
    }
    if (!is_shown) return;
    std::fputs("\r\x1b[K", stream);
    std::fflush(stream);
    is_shown = false;
}

}  // namespace lockstep::report
