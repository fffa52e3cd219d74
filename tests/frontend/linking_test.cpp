// Several translation units, headers that name their implementation, overlays and replacements.
#include "support.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace lockstep;
using namespace lockstep::test;

namespace {

const char* const boot =
    "#include <lockstep.h>\n#include \"shared.h\"\n"
    "static int mine = 1;\n"
    "static void task(void *a) { struct s *p = a; p->v = mine; work(p); }\n"
    "void ls_boot(void) { ls_run(0, ls_task(task, &common, 1, LS_TASK, \"task\")); }\n";
const char* const header =
    "#ifndef SHARED_H\n#define SHARED_H\nstruct s { struct s *next; int v; };\n"
    "extern struct s common;\nvoid work(struct s *p);\n#endif\n";

std::size_t variables_named(const Program& program, const std::string& name)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(program.variables, [&](const Variable& v) { return v.name == name; }));
}

}  // namespace

TEST_CASE("external names are shared, static ones are not, struct types are the same")
{
    const frontend::Output output = read(
        {{"a.c", boot},
         {"b.c",
          "#include \"shared.h\"\nstruct s common;\nstatic int mine = 2;\nvoid work(struct s *p) { p->v += mine; }\n"},
         {"shared.h", header}});
    CHECK(variables_named(output.program, "common") == 1);
    CHECK(variables_named(output.program, "mine") == 2);
    CHECK(std::ranges::count_if(output.program.types, [](const Type& type) {
              const auto* record = std::get_if<StructType>(&type.kind);
              return record != nullptr && record->name == "s";
          }) == 1);
    CHECK(output.sources_read == std::vector<std::string>{"a.c", "b.c"});
}

TEST_CASE("conflicts name both places")
{
    const Diagnostic twice = refusal({{"a.c", boot},
                                      {"b.c", "#include \"shared.h\"\nstruct s common;\nvoid work(struct s *p) {}\n"},
                                      {"c.c", "#include \"shared.h\"\nvoid work(struct s *p) {}\n"},
                                      {"shared.h", header}});
    CHECK(contains(twice.message, "'work' is defined twice; the other definition is at b.c:3"));
    CHECK(twice.file == "c.c");
    CHECK(twice.line == 2);
    const Diagnostic types = refusal(
        {{"a.c", boot}, {"b.c", "struct s { int v; } common;\nint work(void) { return 0; }\n"}, {"shared.h", header}});
    CHECK(contains(types.message, "'work' is declared as 'int (void)' here, but as 'void (struct s *)' at shared.h:5"));
}

TEST_CASE("a header names its implementation")
{
    std::map<std::string, std::string> texts{
        {"a.c", boot},
        {"shared.h", std::string(header) + "#pragma lockstep source \"kernel/test_source.c\"\n"},
        {std::string(LOCKSTEP_MODELS) + "/kernel/test_source.c",
         "#include \"../../a-header.h\"\nstruct s { struct s *next; int v; } common;\nvoid work(struct s *p) { p->v = "
         "42; }\n"},
        {std::string(LOCKSTEP_MODELS) + "/../a-header.h", ""}};
    const frontend::Output output = read(texts);
    CHECK(output.sources_read.size() == 2);
    CHECK(contains(text_of(output.program, "task"), ":= 42"));
    const auto named = std::ranges::find_if(output.program.files,
                                            [](const SourceFile& f) { return f.name == "kernel/test_source.c"; });
    CHECK(named != output.program.files.end());

    // --replace reads another file for it.
    texts["mine/version.c"] = "struct s { struct s *next; int v; } common;\nvoid work(struct s *p) { p->v = 43; }\n";
    frontend::Options options = options_for(texts);
    options.files = {"a.c"};
    options.replacements["kernel/test_source.c"] = "mine/version.c";
    CHECK(contains(text_of(frontend::read_c(options).program, "task"), ":= 43"));
    options.replacements["kernel/unknown.c"] = "mine/version.c";
    CHECK_THROWS_WITH_AS(frontend::read_c(options),
                         doctest::Contains("kernel/unknown.c: no header that is included names this source"),
                         InputError);
}

