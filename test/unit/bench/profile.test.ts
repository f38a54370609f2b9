import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { profileReport } from '../../bench/profile.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostwright-bench-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const frame = (functionName: string, url: string, lineNumber: number) => ({
  functionName,
  url,
  lineNumber,
  columnNumber: 0,
});

test('self time is summed by function, file and folder; idle and lost processors do not count', () => {
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('plan', 'file:///project/src/engine/desk.js', 9) },
      { id: 2, callFrame: frame('judge', 'file:///project/src/engine/desk.js', 29) },
      { id: 3, callFrame: frame('send', 'file:///project/node_modules/ssh2/lib/client.js', 0) },
      { id: 4, callFrame: frame('(idle)', '', -1) },
    ],
    samples: [1, 1, 2, 3, 4, 1],
    timeDeltas: [200, 200, 200, 200, 900_000, 50_000],
  };
  writeFileSync(join(folder, 'one.cpuprofile'), JSON.stringify(profile));
  const lines = profileReport(folder, '/project')
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}/g, ' '));
  expect(lines[0]).toBe('2 ms busy, the mean of 1 runs. Self time in ms, by function:');
  expect(lines).toContain('1.4 77.8 % plan src/engine/desk.js:10');
  expect(lines).toContain('1.6 88.9 % src/engine/desk.js');
  expect(lines).toContain('1.6 88.9 % src/engine');
  expect(lines).toContain('0.2 11.1 % ssh2');
});
