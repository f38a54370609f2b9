/*
 * Hostwright for programs: what the command line does, as functions.
 * Runs:        run(options) → { exitCode, run }; events go to options.reporter
 * Files:       loadPlaybook, listTasks, listTags; loadInventory, selectHosts, parseExtraVars
 * Reports:     loadReporter(name), fanOut([...]); readJournal, listRuns
 * Labs:        labUp, labDown, labList, labState, labSsh
 * Mistakes in files are InputErrors with every problem and its place.
 */
export { InputError, type Problem, TaskError, UnreachableError } from './base/error.js';
export { formatPlace, type Place } from './base/place.js';
export type { Value, Values } from './base/value.js';
export { moduleCatalogue } from './engine/catalogue.js';
export type { ConnectionFlags } from './engine/connect.js';
export type { Flags } from './engine/effective.js';
export type { RunOptions, RunResult } from './engine/options.js';
export { loadAll, run } from './engine/run.js';
export { parseExtraVars } from './inventory/extra-vars.js';
export type { Inventory, InventoryGroup, InventoryHost, VariableLayer } from './inventory/inventory.js';
export { type InventoryOptions, loadInventory } from './inventory/load.js';
export { type SelectOptions, selectHosts } from './inventory/pattern.js';
export { inventoryGraph, inventoryHost, inventoryListJson } from './inventory/show.js';
export {
  type LabOptions,
  type LabSummary,
  type LabUpOptions,
  labDown,
  labList,
  labSsh,
  labState,
  labUp,
} from './lab/lab.js';
export { obstacle as labObstacle } from './lab/needs.js';
export type { HostRequest, LabHost, LabState } from './lab/state.js';
export { type LoadOptions, listTags, listTasks, loadPlaybook, type Playbook } from './playbook/index.js';
export type { Event, Recap, Reporter, Status, TaskLabel, TaskResult } from './report/event.js';
export { type FanOutOptions, fanOut } from './report/fan-out.js';
export { type Journal, listRuns, type RunSummary, readJournal, type TimedEvent } from './report/journal-read.js';
export { Redactor } from './report/redact.js';
export { loadReporter, type ReporterName, type ReporterOptions } from './report/reporters.js';
export { TemplateCompiler } from './template/index.js';
