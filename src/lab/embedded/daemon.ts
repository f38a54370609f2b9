import { existsSync, readFileSync } from 'node:fs';
import type { KeyPair } from '../keys.js';
import { startEmbeddedServer } from './server.js';

/** What the daemon reads from the file named by its only argument. */
export interface DaemonSettings {
  readonly authorizedKey: string;
  readonly password: string;
  readonly hosts: readonly { name: string; home: string; port?: number; hostKey: KeyPair }[];
}

/** What it tells its parent over IPC: each host's port, or why it could not start. */
export type DaemonAnswer = { readonly ports: readonly number[] } | { readonly error: string };

// This file is a program: one process with the servers of an embedded lab, which outlives `lab up`.
async function main(path: string): Promise<void> {
  const { hosts, authorizedKey, password } = JSON.parse(readFileSync(path, 'utf8')) as DaemonSettings;
  const start = ({ name: _, ...host }: DaemonSettings['hosts'][number]) => {
    const options = { ...host, authorizedKeys: [authorizedKey], password };
    // A port of an earlier time may have been taken since.
    return startEmbeddedServer(options).catch(() => startEmbeddedServer({ ...options, port: undefined }));
  };
  // Started where its parent stood, as Node's own options may be relative to that; not kept in use from here.
  process.chdir('/');
  const servers = await Promise.all(hosts.map(start));
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  // A lab whose folder was removed by hand has no one left to take it down.
  setInterval(() => !existsSync(path) && void stop(), 5000);
  process.send?.({ ports: servers.map((server) => server.port) } satisfies DaemonAnswer);
}

main(process.argv[2] ?? '').catch((error: Error) => {
  process.send?.({ error: error.message } satisfies DaemonAnswer);
  process.exitCode = 1;
});
