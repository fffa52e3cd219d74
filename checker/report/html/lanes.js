// The lanes: a column for each CPU, a row for each step. All rows are equally high, and only those in sight are in the
// document, so that ten thousand steps scroll like ten. Behind the rows lie the intervals of trace.js as boxes: a task
// over the width of its lane, an interrupt set in from it, an NMI set in further, locks as bars at the lane's right edge,
// and hatched where somebody waits for ever. With many CPUs the lanes become narrow and the text moves to a column of
// its own.
"use strict";

const rowHeight = 24;
const rowsBeyondSight = 12;
const narrowestTextLane = 230;
const insetOfLevel = [0, 12, 22];

function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "onclick") node.addEventListener("click", value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== ""));
  return node;
}

class Lanes {
  /// choose(step) and open(firstStep) are what a click on a row asks for.
  constructor(heads, scroller, { choose, open }) {
    Object.assign(this, { heads, scroller, choose, open });
    this.inSight = new Map(); // row -> its element
    this.hits = new Set();
    this.current = 0;
    scroller.addEventListener("scroll", () => {
      heads.scrollLeft = scroller.scrollLeft;
      this.draw();
    });
    new ResizeObserver(() => this.trace && this.layOut()).observe(scroller);
  }

  show(trace, rows) {
    this.trace = trace;
    this.setRows(rows);
    this.layOut();
  }

  setRows(rows) {
    this.rows = rows;
    this.rowOf = new Int32Array(this.trace.steps.length);
    rows.forEach((row, r) => this.rowOf.fill(r, row.first, row.last + 1));
    this.clear();
  }

  setHits(hits) {
    this.hits = new Set(hits);
    this.clear();
    this.draw();
  }

  /// Columns: the step's number, the time where any passes, the lanes, and their text where these are narrow.
  layOut() {
    const width = this.scroller.clientWidth;
    const count = Math.max(1, this.trace.cpus.length);
    const numberWidth = 22 + 9 * String(this.trace.steps.length).length;
    const timeWidth = this.trace.hasTime ? 62 : 0;
    const room = width - numberWidth - timeWidth;
    this.hasTextColumn = room / count < narrowestTextLane;
    const laneWidth = this.hasTextColumn ? Math.max(14, Math.min(76, room * 0.42 / count)) : room / count;
    const laneLeft = this.trace.cpus.map((_, lane) => numberWidth + timeWidth + lane * laneWidth);
    const textLeft = numberWidth + timeWidth + count * laneWidth;
    this.geometry = { numberWidth, timeWidth, laneWidth, laneLeft, textLeft, textWidth: Math.max(width - textLeft, 220) };
    this.heads.classList.toggle("narrow", this.hasTextColumn);
    this.clear();
    this.drawHeads();
    this.draw();
  }

  clear() {
    this.scroller.replaceChildren();
    this.inSight.clear();
    this.canvas = undefined;
  }

  drawHeads() {
    const { numberWidth, timeWidth, laneWidth, laneLeft, textLeft, textWidth } = this.geometry;
    const head = (left, width, kind, ...children) =>
      element("div", { class: `head ${kind}`, style: `left:${left}px;width:${width}px` }, ...children);
    this.heads.replaceChildren(head(0, numberWidth, "number", "step"));
    if (timeWidth) this.heads.append(head(numberWidth, timeWidth, "number", "time"));
    this.running = this.trace.cpus.map((cpu, lane) => {
      const who = element("span", { class: "who" });
      const name = this.hasTextColumn && laneWidth < 56 ? String(cpu) : `CPU${cpu}`;
      this.heads.append(head(laneLeft[lane], laneWidth, "cpu", element("b", {}, name), this.hasTextColumn ? undefined : who));
      return who;
    });
    if (this.hasTextColumn) this.heads.append(head(textLeft, textWidth, "cpu", element("b", {}, "what happens")));
    this.nameRunning();
  }

