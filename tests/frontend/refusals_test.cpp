// What is refused, and that the message says where and what to do.
#include "support.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace lockstep;
using namespace lockstep::test;

namespace {

// The text with `task` started by a boot that is appended; lockstep.h is included on the first line's place.
Diagnostic task_refusal(const std::string& text)
{
    return refusal("#include <lockstep.h>\n" + text +
                   "\nvoid ls_boot(void) { ls_run(0, ls_task(task, 0, 1, LS_TASK, \"task\")); }\n");
}

struct Case {
    const char* text;
    const char* message;
    std::uint32_t line, column;
};

}  // namespace

TEST_CASE("unsupported constructs are refused at their place")
{
    const Case cases[] = {
        {"void task(void *a)\n{\n\tfloat f = 1;\n}", "floating point", 4, 8},
        {"int x;\nvoid task(void *a) { x = x * 2.5; }", "floating point", 3, 0},
        {"static void f(int n);\nstatic void g(int n) { f(n); }\nstatic void f(int n)\n{\n    if (n) g(n - 1);\n}\n"
         "void task(void *a) { f(3); }",
         "recursion is not supported: f -> g -> f", 3, 24},
        {"void task(void *a)\n{\n    int n = 3;\n    int v[n];\n    v[0] = 1;\n}", "variable length", 5, 9},
        {"void task(void *a)\n{\n    asm volatile(\"nop\");\n}", "inline assembly", 4, 5},
        {"void task(void *a)\n{\n    void *p = &&out;\n    goto *p;\nout: ;\n}", "label", 4, 15},
        {"LS_PER_CPU int n;\nvoid task(void *a) { n = 1; }", "which one is meant", 3, 22},
        {"LS_ATOMIC static void f(void) { ls_delay(1); }\nvoid task(void *a) { f(); }", "inside LS_ATOMIC", 2, 33},
        {"int x;\nvoid task(void *a) { ls_time_t t = 5; }", "time stamp", 3, 32},
        {"int x;\nvoid task(void *a) { x = ls_now(); }", "time stamp", 3, 0},
        {"ls_time_t t; int x;\nvoid task(void *a) { if (t * 2 > t) x = 1; }", "time stamp", 3, 28},
        {"static __thread int t;\nvoid task(void *a) { t = 1; }", "thread-local", 2, 21},
        {"void task(void *a) { ls_fail(\"bug\", \"%d %d\", 1); }", "2 directives", 2, 22},
        {"_Complex double z;\nvoid task(void *a) { z = 1; }", "", 0, 0},
        {"int n;\nvoid task(void *a) { n = \"abc\"[n]; }", "string literal", 3, 26},
        {"int f(int n, ...) { __builtin_va_list l; __builtin_va_start(l, n); return 0; }\n"
         "void task(void *a) { f(1, 2); }",
         "", 2, 0},
        {"void task(void *a) { void *p = __builtin_alloca(8); }", "'__builtin_alloca' is not supported", 2, 32},
        {"void task(void *a, int b) { }", "task's entry", 2, 6},
        {"_Atomic int x;\nvoid task(void *a) { x = 1; }", "_Atomic", 2, 13},
    };
    for (const Case& one : cases) {
        INFO(std::string(one.text));
        const Diagnostic found = task_refusal(one.text);
        CAPTURE(found.message);
        CHECK(contains(found.message, one.message));
        CHECK(found.file == "model.c");
        CHECK_FALSE(found.source_line.empty());
        if (one.line != 0) CHECK(found.line == one.line);
        if (one.column != 0) CHECK(found.column == one.column);
    }
}

TEST_CASE("everything that is missing is listed at once")
{
    const Diagnostic found = task_refusal(
        "void first(void); int second(int);\nextern int third;\n"
        "void never(void);\nvoid task(void *a) { first(); if (0) never(); third = second(1); }");
    CHECK(contains(found.message, "3 functions and variables"));
    for (const char* name : {"first()", "second()", "third"}) CHECK(contains(found.message, name));
    CHECK(contains(found.message, "model.c:2"));
    const Diagnostic one = task_refusal("void *kmalloc(unsigned long);\nvoid task(void *a) { kmalloc(8); }");
    CHECK(contains(one.message, "function 'kmalloc' is called but has no body"));
    CHECK(contains(one.hint, "static array"));
    CHECK(one.line == 3);
    CHECK(one.column == 22);
}

TEST_CASE("Clang's own errors pass through")
{
    const Diagnostic found = refusal("int x = ;\n");
    CHECK(contains(found.message, "model.c:1:9: error: expected expression"));
    CHECK(contains(found.message, "^"));
    CHECK(contains(refusal("#include <nothing.h>\n").message, "'nothing.h' file not found"));
    CHECK(contains(task_refusal("void task(void *a) { f(); }").message, "undeclared function 'f'"));
    CHECK(contains(task_refusal("int f(void) { }\nvoid task(void *a) { f(); }").message, "non-void function"));
}

TEST_CASE("files that are none")
{
    CHECK(contains(refusal("").message, "no ls_boot() in model.c"));
    CHECK(contains(refusal({{"model.c", std::string("int x;\0", 7)}}).message, "NUL"));
    CHECK(contains(refusal({{"model.c", std::string(10'000'000, ' ')}}).message, "at most"));
    frontend::Options options;
    options.models_directory = LOCKSTEP_MODELS;
    const auto message = [&](const std::string& file) -> std::string {
        options.files = {file};
        try {
            frontend::read_c(options);
        } catch (const InputError& error) {
            return to_string(error.diagnostic);
        }
        return "nothing";
    };
    CHECK(contains(message("does-not-exist.c"), "does-not-exist.c: error: the file cannot be read"));
    CHECK(contains(message(std::filesystem::temp_directory_path().string()), "directory"));
    CHECK(contains(message("/dev/null"), "not a regular file"));
    options.files = {};
    CHECK_THROWS_AS(frontend::read_c(options), InputError);
}

TEST_CASE("deep nesting is refused, not a crash")
{
    for (const unsigned depth : {300U, 20000U}) {
        std::string parentheses = "int x;\nvoid task(void *a) { x = ";
        parentheses += std::string(depth, '(') + "1" + std::string(depth, ')') + "; }";
        CHECK_FALSE(task_refusal(parentheses).message.empty());
    }
    std::string sum = "int x;\nvoid task(void *a) { x = x";
    for (unsigned i = 0; i < 20000; ++i) sum += " + x";
    CHECK(contains(task_refusal(sum + "; }").message, "nested"));
    std::string blocks = "int x;\nvoid task(void *a) ";
    for (unsigned i = 0; i < 5000; ++i) blocks += "{ if (x) ";
    blocks += ";" + std::string(5000, '}');
    CHECK_FALSE(task_refusal(blocks).message.empty());
}

TEST_CASE("names of the language cannot be defined")
{
    CHECK(contains(task_refusal("int ls_cpu(void) { return 0; }\nvoid task(void *a) { ls_cpu(); }").message,
                   "belongs to lockstep"));
}
