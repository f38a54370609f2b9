import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is read of V8's `.cpuprofile` (Chrome DevTools Protocol, Profiler.Profile). Lines begin with 0. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

/** Milliseconds; where samples lie further apart the process had lost its processor, and the rest isn't its time. */
const PREEMPTED = 1;

interface Place {
  readonly name: string;
  /** Relative to the project, `node:...`, or empty for V8's own. */
  readonly file: string;
  readonly line: number;
}

/** The functions, files and folders with the most self time, per run, in the profiles of a folder: lines of text. */
export function profileReport(folder: string, root: string, top = 25): string {
  const functions = new Map<string, number>();
  const files = new Map<string, number>();
  const rooms = new Map<string, number>();
  let busy = 0;
  const profiles = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  for (const file of profiles) {
    const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
    const places = new Map(profile.nodes.map((node) => [node.id, placeOf(node.callFrame, root)]));
    profile.samples.forEach((id, index) => {
      const place = places.get(id);
      const milliseconds = Math.min((profile.timeDeltas[index] ?? 0) / 1000, PREEMPTED) / profiles.length;
      if (place === undefined || place.name === '(idle)' || milliseconds < 0) return;
      busy += milliseconds;
      add(functions, place.file ? `${place.name}  ${place.file}:${place.line}` : place.name, milliseconds);
      add(files, place.file || place.name, milliseconds);
      add(rooms, roomOf(place), milliseconds);
    });
  }
  return [
    `${busy.toFixed(0)} ms busy, the mean of ${profiles.length} runs. Self time in ms, by function:`,
    ...ranking(functions, top, busy),
    'By file:',
    ...ranking(files, top, busy),
    'By folder or package:',
    ...ranking(rooms, top, busy),
  ].join('\n');
}

function placeOf(frame: CpuProfile['nodes'][number]['callFrame'], root: string): Place {
  const name = frame.functionName || '(anonymous)';
  if (!frame.url.startsWith('file:')) return { name, file: frame.url, line: frame.lineNumber + 1 };
  const path = fileURLToPath(frame.url);
  const origin = sourceMapOf(path)?.findEntry(frame.lineNumber, frame.columnNumber);
  if (origin !== undefined && 'originalSource' in origin && origin.originalSource) {
    const source = join(path, '..', origin.originalSource);
    return { name, file: relative(root, source), line: origin.originalLine + 1 };
  }
  return { name, file: relative(root, path), line: frame.lineNumber + 1 };
}

const sourceMaps = new Map<string, SourceMap | undefined>();

function sourceMapOf(path: string): SourceMap | undefined {
  if (!sourceMaps.has(path)) {
    const file = `${path}.map`;
    sourceMaps.set(path, existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, 'utf8'))) : undefined);
  }
  return sourceMaps.get(path);
}

function roomOf({ name, file }: Place): string {
  const packaged = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file);
  if (packaged) return packaged[1] ?? file;
  if (file.startsWith('node:')) return 'node';
  if (file) return dirname(file);
  return name.startsWith('(') ? name : '(native)';
}

function add(totals: Map<string, number>, key: string, value: number): void {
  totals.set(key, (totals.get(key) ?? 0) + value);
}

function ranking(totals: ReadonlyMap<string, number>, top: number, busy: number): string[] {
  const sorted = [...totals].sort(([, a], [, b]) => b - a).slice(0, top);
  return sorted.map(([key, value]) => {
    const share = `${((100 * value) / busy).toFixed(1)} %`;
    return `${value.toFixed(1).padStart(9)}  ${share.padStart(6)}  ${key}`;
  });
}
