/** The mark above a job that says whose it is; the same as Ansible's, so that its crontabs are known here. */
const MARK = '#Ansible: ';

/** A crontab's lines, without the empty one after the last newline. */
export function tableLines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

export function tableText(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** The lines with this job under its name: in the place of the old one, or at the end. Equal lines where nothing is to do. */
export function withJob(lines: readonly string[], name: string, job: string): string[] {
  const mark = MARK + name;
  const at = lines.indexOf(mark);
  if (at >= 0) {
    // The next line is the old job, unless someone removed it and left the mark.
    const taken = at + 1 < lines.length && !lines[at + 1]!.startsWith(MARK) ? 1 : 0;
    return [...lines.slice(0, at + 1), job, ...lines.slice(at + 1 + taken)];
  }
  const bare = lines.findIndex((line, i) => line === job && !lines[i - 1]?.startsWith(MARK));
  // The very job is there without a name: it gets one.
  if (bare >= 0) return [...lines.slice(0, bare), mark, ...lines.slice(bare)];
  return [...lines, mark, job];
}

export function withoutJob(lines: readonly string[], name: string): string[] {
  const at = lines.indexOf(MARK + name);
  if (at < 0) return [...lines];
  const taken = at + 1 < lines.length && !lines[at + 1]!.startsWith(MARK) ? 2 : 1;
  return [...lines.slice(0, at), ...lines.slice(at + taken)];
}

const variable = (line: string): string | undefined => /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=/.exec(line)?.[1];

export interface Neighbours {
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/** The lines with a variable set; a new one comes first, or beside another one. Undefined: that one is not there. */
export function withVariable(
  lines: readonly string[],
  name: string,
  value: string,
  { after, before }: Neighbours,
): string[] | undefined {
  const line = `${name}="${value}"`;
  const at = lines.findIndex((each) => variable(each) === name);
  if (at >= 0) return [...lines.slice(0, at), line, ...lines.slice(at + 1)];
  const neighbour = after ?? before;
  if (neighbour === undefined) return [line, ...lines];
  const beside = lines.findIndex((each) => variable(each) === neighbour);
  if (beside < 0) return undefined;
  const place = after === undefined ? beside : beside + 1;
  return [...lines.slice(0, place), line, ...lines.slice(place)];
}

export function withoutVariable(lines: readonly string[], name: string): string[] {
  return lines.filter((line) => variable(line) !== name);
}
