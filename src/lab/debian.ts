import { readFileSync } from 'node:fs';
import { mustRun, runCommand } from './process.js';
import type { Release } from './state.js';

/** What of the machine's own apt configuration the lab's hosts are given. */
export interface AptSettings {
  /** The lines of a sources.list for the release. */
  readonly sources: readonly string[];
  /** Lines of apt.conf: proxies and clock checks as the machine has them. */
  readonly configuration: readonly string[];
}

/** Reads where this machine gets Debian packages, for another release of the same mirror. */
export async function aptSettings(release: Release): Promise<AptSettings> {
  const [targets, dump] = await Promise.all([
    mustRun([
      'apt-get',
      'indextargets',
      '--format',
      '$(TARGET_OF) $(REPO_URI) $(RELEASE) $(COMPONENT) $(TRUSTED)',
      'Created-By: Packages',
    ]),
    mustRun(['apt-config', 'dump']),
  ]);
  const sources = sourcesFor(release, targets);
  if (sources.length === 0) {
    throw new Error(
      "apt's configuration on this machine names no Debian mirror: add one to /etc/apt/sources.list.d/, " +
        'with the suites of a Debian release, and run `apt-get update`',
    );
  }
  return { sources, configuration: [...configurationLines(dump), ...proxyLines(dump, process.env)] };
}

/**
 * The source lines of `release`, from `apt-get indextargets` with the fields type, address, suite and component:
 * the Debian suites among them (a code name, alone or with -updates, -security or -backports), each code name replaced.
 */
export function sourcesFor(release: Release, targets: string): string[] {
  const lines = new Set<string>();
  for (const target of targets.split('\n')) {
    const [type, address, suite, component] = target.trim().split(/\s+/);
    if (type !== 'deb' || !address || !suite || component !== 'main') continue;
    const match =
      /^(?:bullseye|bookworm|trixie|forky|oldoldstable|oldstable|stable|testing)(-updates|-security|\/updates)?$/.exec(
        suite,
      );
    if (match === null || !/^(https?|copy|file|mirror\+https?):/.test(address)) continue;
    lines.add(`deb ${address.replace(/\/$/, '')} ${release}${(match[1] ?? '').replace('/updates', '-security')} main`);
  }
  return [...lines];
}

const KEPT = /^Acquire::(?:https?::[^ ]*|Check-Valid-Until|Check-Date|ForceIPv4|ForceIPv6|Retries) /i;

/** The lines of `apt-config dump` that decide how packages are reached. */
export function configurationLines(dump: string): string[] {
  return dump.split('\n').filter((line) => KEPT.test(line) && !/ "";$/.test(line));
}

/** apt honours proxy variables, which the hosts don't have: as configuration, where apt's own doesn't name a proxy. */
export function proxyLines(dump: string, environment: NodeJS.ProcessEnv): string[] {
  const lines = [];
  for (const scheme of ['http', 'https']) {
    const proxy = environment[`${scheme}_proxy`] ?? (scheme === 'https' ? environment.HTTPS_PROXY : undefined);
    if (!proxy || /["\n]/.test(proxy) || dump.includes(`Acquire::${scheme}::Proxy "`)) continue;
    lines.push(`Acquire::${scheme}::Proxy "${proxy}";`);
  }
  return lines;
}

/** The machine's name servers as a resolv.conf that works from another network namespace. */
export function resolverConfiguration(): string {
  const text = readFileSync('/etc/resolv.conf', 'utf8');
  if (!/^nameserver\s+127\.0\.0\.53\b/m.test(text)) return text;
  try {
    // systemd-resolved's stub listens on loopback only; it keeps the real servers here.
    return readFileSync('/run/systemd/resolve/resolv.conf', 'utf8');
  } catch {
    return text;
  }
}

/** Debian's name of this machine's processor architecture, such as amd64. */
export async function architecture(): Promise<string> {
  return (await runCommand(['dpkg', '--print-architecture'])).stdout.trim();
}
