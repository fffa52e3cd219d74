// What stands beside the lanes about the current step: its source, its lines with what they changed, the locks, and the
// console up to here.
"use strict";

// ---- Source ----

const keywords = new Set(("auto bool break case char const continue default do double else enum extern false for goto if " +
  "inline int long register return short signed sizeof static struct switch true typedef union unsigned void volatile " +
  "while").split(" "));
const cToken = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|^[ \t]*#[ \t]*\w+|[A-Za-z_]\w*|\d\w*/gm;

function kindOf(token) {
  if (token.startsWith("/*") || token.startsWith("//")) return "comment";
  if (token[0] === '"' || token[0] === "'") return "string";
  if (/^\s*#/.test(token)) return "directive";
  if (/^\d/.test(token)) return "number";
  return keywords.has(token) ? "keyword" : "";
}

/// One element per line, coloured as C. A token over several lines (a comment) is cut at their ends.
function sourceLines(text) {
  const lines = [[]];
  const add = (part, kind) => part.split("\n").forEach((piece, i) => {
    if (i > 0) lines.push([]);
    if (piece) lines[lines.length - 1].push(kind ? element("span", { class: kind }, piece) : piece);
  });
  let end = 0;
  for (const match of text.matchAll(cToken)) {
    const kind = kindOf(match[0]);
    if (!kind) continue;
    add(text.slice(end, match.index), "");
    add(match[0], kind);
    end = match.index + match[0].length;
  }
  add(text.slice(end), "");
  return lines.map((pieces, i) => element("div", { class: "line" }, element("span", { class: "line-number" }, String(i + 1)),
                                          element("code", {}, ...pieces)));
}

class SourceView {
  constructor(container, sources) {
    Object.assign(this, { container, sources, shown: undefined, marked: [] });
    this.listings = new Map(); // file -> {head, body, lines}
  }

  listing(file) {
    if (!this.listings.has(file)) {
      const lines = sourceLines(this.sources[file]);
      const head = element("div", { class: "file", title: file }, shortFile(file));
      this.listings.set(file, { head, lines, body: element("div", { class: "listing" }, ...lines) });
    }
    return this.listings.get(file);
  }

  /// passed: other lines of this file that the step passes.
  show(file, line, passed) {
    for (const node of this.marked) node.classList.remove("current", "passed");
    this.marked = [];
    if (!(file in this.sources)) {
      this.shown = undefined;
      this.container.replaceChildren(element("p", { class: "empty" }, file ? `The text of ${file} is not here.` : "No source."));
      return;
    }
    const { head, body, lines } = this.listing(file);
    if (this.shown !== file) this.container.replaceChildren(head, body);
    this.shown = file;
    const mark = (number, kind) => {
      const node = lines[number - 1];
      if (!node) return;
      node.classList.add(kind);
      this.marked.push(node);
    };
    for (const number of passed) mark(number, "passed");
    mark(line, "current");
    const node = lines[line - 1];
    if (node) this.container.scrollTop = node.offsetTop - this.container.clientHeight * 0.4;
  }
}

/// As scrollIntoView(), but leaves the page around the container where it is.
function reveal(container, node) {
  if (!node) return;
  const { top, bottom } = node.getBoundingClientRect();
  const outer = container.getBoundingClientRect();
  if (top < outer.top) container.scrollTop += top - outer.top;
  else if (bottom > outer.bottom) container.scrollTop += bottom - outer.bottom;
}

// ---- The lines of a step ----

/// A step's moves on one source line after another: {move, index, changes}; of consecutive ones on one line, one.
function linesOf(step) {
  const lines = [];
  step.moves.forEach((move, index) => {
    const before = lines[lines.length - 1];
    const isSame = before && before.move.file === move.file && before.move.line === move.line &&
      before.move.stack.length === move.stack.length && before.move.stack[0]?.function === move.stack[0]?.function;
    if (isSame) {
      before.changes.push(...move.changes);
      before.locks.push(...move.locks);
      before.matters ||= move.matters;
      before.last = index;
    } else {
      lines.push({ move, index, last: index, changes: [...move.changes], locks: [...move.locks], matters: move.matters });
    }
  });
  return lines;
}

/// The chosen line, the main one, and those that change something; all of them if asked for.
function drawLines(container, step, chosen, all, choose) {
  const lines = linesOf(step);
  const main = mainMove(step);
  const isShown = (line) => all || line.changes.length > 0 || line.move === main || isChosen(line);
  const isChosen = (line) => line.index <= chosen && chosen <= line.last;
  const shown = lines.filter(isShown);
  container.replaceChildren(...shown.map((line) => {
    const { move } = line;
    const kind = `${isChosen(line) ? " current" : ""}${line.matters ? " matters" : ""}`;
    const head = element("button", { type: "button", class: "line-button", title: `${move.stack[0]?.function ?? ""}() ${placeText(move.file, move.line)}`,
                                     "aria-current": isChosen(line) ? "true" : undefined, onclick: () => choose(line.index) },
                         element("span", { class: "place" }, shortPlace(move.file, move.line) || "time"), element("code", {}, move.text));
    const changes = line.changes.map(({ name, before, after }) =>
      element("div", { class: "change" }, element("code", { class: "name" }, name), element("span", {}, " "),
              element("code", { class: "before" }, before), element("span", { class: "arrow" }, " \u2192 "),
              element("code", { class: "after" }, after)));
    return element("div", { class: `line-of-step${kind}` }, head, ...changes);
  }));
  reveal(container, container.querySelector(".current"));
  return { shown: shown.length, count: lines.length };
}

// ---- Locks, console ----

function stepButton(i, choose, text = `step ${i + 1}`) {
  return element("button", { type: "button", class: "link", onclick: () => choose(i) }, text);
}

function drawLocks(container, trace, current, choose) {
  const held = trace.heldAfter(current).map(({ lock, who, first }) =>
    element("li", { class: trace.isWaitedFor(lock) ? "wanted" : "" }, element("code", {}, lock), ` held by ${who} since `,
            stepButton(first, choose)));
  const waiting = trace.waitingAfter(current).map(({ wait, first }) =>
    element("li", { class: "wanted" }, `${taskText(wait.task, wait.pid)}${wait.cpu >= 0 ? ` on CPU${wait.cpu}` : ""} waits for `,
            element("code", {}, wait.what), first >= 0 ? " since " : "", first >= 0 ? stepButton(first, choose) : ""));
  container.replaceChildren(
    ...(held.length ? [element("ul", {}, ...held)] : [element("p", { class: "empty" }, "No lock is held.")]),
    ...(waiting.length ? [element("h3", {}, "Waited for"), element("ul", {}, ...waiting)] : []));
}

/// All that is printed on the way to the end.
function drawConsole(container, trace, choose) {
  container.replaceChildren(...trace.messages.map(({ step, text, ticks }) => {
    const stamp = (ticks * trace.secondsPerTick).toFixed(3).padStart(9);
    return element("button", { type: "button", class: "printed later", title: `step ${step + 1}`, onclick: () => choose(step) },
                   element("span", { class: "stamp" }, `[${stamp}] `), text);
  }));
}

/// What is printed after the current step is paler.
function printUpTo(container, trace, current) {
  trace.messages.forEach(({ step }, i) => container.children[i].classList.toggle("later", step > current));
  reveal(container, container.children[trace.messages.findLastIndex(({ step }) => step <= current)]);
}
