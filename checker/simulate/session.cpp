#include "simulate/session.h"

#include "base/text_lines.h"
#include "report/trace_text.h"
#include "result/waits.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <istream>
#include <map>
#include <optional>
#include <ostream>
#include <set>

namespace lockstep::simulate {

namespace {

/// `run` gives up after so many steps.
constexpr std::size_t longest_run = 1000;
/// Of the branches of one process no more are listed; the others can be chosen all the same.
constexpr std::size_t branches_listed = 12;
constexpr std::uint32_t lines_around = 3;

constexpr const char* help =
    "  N              make step N of those listed\n"
    "  (Enter)        the next step of the path, if there is one; else the only one, or that of who went before\n"
    "  back           take the last step back; Enter makes it again\n"
    "  goto N         to the place after N steps of the path (0: the beginning)\n"
    "  run CPU        let a CPU go on until it blocks, reports something or could do several things\n"
    "  list           what can come next\n"
    "  who            who waits for whom\n"
    "  state [TEXT]   variables and their values (whose names contain TEXT); *: changed by the last step\n"
    "  source         the source around each place where somebody is\n"
    "  stack          the call stacks\n"
    "  trace          the steps so far\n"
    "  write FILE     write the steps so far, for `lockstep replay` and `load`\n"
    "  load FILE      follow the first trace of a file that `lockstep check --json` or `write` wrote\n"
    "  help, quit\n";

std::optional<std::size_t> number(std::string_view text)
{
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return {};
    return value;
}

/// "add() holds.c:2: x++;", as far as it is known.
std::string place_text(const std::string& function, const std::string& file, std::uint32_t line,
                       const std::string& text)
{
    std::vector<std::string> parts;
    if (!function.empty()) parts.push_back(function + "()");
    if (const std::string place = report::place_text(file, line); !place.empty()) parts.push_back(place + ":");
    if (!text.empty()) parts.push_back(text);
    return fmt::format("{}", fmt::join(parts, " "));
}

class Session {
public:
    Session(const Program& the_program, const Files& the_files, std::ostream& the_answers)
        : program(the_program), files(the_files), answers(the_answers), walk(program), describer(walk.reference())
    {
    }

    /// False: the session is over.
    bool obey(std::string_view line)
    {
        const std::string_view text = trimmed(line);
        const std::size_t space = text.find_first_of(" \t");
        const std::string_view name = text.substr(0, space);
        const std::string argument(space == std::string_view::npos ? "" : trimmed(text.substr(space)));
        if (name == "quit" || name == "q" || name == "exit") return false;
        try {
            if (name.empty())
                enter();
            else if (const auto offer = number(name))
                choose(*offer);
            else if (const auto command = commands().find(name); command != commands().end())
                (this->*command->second)(argument);
            else
                say("there is no command '{}'; `help` lists what there is\n", name);
        } catch (const std::exception& error) {
            say("{}\n", error.what());
        }
        return true;
    }

    void list(const std::string& /*argument*/ = {})
    {
        const std::vector<Walk::Offer>& offers = walk.offers();
        say("After {} step{}{}, {:g} tick{} of time", walk.position(), walk.position() == 1 ? "" : "s",
            rest() > 0 ? fmt::format(" of {}", walk.path().steps.size()) : "", walk.ticks(),
            walk.ticks() == 1 ? "" : "s");
        if (walk.has_ended()) return say(": the end; `back` takes the last step back\n");
        if (offers.empty()) return say(": nobody can go on\n");
        say(":\n");
        for (std::size_t first = 0; first < offers.size();) {
            std::size_t end = first;
            while (end < offers.size() && offers[end].process == offers[first].process) ++end;
            const std::size_t shown = std::min(end, first + branches_listed);
            for (std::size_t i = first; i < shown; ++i) say("{:3}  {}\n", i + 1, offer_text(i, end - first > 1));
            if (shown < end) say("     ... and {} more branches, {} to {}\n", end - shown, shown + 1, end);
            first = end;
        }
        if (rest() > 0) say("     (Enter: step {} of the path)\n", walk.position() + 1);
    }

private:
    using Command = void (Session::*)(const std::string& argument);

    const Program& program;
    const Files& files;
    std::ostream& answers;
    Walk walk;
    result::Describer describer;

