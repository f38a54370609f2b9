import { parseArgs } from 'node:util';

/** What is measured, in this order. Those with `from-bare` reset the hosts before each run. */
export const CASES = [
  '1-host',
  '100-ms',
  'many-hosts',
  'from-bare-1-host',
  'from-bare-100-ms',
  'from-bare-many-hosts',
  'controller',
] as const;

export type CaseName = (typeof CASES)[number];

/** Whether the hosts are reset before each run of a case. */
export function isBare(name: CaseName): boolean {
  return name.startsWith('from-bare');
}

/** Which of the sites a case is about. */
export function wayOf(name: CaseName): 'one' | 'far' | 'many' {
  if (name.endsWith('1-host')) return 'one';
  return name.endsWith('100-ms') ? 'far' : 'many';
}

export interface BenchOptions {
  /** Hosts of the cases with many. */
  readonly hosts: number;
  /** Runs of each contender where nothing is to change; half as many from bare. */
  readonly runs: number;
  readonly cases: ReadonlySet<CaseName>;
  /** Nothing was left out by --only or --quick. */
  readonly whole: boolean;
  readonly peers: boolean;
  /** Hosts with Python for the peers: the case with many hosts is left out for them where there is only one. */
  readonly peerHosts: number;
  /** Another file than dist/cli/main.js. */
  readonly program?: string;
  readonly profile: boolean;
  readonly keep: boolean;
  /** Where the table is written; undefined: it is only printed. */
  readonly output?: string;
}

export const USAGE = `npm run bench -- [options]
  --hosts N        hosts of the cases with many hosts (20)
  --runs N         runs of each contender where nothing is to change (7); half as many from bare
  --only NAMES     only these of: ${CASES.join(', ')}
  --quick          3 runs, one from bare
  --peers          Ansible with its defaults, with pipelining and with mitogen, too, where they are installed
  --peer-hosts N   hosts with Python for these (1); with as many as --hosts they do the case of many hosts, too
  --program FILE   another program than dist/cli/main.js; a .ts file is run by tsx
  --profile        run the program under V8's profiler instead and print where its time goes: --only's cases, or
                   1-host and many-hosts
  --output FILE    where the table is written (docs/benchmarks.md; with --only or --quick it is only printed)
  --keep           leave the lab up`;

/** Reads the command line; undefined where help is asked for. Throws an Error with one line for a person. */
export function readOptions(argv: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      hosts: { type: 'string', default: '20' },
      runs: { type: 'string' },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      peers: { type: 'boolean', default: false },
      'peer-hosts': { type: 'string', default: '1' },
      program: { type: 'string' },
      profile: { type: 'boolean', default: false },
      output: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const whole = values.only === undefined && !values.quick;
  return {
    hosts: count('--hosts', values.hosts, 150),
    runs: count('--runs', values.runs ?? (values.quick ? '3' : '7'), 1000),
    cases: new Set(values.only === undefined ? CASES : values.only.split(',').map(caseName)),
    whole,
    peers: values.peers,
    peerHosts: count('--peer-hosts', values['peer-hosts'], 50),
    program: values.program,
    profile: values.profile,
    keep: values.keep,
    output: values.output ?? (whole ? 'docs/benchmarks.md' : undefined),
  };
}

function caseName(name: string): CaseName {
  if ((CASES as readonly string[]).includes(name)) return name as CaseName;
  throw new Error(`--only: there is no case "${name}"; there are ${CASES.join(', ')}`);
}

function count(option: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`${option} must be a whole number from 1 to ${most}, not ${JSON.stringify(text)}`);
}
