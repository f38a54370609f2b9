import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a finished command left: its exit status (128 + n for signal n) and its output as text. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: string | Buffer;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds until the command is killed; none by default. */
  readonly timeout?: number;
  /** Where lines of either stream are told while the command runs. */
  readonly onLine?: (line: string) => void;
}

const OUTPUT_LIMIT = 16 * 1024 * 1024;

/** Runs a command without a shell and waits for it. Only a command that cannot be started rejects. */
export function runCommand(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [file, ...args] = argv;
  if (file === undefined) throw new RangeError('runCommand needs at least the name of a command');
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(file, args, {
      cwd: options.cwd,
      env: withAdministration(options.env ?? process.env),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output: [Buffer[], Buffer[]] = [[], []];
    let size = 0;
    const collect = (stream: 0 | 1) => (chunk: Buffer) => {
      size += chunk.length;
      if (size <= OUTPUT_LIMIT) output[stream].push(chunk);
      if (options.onLine) for (const line of chunk.toString().split('\n')) if (line.trim()) options.onLine(line.trim());
    };
    child.stdout?.on('data', collect(0));
    child.stderr?.on('data', collect(1));
    const timer = options.timeout === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), options.timeout);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({
        code: code ?? 128 + (signal === 'SIGKILL' ? 9 : 15),
        stdout: Buffer.concat(output[0]).toString(),
        stderr: Buffer.concat(output[1]).toString(),
      });
    });
    // A command may end without reading its input: that is not our failure.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input);
  });
}

// `su` without a dash keeps a PATH that lacks the folders of `ip`, `nft` and `chroot`.
function withAdministration(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...environment, PATH: `${environment.PATH ?? '/usr/bin:/bin'}:/usr/sbin:/sbin` };
}

/** Runs a command that must succeed; its standard output. The error names the command and its last words. */
export async function mustRun(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await runCommand(argv, options);
  if (result.code === 0) return result.stdout;
  const words = (result.stderr.trim() || result.stdout.trim()).split('\n').slice(-5).join('\n');
  throw new Error(`${argv.join(' ')} ended with exit status ${result.code}: ${words}`);
}

/** A process that stays the same one though ids are used again: the id and the kernel's start time of it. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

/** Field 22 of /proc/PID/stat, with the boot it counts from; without /proc, what `ps` says. Undefined: no such process. */
export async function processIdentity(pid: number): Promise<ProcessIdentity | undefined> {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    return { pid, startTime: `${bootId()}:${fields[19]}` };
  } catch {
    if (process.platform === 'linux') return undefined;
    const { code, stdout } = await runCommand(['ps', '-o', 'lstart=', '-p', String(pid)]);
    return code === 0 && stdout.trim() ? { pid, startTime: stdout.trim() } : undefined;
  }
}

/** Whether that very process still runs (a zombie does not). */
export async function isAlive(identity: ProcessIdentity | undefined): Promise<boolean> {
  if (identity === undefined) return false;
  return (await processIdentity(identity.pid))?.startTime === identity.startTime;
}

/** Ends that very process, first asking with `signal`, after `grace` milliseconds by SIGKILL; true when it is gone. */
export async function endProcess(
  identity: ProcessIdentity | undefined,
  signal: NodeJS.Signals = 'SIGTERM',
  grace = 3000,
): Promise<boolean> {
  for (const [each, wait] of [
    [signal, grace],
    ['SIGKILL', 3000],
  ] as const) {
    if (identity === undefined || !(await isAlive(identity))) return true;
    try {
      process.kill(identity.pid, each);
    } catch {
      return true;
    }
    const until = Date.now() + wait;
    while (Date.now() < until) {
      if (!(await isAlive(identity))) return true;
      await sleep(10);
    }
  }
  return !(await isAlive(identity));
}

let boot: string | undefined;
function bootId(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return boot;
}
