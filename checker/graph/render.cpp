// `dot` is started directly, without a shell, with temporary files as its standard input, output and error: with pipes
// it would have to be fed and read at once. Its layout is of more than quadratic cost, so that it gets a limited time.
#include "graph/render.h"

#include "base/diagnostic.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <thread>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lockstep::graph {

namespace {

constexpr std::chrono::milliseconds time_between_looks{5};

struct Ending {
    std::string_view text;
    Format format;
};
constexpr std::array<Ending, 5> endings = {
    {{".dot", Format::dot}, {".gv", Format::dot}, {".svg", Format::svg}, {".png", Format::png}, {".pdf", Format::pdf}}};

const char* name_of(Format format)
{
    switch (format) {
        case Format::dot:
            return "dot";
        case Format::svg:
            return "svg";
        case Format::png:
            return "png";
        case Format::pdf:
            return "pdf";
    }
    return "";
}

bool is_installed(const std::string& program)
{
    const char* path = std::getenv("PATH");
    std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
    for (;;) {
        const std::size_t colon = rest.find(':');
        const std::string directory(rest.substr(0, colon));
        if (access(fmt::format("{}/{}", directory.empty() ? "." : directory, program).c_str(), X_OK) == 0) return true;
        if (colon == std::string_view::npos) return false;
        rest.remove_prefix(colon + 1);
    }
}

[[noreturn]] void reject_errno(const char* what, int error)
{
    reject_input(fmt::format("cannot {}: {}", what, std::strerror(error)));
}

class TemporaryFile {
public:
    TemporaryFile() : file(std::tmpfile(), std::fclose)
    {
        if (!file) reject_errno("make a temporary file", errno);
    }
    [[nodiscard]] int descriptor() const { return fileno(file.get()); }

    /// Puts the text there, to be read from the beginning.
    void write(std::string_view text) const
    {
        while (!text.empty()) {
            const ssize_t count = ::write(descriptor(), text.data(), text.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) reject_errno("write a temporary file", errno);
            text.remove_prefix(static_cast<std::size_t>(count));
        }
        if (lseek(descriptor(), 0, SEEK_SET) != 0) reject_errno("read a temporary file", errno);
    }

    /// All that is there.
    [[nodiscard]] std::string read() const
    {
        std::string text;
        std::array<char, 1 << 16> buffer{};
        for (;;) {
            const ssize_t count = pread(descriptor(), buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) reject_errno("read a temporary file", errno);
            if (count == 0) return text;
            text.append(buffer.data(), static_cast<std::size_t>(count));
        }
    }

private:
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file;
};

/// A child process that does not outlive this.
class Child {
public:
    Child(const char* program, const std::string& option, const TemporaryFile& in, const TemporaryFile& out,
          const TemporaryFile& err)
    {
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, in.descriptor(), STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, out.descriptor(), STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, err.descriptor(), STDERR_FILENO);
        std::string name = program, argument = option;
        std::array<char*, 3> arguments = {name.data(), argument.data(), nullptr};
        const int error = posix_spawnp(&pid, program, &actions, nullptr, arguments.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        if (error != 0) reject_errno("start graphviz's `dot`", error);
    }
    ~Child()
    {
        if (is_over) return;
        kill(pid, SIGKILL);
        while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    bool has_ended()
    {
        is_over = is_over || waitpid(pid, &status, WNOHANG) == pid;
        return is_over;
    }
    [[nodiscard]] bool has_succeeded() const { return WIFEXITED(status) && WEXITSTATUS(status) == 0; }

private:
    pid_t pid = -1;
    int status = 0;
    bool is_over = false;
};

constexpr const char* other_ways =
    "write a .dot file, which other programs of graphviz draw faster (sfdp -Goverlap=prism -Tsvg), show less of the "
    "graph, or give it longer (--draw-timeout)";

}  // namespace

Format format_of(const std::string& file)
{
    if (file == "-") return Format::dot;
    for (const Ending& ending : endings)
        if (file.size() > ending.text.size() && file.ends_with(ending.text)) return ending.format;
    reject_input(fmt::format("{}: the file's ending does not say in which format it is to be drawn", file),
                 ".dot (or .gv) is graphviz's text, .svg, .png and .pdf are pictures");
}

Renderer::Renderer(Format the_format) : format(the_format)
{
    if (format != Format::dot && !is_installed("dot"))
        reject_input(fmt::format("graphviz's program `dot`, which draws {}, is not installed", name_of(format)),
                     "install it (apt-get install graphviz), or write a .dot file");
}

Renderer::Rendered Renderer::render(const std::string& dot, double seconds, const std::atomic<bool>* interrupted) const
{
    if (format == Format::dot) return {.picture = dot};
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    const TemporaryFile in, out, err;
    in.write(dot);
    Child child("dot", fmt::format("-T{}", name_of(format)), in, out, err);
    while (!child.has_ended()) {
        if (interrupted != nullptr && *interrupted) return {.was_interrupted = true};
        if (std::chrono::steady_clock::now() > deadline)
            reject_input(fmt::format("graphviz's `dot` has not drawn this in {:g} seconds", seconds), other_ways);
        std::this_thread::sleep_for(time_between_looks);
    }
    Rendered rendered{.picture = out.read(), .warnings = err.read()};
    if (!child.has_succeeded() || rendered.picture.empty())
        reject_input(fmt::format("graphviz's `dot` has failed: {}",
                                 rendered.warnings.empty() ? "it says nothing" : rendered.warnings),
                     other_ways);
    return rendered;
}

}  // namespace lockstep::graph
