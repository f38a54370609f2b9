import type { ActionStep, Effect, Look } from './action.js';
import { type DuplicateAction, duplicate } from './duplicate.js';
import {
  type AttributesAction,
  attributes,
  type DirectoryAction,
  directory,
  type LinkAction,
  link,
  type RemoveAction,
  remove,
  type TouchAction,
  touch,
} from './files.js';
import { type RunAction, run } from './run.js';
import { type WriteAction, write } from './write.js';

/** Every change there is: one line per kind here and in the table. */
export type Action =
  | WriteAction
  | DuplicateAction
  | DirectoryAction
  | AttributesAction
  | LinkAction
  | TouchAction
  | RemoveAction
  | RunAction;

const actionKinds = { write, duplicate, directory, attributes, link, touch, remove, run };

interface AnyKind {
  step(action: Action): ActionStep;
  effects(action: Action, look: Look): readonly Effect[];
}

/** What goes to the host for an action. */
export function actionStep(action: Action): ActionStep {
  return (actionKinds[action.kind] as AnyKind).step(action);
}

/** What the action does to what is known of the host. */
export function actionEffects(action: Action, look: Look): readonly Effect[] {
  return (actionKinds[action.kind] as AnyKind).effects(action, look);
}
