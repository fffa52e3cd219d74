// The tracefile's records and the text; that lcov takes the former is tested in tests/cli/coverage.sh.
#include "report/coverage.h"

#include <doctest/doctest.h>

#include <string>

using namespace lockstep;
using namespace lockstep::report;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Result result_of(SourceCoverage::File file, bool is_complete)
{
    Result result;
    result.source_coverage = SourceCoverage{{std::move(file)}, is_complete};
    return result;
}

const SourceCoverage::File own{.name = "a.c",
                               .path = "/here/a.c",
                               .is_own = true,
                               .functions = {{"f", 1, true}, {"g", 8, false}},
                               .lines = {{2, true}, {3, false}, {5, false}, {9, false}},
                               .branches = {{2, 4, "true", true},
                                            {2, 4, "false", false},
                                            {2, 30, "true", false},
                                            {2, 30, "false", true},
                                            {9, 2, "case 1", false}}};

const Sources sources{{"a.c", "f\n\tif (x) if (y)\nthree\n\nfive\n\n\ng\n\tswitch\n"}};

}  // namespace

TEST_CASE("each statement with ways on is a block, and one that was never come to says so")
{
    CHECK(to_lcov(result_of(own, true)) ==
          "TN:lockstep\nSF:/here/a.c\n"
          "FN:1,f\nFN:8,g\nFNDA:1,f\nFNDA:0,g\nFNF:2\nFNH:1\n"
          "BRDA:2,0,0,1\nBRDA:2,0,1,0\nBRDA:2,1,0,0\nBRDA:2,1,1,1\nBRDA:9,0,0,-\nBRF:5\nBRH:2\n"
          "DA:2,1\nDA:3,0\nDA:5,0\nDA:9,0\nLF:4\nLH:1\nend_of_record\n");
    CHECK(to_lcov(result_of(own, false)).starts_with("TN:lockstep_incomplete\n"));
    SourceCoverage::File plain = own;
    plain.branches.clear();
    plain.path.clear();
    CHECK(!contains(to_lcov(result_of(plain, true)), "BR"));
    CHECK(contains(to_lcov(result_of(plain, true)), "SF:a.c\n"));
}

TEST_CASE("lines that are not executed are listed with their text, function by function")
{
    CHECK(source_coverage_text(result_of(own, true), sources) ==
          "Executed in some reachable state:\n"
          "  a.c  functions 1/2, lines 1/4, branches 2/5\n"
          "Never executed in a.c:\n"
          "  g()\n"
          "  2        if (x) if (y)   [never false]\n"
          "  2        if (x) if (y)   [never true]\n"
          "  3-5      three\n"
          "  9        switch\n");
    Result stopped = result_of(own, false);
    stopped.reason = "interrupted";
    CHECK(source_coverage_text(stopped, {}).starts_with("Executed in what was explored (interrupted):\n"));
    CHECK(contains(source_coverage_text(stopped, sources), "\nNot executed in what was explored in a.c:\n"));
    CHECK(contains(source_coverage_text(stopped, sources), "[not false]"));
    CHECK(!contains(source_coverage_text(stopped, sources), "ever"));
    stopped.reason.clear();
    stopped.violations.emplace_back();
    CHECK(contains(source_coverage_text(stopped, sources), "(the search ended at the first violation; --all goes on)"));
}

TEST_CASE("files that were not given are one line")
{
    Result result = result_of(own, true);
    SourceCoverage::File other = own;
    other.is_own = false;
    result.source_coverage->files.push_back(other);
    result.source_coverage->files.push_back(other);
    CHECK(contains(source_coverage_text(result, sources),
                   "  a.c            functions 1/2, lines 1/4, branches 2/5\n"
                   "  2 other files  functions 2/4, lines 2/8, branches 4/10\n"
                   "Never executed in a.c:\n"));
}
