import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { userInfo } from 'node:os';
import type { Writable } from 'node:stream';
import type { ServerChannel } from 'ssh2';
import { Fuse, type Misbehaviour, Throttle } from './misbehaviour.js';

export interface CommandContext {
  readonly home: string;
  readonly path?: string;
  readonly misbehaviour: Misbehaviour;
  /** Output bytes the connection may still send before it dies; shared by its commands. */
  readonly left: { bytes: number };
  readonly die: () => void;
  /** Commands that run, to be ended with the server. */
  readonly running: Set<ChildProcessWithoutNullStreams>;
}

/** Runs one command for a channel, as sshd would: `/bin/sh -c`, or `/bin/sh` alone for a shell. */
export function serveCommand(
  channel: ServerChannel,
  command: string | undefined,
  context: CommandContext,
): ChildProcessWithoutNullStreams | undefined {
  const { misbehaviour, running } = context;
  channel.on('error', () => undefined);
  if (misbehaviour.silent === 'exec') return undefined;
  if (misbehaviour.flood) {
    flood(misbehaviour.flood === 'stdout' ? channel : channel.stderr, channel);
    return undefined;
  }
  const child = spawn('/bin/sh', command === undefined ? [] : ['-c', command], {
    cwd: context.home,
    // A group of its own, so that it can be ended with its children.
    detached: true,
    env: environment(context),
  });
  running.add(child);
  child.on('error', () => channel.close());
  child.stdin.on('error', () => undefined);
  channel.pipe(child.stdin);
  const outputs = [carry(child.stdout, channel, context), carry(child.stderr, channel.stderr, context)];
  // The client is gone: as with sshd, the command finds its input ended and its output closed.
  channel.on('close', () => {
    for (const stream of child.stdio) stream?.destroy();
  });
  child.on('close', async (code, signal) => {
    running.delete(child);
    await Promise.all(outputs);
    await Promise.all([drained(channel), drained(channel.stderr)]);
    if (!misbehaviour.dieWithoutExit) {
      if (signal === null) channel.exit(code ?? 255);
      else channel.exit(signal.replace('SIG', ''), false, '');
    }
    channel.end();
  });
  return child;
}

/** Sends a signal to a command and all its children. */
export function signalCommand(child: ChildProcessWithoutNullStreams, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {}
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function environment({ home, path = DEFAULT_PATH }: CommandContext): NodeJS.ProcessEnv {
  const name = userInfo().username;
  return { HOME: home, PATH: path, USER: name, LOGNAME: name, SHELL: '/bin/sh' };
}

// Piped without ending the target, as the exit status comes after the output; done when the source has ended.
async function carry(source: NodeJS.ReadableStream, target: Writable, context: CommandContext): Promise<void> {
  const { slow, dieAfterBytes } = context.misbehaviour;
  let last = source;
  if (slow?.bytesPerSecond !== undefined) last = last.pipe(new Throttle(slow.bytesPerSecond));
  if (dieAfterBytes !== undefined) last = last.pipe(new Fuse(context.left, context.die));
  last.pipe(target, { end: false });
  await new Promise<void>((resolve) => {
    for (const event of ['end', 'close', 'error']) last.once(event, () => resolve());
  });
}

async function drained(stream: Writable): Promise<void> {
  while (stream.writableLength > 0 && stream.writable)
    await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
}

function flood(target: Writable, channel: ServerChannel): void {
  const chunk = Buffer.alloc(32 * 1024, 'flood of output\n');
  let open = true;
  channel.on('close', () => {
    open = false;
  });
  const pour = (): void => {
    while (open && target.write(chunk));
    if (open) target.once('drain', () => setImmediate(pour));
  };
  pour();
}
