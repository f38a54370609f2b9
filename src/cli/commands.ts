import type { Command } from 'commander';

/** What a command's file exports as `define`: adds arguments, flags and the action. */
export type Define = (command: Command) => void;

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<{ readonly define: Define }>;
}

/** Every command; a new one is a file and a line here. Only the one that is used gets loaded. */
export const commands: Readonly<Record<string, Entry>> = {
  run: { summary: 'apply playbooks to hosts', load: () => import('./run.js') },
  check: { summary: 'say what a run would change, with diffs; changes nothing', load: () => import('./check.js') },
  exec: { summary: 'do one task on hosts', load: () => import('./exec.js') },
  ping: { summary: 'log in to hosts and see whether they can be worked on', load: () => import('./ping.js') },
  facts: { summary: 'show what is known of hosts', load: () => import('./facts.js') },
  inventory: { summary: 'show hosts, groups and their variables', load: () => import('./inventory.js') },
  explain: {
    summary: "show where a host's variables come from, and which value wins",
    load: () => import('./explain.js'),
  },
  lint: { summary: 'check everything that can be known without a host', load: () => import('./lint.js') },
  journal: { summary: 'list past runs, or show one', load: () => import('./journal.js') },
  lab: { summary: 'throw-away hosts to try things on', load: () => import('./lab.js') },
};
