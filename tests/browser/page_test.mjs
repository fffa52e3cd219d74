// The page of --html as its readers meet it: in Chromium, by keyboard, slider and search, in both looks. Pages of real
// traces are written by lockstep; where a trace of another shape is wanted (ten thousand steps, an NMI within an
// interrupt), the record in such a page is exchanged.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const { LOCKSTEP: lockstep, LOCKSTEP_MODELS: models } = process.env;
const loadingSeconds = 5;
let browser;

// ---- Pages ----

function writtenPage(name, ...options) {
  const file = resolve(`${name}.html`);
  const run = spawnSync(lockstep, ["check", ...options, "--html", file], { encoding: "utf8", env: process.env });
  assert.equal(run.status, 1, `${run.error ?? ""}${run.stderr}`);
  return file;
}

const recordElement = /(<script type="application\/json" id="record">)(.*?)(<\/script>)/s;

/// The page with another record: what `change` makes of it.
function changedPage(name, file, change) {
  const text = readFileSync(file, "utf8");
  const record = JSON.parse(recordElement.exec(text)[2]);
  change(record);
  const data = JSON.stringify(record).replaceAll("<", "\\u003c");
  const changed = resolve(`${name}.html`);
  writeFileSync(changed, text.replace(recordElement, (_, begin, __, end) => begin + data + end));
  return changed;
}

/// Opens it; whatever the browser complains of, or wants from elsewhere, fails the test.
async function opened(t, file, { look = "light", width = 1400, height = 900, hash = "" } = {}) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: look });
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.stack));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) complaints.push(`wants ${request.url()}`);
  });
  t.after(async () => {
    await page.close();
    assert.deepEqual(complaints, []);
  });
  const begin = performance.now();
  await page.goto(`file://${file}${hash}`);
  page.loadingMilliseconds = performance.now() - begin;
  return page;
}

const text = (page, selector) => page.locator(selector).innerText();
const step = async (page) => parseInt((await text(page, "#where")).replaceAll(",", ""), 10);
const selected = (page) => page.locator("[role=option][aria-selected=true]");
const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};

let swap, oom;
before(async () => {
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"] });
  swap = writtenPage("migrate_swap", `${models}/scenarios/migrate_swap.c`, "--before", "0b26351b910f");
  oom = writtenPage("stop_machine_oom", `${models}/scenarios/stop_machine_oom.c`, "--all", "-D", "CONFIG_SERIAL_8250_CONSOLE=0");
});
after(() => browser?.close());

// ---- What is seen at once ----

test("the violation and who waits for whom are there when the page opens", async (t) => {
  const page = await opened(t, swap);
  assert.match(await text(page, "#verdict"), /violated/);
  assert.match(await text(page, "#title"), /^deadlock, permanent: custom_exporter:1002 on CPU0$/);
  assert.match(await text(page, "#message"), /can never go on/);
  assert.match(await page.title(), /migrate_swap\.c/);
  assert.equal(await text(page, ".sentence"), "Cycle: custom_exporter \u2192 migration/1 \u2192 custom_exporter");
  assert.deepEqual(await page.locator(".node .names").allInnerTexts(), ["custom_exporter:1002CPU0", "migration/1:18CPU1"]);
  assert.equal(await page.locator("svg .arc.stuck").count(), 2);
  for (const box of await page.locator(".node").all()) assert.ok(await isInSight(page, box), "the graph is in sight");
  await page.screenshot({ path: "migrate_swap.png" });
});

async function isInSight(page, locator) {
  const outer = await page.locator("#waits").boundingBox(), inner = await locator.boundingBox();
  return inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height;
}

test("whom everybody waits for is said", async (t) => {
  const page = await opened(t, oom, { hash: "#violation=2" });
  assert.match(await text(page, "#title"), /^soft_lockup, transient: migration\/1:18 on CPU1$/);
  assert.match(await text(page, "#waits"), /migration\/1 waits for mysqld/);
  assert.match(await text(page, ".node.runs"), /mysqld:1001.*CPU0\s+does not wait\s+\w+\(\) kernel\/\w+\.c:\d+/s);
  await page.screenshot({ path: "who_does_not_wait.png" });
  assert.match(await page.locator(".node.runs").getAttribute("title"), /dump_tasks\(\) kernel\/oom\.c:\d+/);
  assert.deepEqual(await page.locator(".ending .wait").allInnerTexts(), ["-- waits for kworker/1:1.msdata.state", "-- does not wait"]);
});

