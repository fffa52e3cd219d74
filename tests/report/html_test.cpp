#include "report/html.h"
#include "example.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

using namespace lockstep;
using namespace lockstep::report;
using nlohmann::json;

namespace {

std::size_t count(const std::string& text, std::string_view part)
{
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++found;
    return found;
}

// What a browser takes for the text of the script element with this id: all up to the next "</script".
json data(const std::string& page, const std::string& id)
{
    const std::string head = "<script type=\"application/json\" id=\"" + id + "\">";
    REQUIRE(count(page, head) == 1);
    const std::size_t begin = page.find(head) + head.size();
    return json::parse(page.substr(begin, page.find("</script", begin) - begin));
}

// The record in the page, with its stacks put back to where their numbers stand.
json record_in(const std::string& page)
{
    json record = data(page, "record");
    for (json& violation : record.at("violations"))
        for (json& step : violation.at("trace"))
            for (json& move : step.at("moves"))
                move.at("stack") = record.at("stacks").at(move.at("stack").get<std::size_t>());
    record.erase("stacks");
    return record;
}

const Sources sources{{"kernel/stop_machine.c", "first line\n"},
                      {"kernel/core.c", "of a wait\n"},
                      {"kernel/smpboot.c", "of the violation's stack\n"},
                      {"kernel/workqueue.c", "of one who does not wait\n"},
                      {"not/mentioned.c", "secret\n"}};

// As many steps as asked for, the example's one after the other.
Record long_record(std::size_t steps)
{
    Record record = test::record();
    std::vector<TraceStep>& trace = record.result.violations[0].trace;
    const std::vector<TraceStep> some = trace;
    while (trace.size() < steps) trace.push_back(some[trace.size() % some.size()]);
    return record;
}

}  // namespace

TEST_CASE("the page holds the record as --json writes it, and the sources that it mentions")
{
    const Record record = test::record();
    const std::string page = to_html(record, sources);
    CHECK(record_in(page) == json::parse(to_json(record)));
    CHECK(data(page, "sources") == json{{"kernel/stop_machine.c", "first line\n"},
                                        {"kernel/core.c", "of a wait\n"},
                                        {"kernel/smpboot.c", "of the violation's stack\n"},
                                        {"kernel/workqueue.c", "of one who does not wait\n"}});
    CHECK(count(page, "secret") == 0);
}

TEST_CASE("every part of the page is in it, and every hole filled")
{
    const std::string page = to_html(test::record(), sources);
    CHECK(page.starts_with("<!DOCTYPE html>\n"));
    CHECK(page.ends_with("</html>\n"));
    CHECK(count(page, "{{") == 0);
    for (const char* part : {"class Trace", "class Lanes", "function waitGraph", "class SourceView", "function begin()",
                             "prefers-color-scheme: dark", "id=\"slider\"", "aria-live"}) {
        CAPTURE(part);
        CHECK(count(page, part) > 0);
    }
}

TEST_CASE("nothing is loaded from elsewhere")
{
    const std::string page = to_html(test::record(), sources);
    CHECK(count(page, "default-src 'none'") == 1);
    for (const char* loading : {"http://", "https://", " src=", " href=", "url(", "@import", "import(", "fetch(",
                                "XMLHttpRequest", "<link", "<img", "<iframe"}) {
        CAPTURE(loading);
        CHECK(count(page, loading) == 0);
    }
}

TEST_CASE("no text of a record or a source ends the data early")
{
    Record record = test::record();
    const std::string plain = to_html(record, sources);
    const std::string evil = "</script><script>alert(1)</script><!-- <script> {{record}} \\u003c \" ' & ]]>";
    Violation& violation = record.result.violations[0];
    violation.message = evil;
    violation.trace[0].moves[0].text = evil;
    violation.trace[0].messages = {evil};
    violation.waits_for[0].what = evil;
    Sources evil_sources = sources;
    evil_sources["kernel/stop_machine.c"] = evil;
    const std::string page = to_html(record, evil_sources);
    CHECK(record_in(page) == json::parse(to_json(record)));
    CHECK(data(page, "record").at("violations").at(0).at("message") == evil);
    CHECK(data(page, "sources").at("kernel/stop_machine.c") == evil);
    for (const char* tag : {"<script", "</script", "<!--"}) {
        CAPTURE(tag);
        CHECK(count(page, tag) == count(plain, tag));
    }
}

TEST_CASE("bytes that are no text do not spoil the page")
{
    Record record = test::record();
    record.result.violations[0].message = "\xff\xfe";
    Sources odd = sources;
    odd["kernel/core.c"] = "\xff";
    const std::string page = to_html(record, odd);
    CHECK(data(page, "record").at("violations").at(0).at("message") == "\xef\xbf\xbd\xef\xbf\xbd");
    CHECK(data(page, "sources").at("kernel/core.c") == "\xef\xbf\xbd");
}

TEST_CASE("a Result without a violation is a page, too")
{
    Record record = test::record();
    record.result.verdict = Verdict::holds;
    record.result.violations.clear();
    const std::string page = to_html(record, sources);
    CHECK(data(page, "record").at("verdict") == "holds");
    CHECK(data(page, "sources").empty());
}

TEST_CASE("a long trace is written once, not once for each of its steps")
{
    const Record record = long_record(10'000);
    const std::string page = to_html(record, sources);
    CHECK(data(page, "record").at("violations").at(0).at("trace").size() == 10'000);
    CHECK(count(page, "class Lanes") == 1);
    CHECK(count(page, "first line") == 1);
    CHECK(record_in(page) == json::parse(to_json(record)));
    CHECK(data(page, "record").at("stacks").size() == 4);
}
