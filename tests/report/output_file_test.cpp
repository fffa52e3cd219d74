#include "report/output_file.h"
#include "base/diagnostic.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include <unistd.h>

using namespace lockstep;
using namespace lockstep::report;
namespace fs = std::filesystem;

namespace {

struct Directory {
    Directory() : path(fs::temp_directory_path() / ("lockstep-report-" + std::to_string(std::random_device()())))
    {
        fs::create_directories(path);
    }
    ~Directory()
    {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    [[nodiscard]] std::size_t files() const
    {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), {}));
    }
    fs::path path;
};

std::string read(const fs::path& path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::string error_of(const std::string& path)
{
    try {
        OutputFile file(path);
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST_CASE("the file is there with its whole text, or not at all")
{
    const Directory directory;
    const fs::path place = directory.path / "result.json";
    {
        OutputFile file(place.string());
        CHECK(!fs::exists(place));
        file.commit("first\n");
    }
    CHECK(read(place) == "first\n");
    {
        const OutputFile abandoned(place.string());
    }
    CHECK(read(place) == "first\n");
    OutputFile(place.string()).commit("second\n");
    CHECK(read(place) == "second\n");
    CHECK(directory.files() == 1);
}

TEST_CASE("links are followed and permissions kept")
{
    const Directory directory;
    std::ofstream(directory.path / "real") << "x";
    fs::permissions(directory.path / "real", fs::perms::owner_read | fs::perms::owner_write);
    fs::create_symlink("real", directory.path / "link");
    OutputFile((directory.path / "link").string()).commit("y");
    CHECK(fs::is_symlink(directory.path / "link"));
    CHECK(read(directory.path / "real") == "y");
    CHECK(fs::status(directory.path / "real").permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("what cannot be written is refused at once")
{
    const Directory directory;
    CHECK(error_of(directory.path.string()).find("Is a directory") != std::string::npos);
    CHECK(error_of((directory.path / "missing" / "x.json").string()).find("No such file") != std::string::npos);
    CHECK(error_of("").find("cannot write") != std::string::npos);
    CHECK(directory.files() == 0);
}

TEST_CASE("a device is written to directly, and a full one is noticed")
{
    OutputFile("/dev/null").commit("x");
    CHECK(fs::is_character_file("/dev/null"));
    if (!fs::exists("/dev/full")) return;
    OutputFile full("/dev/full");
    CHECK_THROWS_AS(full.commit("x"), InputError);
}