test("who does not wait is shown where nobody waits for him, too", async (t) => {
  const page = await opened(t, changedPage("busy", oom, (record) => {
    const [violation] = record.violations;
    violation.waits_for = [];
    violation.busy = [{ task: "poller", cpu: 5, pid: 7, text: "poll();", stack: [{ function: "poll", file: "poll.c", line: 3 }] }];
  }));
  assert.match(await text(page, ".node.runs"), /poller:7.*CPU5\s+does not wait\s+poll\(\) poll\.c:3/s);
  assert.equal(await page.locator(".sentence").count(), 0);
});

test("an error is on the CPU of whom it speaks, which a handler's name says already", async (t) => {
  for (const [task, pid, title] of [["poller", 7, "memory: poller:7 on CPU1"],
    ["timer_interrupt on CPU1", 0, "memory: timer_interrupt on CPU1"]]) {
    const page = await opened(t, changedPage("memory", swap, (record) => {
      Object.assign(record.violations[0], { kind: "memory", permanence: "not_applicable", cpu: 1, task, pid });
    }));
    assert.equal(await text(page, "#title"), title);
  }
});

// ---- Stepping ----

test("steps by keyboard", async (t) => {
  const page = await opened(t, swap);
  assert.equal(await step(page), 1);
  for (const [key, expected] of [["ArrowDown", 2], ["j", 3], ["ArrowRight", 4], ["k", 3], ["ArrowUp", 2], ["ArrowLeft", 1],
                                 ["ArrowUp", 1], ["PageDown", 11], ["PageUp", 1], ["End", 37], ["ArrowDown", 37], ["Home", 1]]) {
    await press(page, key);
    assert.equal(await step(page), expected, key);
    assert.equal(await selected(page).getAttribute("aria-posinset"), String(expected));
    assert.match(await page.locator("#announcement").textContent(), new RegExp(`^Step ${expected} of 37: `));
  }
  const mattering = await page.evaluate(() => trace.mattering.map((i) => i + 1));
  assert.ok(mattering.length > 3 && mattering.length < 37);
  for (const expected of mattering.filter((number) => number > 1)) {
    await press(page, "n");
    assert.equal(await step(page), expected);
    assert.equal(await page.locator(".chip").count(), 1);
  }
  await press(page, "p");
  assert.equal(await step(page), mattering.at(-2));
});

