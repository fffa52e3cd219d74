// The page is html/page.html with its holes filled: style and scripts, which embed.cmake has put into the program, and
// two pieces of data, the record as `--json` writes it and the sources that its traces mention. What a browser then
// does with them is in html/page.js.
//
// Data stands in script elements of a type that is not executed. There HTML ends a text only at "</script" and changes
// its reading at "<!--": both begin with "<", which JSON can say otherwise, and which it has in strings only.
//
// Of long traces two thirds are call stacks, and these are few. So each is written once, in "stacks", and where it
// belongs stands its number: ten thousand steps are then some 20 MB instead of 50, which a browser reads in a second.
#include "report/html.h"

#include "report/html/page.h"
#include "report/record_json.h"

#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace lockstep::report {

namespace {

std::string joined(std::span<const std::string_view> pieces)
{
    std::string text;
    for (const std::string_view piece : pieces) text += piece;
    return text;
}

std::string as_data(const Json& json)
{
    const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    std::string escaped;
    escaped.reserve(text.size() + text.size() / 32);
    for (const char c : text) {
        if (c == '<')
            escaped += "\\u003c";
        else
            escaped += c;
    }
    return escaped;
}

void number_stacks(Json& record)
{
    Json stacks = Json::array();
    std::map<std::string, std::size_t> numbers;
    for (Json& violation : record.at("violations"))
        for (Json& step : violation.at("trace"))
            for (Json& move : step.at("moves")) {
                Json& stack = move.at("stack");
                const auto [found, is_new] =
                    numbers.try_emplace(stack.dump(-1, ' ', false, Json::error_handler_t::replace), stacks.size());
                if (is_new) stacks.push_back(std::move(stack));
                stack = found->second;
            }
    record["stacks"] = std::move(stacks);
}

Json record_object(const Record& record)
{
    Json json = to_object(record);
    number_stacks(json);
    return json;
}

void mention(std::set<std::string>& files, const std::vector<StackEntry>& stack)
{
    for (const StackEntry& entry : stack) files.insert(entry.file);
}

std::set<std::string> mentioned_files(const Result& result)
{
    std::set<std::string> files;
    for (const Violation& violation : result.violations) {
        files.insert(violation.file);
        mention(files, violation.stack);
        for (const Wait& wait : violation.waits_for) {
            files.insert(wait.place.file);
            mention(files, wait.stack);
        }
        for (const BusyProcess& process : violation.busy) mention(files, process.stack);
        for (const TraceStep& step : violation.trace)
            for (const TraceMove& move : step.moves) {
                files.insert(move.file);
                mention(files, move.stack);
            }
    }
    return files;
}

Json sources_object(const Record& record, const Sources& sources)
{
    Json json = Json::object();
    for (const std::string& file : mentioned_files(record.result))
        if (const auto found = sources.find(file); found != sources.end()) json[file] = found->second;
    return json;
}

}  // namespace

std::string to_html(const Record& record, const Sources& sources)
{
    const std::string document = joined(page::document());
    const auto filling = [&](std::string_view hole) {
        if (hole == "style") return joined(page::style());
        if (hole == "script") return joined(page::script());
        if (hole == "record") return as_data(record_object(record));
        if (hole == "sources") return as_data(sources_object(record, sources));
        throw std::logic_error("page.html has a hole that nothing is known for");
    };
    std::string text;
    std::size_t done = 0;
    for (std::size_t begin = 0; (begin = document.find("{{", done)) != std::string::npos;) {
        const std::size_t end = document.find("}}", begin);
        text.append(document, done, begin - done);
        text += filling(std::string_view(document).substr(begin + 2, end - begin - 2));
        done = end + 2;
    }
    return text.append(document, done);
}

}  // namespace lockstep::report