    static const std::map<std::string_view, Command>& commands()
    {
        static const std::map<std::string_view, Command> all = {
            {"back", &Session::back},     {"goto", &Session::go_to},  {"run", &Session::run},
            {"list", &Session::list},     {"who", &Session::who},     {"state", &Session::state},
            {"source", &Session::source}, {"stack", &Session::stack}, {"trace", &Session::trace},
            {"write", &Session::write},   {"load", &Session::load},   {"help", &Session::show_help},
        };
        return all;
    }

    template <typename... Arguments>
    void say(fmt::format_string<Arguments...> format, Arguments&&... arguments)
    {
        answers << fmt::format(format, std::forward<Arguments>(arguments)...);
    }

    [[nodiscard]] std::size_t rest() const { return walk.path().steps.size() - walk.position(); }

    // ---- What there is ----

    /// "CPU1 task/1", "CPU1 timer_interrupt in task/1".
    static std::string actor_text(const TraceStep& step)
    {
        if (step.cpu < 0) return "time passes";
        const std::string process = report::process_name(step);
        std::string text = fmt::format("CPU{} {}", step.cpu, process);
        if (process != step.task && !step.task.empty()) text += " in " + step.task;
        return text;
    }

    static std::string move_text(const TraceMove& move)
    {
        return place_text(move.stack.empty() ? "" : move.stack.front().function, move.file, move.line, move.text);
    }

    std::string offer_text(std::size_t number, bool is_branch)
    {
        const Walk::Offer& offer = walk.offers()[number];
        std::string text = actor_text(describer.step(walk.state(), offer.process));
        if (offer.cpu < 0) return text;
        text += "  " + move_text(describer.move(offer.outcome.moves.front()));
        return is_branch ? text + branch_text(offer) : text;
    }

    /// "  [choose 3]"; empty where nothing is chosen.
    std::string choices_text(const Step& step)
    {
        std::vector<std::int64_t> chosen;
        for (const Move& move : step)
            if (walk.reference().automaton(move.process).transitions[move.transition].choice)
                chosen.push_back(move.choice);
        return chosen.empty() ? std::string() : fmt::format("  [choose {}]", fmt::join(chosen, ", "));
    }

    /// What tells it from the other branches of the same step.
    std::string branch_text(const Walk::Offer& offer)
    {
        const std::string choices = choices_text(offer.outcome.moves);
        if (!choices.empty()) return choices;
        return fmt::format("  [... {}]", move_text(describer.move(offer.outcome.moves.back())));
    }

    // ---- Steps ----

    void show_step(const Walk::Taken& step, std::size_t number)
    {
        const TraceStep& description = step.description;
        const bool is_clock = description.cpu < 0;
        say("{}. {}{}{}\n", number, actor_text(description),
            is_clock ? "" : "  " + move_text(description.moves.front()), choices_text(step.moves));
        const TraceMove* line = &description.moves.front();  // the one that stands above
        for (const TraceMove& move : description.moves) {
            if (is_clock) break;  // what ages with time would be all
            for (const Change& change : move.changes) {
                if (change.after == "(undefined)") continue;
                if (move.line != line->line || move.file != line->file) say("   {}\n", move_text(move));
                line = &move;
                say("     {}: {} -> {}\n", change.name, change.before, change.after);
            }
        }
        for (const std::string& message : description.messages) say("  !! {}\n", message);
    }

    void show_last() { show_step(walk.steps().back(), walk.position()); }

    void choose(std::size_t offer)
    {
        const std::size_t count = walk.offers().size();
        if (offer == 0 || offer > count)
            return say("there is no step {}; {}\n", offer,
                       count == 0 ? "nobody can go on" : fmt::format("the steps are 1 to {}", count));
        walk.take(offer - 1);
        show_last();
        list();
    }

    void enter()
    {
        if (walk.take_next()) {
            show_last();
            return list();
        }
        const std::vector<Walk::Offer>& offers = walk.offers();
        if (offers.empty()) return list();
        if (offers.size() == 1) return choose(1);
        if (walk.position() > 0) {
            const ProcessId before = walk.steps().back().moves.front().process;
            const auto is_its = [&](const Walk::Offer& offer) { return offer.process == before; };
            if (std::ranges::count_if(offers, is_its) == 1)
                return choose(static_cast<std::size_t>(std::ranges::find_if(offers, is_its) - offers.begin()) + 1);
        }
        say("several steps can come next: choose one of 1 to {}\n", offers.size());
    }

