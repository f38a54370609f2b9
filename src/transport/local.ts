import { spawn } from 'node:child_process';
import { UnreachableError } from '../base/error.js';
import type { Connection, Shell, ShellEnd } from './shell.js';

/** The machine itself as a host: shells are child processes of this one. */
export function connectLocal(options: { readonly shell?: readonly string[] } = {}): Connection {
  const [program = '/bin/sh', ...words] = options.shell ?? [];
  const open = new Set<Shell>();
  return {
    openShell: (command) =>
      new Promise((resolve, reject) => {
        const child = spawn(program, [...words, '-c', command], { stdio: 'pipe', detached: true });
        const ended = new Promise<ShellEnd>((done) => {
          child.once('close', (code, signal) =>
            done({
              lost: signal !== null,
              ...(code === null ? {} : { code }),
              reason: signal === null ? `the shell ended with status ${code}` : `the shell was ended by ${signal}`,
            }),
          );
        });
        const shell: Shell = {
          stdin: child.stdin,
          stdout: child.stdout,
          stderr: child.stderr,
          ended,
          close: () => {
            child.stdin.destroy();
            child.stdout.destroy();
            child.stderr.destroy();
            child.unref();
          },
        };
        child.once('error', (error) =>
          reject(new UnreachableError('lost', `cannot start ${program}: ${error.message}`)),
        );
        child.once('spawn', () => {
          open.add(shell);
          void ended.then(() => open.delete(shell));
          resolve(shell);
        });
      }),
    close: () => {
      for (const shell of open) shell.close();
    },
  };
}
