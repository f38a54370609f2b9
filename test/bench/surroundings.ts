import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { ansibleVersion } from './peers.js';
import { type Program, ROOT } from './program.js';

/** What the numbers depend on: label and text. */
export function surroundings(program: Program, peers: boolean): (readonly [string, string])[] {
  const processors = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const shipped = program.file.startsWith(join(ROOT, 'dist')) ? '' : ' (not the shipped form)';
  const ssh = spawnSync('ssh', ['-V'], { encoding: 'utf8' }).stderr?.trim().split(',')[0] ?? 'ssh';
  return [
    ['date', new Date().toISOString().slice(0, 10)],
    ['machine', `${processors.length} × ${processors[0]?.model ?? 'processor'}, ${memory}, Linux ${release()}`],
    ['load when it began', loadavg()[0]?.toFixed(1) ?? 'unknown'],
    ['versions', `hostwright ${version}${shipped}, Node ${process.versions.node}, ${ssh}`],
    ...(peers ? ([['peers', ansibleVersion() ?? 'none is installed']] as const) : []),
    ['hosts', 'Debian 12 with systemd and OpenSSH, made by `hostwright lab`'],
  ];
}
