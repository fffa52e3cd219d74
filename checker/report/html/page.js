// The page's state (which violation, which step, what is folded, which look) and everything that changes it: buttons,
// keys, the slider, the search, the address. What is shown of it is drawn by lanes.js, panels.js and waits.js.
"use strict";

const byId = (id) => document.getElementById(id);
const record = JSON.parse(byId("record").textContent);
const sources = JSON.parse(byId("sources").textContent);
for (const violation of record.violations) // html.cpp has written each stack once
  for (const step of violation.trace)
    for (const move of step.moves) move.stack = record.stacks[move.stack];

const state = { violation: 0, step: 0, move: 0, frame: 0, folds: false, opened: new Set(), allLines: false, hits: [] };
let trace;
const lanes = new Lanes(byId("heads"), byId("steps"), { choose: goTo, open: openFold });
const sourceView = new SourceView(byId("source"), sources);

// ---- Going about ----

function goTo(step, { scroll = true } = {}) {
  state.step = Math.max(0, Math.min(trace.last, step));
  const current = trace.steps[state.step];
  state.move = Math.max(0, current?.moves.indexOf(mainMove(current)) ?? 0);
  state.frame = 0;
  lanes.select(state.step, { scroll });
  drawStep();
  rememberSoon();
}

/// By rows, so that a fold is one; in a fold one stands at its end.
function goByRows(count) {
  if (lanes.rows.length === 0) return;
  const row = Math.max(0, Math.min(lanes.rows.length - 1, lanes.rowOf[state.step] + count));
  goTo(lanes.rows[row].last);
}

function goToMattering(direction) {
  const candidates = trace.mattering.filter((i) => (i - state.step) * direction > 0);
  if (candidates.length) goTo(direction > 0 ? candidates[0] : candidates[candidates.length - 1]);
}

function goByLines(count) {
  if (trace.steps.length === 0) return;
  const lines = linesOf(trace.steps[state.step]);
  const now = lines.findIndex((line) => line.index <= state.move && state.move <= line.last);
  const next = lines[Math.max(0, Math.min(lines.length - 1, now + count))];
  if (next) chooseMove(next.index);
}

function chooseMove(move) {
  state.move = move;
  state.frame = 0;
  drawStep({ announces: false });
}

function openFold(first) {
  state.opened.add(first);
  lanes.setRows(rowsNow());
  goTo(first);
}

function rowsNow() {
  return state.folds ? trace.foldedRows(state.opened) : trace.longRows;
}

function setFolds(folds) {
  state.folds = folds;
  state.opened.clear();
  byId("fold").checked = folds;
  lanes.setRows(rowsNow());
  goTo(state.step);
}

// ---- The current step ----

function drawStep({ announces = true } = {}) {
  const step = trace.steps[state.step];
  if (!step) return;
  const number = `${(state.step + 1).toLocaleString("en")} of ${trace.steps.length.toLocaleString("en")}`;
  byId("where").textContent = number;
  byId("slider").value = state.step + 1;
  const after = trace.hasTime ? `, after ${secondsText(trace, step.ticks)}` : "";
  const who = step.context === "clock" ? clockText(trace, state.step) : `${whoText(step)} [${step.context}]`;
  byId("slider").setAttribute("aria-valuetext", `${number}: ${who}`);
  byId("step-title").replaceChildren(
    element("span", { class: "step-number" }, `Step ${state.step + 1}`),
    step.matters ? element("span", { class: "chip" }, "matters") : "", element("span", { class: `who ${step.context}` }, who),
    element("small", {}, `${step.task && step.process !== step.task ? ` in ${taskText(step.task, step.pid)}` : ""}${after}`));
  const move = step.moves[state.move];
  drawStack(move);
  const entry = state.frame > 0 ? move.stack[state.frame] : { file: move?.file ?? "", line: move?.line };
  const passed = state.frame > 0 ? [] : step.moves.filter((other) => other.file === entry.file).map((other) => other.line);
  sourceView.show(entry.file, entry.line, passed);
  const { shown, count } = drawLines(byId("lines"), step, state.move, state.allLines, chooseMove);
  byId("all-lines").hidden = shown === count && !state.allLines;
  byId("all-lines").setAttribute("aria-pressed", String(state.allLines));
  byId("all-lines").textContent = state.allLines ? "only changes" : `all ${count} lines`;
  drawLocks(byId("locks"), trace, state.step, goTo);
  printUpTo(byId("console"), trace, state.step);
  drawFound();
  if (announces)
    byId("announcement").textContent = `Step ${number}: ${who}${move?.text ? `, ${move.text}` : ""}. ${step.messages.join(" ")}`;
}

function drawStack(move) {
  const entries = move?.stack ?? [];
  byId("stack").replaceChildren(...entries.flatMap((entry, i) => {
    const button = element("button", {
      type: "button", class: "link", "aria-current": i === state.frame ? "true" : undefined,
      title: placeText(entry.file, i === 0 ? move.line : entry.line),
      onclick: () => {
        state.frame = i;
        drawStep({ announces: false });
      } }, `${entry.function}()`);
    return i === 0 ? [button] : [element("span", { class: "arrow" }, " \u2190 "), button];
  }));
}

