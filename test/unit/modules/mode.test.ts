import { describe, expect, it } from 'vitest';
import { resolveMode } from '../../../src/modules/mode.js';

describe('resolveMode', () => {
  // What chmod of coreutils 9.1 makes of the modes, with umask 022.
  it.each([
    ['0644', 0o777, false, 0o644],
    ['644', 0o777, false, 0o644],
    ['2755', 0o777, true, 0o2755],
    ['04755', 0o644, false, 0o4755],
    ['0o640', 0, false, 0o640],
    ['u=rw,g=r,o=', 0o777, false, 0o640],
    ['u+x', 0o644, false, 0o744],
    ['a+x', 0o644, false, 0o755],
    ['go-rwx', 0o755, false, 0o700],
    ['u=rwX,go=rX', 0o640, false, 0o644],
    ['u=rwX,go=rX', 0o740, false, 0o755],
    ['u=rwX,go=rX', 0o600, true, 0o755],
    ['g=u', 0o740, false, 0o770],
    ['g+s', 0o755, true, 0o2755],
    ['+t', 0o777, true, 0o1777],
    ['u+s,o-x', 0o755, false, 0o4754],
    ['=rw', 0o666, false, 0o644],
    ['+w', 0o444, false, 0o644],
    ['-w', 0o666, false, 0o466],
    ['+x', 0o666, false, 0o777],
    ['u+rw-x', 0o100, false, 0o600],
  ] as const)('%s of %o, folder %s', (mode, before, folder, expected) => {
    expect(resolveMode(mode, before, folder).toString(8)).toBe(expected.toString(8));
  });
  it.each(['rw', '888', '0999', 'u=rwz', '', '12345', '07777777', 'u=rw;g=r'])('refuses %j', (mode) => {
    expect(() => resolveMode(mode, 0o644, false)).toThrow(/invalid mode/);
  });
});
