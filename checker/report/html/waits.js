// The wait-for graph at the end of a trace, as boxes in a column with arcs beside them: down on the right, up on the left,
// so that a cycle is a ring. Those who wait for one and the same thing share a box, and what they could do for each
// other once it has come is left out of the picture (the list in the box's title has it). Whoever can reach nobody that
// still runs is stuck for good: drawn red. A task that does not wait is said to, with where it is; and that all others
// wait for it, in words.
"use strict";

const taskKey = (task) => `task ${task}`;
const nobody = "nobody";
const mostNames = 12; // in one box; its title has all

/// nodes: {key, waits, tasks, to (keys), isStuck}, in an order in which most arcs go down; sentence: what to see.
function waitGraph(trace) {
  const nodes = new Map();
  const nodeOfTask = new Map();
  for (const wait of trace.violation.waits_for) {
    const key = `wait ${wait.what}`;
    if (!nodes.has(key)) nodes.set(key, { key, waits: [], tasks: [], to: new Set() });
    nodes.get(key).waits.push(wait);
    nodes.get(key).tasks.push(wait.task);
    if (!nodeOfTask.has(wait.task)) nodeOfTask.set(wait.task, key);
  }
  const nodeOf = (task) => {
    const key = nodeOfTask.get(task) ?? taskKey(task);
    if (!nodes.has(key)) nodes.set(key, { key, waits: [], tasks: [task], to: new Set() });
    return key;
  };
  for (const node of [...nodes.values()])
    for (const wait of node.waits) {
      const others = wait.who.filter((task) => !node.tasks.includes(task));
      for (const task of others.length ? others : wait.who) node.to.add(nodeOf(task));
      if (wait.who.length || !wait.complete) continue;
      if (!nodes.has(nobody)) nodes.set(nobody, { key: nobody, waits: [], tasks: [], to: new Set() });
      node.to.add(nobody);
    }
  for (const { task } of trace.violation.busy) nodeOf(task);
  const ordered = inOrder(nodes);
  markStuck(nodes);
  return { nodes: ordered, sentence: waitSentence(nodes, ordered) };
}

/// Depth first from whom the violation speaks of; those who do not wait last.
function inOrder(nodes) {
  const order = new Set();
  const visit = (key) => {
    if (order.has(key)) return;
    order.add(key);
    for (const next of nodes.get(key).to) if (nodes.get(next).waits.length) visit(next);
  };
  for (const node of nodes.values()) if (node.waits.length) visit(node.key);
  for (const key of nodes.keys()) order.add(key);
  return [...order].map((key) => nodes.get(key));
}

function reachable(nodes, start) {
  const seen = new Set();
  const todo = [...nodes.get(start).to];
  while (todo.length) {
    const key = todo.pop();
    if (seen.has(key)) continue;
    seen.add(key);
    todo.push(...nodes.get(key).to);
  }
  return seen;
}

function markStuck(nodes) {
  for (const node of nodes.values()) {
    node.reaches = reachable(nodes, node.key);
    const ends = [...node.reaches].map((key) => nodes.get(key)).filter((other) => other.waits.length === 0);
    node.isStuck = node.waits.length > 0 && ends.every((other) => other.key === nobody);
    node.isInCycle = node.reaches.has(node.key);
  }
}

function waitSentence(nodes, ordered) {
  const waiters = ordered.filter((node) => node.waits.length);
  const running = ordered.filter((node) => node.waits.length === 0 && node.key !== nobody);
  const name = (node) => node.tasks.join(", ");
  const start = waiters.find((node) => node.isStuck && node.isInCycle);
  if (start) {
    const cycle = cycleFrom(nodes, start);
    return { isStuck: true, text: `Cycle: ${[...cycle, start].map(name).join(" \u2192 ")}` };
  }
  for (const node of waiters.length ? running : [])
    if (waiters.every((waiter) => waiter.reaches.has(node.key)))
      return { isStuck: false, text: `${waiters.length > 1 || waiters[0].tasks.length > 1 ? "Everybody waits" : `${name(waiters[0])} waits`} for ${name(node)}` };
  if (nodes.has(nobody)) return { isStuck: true, text: "Nobody can change what is waited for" };
  return undefined;
}

/// The shortest way from a node back to it.
function cycleFrom(nodes, start) {
  const todo = [[start]];
  const seen = new Set();
  for (const path of todo)
    for (const key of path[path.length - 1].to) {
      if (key === start.key) return path;
      if (seen.has(key)) continue;
      seen.add(key);
      todo.push([...path, nodes.get(key)]);
    }
  return [start];
}

// ---- Drawing ----

function drawWaits(container, trace) {
  container.replaceChildren();
  if (trace.violation.waits_for.length + trace.violation.busy.length === 0) {
    container.append(element("p", { class: "empty" }, "Nobody waits."));
    return;
  }
  const { nodes, sentence } = waitGraph(trace);
  if (sentence) container.append(element("p", { class: `sentence${sentence.isStuck ? " stuck" : ""}` }, sentence.text));
  if (trace.violation.false_blame)
    container.append(element("p", { class: "sentence" }, `So ${trace.violation.task} is not to blame.`));
  const graph = element("div", { class: "graph", role: "group" });
  const boxes = new Map(nodes.map((node) => [node.key, waitBox(trace, node)]));
  graph.append(...boxes.values());
  container.append(graph);
  graph.append(arcs(nodes, boxes));
}

