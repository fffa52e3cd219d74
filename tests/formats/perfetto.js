// perfetto.js FILE TRACK...: what chrome-trace makes of the file. It throws where an end has no begin or comes before it.
// The times that it finds for the slices without those within them add up to what the outermost slices take: they nest.
const assert = require('assert');
const fs = require('fs');
const chromeTrace = require('chrome-trace');

const [file, ...tracks] = process.argv.slice(2);
const document = JSON.parse(fs.readFileSync(file, 'utf8'));
const read = chromeTrace.parseObject(document);

for (const track of tracks)
  assert(Object.values(read.threadName).includes(track), `no track ${track}: ${JSON.stringify(read.threadName)}`);

const depth = {}, begin = {}, outermost = {};
for (const event of document.traceEvents) {
  const thread = `${event.pid}:${event.tid}`;
  if (event.ph === 'B' && (depth[thread] = (depth[thread] || 0) + 1) === 1) begin[thread] = event.ts;
  if (event.ph === 'E' && --depth[thread] === 0)
    outermost[thread] = (outermost[thread] || 0) + (event.ts - begin[thread]) / 1000;
}
assert(Object.keys(outermost).length > 0, 'no slices');
for (const [thread, expected] of Object.entries(outermost)) {
  const times = Object.values(read.eventTypeTime[thread]);
  const sum = times.reduce((all, time) => all + time, 0);
  // Each is rounded to a thousandth.
  assert(Math.abs(sum - expected) <= 0.001 * (times.length + 1), `${thread}: ${sum} instead of ${expected}`);
  assert(times.every((time) => time >= 0), `${thread}: a slice is shorter than what is in it`);
}
