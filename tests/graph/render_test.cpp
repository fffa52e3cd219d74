// `dot` itself, and programs in its place that do what it had better not.
#include "graph/render.h"

#include "base/diagnostic.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

namespace lockstep::graph {

namespace {

namespace fs = std::filesystem;

/// For as long as it lives, PATH has a folder alone in which `dot` is this script (empty: is not there).
class OtherDot {
public:
    explicit OtherDot(const std::string& script)
    {
        fs::create_directories(folder);
        if (!script.empty()) {
            std::ofstream(folder / "dot") << "#!/bin/sh\n" << script;
            fs::permissions(folder / "dot", fs::perms::owner_all);
        }
        setenv("PATH", folder.c_str(), 1);
    }
    ~OtherDot()
    {
        setenv("PATH", path.c_str(), 1);
        fs::remove_all(folder);
    }
    OtherDot(const OtherDot&) = delete;
    OtherDot& operator=(const OtherDot&) = delete;

private:
    std::string path = std::getenv("PATH");
    fs::path folder = fs::temp_directory_path() / ("lockstep_dot_" + std::to_string(getpid()));
};

constexpr const char* small = "digraph { a -> b; }\n";

double seconds_since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("the ending says the format")
{
    CHECK(format_of("-") == Format::dot);
    CHECK(format_of("a.dot") == Format::dot);
    CHECK(format_of("a/b.gv") == Format::dot);
    CHECK(format_of("a.b.svg") == Format::svg);
    CHECK(format_of("a.png") == Format::png);
    CHECK(format_of("a.pdf") == Format::pdf);
    for (const char* file : {"a", "a.jpg", "svg", ".svg", "a.svg.gz", "model.c", ""})
        CHECK_THROWS_AS(format_of(file), InputError);
}

TEST_CASE("each format is drawn")
{
    CHECK(Renderer(Format::dot).render(small, 60).picture == small);
    CHECK(Renderer(Format::svg).render(small, 60).picture.starts_with("<?xml"));
    CHECK(Renderer(Format::png).render(small, 60).picture.starts_with("\x89PNG"));
    CHECK(Renderer(Format::pdf).render(small, 60).picture.starts_with("%PDF"));
    CHECK_THROWS_WITH_AS(Renderer(Format::svg).render("digraph { a -> ", 60), doctest::Contains("syntax error"),
                         InputError);
}

TEST_CASE("without graphviz there is still its text")
{
    const OtherDot none("");
    CHECK_THROWS_WITH_AS(Renderer{Format::svg}, doctest::Contains("apt-get install graphviz"), InputError);
    CHECK(Renderer(Format::dot).render(small, 60).picture == small);
}

TEST_CASE("what dot says is passed on, and its failures are errors")
{
    {
        const OtherDot warns("echo 'Warning: too large' >&2; while read line; do echo \"$line\"; done; echo $1");
        const auto rendered = Renderer(Format::svg).render(small, 60);
        CHECK(rendered.picture == std::string(small) + "-Tsvg\n");
        CHECK(rendered.warnings == "Warning: too large\n");
    }
    {
        const OtherDot fails("echo half; echo 'out of memory' >&2; exit 1");
        CHECK_THROWS_WITH_AS(Renderer(Format::svg).render(small, 60), doctest::Contains("out of memory"), InputError);
    }
    {
        const OtherDot writes_nothing("exit 0");
        CHECK_THROWS_WITH_AS(Renderer(Format::svg).render(small, 60), doctest::Contains("it says nothing"), InputError);
    }
    {
        const OtherDot crashes("echo half; kill -SEGV $$");
        CHECK_THROWS_AS(Renderer(Format::svg).render(small, 60), InputError);
    }
}

TEST_CASE("dot gets a limited time, and can be interrupted")
{
    const OtherDot hangs("exec /bin/sleep 600");
    const auto start = std::chrono::steady_clock::now();
    CHECK_THROWS_WITH_AS(Renderer(Format::svg).render(small, 0.2), doctest::Contains("in 0.2 seconds"), InputError);
    const std::atomic<bool> interrupted = true;
    CHECK(Renderer(Format::svg).render(small, 600, &interrupted).was_interrupted);
    CHECK(seconds_since(start) < 60);
}

TEST_CASE("a large graph goes through")
{
    std::string large = "digraph {\n";
    for (int i = 0; i < 40'000; ++i) large += "// a comment of some length, which has to be read and drawn by nobody\n";
    large += "a -> b; }\n";
    CHECK(Renderer(Format::svg).render(large, 60).picture.starts_with("<?xml"));
}

}  // namespace lockstep::graph
