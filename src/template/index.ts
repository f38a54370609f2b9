export { checkVariableName, reservedNames } from './cel/reserved.js';
export { type PlaceOf, TemplateCompiler } from './compiler.js';
export { TemplateError } from './error.js';
export { type Helper, HelperError, type Surroundings } from './helpers/helper.js';
export { helpers } from './helpers/registry.js';
export type { Compiled, Condition } from './template.js';
export { compareVersions } from './version.js';
