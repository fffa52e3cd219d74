// The models and textual Programs that there are, for tests that look at all of them.
#pragma once

#include "lockstep/options.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace lockstep::testing {

inline std::vector<std::filesystem::path> files_in(const char* folder, const char* extension)
{
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(PROJECT_FOLDER) / folder))
        if (entry.path().extension() == extension) files.push_back(entry.path());
    std::ranges::sort(files);
    if (files.empty()) throw std::logic_error(std::string("no file in ") + folder);
    return files;
}

/// The CPUs and macros of a model's first expectation, the rest of which is of no interest here.
inline ModelOptions options_for(const std::filesystem::path& file)
{
    ModelOptions options;
    options.files = {file.string()};
    options.models_directory = std::string(PROJECT_FOLDER) + "/models";
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(" * expect ")) continue;
        std::istringstream words(line.substr(0, line.find(':')));
        for (std::string word; words >> word;) {
            if (word == "--cpus") words >> options.cpus;
            if (word == "-D" && words >> word) options.defines.push_back(word);
        }
        break;
    }
    return options;
}

}  // namespace lockstep::testing
