// What the tests of this folder share: a directory of their own, files in it, and the message of an InputError.
#pragma once

#include "base/diagnostic.h"

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>

namespace lockstep::sources::test {

class Directory {
public:
    Directory()
    {
        std::random_device random;
        path = std::filesystem::temp_directory_path() / ("lockstep-sources-" + std::to_string(random()));
        std::filesystem::create_directories(path);
    }
    ~Directory()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    std::string write(const std::string& name, const std::string& text) const
    {
        std::filesystem::create_directories((path / name).parent_path());
        std::ofstream(path / name, std::ios::binary) << text;
        return (path / name).string();
    }
    std::string read(const std::string& name) const
    {
        std::ostringstream text;
        text << std::ifstream(path / name, std::ios::binary).rdbuf();
        return text.str();
    }

    std::filesystem::path path;
};

/// What the user would see; empty where nothing was thrown.
template <typename Action>
std::string error_of(Action action)
{
    try {
        action();
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace lockstep::sources::test
