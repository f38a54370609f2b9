import { encodings } from './encoding.js';
import type { Helper } from './helper.js';
import { lists } from './lists.js';
import { logic } from './logic.js';
import { numbers } from './numbers.js';
import { surroundings } from './surroundings.js';
import { texts } from './text.js';

/** Every helper by its name. To add one, add it to the list of its kind. */
export const helpers: ReadonlyMap<string, Helper> = new Map(
  [...logic, ...texts, ...lists, ...numbers, ...encodings, ...surroundings].map((helper) => [helper.name, helper]),
);
