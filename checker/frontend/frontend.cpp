// From the parsed units to the Program: what is reached, variables, boot, and an automaton for each entry.
#include "frontend/frontend.h"

#include "frontend/build_context.h"
#include "frontend/deep_stack.h"
#include "frontend/lowering.h"
#include "frontend/points.h"
#include "frontend/reach.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/Decl.h>
#include <clang/AST/Expr.h>

#include <fmt/format.h>

namespace lockstep::frontend {

namespace {

class Reader {
public:
    explicit Reader(const Options& the_options) : options(the_options), sources(output.program.files, options) {}

    Output read()
    {
        program().name = options.files.empty() ? "" : options.files.front();
        program().cpus = options.cpus;
        output.machine = machine::declare(program());
        parse_all(options, sources, output.sources_read, output.warnings);
        const Symbols symbols(sources);
        const clang::FunctionDecl* boot = symbols.function("ls_boot");
        if (boot == nullptr) {
            reject_input(fmt::format("no ls_boot() in {}", fmt::join(options.files, ", ")),
                         "write void ls_boot(void): it runs first and creates the tasks");
        }
        const std::vector<const clang::FunctionDecl*> invariants = symbols.annotated_functions("ls_invariant");
        std::vector<const clang::FunctionDecl*> roots{boot};
        for (const char* name : {"ls_task_start", "ls_task_exit", "ls_irq_exit"})
            if (const clang::FunctionDecl* hook = symbols.function(name)) roots.push_back(hook);
        roots.insert(roots.end(), invariants.begin(), invariants.end());

        const Reached reached = reach(sources, symbols, roots);
        Types types(program(), sources);
        const PointsTo points_to(symbols, types, sources, reached);
        Expressions expressions(program());
        const Points points(program(), sources, reached);
        BuildContext context{program(), output.machine, sources, symbols, types, points_to,
                             points,    expressions,    {},      {},      {}};
        declare_globals(context, reached);
        read_tick(symbols);

        program().boot = build_body(context, boot, boot->getNameAsString());
        build_entries(context, symbols.function("ls_irq_exit"));
        for (const clang::FunctionDecl* invariant : invariants) build_invariant(context, invariant);
        return std::move(output);
    }

private:
    const Options& options;
    Output output;
    Sources sources;

    Program& program() { return output.program; }

    void read_tick(const Symbols& symbols)
    {
        const clang::VarDecl* first = nullptr;
        for (const clang::VarDecl* variable : symbols.annotated_variables("ls_tick_ms")) {
            const auto& clang_context = variable->getASTContext();
            const clang::APValue* value = variable->getInit() != nullptr ? variable->evaluateValue() : nullptr;
            const std::int64_t milliseconds = value != nullptr && value->isInt() ? value->getInt().getExtValue() : 0;
            if (milliseconds < 1 || milliseconds > 3'600'000) {
                sources.refuse(clang_context, variable->getLocation(), "a tick has to last 1 to 3600000 milliseconds");
            }
            if (first != nullptr && program().tick_milliseconds != milliseconds) {
                sources.refuse(clang_context, variable->getLocation(),
                               fmt::format("the length of a tick is given twice, {} and {} milliseconds",
                                           program().tick_milliseconds, milliseconds),
                               "one LS_TICK_MS() for the whole model");
            }
            first = variable;
            program().tick_milliseconds = static_cast<std::uint32_t>(milliseconds);
        }
    }

    AutomatonId build_body(BuildContext& context, const clang::FunctionDecl* function, const std::string& name)
    {
        const AutomatonId id = program().automata.add({name, {}, {}, {}});
        Lowering lowering(context, id);
        const LocationId entry = lowering.build.here;
        lowering.call_top(function, {});
        lowering.build.finish(entry);
        return id;
    }

