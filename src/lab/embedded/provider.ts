import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { generateKey, type KeyPair } from '../keys.js';
import { endProcess, isAlive, type ProcessIdentity, processIdentity } from '../process.js';
import { type LabHost, type LabState, writeState, writeWhole } from '../state.js';
import type { DaemonAnswer, DaemonSettings } from './daemon.js';

/** Starts servers for those of `hosts` that don't run, in one process; the state and each host's public key by name. */
export async function embeddedUp(
  state: LabState,
  hosts: readonly { readonly name: string }[],
  authorizedKey: string,
  progress: (message: string) => void,
): Promise<{ state: LabState; hostKeys: Map<string, string> }> {
  const user = userInfo().username;
  const planned = hosts.map(({ name }): LabHost => {
    const recorded = state.hosts.find((host) => host.name === name);
    return { name, release: 'embedded', address: '127.0.0.1', port: 0, user, ...recorded };
  });
  const keys = new Map(planned.map(({ name }) => [name, hostKey(join(state.folder, 'hosts', name))]));
  const hostKeys = new Map([...keys].map(([name, key]) => [name, key.publicKey]));
  const running = await Promise.all(planned.map((host) => isAlive(host.process)));
  const missing = planned.filter((_, index) => !running[index]);
  let up: LabState = { ...state, hosts: planned };
  if (missing.length > 0) {
    const { ports, process } = await startDaemon(state.folder, {
      authorizedKey,
      password: state.password,
      hosts: missing.map(({ name, port }) => {
        const home = join(state.folder, 'hosts', name, 'home');
        mkdirSync(home, { recursive: true });
        return { name, home, port: port || undefined, hostKey: keys.get(name)! };
      }),
    });
    const started = missing.map((host, index) => ({ ...host, port: ports[index] ?? 0, process }));
    up = { ...state, hosts: planned.map((host) => started.find(({ name }) => name === host.name) ?? host) };
    writeState(up);
  }
  for (const host of up.hosts) progress(`${host.name} is up at ${host.address} port ${host.port} (embedded)`);
  return { state: up, hostKeys };
}

/** Ends the lab's servers, and with them the commands they run. */
export async function embeddedDown(state: LabState): Promise<void> {
  for (const host of state.hosts) await endProcess(host.process);
}

function hostKey(folder: string): KeyPair {
  const file = join(folder, 'host_key');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(file)) writeWhole(file, JSON.stringify(generateKey('embedded')), 0o600);
  return JSON.parse(readFileSync(file, 'utf8')) as KeyPair;
}

async function startDaemon(
  folder: string,
  settings: DaemonSettings,
): Promise<{ ports: readonly number[]; process: ProcessIdentity }> {
  const file = join(folder, 'embedded.json');
  writeWhole(file, JSON.stringify(settings), 0o600);
  const log = openSync(join(folder, 'embedded.log'), 'a', 0o600);
  const { entry, loader } = daemonEntry();
  const child = spawn(process.execPath, [...process.execArgv, ...loader, entry, file], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const answer = await new Promise<DaemonAnswer>((resolve, reject) => {
    child.once('error', reject);
    child.once('message', (message) => resolve(message as DaemonAnswer));
    child.once('exit', (code) => resolve({ error: `it ended with exit status ${code}, see ${folder}/embedded.log` }));
  });
  if ('error' in answer) throw new Error(`the embedded server could not start: ${answer.error}`);
  const identity = await processIdentity(child.pid ?? 0);
  child.disconnect();
  child.unref();
  if (identity === undefined) throw new Error(`the embedded server ended at once, see ${folder}/embedded.log`);
  return { ports: answer.ports, process: identity };
}

// In development this file is TypeScript, which Node 20 can't run by itself.
function daemonEntry(): { entry: string; loader: string[] } {
  const typescript = import.meta.url.endsWith('.ts');
  const entry = fileURLToPath(new URL(typescript ? './daemon.ts' : './daemon.js', import.meta.url));
  if (!typescript || process.execArgv.some((argument) => argument.includes('tsx'))) return { entry, loader: [] };
  return { entry, loader: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] };
}
