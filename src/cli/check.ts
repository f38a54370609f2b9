import type { Command } from 'commander';
import { definePlaybookCommand } from './playbook-command.js';

/** `hostwright check PLAYBOOK`: what `run --check --diff` does. */
export function define(command: Command): void {
  definePlaybookCommand(command, { check: true, diff: true });
}