  /// Under each CPU's name: who is on it after the current step.
  nameRunning() {
    this.running?.forEach((who, lane) => {
      const contexts = this.trace.contextsAfter(lane, this.current);
      who.replaceChildren(...contexts.map((span) => element("span", { class: `context ${span.kind}` }, span.label)));
    });
  }

  select(step, { scroll = true } = {}) {
    const before = this.inSight.get(this.rowOf[this.current]);
    this.current = step;
    before?.classList.remove("current");
    before?.setAttribute("aria-selected", "false");
    if (scroll) this.scrollTo(this.rowOf[step]);
    this.draw();
    const now = this.inSight.get(this.rowOf[step]);
    now?.classList.add("current");
    now?.setAttribute("aria-selected", "true");
    if (now) this.scroller.setAttribute("aria-activedescendant", now.id);
    this.nameRunning();
  }

  scrollTo(row) {
    const top = row * rowHeight, height = this.scroller.clientHeight, margin = Math.min(4 * rowHeight, height / 4);
    const isLast = row === this.rows.length - 1;
    const end = isLast ? this.scroller.scrollHeight : top + rowHeight + margin;
    if (top - margin < this.scroller.scrollTop) this.scroller.scrollTop = top - margin;
    else if (end > this.scroller.scrollTop + height) this.scroller.scrollTop = Math.min(end - height, top);
  }

  draw() {
    if (!this.trace || !this.geometry) return;
    if (!this.canvas) {
      this.canvas = element("div", { class: "canvas", role: "presentation" });
      this.boxes = element("div", { "aria-hidden": "true" });
      this.canvas.append(this.boxes, this.ending());
      this.canvas.style.minWidth = `${this.geometry.textLeft + (this.hasTextColumn ? this.geometry.textWidth : 0)}px`;
      this.canvas.style.paddingTop = `${this.rows.length * rowHeight}px`;
      this.scroller.append(this.canvas);
    }
    const begin = Math.floor(this.scroller.scrollTop / rowHeight) - rowsBeyondSight;
    const from = Math.max(0, begin);
    const to = Math.min(this.rows.length - 1,
                        Math.ceil((this.scroller.scrollTop + this.scroller.clientHeight) / rowHeight) + rowsBeyondSight);
    for (const [row, node] of this.inSight)
      if (row < from || row > to) {
        node.remove();
        this.inSight.delete(row);
      }
    for (let row = from; row <= to; ++row)
      if (!this.inSight.has(row)) {
        const node = this.rowElement(row);
        this.inSight.set(row, node);
        this.canvas.append(node);
      }
    this.drawBoxes(from, to);
  }

  // ---- Behind the rows ----

  drawBoxes(from, to) {
    if (to < from) return;
    const begin = this.rows[from].first, end = this.rows[to].last;
    const boxes = [];
    const box = (kind, first, last, left, width, title) => {
      const top = this.rowOf[Math.max(first, begin)] * rowHeight;
      const bottom = (this.rowOf[Math.min(last, end)] + 1) * rowHeight;
      boxes.push(element("div", {
        class: `box ${kind}${first >= begin ? " begins" : ""}${last <= end ? " ends" : ""}`,
        style: `top:${top}px;height:${bottom - top}px;left:${left}px;width:${width}px`, title }));
    };
    const { laneWidth, laneLeft } = this.geometry;
    const scale = this.hasTextColumn ? 0.6 : 1;
    const isSeen = (first, last) => first <= end && last >= begin;
    const isSeenWaiting = ({ lane, first }) =>
      lane >= 0 && first >= 0 && first < this.trace.last && isSeen(first + 1, this.trace.last);
    insetOfLevel.forEach((fullInset, level) => {
      const inset = fullInset * scale;
      const nested = (kind, lane, first, last) => box(kind, first, last, laneLeft[lane] + 3 + inset, laneWidth - 6 - inset);
      this.trace.lanes.forEach(({ spans }, lane) => {
        for (const { kind, task, first, last } of spans.filter((span) => span.level === level && isSeen(span.first, span.last)))
          nested(kind === "task" ? `task colour${this.colourOf(task)}` : kind, lane, first, last);
      });
      for (const waiting of this.trace.waiting)
        if (isSeenWaiting(waiting) && levelOf[this.trace.steps[waiting.first].context] === level)
          nested("waiting", waiting.lane, waiting.first + 1, this.trace.last);
    });
    for (const { lane, slot, first, last, lock } of this.trace.locks)
      if (lane >= 0 && slot < 6 && isSeen(first, last))
        box(`lock${this.trace.isWaitedFor(lock) ? " wanted" : ""}`, first, Math.min(last, this.trace.last),
            laneLeft[lane] + laneWidth - 9 - 6 * slot * scale, 4);
    this.boxes.replaceChildren(...boxes);
  }