TEST_CASE("a source that does not exist, a bad pragma")
{
    CHECK(contains(refusal("#pragma lockstep source \"kernel/no_such_file.c\"\nint x;\n").message, "no_such_file.c"));
    CHECK(contains(refusal("#pragma lockstep sauce\nint x;\n").message, "#pragma lockstep source"));
    CHECK(contains(refusal("#pragma once_more\nint x;\n").message, "no ls_boot()"));  // others' pragmas are theirs
}

TEST_CASE("defines and NR_CPUS")
{
    frontend::Options options =
        options_for({{"model.c",
                      "#include <lockstep.h>\nint x[NR_CPUS * SIZE];\nvoid task(void *a) { x[FIRST] = 1; }\n"
                      "void ls_boot(void) { ls_task(task, 0, 1, LS_TASK, \"t\"); }\n"}});
    options.cpus = 3;
    options.defines = {"SIZE=5", "FIRST"};
    const frontend::Output output = frontend::read_c(options);
    CHECK(output.program.cpus == 3);
    for (const Variable& variable : output.program.variables)
        if (variable.name == "x") CHECK(output.program.types[variable.type].slots == 16);
    CHECK(contains(text_of(output.program, "task"), "x[1] := 1"));
}

TEST_CASE("initial values of globals")
{
    const frontend::Output output = read_task(R"(
struct list { struct list *next; };
struct s { int a; struct list l; void (*f)(void *); const char *name; int bits : 3; };
static struct s s;
static struct list head = { &s.l };
void task(void *a);
static struct s s = { .a = -1, .l = { &head }, .f = task, .name = "s", .bits = -2 };
static int table[4] = { [2] = 7 };
static int *p = &table[2];
ls_time_t t = LS_NEVER;
void task(void *a) { s.a = *p + table[1]; head.next = 0; t = ls_now(); }
)");
    const auto initial = [&](const std::string& name) {
        for (const Variable& variable : output.program.variables)
            if (variable.name == name) return variable.initial;
        return decltype(Variable::initial){};
    };
    CHECK(initial("s").size() == 5);
    REQUIRE(initial("table").size() == 1);
    CHECK(initial("table")[0].first == 2);
    CHECK(std::get<std::int64_t>(initial("table")[0].second) == 7);
    CHECK(std::get<InitialAddress>(initial("p")[0].second).offset == 2);
    CHECK(std::get<InitialAddress>(initial("head")[0].second).offset == 1);
    CHECK(std::get<std::int64_t>(initial("t")[0].second) == time_never);
}

TEST_CASE("what stands behind a condition that is never true is left out")
{
    const frontend::Output output = read_task(R"(
#define IS_ENABLED(option) (option)
int missing(int *);
int x;
void task(void *a)
{
    int local = 0;
    if (IS_ENABLED(0) && missing(&local))
        x = missing(&local);
    x = 0 ? missing(&local) : 1 || missing(&local);
    if (0) {
inside:
        x = 5;
        return;
    }
    if (x == 1)
        goto inside;
}
)");
    CHECK(contains(text_of(output.program, "task"), "x := 5"));
}

// They are parsed on several threads; which is done first must not be seen.
TEST_CASE("units and their errors come in the order of the files")
{
    std::string late = "#include \"shared.h\"\n";
    for (int i = 0; i < 2000; ++i) late += "int late" + std::to_string(i) + ";\n";
    const std::string sound = "#include \"shared.h\"\nstruct s common;\nvoid work(struct s *p) { p->v += 1; }\n";
    for (int i = 0; i < 10; ++i) {
        const Diagnostic first = refusal(
            {{"a.c", boot}, {"b.c", late + "oops\n"}, {"c.c", "oops\n"}, {"d.c", "oops\n"}, {"shared.h", header}});
        CHECK(contains(first.message, "b.c:2002"));
        const frontend::Output output =
            read({{"a.c", boot}, {"b.c", late}, {"c.c", sound}, {"d.c", "static int mine;\n"}, {"shared.h", header}});
        CHECK(output.sources_read == std::vector<std::string>{"a.c", "b.c", "c.c", "d.c"});
    }
}
