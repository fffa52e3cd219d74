// What is derived from a violation's trace, once when it is chosen: who is on each CPU (contexts nested, as intervals of
// steps), which locks are held from which step to which, who waits from where on, and which steps are shown as one row.
// Nothing here touches the page.
"use strict";

const levelOf = { task: 0, exit: 1, irq: 1, nmi: 2, clock: 0 };

const taskText = (task, pid) => (task && pid ? `${task}:${pid}` : task);
const placeText = (file, line) => (file ? `${file}${line ? `:${line}` : ""}` : "");
// The end of a path tells files apart well enough; the whole is in the title.
const shortFile = (file) => (file.startsWith("/") ? file.split("/").slice(-2).join("/") : file);
const shortPlace = (file, line) => placeText(shortFile(file), line);
const counted = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

/// The line that stands for a step: the one that matters to somebody else; otherwise its first, where a step does what
/// others can see.
function mainMove(step) {
  return step.moves.find((move) => move.matters) ?? step.moves.find((move) => move.text) ?? step.moves[0];
}

/// A handler's last step sets the CPU's context back.
function returnsFromHandler(step) {
  const name = `ls_context[${step.cpu}]`;
  return step.moves.some((move) => move.changes.some((change) => change.name === name && +change.after < +change.before));
}

class Trace {
  constructor(violation, record) {
    this.violation = violation;
    this.steps = violation.trace;
    this.last = this.steps.length - 1;
    this.secondsPerTick = record.tick_milliseconds / 1000;
    this.mattering = [...this.steps.keys()].filter((i) => this.steps[i].matters);
    this.messages = this.steps.flatMap((step, i) => step.messages.map((text) => ({ step: i, text, ticks: step.ticks })));
    this.hasTime = this.ticksAfter(this.last) > 0;
    this.findLanes();
    this.findLocks();
    this.findWaits();
    this.longRows = this.findRows();
  }

  ticksAfter(i) {
    return i < this.last ? this.steps[i + 1].ticks : this.violation.ticks;
  }

  /// lanes: by CPU, the intervals {first, last, level, label} during which a task or handler is on it, nested.
  findLanes() {
    const numbers = new Set();
    for (const step of this.steps) if (step.cpu >= 0) numbers.add(step.cpu);
    for (const { cpu } of [...this.violation.waits_for, ...this.violation.busy]) if (cpu >= 0) numbers.add(cpu);
    this.cpus = [...numbers].sort((a, b) => a - b);
    this.laneOf = new Map(this.cpus.map((cpu, lane) => [cpu, lane]));
    this.lanes = this.cpus.map(() => ({ spans: [], open: [], own: -1 }));
    this.tasks = [];
    this.steps.forEach((step, i) => {
      const lane = this.lanes[this.laneOf.get(step.cpu)];
      if (lane) this.enter(lane, step, i);
    });
    for (const lane of this.lanes)
      for (const span of lane.open) span.last = span.returned ? lane.own : this.last;
  }

  enter(lane, step, i) {
    const level = levelOf[step.context] ?? 0;
    const top = () => lane.open[lane.open.length - 1];
    const begin = (span) => {
      lane.open.push({ first: i, last: this.last, returned: false, ...span });
      lane.spans.push(top());
    };
    if (lane.open.length && lane.open[0].task !== step.task) {
      for (const span of lane.open.splice(0)) span.last = span.level > 0 ? lane.own : i - 1;
    }
    if (!lane.open.length) {
      begin({ level: 0, task: step.task, kind: "task", label: taskText(step.task, step.pid) || "idle" });
      if (!this.tasks.includes(step.task)) this.tasks.push(step.task);
    }
    while (top().level > level || (level > 0 && top().level === level && (top().process !== step.process || top().returned)))
      lane.open.pop().last = lane.own;
    if (level > top().level)
      begin({ level, task: step.task, kind: step.context, process: step.process, label: processText(step) });
    top().returned = level > 0 && returnsFromHandler(step);
    lane.own = i;
  }

  /// locks: {lock, first, last, lane, slot, who}; of those held beyond a step. events: by step.
  findLocks() {
    this.locks = [];
    const held = new Map();
    const release = (lock, i) => {
      const holding = held.get(lock);
      if (!holding) return;
      held.delete(lock);
      holding.last = i;
      if (holding.last > holding.first) this.locks.push(holding);
    };
    this.steps.forEach((step, i) => {
      for (const move of step.moves)
        for (const { lock, taken } of move.locks) {
          if (!taken) {
            release(lock, i);
            continue;
          }
          const lane = this.laneOf.get(step.cpu) ?? -1;
          const used = new Set([...held.values()].filter((other) => other.lane === lane).map((other) => other.slot));
          let slot = 0;
          while (used.has(slot)) ++slot;
          held.set(lock, { lock, first: i, last: Infinity, lane, slot, cpu: step.cpu, who: whoText(step) });
        }
    });
    this.locks.push(...held.values());
    this.locks.sort((a, b) => a.first - b.first);
  }

