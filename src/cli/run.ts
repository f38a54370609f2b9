import type { Command } from 'commander';
import { definePlaybookCommand } from './playbook-command.js';

/** `hostwright run PLAYBOOK`. */
export function define(command: Command): void {
  definePlaybookCommand(command, {});
}
