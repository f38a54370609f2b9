import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { benchmarkPlay } from '../../bench/play.js';

// The play that was measured with Ansible before there was a hostwright: every tool gets these bytes.
test('the play is byte for byte the one that all tools were measured with', () => {
  const digest = createHash('sha256').update(benchmarkPlay()).digest('hex');
  expect(digest).toBe('6942dea33f8bc9fbd059bac8aaa257dc31bbe8cbe147ac36215c907f82f1474a');
});

test('it has 100 tasks', () => {
  expect(benchmarkPlay().match(/^ {4}- name: /gm)).toHaveLength(100);
});
