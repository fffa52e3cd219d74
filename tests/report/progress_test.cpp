#include "report/progress.h"
#include "report/terminal.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <string>

#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace lockstep;
using namespace lockstep::report;

namespace {

// A terminal of 60 columns; what is written to `stream` can be read from it.
struct PseudoTerminal {
    PseudoTerminal()
    {
        winsize size{};
        size.ws_col = 60;
        size.ws_row = 20;
        int slave = -1;
        REQUIRE(openpty(&master, &slave, nullptr, nullptr, &size) == 0);
        stream = fdopen(slave, "w");
    }
    ~PseudoTerminal()
    {
        std::fclose(stream);
        close(master);
    }
    PseudoTerminal(const PseudoTerminal&) = delete;
    PseudoTerminal& operator=(const PseudoTerminal&) = delete;

    std::string read_some() const
    {
        std::array<char, 4096> buffer{};
        const ssize_t count = read(master, buffer.data(), buffer.size());
        return {buffer.data(), static_cast<std::size_t>(count > 0 ? count : 0)};
    }

    /// All until that is there; it waits for it.
    std::string read_until(const std::string& end) const
    {
        std::string text;
        while (text.find(end) == std::string::npos) text += read_some();
        return text;
    }

    int master = -1;
    std::FILE* stream = nullptr;
};

const Statistics example{.complete = false,
                         .states = 1234567,
                         .transitions = 2,
                         .depth = 45,
                         .frontier = 6789,
                         .seconds = 2,
                         .seconds_total = 2,
                         .peak_memory_bytes = 1 << 20,
                         .bytes_per_state = 1,
                         .reductions = {}};

}  // namespace

TEST_CASE("the progress line says states, rate, depth, frontier and memory")
{
    CHECK(progress_text(example, 617283.5) == "1,234,567 states, 617,283/s, depth 45, frontier 6,789, 1.0 MiB");
}

TEST_CASE("on a terminal one line is shown, no wider than it, at most once a second, and cleared")
{
    const PseudoTerminal terminal;
    ProgressLine progress(terminal.stream);
    progress.show(example);
    const std::string shown = terminal.read_some();
    CHECK(shown.starts_with("\r\x1b[K1,234,567 states, 617,283/s"));
    CHECK(shown.size() <= 4 + 59);
    progress.show(example);  // too soon: nothing
    progress.clear();
    CHECK(terminal.read_some() == "\r\x1b[K");
}

TEST_CASE("a stage that lasts is shown with the seconds it has lasted, until it is cleared")
{
    const PseudoTerminal terminal;
    ProgressLine progress(terminal.stream);
    progress.show("a question");
    const std::string shown = terminal.read_until(" s)");
    CHECK(shown.starts_with("\r\x1b[Ka question\r\x1b[Ka question ("));
    progress.show("another");
    terminal.read_until("another");
    progress.clear();
    terminal.read_until("\r\x1b[K");
    progress.show("a third");  // after clear(), too
    CHECK(terminal.read_until(" s)").find("a third (") != std::string::npos);
}

TEST_CASE("where there is no terminal nothing is shown")
{
    std::FILE* file = std::tmpfile();
    {
        ProgressLine progress(file);
        progress.show(example);
        progress.show("a question");
    }
    CHECK(std::ftell(file) == 0);
    std::fclose(file);
}

TEST_CASE("colours and width follow the terminal and NO_COLOR")
{
    const PseudoTerminal pseudo;
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    CHECK(terminal_of(fileno(pseudo.stream)).is_terminal);
    CHECK(terminal_of(fileno(pseudo.stream)).has_colour);
    CHECK(terminal_of(fileno(pseudo.stream)).columns == 60);
    setenv("NO_COLOR", "1", 1);
    CHECK(!terminal_of(fileno(pseudo.stream)).has_colour);
    unsetenv("NO_COLOR");
    std::FILE* file = std::tmpfile();
    CHECK(!terminal_of(fileno(file)).has_colour);
    CHECK(terminal_of(fileno(file)).columns == 100);
    std::fclose(file);
}
