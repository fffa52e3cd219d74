#include "report/output_file.h"

#include "base/diagnostic.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lockstep::report {

namespace fs = std::filesystem;

OutputFile::OutputFile(const std::string& path) : shown(path)
{
    if (path.empty()) cannot_write(ENOENT);
    std::error_code ignored;
    const fs::file_status status = fs::status(path, ignored);
    if (fs::is_directory(status)) cannot_write(EISDIR);
    // /dev/stdout may be an ordinary file, but is not ours to put another one in its place.
    if (fs::exists(status) && (!fs::is_regular_file(status) || path.starts_with("/dev/"))) {
        file_descriptor = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
        if (file_descriptor < 0) cannot_write(errno);
        return;
    }
    place = fs::weakly_canonical(path, ignored);
    if (place.empty()) place = fs::absolute(path);
    if (fs::exists(status) && access(place.c_str(), W_OK) != 0) cannot_write(errno);
    temporary = place.parent_path() / fmt::format(".{}.{}", place.filename().string(), getpid());
    file_descriptor = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file_descriptor < 0) {
        const int error = errno;
        temporary.clear();
        cannot_write(error);
    }
    if (fs::exists(status)) fchmod(file_descriptor, static_cast<mode_t>(status.permissions()));
}

OutputFile::~OutputFile()
{
    if (file_descriptor >= 0) close(file_descriptor);
    if (!temporary.empty()) unlink(temporary.c_str());
}

void OutputFile::commit(std::string_view text)
{
    while (!text.empty()) {
        const ssize_t count = write(file_descriptor, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) cannot_write(errno);
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    if (close(std::exchange(file_descriptor, -1)) != 0) cannot_write(errno);
    if (temporary.empty()) return;
    if (rename(temporary.c_str(), place.c_str()) != 0) cannot_write(errno);
    temporary.clear();
}

void OutputFile::cannot_write(int error) const
{
    reject_input(fmt::format("cannot write {}: {}", shown, std::strerror(error)));
}

}  // namespace lockstep::report
