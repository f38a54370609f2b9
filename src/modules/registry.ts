import type { Module } from './module.js';

type AnyModule = Module<any>; // biome-ignore lint/suspicious/noExplicitAny: each module has its own options

/** Every module, loaded when a playbook uses it: one line per module. */
const modules = {
  add_host: async () => (await import('./add-host.js')).addHost,
  apt: async () => (await import('./apt.js')).apt,
  apt_repository: async () => (await import('./apt-repository.js')).aptRepository,
  assert: async () => (await import('./assert.js')).assert,
  authorized_key: async () => (await import('./authorized-key.js')).authorizedKey,
  blockinfile: async () => (await import('./blockinfile.js')).blockinfile,
  command: async () => (await import('./command.js')).command,
  copy: async () => (await import('./copy.js')).copy,
  cron: async () => (await import('./cron.js')).cron,
  deb822_repository: async () => (await import('./deb822-repository.js')).deb822Repository,
  debug: async () => (await import('./debug.js')).debug,
  fail: async () => (await import('./fail.js')).fail,
  fetch: async () => (await import('./fetch.js')).fetch,
  file: async () => (await import('./file.js')).file,
  find: async () => (await import('./find.js')).find,
  get_url: async () => (await import('./get-url.js')).getUrl,
  git: async () => (await import('./git.js')).git,
  group: async () => (await import('./group.js')).group,
  group_by: async () => (await import('./group-by.js')).groupBy,
  hostname: async () => (await import('./hostname.js')).hostname,
  include_vars: async () => (await import('./include-vars.js')).includeVars,
  lineinfile: async () => (await import('./lineinfile.js')).lineinfile,
  mount: async () => (await import('./mount.js')).mount,
  package: async () => (await import('./package.js')).packageModule,
  pause: async () => (await import('./pause.js')).pause,
  ping: async () => (await import('./ping.js')).ping,
  reboot: async () => (await import('./reboot.js')).reboot,
  replace: async () => (await import('./replace.js')).replace,
  script: async () => (await import('./script.js')).script,
  service: async () => (await import('./service.js')).service,
  set_fact: async () => (await import('./set-fact.js')).setFact,
  setup: async () => (await import('./setup.js')).setup,
  shell: async () => (await import('./shell.js')).shell,
  slurp: async () => (await import('./slurp.js')).slurp,
  stat: async () => (await import('./stat.js')).stat,
  sysctl: async () => (await import('./sysctl.js')).sysctl,
  systemd: async () => (await import('./systemd.js')).systemd,
  template: async () => (await import('./template.js')).template,
  unarchive: async () => (await import('./unarchive.js')).unarchive,
  uri: async () => (await import('./uri.js')).uri,
  user: async () => (await import('./user.js')).user,
  wait_for: async () => (await import('./wait-for.js')).waitFor,
  wait_for_connection: async () => (await import('./wait-for-connection.js')).waitForConnection,
} satisfies Record<string, () => Promise<AnyModule>>;

/** Names of collections whose modules we have under their short name. */
const COLLECTIONS = /^(ansible\.builtin|ansible\.posix|ansible\.legacy|community\.general|community\.crypto)\./;

/** Other names of a module. */
const aliases: Readonly<Record<string, string>> = { systemd_service: 'systemd', gather_facts: 'setup' };

export function moduleNames(): readonly string[] {
  return Object.keys(modules).sort();
}

/** The name a module is known by here, or undefined where there is no such module. */
export function canonicalName(name: string): string | undefined {
  const short = name.replace(COLLECTIONS, '');
  const canonical = Object.hasOwn(aliases, short) ? aliases[short]! : short;
  return Object.hasOwn(modules, canonical) ? canonical : undefined;
}

const loaded = new Map<string, AnyModule>();

/** Loads modules by canonical name, so that `moduleNamed` has them. */
export async function loadModules(names: Iterable<string>): Promise<void> {
  await Promise.all(
    [...new Set(names)].map(async (name) => {
      if (!loaded.has(name)) loaded.set(name, await modules[name as keyof typeof modules]());
    }),
  );
}

/** A loaded module. Throws where it was not loaded: a defect of the caller. */
export function moduleNamed(name: string): AnyModule {
  const module = loaded.get(name);
  if (!module) throw new Error(`module ${name} was not loaded`);
  return module;
}