    void back(const std::string& /*argument*/)
    {
        if (!walk.back()) return say("this is the beginning\n");
        list();
    }

    void go_to(const std::string& argument)
    {
        const auto steps = number(argument);
        if (!steps || !walk.go_to(*steps))
            return say("goto N: the path has the places 0 to {}\n", walk.path().steps.size());
        if (walk.position() > 0) show_last();
        list();
    }

    /// An interrupt that could come begins something new; so does what waits for it to begin.
    [[nodiscard]] bool is_event(ProcessId p)
    {
        const ProcessKind kind = program.processes[p].kind;
        return (kind == ProcessKind::interrupt || kind == ProcessKind::nmi) &&
               walk.state().locations[p.index] == walk.reference().automaton(p).entry;
    }

    void run(const std::string& argument)
    {
        const auto cpu = number(argument);
        // A textual Program may say nothing of CPUs; each process has its own then.
        const bool is_cpu = cpu && *cpu < std::max<std::size_t>(program.cpus, program.processes.size());
        if (!is_cpu) return say("run CPU: the number of a CPU is needed\n");
        std::set<Walk::State> met{walk.state()};
        const std::string why = run_while_alone(static_cast<std::int64_t>(*cpu), met);
        say("CPU{} {}\n", *cpu, why);
        list();
    }

    /// Returns why it stopped.
    std::string run_while_alone(std::int64_t cpu, std::set<Walk::State>& met)
    {
        for (std::size_t steps = 0; steps < longest_run; ++steps) {
            std::vector<std::size_t> own;
            const std::vector<Walk::Offer>& offers = walk.offers();
            for (std::size_t i = 0; i < offers.size(); ++i)
                if (offers[i].cpu == cpu && !is_event(offers[i].process)) own.push_back(i);
            if (own.empty()) return "has nothing to do, or waits";
            if (own.size() > 1) return "could do several things";
            walk.take(own.front());
            show_last();
            if (walk.steps().back().has_reported) return "has something to report";
            if (!met.insert(walk.state()).second) return "goes round in a loop";
        }
        return fmt::format("is still running after {} steps", longest_run);
    }

    // ---- Looking ----

    void who(const std::string& /*argument*/)
    {
        std::set<std::string> lines;
        for (const Process& process : program.processes) {
            if (process.kind != ProcessKind::task && process.kind != ProcessKind::plain) continue;
            for (const result::FoundWait& found :
                 result::find_waits(walk.reference(), walk.state(), process.name, -1).waits)
                lines.insert(wait_text(found.wait));
        }
        if (lines.empty()) return say("nobody waits\n");
        for (const std::string& line : lines) say("{}", line);
    }

    static std::string wait_text(const Wait& wait)
    {
        std::string text = fmt::format("  {} waits for {}", wait.task, wait.what);
        const std::string place = place_text(wait.place.function, wait.place.file, wait.place.line, wait.text);
        if (!place.empty()) text += " in " + place;
        if (!wait.who.empty()) return fmt::format("{}\n     {} could change that\n", text, fmt::join(wait.who, " or "));
        return text + (wait.is_complete ? "\n     nobody can change that\n"
                                        : "\n     nobody was found who could change that\n");
    }

    /// Without a pattern, what is the machine's and what nobody changes is left out, and locals that hold 0: most of
    /// these are not alive.
    void state(const std::string& pattern)
    {
        std::size_t count = 0;
        const auto show = [&](const std::string& name, TypeId type, std::int64_t value, std::int64_t before) {
            if (value == dead_value || name.find(pattern) == std::string::npos) return;
            say("{} {} = {}\n", value != before ? '*' : ' ', name,
                value_text(program, walk.addresses(), program.types[type], value));
            ++count;
        };
        show_memory(!pattern.empty(), show);
        show_locals(!pattern.empty(), show);
        if (count == 0) say("no variable's name contains '{}'\n", pattern);
    }

