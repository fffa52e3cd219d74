#include "suite/child.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lockstep::suite {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int poll_milliseconds = 100;  // how late an interrupt or a limit may be noticed

class Descriptor {
public:
    explicit Descriptor(int the_number = -1) : number(the_number) {}
    ~Descriptor() { close_it(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    void close_it()
    {
        if (number >= 0) close(std::exchange(number, -1));
    }
    int number;
};

struct Pipe {
    Descriptor from, to;

    Pipe()
    {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
        from.number = ends[0];
        to.number = ends[1];
    }
};

// Between fork and exec: nothing but system calls.
[[noreturn]] void become(const char* program, char* const* arguments, const Descriptor& nothing, const Pipe& output,
                         const Pipe& errors, pid_t parent)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    if (dup2(nothing.number, STDIN_FILENO) < 0 || dup2(output.to.number, STDOUT_FILENO) < 0 ||
        dup2(errors.to.number, STDERR_FILENO) < 0)
        _exit(127);
    execv(program, arguments);
    _exit(127);
}

class Child {
public:
    Child(pid_t the_pid, double the_limit_seconds, const std::atomic<bool>& the_interrupted)
        : pid(the_pid), limit_seconds(the_limit_seconds), interrupted(the_interrupted)
    {
    }

    void read_all(Pipe& output, Pipe& errors)
    {
        std::array<pollfd, 2> polled{{{output.from.number, POLLIN, 0}, {errors.from.number, POLLIN, 0}}};
        while (polled[0].fd >= 0 || polled[1].fd >= 0) {
            supervise();
            if (poll(polled.data(), polled.size(), poll_milliseconds) <= 0) continue;
            if (polled[0].revents != 0 && !read_some(polled[0].fd, ended.output)) polled[0].fd = -1;
            if (polled[1].revents != 0 && !read_some(polled[1].fd, ended.errors)) polled[1].fd = -1;
        }
    }

    Ended wait_for_it()
    {
        int status = 0;
        for (pid_t found = 0; (found = waitpid(pid, &status, WNOHANG)) != pid;) {
            if (found < 0 && errno != EINTR) break;
            supervise();
            usleep(1000);
        }
        ended.seconds = seconds();
        if (WIFEXITED(status)) ended.status = WEXITSTATUS(status);
        if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
        return std::move(ended);
    }

private:
    pid_t pid;
    double limit_seconds;
    const std::atomic<bool>& interrupted;
    Clock::time_point start = Clock::now();
    bool is_told = false;
    Ended ended;

    [[nodiscard]] double seconds() const { return std::chrono::duration<double>(Clock::now() - start).count(); }

    void supervise()
    {
        if (interrupted && !std::exchange(is_told, true)) kill(pid, SIGINT);
        if (limit_seconds > 0 && seconds() > limit_seconds && !std::exchange(ended.is_out_of_time, true))
            kill(pid, SIGKILL);
    }

    /// Whether there may be more.
    static bool read_some(int descriptor, std::string& text)
    {
        std::array<char, 1 << 16> buffer;
        const ssize_t count = read(descriptor, buffer.data(), buffer.size());
        if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
        return count > 0 || (count < 0 && errno == EINTR);
    }
};

}  // namespace

Ended run_child(const std::string& program, const std::vector<std::string>& arguments, double limit_seconds,
                const std::atomic<bool>& interrupted)
{
    std::vector<std::string> words = arguments;
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);

    const Descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (nothing.number < 0) throw std::system_error(errno, std::generic_category(), "/dev/null");
    Pipe output, errors;
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid == 0) become(program.c_str(), pointers.data(), nothing, output, errors, parent);
    output.to.close_it();
    errors.to.close_it();
    Child child(pid, limit_seconds, interrupted);
    child.read_all(output, errors);
    return child.wait_for_it();
}

}  // namespace lockstep::suite