    AutomatonId build_task(BuildContext& context, const clang::FunctionDecl* function)
    {
        const SourcePlace place = sources.place(function->getASTContext(), function->getLocation());
        if (function->getNumParams() > 1) {
            sources.refuse(place,
                           fmt::format("'{}' is a task's entry, but has {} parameters", function->getNameAsString(),
                                       function->getNumParams()),
                           "a task's entry has one parameter, a pointer");
        }
        const AutomatonId id = program().automata.add({function->getNameAsString(), {}, {}, {}});
        Lowering lowering(context, id);
        const LocationId entry = lowering.build.here;
        if (const clang::FunctionDecl* start = context.symbols.function("ls_task_start")) lowering.call_top(start, {});
        std::vector<ExpressionId> arguments;
        if (function->getNumParams() == 1) {
            const TypeId type = context.types.of(function->getParamDecl(0)->getType(), place);
            const ExpressionId argument = build::own(program(), Own::What::argument, output.machine.void_pointer_type);
            arguments.push_back(context.expressions.convert(argument, type));
        }
        lowering.call_top(function, arguments);
        lowering.build.finished = true;
        lowering.build.bind(lowering.build.new_location());
        lowering.build.stand_here();
        if (const clang::FunctionDecl* exit = context.symbols.function("ls_task_exit")) lowering.call_top(exit, {});
        lowering.build.finish(entry);
        return id;
    }

    void build_entries(BuildContext& context, const clang::FunctionDecl* exit_hook)
    {
        for (const clang::FunctionDecl* task : context.points_to.passed_to("ls_create_task", 0))
            output.entries.tasks.emplace_back(context.function_id(task), build_task(context, task));
        for (const clang::FunctionDecl* handler : context.points_to.passed_to("ls_irq_handler", 1)) {
            const AutomatonId body = build_handler(context, handler);
            machine::wrap_handler(program(), output.machine, body, exit_hook != nullptr);
            output.entries.handlers.emplace_back(context.function_id(handler), body);
        }
        for (const clang::FunctionDecl* handler : context.points_to.passed_to("ls_nmi_handler", 1)) {
            const AutomatonId body = build_handler(context, handler);
            machine::wrap_nmi(program(), output.machine, body);
            output.entries.nmis.emplace_back(context.function_id(handler), body);
        }
        if (exit_hook == nullptr) return;
        output.entries.exit_hook = build_body(context, exit_hook, exit_hook->getNameAsString());
        machine::wrap_exit_hook(program(), output.machine, output.entries.exit_hook);
    }

    AutomatonId build_handler(BuildContext& context, const clang::FunctionDecl* handler)
    {
        if (handler->getNumParams() != 0) {
            sources.refuse(
                handler->getASTContext(), handler->getLocation(),
                fmt::format("'{}' is an interrupt's handler, but has parameters", handler->getNameAsString()),
                "ls_cpu() says where it runs");
        }
        return build_body(context, handler, handler->getNameAsString());
    }

    void build_invariant(BuildContext& context, const clang::FunctionDecl* function)
    {
        std::string name = function->getNameAsString();
        constexpr std::string_view prefix = "ls_invariant_";
        if (name.starts_with(prefix)) name.erase(0, prefix.size());
        const AutomatonId id = program().automata.add({"invariant " + name, {}, {}, {}});
        Lowering lowering(context, id);
        const LocationId entry = lowering.build.here;
        lowering.build.atomic_depth = 1;
        const ExpressionId holds = context.expressions.truth(lowering.evaluate_top(function));
        AutomatonBuilder& build = lowering.build;
        build.place = sources.place(function->getASTContext(), function->getLocation());
        const LocationId end = build.new_location();
        build.edge(holds, {}, end);
        const Report violated{"invariant " + name, "the invariant " + name + " does not hold", {}, {}, {}, true};
        build.edge(context.expressions.negation(holds), {violated}, end);
        build.finish(entry);

        Process process;
        process.name = "invariant " + name;
        process.automaton = id;
        process.running = context.expressions.constant(0, context.expressions.int_type);
        const ProcessId process_id = program().processes.add(std::move(process));
        program().invariants.push_back({name, process_id, build.place});
    }
};

}  // namespace

Output read_c(const Options& options)
{
    Output output;
    run_on_deep_stack([&] { output = Reader(options).read(); });
    return output;
}

}  // namespace lockstep::frontend
