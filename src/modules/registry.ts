import type { Module } from './module.js';

type AnyModule = Module<any>; // biome-ignore lint/suspicious/noExplicitAny: each module has its own options

/** Every module, loaded when a playbook uses it: one line per module. */
const modules = {
  apt: async () => (await import('./apt.js')).apt,
  command: async () => (await import('./command.js')).command,
  copy: async () => (await import('./copy.js')).copy,
  cron: async () => (await import('./cron.js')).cron,
  debug: async () => (await import('./debug.js')).debug,
  file: async () => (await import('./file.js')).file,
  group: async () => (await import('./group.js')).group,
  service: async () => (await import('./service.js')).service,
  systemd: async () => (await import('./systemd.js')).systemd,
  user: async () => (await import('./user.js')).user,
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