// ---- Overview ----

/// Over the slider: who acts, CPU by CPU from top to bottom; above them what matters, what is printed, what was found.
function drawOverview() {
  const canvas = byId("overview");
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  canvas.width = Math.max(1, width * scale);
  canvas.height = Math.max(1, height * scale);
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const count = trace.steps.length, perStep = width / count;
  const laneHeight = (height - 6) / Math.max(1, trace.cpus.length);
  const fill = (i, top, tall, name) => {
    context.fillStyle = colour(name);
    context.fillRect(i * perStep, top, Math.max(perStep, 1), tall);
  };
  const drawn = new Set(); // with many steps to a pixel, one is enough
  trace.steps.forEach((step, i) => {
    const lane = trace.laneOf.get(step.cpu);
    const kind = step.context === "task" ? "--overview-task" : step.context === "nmi" ? "--nmi" : step.context === "clock" ? "--faint" : "--irq";
    const key = `${lane} ${kind} ${Math.floor(i * perStep)}`;
    if (drawn.has(key)) return;
    drawn.add(key);
    if (lane !== undefined) fill(i, 6 + lane * laneHeight, Math.max(1, laneHeight - 1), kind);
  });
  for (const i of trace.mattering) if (trace.mattering.length < count) fill(i, 0, 4, "--accent");
  for (const i of state.hits) fill(i, 0, 4, "--hit");
  for (const { step } of trace.messages) fill(step, 0, height, "--red");
}

// ---- Search ----

let searchTimer;
function searchSoon() {
  clearTimeout(searchTimer);
  searchTimer = setTimeout(() => search({ goes: true }), 150);
}

function search({ goes }) {
  const words = byId("search").value.trim();
  state.hits = words ? trace.search(words) : [];
  lanes.setHits(state.hits);
  drawOverview();
  const next = state.hits.find((i) => i >= state.step) ?? state.hits[0];
  if (goes && next !== undefined) goTo(next);
  lanes.select(state.step, { scroll: false });
  drawFound();
}

function goToHit(direction) {
  if (state.hits.length === 0) return;
  const { hits, step } = state;
  const next = direction > 0 ? hits.find((i) => i > step) ?? hits[0] : hits.findLast((i) => i < step) ?? hits[hits.length - 1];
  goTo(next);
}

function drawFound() {
  const words = byId("search").value.trim();
  const at = state.hits.indexOf(state.step);
  byId("found").textContent = !words ? "" : state.hits.length === 0 ? "none"
    : at >= 0 ? `${at + 1} of ${state.hits.length}` : counted(state.hits.length, "step");
}

// ---- Violations ----

function title(violation) {
  const permanence = { permanent: ", permanent", transient: ", transient", undecided: ", permanent or transient: undecided" };
  const cpu = `CPU${violation.cpu}`, task = taskText(violation.task, violation.pid);
  const saysCpu = violation.cpu < 0 || task.endsWith(` on ${cpu}`);
  const who = [task, saysCpu ? "" : cpu].filter(Boolean).join(" on ");
  return `${violation.kind}${permanence[violation.permanence] ?? ""}${who ? `: ${who}` : ""}`;
}

function chooseViolation(number, step = 0) {
  state.violation = number;
  const violation = record.violations[number];
  trace = new Trace(violation, record);
  state.opened.clear();
  state.hits = [];
  byId("search").value = "";
  byId("violations").value = number;
  byId("title").textContent = title(violation);
  const place = placeText(shortFile(violation.file), violation.line);
  const alike = violation.alike_cpus.length ? ` The same with CPU ${violation.alike_cpus.join(", ")} for ${violation.cpu}.` : "";
  byId("message").textContent = `${violation.message}${violation.message && place ? "  \u2014  " : ""}${place}${alike}`;
  byId("slider").max = trace.steps.length;
  state.step = Math.max(0, Math.min(trace.last, step));
  lanes.current = state.step;
  lanes.hits = new Set();
  lanes.show(trace, rowsNow());
  byId("printed").hidden = trace.messages.length === 0;
  drawWaits(byId("waits"), trace);
  drawConsole(byId("console"), trace, goTo);
  drawOverview();
  if (trace.steps.length) goTo(state.step);
}

// ---- Address: #violation=2&step=31 ----

let rememberTimer;
function rememberSoon() {
  clearTimeout(rememberTimer);
  rememberTimer = setTimeout(() => {
    const several = record.violations.length > 1 ? `violation=${state.violation + 1}&` : "";
    try {
      history.replaceState(null, "", `#${several}step=${state.step + 1}`);
    } catch {
      // Some viewers do not let a page have an address.
    }
  }, 300);
}

function remembered() {
  const fields = new URLSearchParams(location.hash.slice(1));
  const number = (name, end) => Math.max(0, Math.min(end - 1, (parseInt(fields.get(name), 10) || 1) - 1));
  const violation = number("violation", record.violations.length);
  return { violation, step: number("step", record.violations[violation].trace.length) };
}

// ---- Look ----