    template <typename Show>
    void show_memory(bool all, Show show)
    {
        const Layout& layout = walk.addresses();
        for (std::uint32_t a = 1; a < layout.addresses.size(); ++a) {
            const Layout::Address& address = layout.addresses[a];
            if (address.cell == Layout::no_cell || !address.variable.valid()) continue;
            const Variable& variable = program.variables[address.variable];
            if (!all && (address.is_steady || variable.is_hardware)) continue;
            show(address_name(program, layout, a), slot_types(program, variable.type)[address.offset],
                 walk.state().memory[a], walk.previous().memory[a]);
        }
    }

    template <typename Show>
    void show_locals(bool all, Show show)
    {
        for (const ProcessId p : ids_of(program.processes)) {
            if (walk.reference().is_clock(p) || walk.reference().is_invariant(p)) continue;
            for (const VariableId v : ids_of(program.variables)) {
                const Variable& variable = program.variables[v];
                if (variable.storage != Storage::local || variable.in_memory ||
                    variable.owner != program.processes[p].automaton || !variable.place.file.valid())
                    continue;
                const std::size_t r = walk.reference().register_index(p, v);
                const std::int64_t value = walk.state().registers[r];
                if (value == undefined_value || (value == 0 && !all)) continue;
                show(program.processes[p].name + "." + variable.name, variable.type, value,
                     walk.previous().registers[r]);
            }
        }
    }

    /// Whoever is somewhere: on a CPU, and not an interrupt that has not come.
    template <typename Show>
    void for_each_standing(Show show)
    {
        std::size_t count = 0;
        for (const ProcessId p : ids_of(program.processes)) {
            const Interpreter& reference = walk.reference();
            if (reference.is_clock(p) || reference.is_invariant(p) || is_event(p)) continue;
            if (!walk.reference().running(walk.state(), p)) continue;
            const Location& at = reference.location(walk.state(), p);
            if (at.is_finished && at.outgoing.empty()) continue;
            say("{}:\n", actor_text(describer.step(walk.state(), p)));
            show(at);
            ++count;
        }
        if (count == 0) say("nobody is running\n");
    }

    void source(const std::string& /*argument*/)
    {
        for_each_standing([&](const Location& at) {
            if (!at.place.file.valid()) return say("  (no source)\n");
            const std::string& text = program.files[at.place.file].text;
            std::uint32_t line = 1;
            for (std::size_t begin = 0; begin < text.size(); ++line) {
                const std::size_t end = std::min(text.find('\n', begin), text.size());
                if (line + lines_around >= at.place.line && line <= at.place.line + lines_around)
                    say("{} {:5} {}\n", line == at.place.line ? "->" : "  ", line, text.substr(begin, end - begin));
                begin = end + 1;
            }
        });
    }

    void stack(const std::string& /*argument*/)
    {
        for_each_standing([&](const Location& at) {
            say("  {}\n", report::stack_text(result::stack_of(program, at.frame, at.place)));
        });
    }

    void trace(const std::string& /*argument*/)
    {
        if (walk.position() == 0) return say("no step has been made\n");
        for (std::size_t i = 0; i < walk.position(); ++i) show_step(walk.steps()[i], i + 1);
    }

    void show_help(const std::string& /*argument*/) { answers << help; }

    // ---- Files ----

    void write(const std::string& file)
    {
        if (file.empty()) return say("write FILE: the name of a file is needed\n");
        Violation violation;
        violation.kind = "walk";
        violation.message = "it claims nothing";
        violation.path = walk.path_so_far();
        for (const Walk::Taken& step : walk.steps()) violation.trace.push_back(step.description);
        violation.ticks = walk.ticks();
        files.write(file, violation);
        say("written to {}\n", file);
    }

    void load(const std::string& file)
    {
        if (file.empty()) return say("load FILE: the name of a file is needed\n");
        walk.follow(files.load(file));
        list();
    }
};

}  // namespace

void run_session(const Program& program, const Files& files, std::istream& commands, std::ostream& answers,
                 bool has_prompt)
{
    Session session(program, files, answers);
    session.list();
    std::string line;
    const auto ask = [&] {
        if (has_prompt) answers << "> ";
        answers.flush();
        return static_cast<bool>(std::getline(commands, line));
    };
    while (ask() && session.obey(line)) {
    }
    if (has_prompt && !commands) answers << '\n';
}

}  // namespace lockstep::simulate
