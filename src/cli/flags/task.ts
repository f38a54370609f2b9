import type { Command } from 'commander';
import { gatherWords } from './parse.js';

/** What of a playbook is done, and how. */
export interface RunValues {
  readonly limit?: string;
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  readonly check?: true;
  readonly diff?: true;
  readonly startAtTask?: string;
  readonly forceHandlers?: true;
  readonly failOnChange?: true;
  readonly rolesPath?: readonly string[];
  readonly listHosts?: true;
  readonly listTasks?: true;
  readonly listTags?: true;
  readonly syntaxCheck?: true;
}

export function limitFlag(command: Command): Command {
  return command.option('-l, --limit <PATTERN>', 'only these of the hosts');
}

export function checkFlags(command: Command): Command {
  return command
    .option('-C, --check', 'change nothing, say what would be changed')
    .option('-D, --diff', 'show what changes inside files');
}

export function playbookFlags(command: Command): Command {
  return command
    .option('-t, --tags <TAGS>', 'only tasks with one of these tags', gatherWords)
    .option('--skip-tags <TAGS>', 'leave out tasks with one of these tags', gatherWords)
    .option('--start-at-task <NAME>', 'begin at the task of this name')
    .option('--force-handlers', 'run notified handlers also where a task failed')
    .option('--fail-on-change', 'end with exit code 3 where something changed, or would')
    .option('--roles-path <FOLDERS>', 'more folders of roles, separated by colons', (text) =>
      text.split(':').filter(Boolean),
    )
    .option('--list-hosts', 'say which hosts the plays are for, and end')
    .option('--list-tasks', 'say which tasks there are, and end')
    .option('--list-tags', 'say which tags there are, and end')
    .option('--syntax-check', 'check all files, and end');
}
