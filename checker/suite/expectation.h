// What a model's first comment says is to come out, line by line. The grammar is in models/README.md:
//
//     expect --cpus 2 --all: violated soft_lockup transient cpu=1 task=migration/1; deadlock permanent
#pragma once

#include "result/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep::suite {

struct Finding {
    std::string kind;
    Permanence permanence = Permanence::not_applicable;           // then either will do
    std::vector<std::pair<std::string, std::string>> attributes;  // "cpu", "task" or "message", and a pattern
    std::string text;                                             // as it was written
};

struct Expectation {
    std::string file;
    std::uint32_t line = 0;
    bool is_long = false;  // takes minutes
    std::vector<std::string> options;
    bool holds = false;
    std::vector<Finding> findings;  // none if it holds
    std::string verdict;            // as it was written
};

/// Those in the text's first comment. Throws InputError where one is not of the grammar.
std::vector<Expectation> expectations_of(const std::string& file, std::string_view text);

}  // namespace lockstep::suite