  /// waiting: {wait, first, lane}: from its last own step on, each of those that wait at the end has been waiting.
  findWaits() {
    this.waiting = this.violation.waits_for.map((wait) => {
      let first = this.last;
      while (first >= 0 && this.steps[first].process !== wait.task) --first;
      return { wait, first, lane: this.laneOf.get(wait.cpu) ?? -1 };
    });
    this.waitedFor = new Set(this.violation.waits_for.map((wait) => wait.what));
  }

  isWaitedFor(lock) {
    return this.waitedFor.has(`${lock}.owner`) || this.waitedFor.has(lock);
  }

  heldAfter(i) {
    return this.locks.filter((holding) => holding.first <= i && holding.last > i);
  }

  waitingAfter(i) {
    return this.waiting.filter((waiting) => waiting.first <= i);
  }

  /// Who is on the CPU of this lane after a step, outermost first.
  contextsAfter(lane, i) {
    return this.lanes[lane].spans.filter((span) => span.first <= i && span.last >= i && !(span.returned && span.last === i));
  }

  findRows() {
    return this.steps.map((_, i) => ({ first: i, last: i }));
  }

  /// One row for each step that matters or is in `opened`, one for each run of at least two others.
  foldedRows(opened) {
    const rows = [];
    for (let i = 0; i <= this.last; ++i) {
      let end = i;
      while (end <= this.last && !this.steps[end].matters && this.steps[end].messages.length === 0) ++end;
      if (end - i < 2 || opened.has(i)) {
        end = Math.max(end, i + 1);
        for (let k = i; k < end; ++k) rows.push({ first: k, last: k, foldsTo: opened.has(i) ? i : undefined });
      } else {
        rows.push({ first: i, last: end - 1 });
      }
      i = end - 1;
    }
    return rows;
  }

  /// The steps in which the words occur: in source lines, functions, files, variables, values, messages, names.
  search(words) {
    const wanted = words.toLowerCase();
    const known = new Map(); // the same strings come again and again
    const has = (text) => {
      let answer = known.get(text);
      if (answer === undefined) known.set(text, (answer = text.toLowerCase().includes(wanted)));
      return answer;
    };
    const inMove = (move) =>
      has(move.text) || has(move.file) || has(placeText(move.file, move.line)) ||
      move.stack.some((entry) => has(entry.function)) ||
      move.changes.some((change) => has(change.name) || has(change.after)) ||
      move.locks.some((event) => has(event.lock));
    return [...this.steps.keys()].filter((i) => {
      const step = this.steps[i];
      return has(step.process) || has(taskText(step.task, step.pid)) || step.messages.some(has) || step.moves.some(inMove);
    });
  }
}

/// "timer_interrupt": the CPU is said elsewhere.
function processText(step) {
  const end = ` on CPU${step.cpu}`;
  return step.process.endsWith(end) ? step.process.slice(0, -end.length) : step.process;
}

function whoText(step) {
  if (step.context === "clock") return "clock";
  const name = step.process === step.task ? taskText(step.task, step.pid) : processText(step);
  return step.cpu >= 0 ? `${name} on CPU${step.cpu}` : name;
}

/// What a step does to locks, in words: each lock once.
function lockEvents(step) {
  const events = new Map();
  for (const move of step.moves)
    for (const { lock, taken } of move.locks) {
      const before = events.get(lock);
      events.set(lock, before && before.taken && !taken ? { lock, verb: "takes and releases" } : { lock, taken });
    }
  return [...events.values()].map(({ lock, taken, verb }) => ({ lock, verb: verb ?? (taken ? "takes" : "releases") }));
}

/// The function that takes or releases a lock: the innermost outside of the file in which locks are made.
function functionOfLockEvent(step) {
  const move = step.moves.find((candidate) => candidate.locks.length > 0);
  return (move?.stack.find((entry) => entry.file !== move.file) ?? move?.stack[0])?.function;
}

/// "time passes: 1 tick, 4 s"
function clockText(trace, i) {
  const ticks = trace.ticksAfter(i) - trace.steps[i].ticks;
  return ticks > 0 ? `time passes: ${counted(ticks, "tick")}, ${ticks * trace.secondsPerTick} s` : "the clock";
}

function secondsText(trace, ticks) {
  return `${+(ticks * trace.secondsPerTick).toFixed(3)} s`;
}
