export { checkRoleArguments } from './argument-check.js';
export type { ModuleCatalogue } from './catalogue.js';
export type { Compiler } from './checker.js';
export { type ListedPlay, type ListedTags, type ListedTask, listTags, listTasks } from './list.js';
export { type LoadOptions, loadPlaybook } from './load.js';
export { type FoundReference, references } from './references.js';
export { allTags, SPECIAL_TAGS, selectTags } from './tags.js';
export type * from './tree.js';
export { everyNode } from './walk.js';
