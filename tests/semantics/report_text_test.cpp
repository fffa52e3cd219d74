#include "semantics/report_text.h"
#include "program/builder.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace lockstep {

TEST_CASE("report_text writes what the kernel's printk would")
{
    Program program;
    const AutomatonId body = build::automaton(program, "body");
    build::location(program, body);
    const ProcessId p = build::process(program, "migration/1", body);
    program.processes[p].kind = ProcessKind::task;
    program.processes[p].task = 3;
    const std::int64_t name = string_value(build::string(program, "ksoftirqd"));
    const auto text = [&](const char* format, std::vector<std::int64_t> arguments = {}) {
        return report_text(program, format, arguments);
    };
    CHECK(text("nothing") == "nothing");
    CHECK(text("").empty());
    CHECK(text("%d and %d", {1, -2}) == "1 and -2");
    CHECK(text("%i|%u|%x", {-1, 255, 255}) == "-1|255|ff");
    CHECK(text("%ld %lu %lld %zu", {-5, 6, 7, 8}) == "-5 6 7 8");
    CHECK(text("100%%") == "100%");
    CHECK(text("%s!", {name}) == "ksoftirqd!");
    CHECK(text("%s", {0}) == "(null)");
    CHECK(text("%c%c", {'o', 'k'}) == "ok");
    CHECK(text("[%pT]", {3}) == "[migration/1]");
    CHECK(text("[%pT]", {-1}) == "[no task]");
    CHECK(text("[%pT]", {9}) == "[task 9]");
    CHECK(text("watchdog: BUG: soft lockup - CPU#%d stuck for %ds! [%pT:%d]", {1, 22, 3, 18}) ==
          "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [migration/1:18]");
    // As the argument is kept, sign- or zero-extended from its own width.
    CHECK(text("%lu", {-1}) == "18446744073709551615");
    CHECK(text("%lx", {-1}) == "ffffffffffffffff");
    CHECK(text("50%") == "50%");
}

}  // namespace lockstep