test("a step shows its source, its changes, and the locks", async (t) => {
  const page = await opened(t, swap, { hash: "#step=10" });
  assert.equal(await step(page), 10);
  assert.match(await text(page, "#step-title"), /Step 10.*custom_exporter:1002 on CPU0 \[task\]/s);
  assert.match(await text(page, ".source .file"), /kernel\/spinlock\.c/);
  assert.match(await text(page, ".line.current"), /lock->owner = smp_processor_id\(\) \+ 1;/);
  assert.match(await text(page, "#lines"), /cpu_stopper\[0\]\.lock\.owner 0 \u2192 1/);
  assert.match(await text(page, "#locks"), /cpu_stopper\[0\]\.lock held by custom_exporter:1002 on CPU0 since step 10/);
  assert.match(await selected(page).innerText(), /takes cpu_stopper\[0\]\.lock/);
  await press(page, "ArrowUp");
  assert.match(await text(page, "#locks"), /No lock is held/);
  await press(page, "End");
  assert.match(await text(page, "#locks"), /migration\/1:18 on CPU1 waits for\s+cpu_stopper\[0\]\.lock\.owner since step 24/);
  assert.ok(await page.locator(".ending").isVisible());
  assert.deepEqual(await page.locator(".ending .wait").allInnerTexts(),
                   ["-- waits for cpu_stop_init._thread[1].on_cpu", "-- waits for cpu_stopper[0].lock.owner"]);
  await page.locator("#stack button", { hasText: "stop_two_cpus" }).click();
  assert.match(await text(page, ".source .file"), /kernel\/stop_machine\.c/);
  assert.match(await text(page, ".line.current"), /cpu_stop_queue_two_works\(/);
});

test("steps by slider, button and click", async (t) => {
  const page = await opened(t, swap);
  await page.locator("#slider").focus();
  await press(page, "End", "ArrowLeft");
  assert.equal(await step(page), 36);
  await page.locator("#slider").fill("20");
  assert.equal(await step(page), 20);
  assert.match(await page.locator("#slider").getAttribute("aria-valuetext"), /^20 of 37: migration\/1:18 on CPU1/);
  for (const [name, expected] of [["Next step", 21], ["Previous step", 20], ["First step", 1], ["Last step", 37]]) {
    await page.getByRole("button", { name, exact: true }).click();
    assert.equal(await step(page), expected, name);
  }
  await press(page, "Home");
  await page.locator("[role=option][aria-posinset='3']").click();
  assert.equal(await step(page), 3);
});

test("search finds lines, functions, variables and messages", async (t) => {
  const page = await opened(t, swap);
  await press(page, "/");
  await page.keyboard.type("pi_LOCK");
  await page.waitForFunction(() => /1 of \d/.test(document.getElementById("found").textContent));
  const [, count] = /of (\d+)/.exec(await text(page, "#found"));
  assert.ok(+count > 1 && +count < 37);
  assert.match(await page.locator("#lines").innerText(), /pi_lock/);
  const first = await step(page);
  await press(page, "Enter");
  assert.match(await text(page, "#found"), /^2 of/);
  assert.ok((await step(page)) > first);
  await press(page, "Shift+Enter");
  assert.equal(await step(page), first);
  assert.ok((await page.locator(".row.hit").count()) > 0);
  await page.locator("#search").fill("nothing has this");
  await page.waitForFunction(() => document.getElementById("found").textContent === "none");
  await press(page, "Escape", "j");
  assert.equal(await step(page), first + 1);
});

test("what does not matter can be folded and unfolded", async (t) => {
  const page = await opened(t, swap);
  const rows = () => page.locator("[role=option]").first().getAttribute("aria-setsize").then(Number);
  assert.equal(await rows(), 37);
  assert.ok((await page.locator(".row.dimmed").count()) > 0);
  await press(page, "f");
  const folded = await rows();
  assert.ok(folded < 30);
  await press(page, "Home", "j", "n");
  await page.locator(".row.fold").first().click();
  assert.ok((await rows()) > folded);
  await page.getByLabel("fold the others").uncheck();
  assert.equal(await rows(), 37);
});

// ---- Lanes ----

test("interrupts are set in from the task, NMIs from the interrupt", async (t) => {
  const file = changedPage("nmi", oom, (record) => {
    const { trace } = record.violations[1];
    const at = trace.findIndex((step, i) => step.context === "irq" && trace[i + 1].process === step.process);
    trace.splice(at + 1, 0, { ...trace[at], process: `nmi_handler on CPU${trace[at].cpu}`, context: "nmi" });
    record.violations = [record.violations[1]];
  });
  const page = await opened(t, file);
  const number = await page.evaluate(() => trace.steps.findIndex((step) => step.context === "nmi") + 1);
  await page.locator("#slider").fill(String(number));
  const nmi = await page.locator(".box.nmi").first().boundingBox();
  const contains = (box) => box.x < nmi.x && box.y <= nmi.y && box.y + box.height >= nmi.y + nmi.height && box.x + box.width > nmi.x;
  const boxes = async (kind) => Promise.all((await page.locator(`.box.${kind}`).all()).map((box) => box.boundingBox()));
  assert.equal((await boxes("irq")).filter(contains).length, 1);
  assert.equal((await boxes("task")).filter(contains).length, 1);
  const running = await page.locator(".head .who").nth(await page.evaluate((i) => trace.steps[i].cpu, number - 1)).innerText();
  assert.match(running, /watchdog_timer_fn\s+nmi_handler/);
  await page.screenshot({ path: "nmi.png" });
});

test("several violations can be chosen, each with what the console says", async (t) => {
  const page = await opened(t, oom);
  assert.equal(await page.locator("#violations option").count(), 2);
  const said = /soft lockup - CPU#(\d) stuck/;
  await press(page, "End");
  const first = said.exec(await text(page, "#console"))[1];
  assert.equal(await page.locator(".printed.later").count(), 0);
  await page.locator("#violations").selectOption("1");
  await page.locator("#violations").blur();
  assert.equal(await page.locator(".printed.later").count(), 1);
  await press(page, "End");
  assert.notEqual(said.exec(await text(page, "#console"))[1], first);
  await press(page, "v", "End");
  assert.equal(said.exec(await text(page, "#console"))[1], first);
});

// ---- Looks ----

const luminance = ([red, green, blue]) => {
  const linear = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
};
const channels = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map(Number);

/// As WCAG defines it, of a text on the ground of `ground`.
async function contrast(page, selector, ground) {
  const colours = await page.evaluate(([words, behind]) => [
    getComputedStyle(document.querySelector(words)).color, getComputedStyle(document.querySelector(behind)).backgroundColor,
  ], [selector, ground]);
  const [dark, light] = colours.map((colour) => luminance(channels(colour))).sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test("a light and a dark look, by the system and by the button", async (t) => {
  const ground = (page) => page.evaluate(() => luminanceOf(getComputedStyle(document.body).backgroundColor));
  for (const look of ["light", "dark"]) {
    const page = await opened(t, swap, { look });
    await page.evaluate(() => {
      window.luminanceOf = (colour) => colour.match(/[\d.]+/g).slice(0, 3).reduce((sum, value) => sum + +value, 0) / 3;
    });
    const isLight = async () => (await ground(page)) > 128;
    assert.equal(await isLight(), look === "light");
    for (const [words, behind] of [["#title", ".top"], ["#message", ".top"], [".row.dimmed code", ".lanes"], [".row i", ".lanes"],
                                   [".comment", ".step"], [".keyword", ".step"], ["#locks .empty", ".panel"], [".sentence", ".panel"]])
      assert.ok((await contrast(page, words, behind)) >= 4.5, `${words} can be read in the ${look} look`);
    await page.screenshot({ path: `${look}.png` });
    await page.locator("#look").click();
    assert.equal(await isLight(), look !== "light");
    await press(page, "t");
    assert.equal(await isLight(), look === "light");
  }
});

test("a narrow window needs no scrolling to the side", async (t) => {
  const page = await opened(t, swap, { width: 640, height: 900 });
  await press(page, "End");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.screenshot({ path: "narrow.png", fullPage: true });
});

// ---- What texts may hold, what may be missing ----

test("texts are shown, not executed", async (t) => {
  const evil = "</script><img src=x onerror='document.title=1'><!-- {{style}}";
  const page = await opened(t, changedPage("evil", swap, (record) => {
    const [violation] = record.violations;
    violation.message = violation.trace[0].moves[0].text = evil;
    violation.trace[0].messages = [evil];
    violation.waits_for[0].what = evil;
  }));
  assert.ok((await text(page, "#message")).startsWith(evil));
  assert.ok((await text(page, "#waits")).includes(evil));
  assert.equal(await page.locator("img").count(), 0);
});

test("a page without a violation, and a violation without steps, say what they have", async (t) => {
  const holds = await opened(t, changedPage("holds", swap, (record) => {
    record.verdict = "holds";
    record.violations = [];
  }));
  assert.match(await text(holds, "#nothing"), /states/);
  const empty = await opened(t, changedPage("empty", swap, (record) => Object.assign(record.violations[0], { trace: [], waits_for: [] })));
  await press(empty, "j", "k", "n", "p", "End", "f", "[", "]");
  assert.match(await text(empty, "#waits"), /Nobody waits/);
});

// ---- Size ----

test(`ten thousand steps are there, and their end, in less than ${loadingSeconds} s`, async (t) => {
  const count = 10_000;
  const file = changedPage("long", oom, (record) => {
    const violation = record.violations[1];
    const some = violation.trace;
    violation.trace = Array.from({ length: count }, (_, i) => ({ ...some[i % some.length], ticks: some[i % some.length].ticks + 6 * Math.floor(i / some.length) }));
    record.violations = [violation];
  });
  const page = await opened(t, file);
  const begin = performance.now() - page.loadingMilliseconds;
  await press(page, "End");
  assert.equal(await step(page), count);
  assert.ok(await page.locator(".ending").isVisible());
  const loaded = performance.now();
  assert.ok((await page.locator("[role=option]").count()) < 200, "only rows in sight are in the document");
  for (let i = 0; i < 50; ++i) await press(page, "k");
  assert.equal(await step(page), count - 50);
  const stepped = performance.now();
  await page.locator("#slider").fill(String(count / 2));
  assert.equal(await selected(page).getAttribute("aria-posinset"), String(count / 2));
  await page.locator("#search").fill("watchdog_timer_fn");
  await page.waitForFunction(() => /of \d{3}/.test(document.getElementById("found").textContent));
  const found = performance.now();
  await page.locator("#search").blur();
  await press(page, "f");
  await page.screenshot({ path: "long.png" });
  const seconds = (from, to) => ((to - from) / 1000).toFixed(2);
  t.diagnostic(`loaded and at the end: ${seconds(begin, loaded)} s; 50 steps: ${seconds(loaded, stepped)} s; search: ${seconds(stepped, found)} s`);
  assert.ok(loaded - begin < 1000 * loadingSeconds, `${seconds(begin, loaded)} s`);
});