  colourOf(task) {
    return task ? this.trace.tasks.filter((other) => other).indexOf(task) % 6 : "-idle";
  }

  // ---- Rows ----

  rowElement(r) {
    const row = this.rows[r];
    const isFold = row.last > row.first;
    const step = this.trace.steps[row.first];
    const isCurrent = this.rowOf[this.current] === r;
    const kinds = [isFold ? "fold" : step.matters ? "matters" : "dimmed", step.context === "clock" ? "clock" : "",
                   isCurrent ? "current" : "", this.isHit(row) ? "hit" : ""];
    const node = element("div", {
      class: `row ${kinds.join(" ")}`, id: `row${r}`, role: "option", "aria-selected": String(isCurrent),
      "aria-setsize": this.rows.length, "aria-posinset": r + 1, style: `top:${r * rowHeight}px`,
      onclick: () => (isFold ? this.open(row.first) : this.choose(row.first)) });
    const { numberWidth, timeWidth } = this.geometry;
    node.append(element("span", { class: "number", style: `left:0;width:${numberWidth}px` },
                        isFold ? `+${row.last - row.first + 1}` : String(row.first + 1)));
    if (timeWidth && (row.first === 0 || this.trace.steps[row.first - 1].ticks !== step.ticks))
      node.append(element("span", { class: "time", style: `left:${numberWidth}px;width:${timeWidth}px` },
                          secondsText(this.trace, step.ticks)));
    node.append(...(isFold ? this.foldCells(row) : [this.cell(row.first)]));
    return node;
  }

  isHit(row) {
    if (this.hits.size === 0) return false;
    for (let i = row.first; i <= row.last; ++i) if (this.hits.has(i)) return true;
    return false;
  }

  place(lane, level) {
    const { laneLeft, laneWidth, textLeft, textWidth, numberWidth, timeWidth } = this.geometry;
    if (lane === undefined) return `left:${numberWidth + timeWidth}px;right:0`;
    if (this.hasTextColumn) return `left:${textLeft + 8}px;width:${textWidth - 8}px`;
    const inset = 14 + insetOfLevel[level];
    return `left:${laneLeft[lane] + inset}px;width:${laneWidth - inset - 20}px`;
  }

  cell(i) {
    const step = this.trace.steps[i];
    const lane = this.trace.laneOf.get(step.cpu);
    if (step.context === "clock")
      return element("span", { class: "cell", style: this.place() }, element("span", {}, clockText(this.trace, i)));
    const cell = element("span", { class: "cell", style: this.place(lane, levelOf[step.context] ?? 0) });
    const begins = lane === undefined ? [] : this.trace.lanes[lane].spans.filter((span) => span.first === i);
    if (this.hasTextColumn && lane !== undefined) cell.append(element("b", { class: "cpu" }, `CPU${step.cpu}`));
    for (const span of begins) cell.append(element("b", { class: `name ${span.kind}` }, span.label));
    if (step.messages.length) {
      cell.append(element("span", { class: "message" }, step.messages.join(" | ")));
      return this.marked(cell, lane);
    }
    for (const { lock, verb } of lockEvents(step)) {
      const wanted = this.trace.isWaitedFor(lock) ? " wanted" : "";
      cell.append(element("span", { class: `event${wanted}${verb === "takes" ? " takes" : ""}` }, `${verb} ${lock}`));
    }
    const move = mainMove(step);
    const isAboutLocks = step.moves.some((other) => other.locks.length > 0);
    const where = isAboutLocks ? functionOfLockEvent(step) : move && this.entersFunction(i, move) ? move.stack[0].function : "";
    if (where) cell.append(element("i", {}, `${where}()`));
    if (move && (!isAboutLocks || (move.matters && move.locks.length === 0))) cell.append(element("code", {}, move.text));
    return this.marked(cell, lane);
  }