function isDark() {
  const chosen = document.documentElement.dataset.look;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function drawLook() {
  byId("look").textContent = isDark() ? "Light" : "Dark";
  byId("look").setAttribute("aria-label", isDark() ? "Change to the light look" : "Change to the dark look");
  if (trace) drawOverview();
}

function changeLook() {
  document.documentElement.dataset.look = isDark() ? "light" : "dark";
  drawLook();
}

// ---- About ----

function aboutText() {
  const { options } = record;
  const row = (name, text) => (text ? [element("dt", {}, name), element("dd", {}, text)] : []);
  const model = options.model;
  return [
    element("dl", {},
      row("verdict", `${record.verdict}${record.reason ? `: ${record.reason}` : ""}`),
      row("model", model.files.map(shortFile).join(", ")), row("CPUs", String(record.cpus)), row("defines", model.defines.join(" ")),
      row("before", model.before), row("after", model.after), row("patches", model.patches.join(", ")),
      row("replaced", model.replacements.map(({ name, file }) => `${name} by ${file}`).join(", ")),
      row("states", `${record.states.toLocaleString("en")}${record.complete ? ", all" : `, ${record.frontier.toLocaleString("en")} left to explore`}`),
      row("transitions", record.transitions.toLocaleString("en")), row("depth", record.depth.toLocaleString("en")),
      row("time", `${record.seconds.toFixed(2)} s, ${record.seconds_total.toFixed(2)} s in all`),
      row("reductions", record.reductions.join(", ")), row("lockstep", `${record.lockstep}, program ${record.program_hash}`)),
    ...record.warnings.map((text) => element("p", {}, element("b", {}, "warning: "), text)),
    ...record.advice.map((text) => element("p", {}, element("b", {}, "note: "), text))];
}

// ---- Wiring ----

const keysFor = {
  ArrowDown: () => goByRows(1), ArrowRight: () => goByRows(1), j: () => goByRows(1),
  ArrowUp: () => goByRows(-1), ArrowLeft: () => goByRows(-1), k: () => goByRows(-1),
  PageDown: () => goByRows(10), PageUp: () => goByRows(-10),
  Home: () => goTo(0), End: () => goTo(trace.last),
  n: () => goToMattering(1), p: () => goToMattering(-1),
  "[": () => goByLines(-1), "]": () => goByLines(1),
  "/": () => byId("search").select(), f: () => setFolds(!state.folds), t: changeLook,
  v: () => chooseViolation((state.violation + 1) % record.violations.length),
  "?": () => byId("keys").showModal(),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const target = event.target;
  if (target.id === "search") {
    if (event.key === "Enter") goToHit(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") {
      target.value = "";
      search({ goes: false });
      target.blur();
    }
    return;
  }
  const movesItself = /^(Arrow|Page|Home|End)/.test(event.key) &&
    (target.id === "slider" || target.tagName === "SELECT" || target.closest?.("[data-scrolls]"));
  const action = keysFor[event.key];
  if (!action || movesItself) return;
  event.preventDefault();
  action();
}

function wire() {
  const onClick = { first: () => goTo(0), last: () => goTo(trace.last), before: () => goByRows(-1), next: () => goByRows(1),
                    "mattering-before": () => goToMattering(-1), "mattering-next": () => goToMattering(1) };
  for (const [id, action] of Object.entries(onClick)) byId(id).addEventListener("click", action);
  byId("all-lines").addEventListener("click", () => {
    state.allLines = !state.allLines;
    drawStep({ announces: false });
  });
  byId("slider").addEventListener("input", (event) => goTo(+event.target.value - 1));
  byId("fold").addEventListener("change", (event) => setFolds(event.target.checked));
  byId("search").addEventListener("input", searchSoon);
  byId("violations").addEventListener("change", (event) => chooseViolation(+event.target.value));
  document.addEventListener("keydown", onKey);
  window.addEventListener("resize", () => {
    drawOverview();
    drawWaits(byId("waits"), trace);
  });
}

function begin() {
  byId("verdict").textContent = record.verdict;
  byId("verdict").classList.add(record.verdict);
  byId("about-text").append(...aboutText());
  byId("look").addEventListener("click", changeLook);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawLook);
  for (const name of ["keys", "about"]) byId(`${name}-button`).addEventListener("click", () => byId(name).showModal());
  drawLook();
  const models = record.options.model.files.map((file) => file.split("/").pop()).join(", ");
  document.title = `${record.verdict}: ${models} - lockstep`;
  if (record.violations.length === 0) {
    for (const id of ["tools", "main", "about-button", "keys-button"]) byId(id).hidden = true;
    byId("title").textContent = record.reason || `${counted(record.cpus, "CPU")}, ${counted(record.states, "state")} explored`;
    byId("nothing").hidden = false;
    byId("nothing").append(...aboutText());
    return;
  }
  byId("violations").append(...record.violations.map((violation, i) =>
    element("option", { value: i }, `${i + 1} of ${record.violations.length}: ${title(violation)}`)));
  byId("choice").hidden = record.violations.length < 2;
  wire();
  const { violation, step } = remembered();
  chooseViolation(violation, step);
}

begin();