function waitBox(trace, node) {
  if (node.key === nobody) return element("div", { class: "node nobody" }, element("b", {}, "nobody"));
  const box = element("div", { class: `node${node.isStuck ? " stuck" : ""}${node.waits.length ? "" : " runs"}` });
  const busy = trace.violation.busy.find(({ task }) => task === node.tasks[0]);
  if (busy && node.waits.length === 0) {
    const at = busy.stack[0];
    box.title = [`${taskText(busy.task, busy.pid)} does not wait: ${busy.text}`, ...busy.stack.map((entry) =>
      `${entry.function}() ${placeText(entry.file, entry.line)}`)].join("\n");
    box.append(element("b", {}, taskText(busy.task, busy.pid)), busy.cpu >= 0 ? element("span", { class: "cpu" }, `CPU${busy.cpu}`) : "",
               element("div", { class: "why" }, "does not wait"),
               at ? element("div", { class: "at" }, `${at.function}() ${shortPlace(at.file, at.line)}`) : "");
    return box;
  }
  if (node.waits.length === 0) {
    let last = trace.last;
    while (last >= 0 && trace.steps[last].task !== node.tasks[0] && trace.steps[last].process !== node.tasks[0]) --last;
    const step = trace.steps[last];
    const move = step && mainMove(step);
    box.append(element("b", {}, step ? taskText(node.tasks[0], step.task === node.tasks[0] ? step.pid : 0) : node.tasks[0]),
               step && step.cpu >= 0 ? element("span", { class: "cpu" }, `CPU${step.cpu}`) : "",
               element("div", { class: "why" }, "does not wait"),
               move?.file ? element("div", { class: "at" }, `last at ${shortPlace(move.file, move.line)}`) : "");
    return box;
  }
  box.title = node.waits.map(waitText).join("\n");
  const names = node.waits.slice(0, mostNames).map((wait) => element("span", { class: "name" }, element("b", {}, taskText(wait.task, wait.pid)),
    wait.cpu >= 0 ? element("span", { class: "cpu" }, `CPU${wait.cpu}`) : ""));
  if (node.waits.length > mostNames) names.push(element("span", {}, `and ${node.waits.length - mostNames} more`));
  box.append(element("div", { class: `names${names.length > 3 ? " many" : ""}` }, ...names));
  const { what, place } = node.waits[0];
  box.append(element("div", { class: "why" }, node.waits.length > 1 ? "wait for " : "waits for ", element("code", {}, what)));
  if (place.function || place.file)
    box.append(element("div", { class: "at" }, `${place.function ? `${place.function}() ` : ""}${shortPlace(place.file, place.line)}`));
  return box;
}

function waitText(wait) {
  const who = wait.who.length ? `only ${wait.who.join(" or ")} could change that`
    : wait.complete ? "nobody can change that" : "nobody was found who could change that";
  return `${taskText(wait.task, wait.pid)} waits for ${wait.what} at ${placeText(wait.place.file, wait.place.line)}; ${who}`;
}

/// The picture is numbers only, so that it can be written as text; names go into its title.
function arcs(nodes, boxes) {
  const index = new Map(nodes.map((node, i) => [node.key, i]));
  const paths = [];
  const sentences = [];
  for (const node of nodes)
    for (const key of node.to) {
      const distance = index.get(key) - index.get(node.key);
      const kind = node.isStuck && nodes[index.get(key)].isStuck ? "stuck" : "";
      paths.push(arc(boxes.get(node.key), boxes.get(key), distance, kind));
      sentences.push(`${node.tasks.join(", ")} to ${nodes[index.get(key)].tasks.join(", ") || nobody}`);
    }
  const holder = element("div", { class: "arcs" });
  holder.innerHTML = `<svg role="img"><title></title>${paths.join("")}</svg>`;
  holder.querySelector("title").textContent = `Who waits for whom: ${sentences.join("; ")}`;
  return holder;
}

/// Down (and to itself) on the right, up on the left.
function arc(from, to, distance, kind) {
  const side = distance >= 0 ? 1 : -1;
  const edge = (box) => box.offsetLeft + (side > 0 ? box.offsetWidth : 0);
  const y = from.offsetTop + from.offsetHeight * (distance === 0 ? 0.3 : 0.5);
  const toY = to.offsetTop + to.offsetHeight * (distance === 0 ? 0.7 : distance > 0 ? 0.35 : 0.65);
  const bulge = side * (30 + 8 * Math.min(4, Math.abs(distance)));
  const tip = edge(to) + 3 * side;
  return `<path class="arc ${kind}" d="M${edge(from)},${y} C${edge(from) + bulge},${y} ${edge(to) + bulge},${toY} ${tip + 8 * side},${toY}"/>` +
    `<path class="tip ${kind}" d="M${tip},${toY} l${9 * side},-5 l0,10 z"/>`;
}
