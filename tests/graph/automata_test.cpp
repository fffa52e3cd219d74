#include "program/dot.h"

#include "program/parser.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace lockstep;

TEST_CASE("automata are drawn with guards, effects and source lines")
{
    const Program program =
        parse("var x: u8\nautomaton A {\n location l, m finished\n l -> m when x < 3 { x := 1 }\n}\n", "x.ls");
    const std::string dot = automaton_dot(program, AutomatonId(0));
    CHECK(dot.find("x.ls:4") != std::string::npos);
    CHECK(dot.find("when [x < 3]  x = 1") != std::string::npos);
    CHECK(dot.find("peripheries=2") != std::string::npos);
    CHECK(all_dot(program) == dot);
}

TEST_CASE("dot draws all of it")
{
    std::ifstream file(std::string(TEST_FOLDER) + "/everything.ls");
    std::stringstream text;
    text << file.rdbuf();
    const std::string name = std::filesystem::temp_directory_path() / ("lockstep_dot_" + std::to_string(getpid()));
    std::ofstream(name) << all_dot(parse(text.str(), "everything.ls"));
    CHECK(std::system(("dot -Tsvg " + name + " > " + name + ".svg").c_str()) == 0);
    std::ifstream drawing(name + ".svg");
    std::stringstream svg;
    svg << drawing.rdbuf();
    CHECK(svg.str().find("CPU %d stuck for") != std::string::npos);
    std::filesystem::remove(name);
    std::filesystem::remove(name + ".svg");
}