  /// With narrow lanes: where it happens, as a dot in the lane.
  marked(cell, lane) {
    if (!this.hasTextColumn || lane === undefined) return cell;
    const { laneLeft, laneWidth, textLeft } = this.geometry;
    const dot = element("span", { class: "dot", style: `left:${laneLeft[lane] + laneWidth / 2 - 5 - textLeft - 8}px` });
    cell.prepend(dot);
    return cell;
  }

  entersFunction(i, move) {
    if (!move.stack.length) return false;
    const { cpu } = this.trace.steps[i];
    for (let k = i - 1; k >= 0 && k > i - 200; --k)
      if (this.trace.steps[k].cpu === cpu) return mainMove(this.trace.steps[k])?.stack[0]?.function !== move.stack[0].function;
    return true;
  }

  foldCells(row) {
    const actors = new Map();
    for (let i = row.first; i <= row.last; ++i) {
      const who = whoText(this.trace.steps[i]);
      actors.set(who, (actors.get(who) ?? 0) + 1);
    }
    const text = [...actors].map(([who, count]) => `${counted(count, "step")} of ${who}`).join(", ");
    const cpus = new Set(this.trace.steps.slice(row.first, row.last + 1).map((step) => step.cpu));
    const lane = cpus.size === 1 && !this.hasTextColumn ? this.trace.laneOf.get([...cpus][0]) : undefined;
    return [element("span", { class: "cell", style: this.place(lane, 0) }, element("span", {}, `${text} ...`))];
  }

  // ---- Below the rows: where it ends ----

  ending() {
    const { violation, waiting } = this.trace;
    const node = element("div", { class: "ending" });
    const line = element("div", { class: "verdict-line" }, violation.message || violation.kind);
    node.append(line);
    const { laneLeft, laneWidth } = this.geometry;
    const columns = `grid-template-columns:${laneLeft[0] ?? 0}px repeat(${laneLeft.length}, ${laneWidth}px)`;
    const inLanes = element("div", { class: "in-lanes", style: columns });
    node.append(inLanes);
    const elsewhere = new Map(); // what -> who waits for it
    for (const { wait, lane } of waiting) {
      if (lane < 0 || this.hasTextColumn) {
        elsewhere.set(wait.what, [...(elsewhere.get(wait.what) ?? []), taskText(wait.task, wait.pid)]);
        continue;
      }
      inLanes.append(element("div", { class: "wait", style: `grid-column:${lane + 2}` }, `-- waits for ${wait.what}`));
    }
    for (const { task, pid, cpu } of violation.busy) {
      const lane = this.trace.laneOf.get(cpu);
      const says = (who, style) => element("div", { class: "wait runs", style }, `-- ${who}does not wait`);
      if (lane === undefined || this.hasTextColumn) node.append(says(`${taskText(task, pid)} `, "margin:3px 8px"));
      else inLanes.append(says("", `grid-column:${lane + 2}`));
    }
    for (const [what, tasks] of elsewhere)
      node.append(element("div", { class: "wait", style: "margin:3px 8px" },
                          `-- ${tasks.join(", ")} ${tasks.length > 1 ? "wait" : "waits"} for ${what}`));
    return node;
  }
}
