import type { Module } from './module.js';
import type { Option, OptionRules, Options } from './options.js';

/** A module's documentation in Markdown, made of its description alone. */
export function documentModule(module: Module<Options>): string {
  const parts = [`# ${module.name}`, module.description];
  if (Object.keys(module.options).length > 0) parts.push('## Arguments', table(module.options, module.freeForm));
  const rules = ruleLines(module.rules ?? {});
  if (module.anyNames) rules.push('Any other names are taken too.');
  if (rules.length > 0) parts.push(rules.map((line) => `- ${line}`).join('\n'));
  parts.push('## Examples', `\`\`\`yaml\n${module.examples.trim()}\n\`\`\``);
  return `${parts.join('\n\n')}\n`;
}

function table(options: Options, freeForm: string | undefined): string {
  const rows = ['| Argument | Type | Default | |', '|---|---|---|---|', ...rowsOf(options, '')];
  const bare = freeForm === undefined ? [] : ['', `A bare string is \`${freeForm}\`.`];
  return [...rows, ...bare].join('\n');
}

/** Required ones first, then in the order they were written. */
function rowsOf(options: Options, prefix: string): string[] {
  const entries = Object.entries(options);
  const ordered = [
    ...entries.filter(([, { required }]) => required),
    ...entries.filter(([, { required }]) => !required),
  ];
  return ordered.flatMap(([name, option]) => {
    const row = `| ${cell(`\`${prefix}${name}\``, option)} | ${typeOf(option)} | ${defaultOf(option)} | ${escaped(detail(option))} |`;
    return option.options ? [row, ...rowsOf(option.options, `${prefix}${name}.`)] : [row];
  });
}

function cell(name: string, { aliases = [] }: Option): string {
  return aliases.length === 0 ? name : `${name} (${aliases.map((alias) => `\`${alias}\``).join(', ')})`;
}

function typeOf({ type, elements }: Option): string {
  return type === 'list' && elements !== undefined ? `list of ${elements}` : type;
}

function defaultOf(option: Option): string {
  if (option.required) return '**required**';
  return option.default === undefined ? '' : `\`${escaped(JSON.stringify(option.default))}\``;
}

function detail({ description, choices, secret }: Option): string {
  const one = choices === undefined ? '' : ` One of ${choices.map((choice) => `\`${choice}\``).join(', ')}.`;
  return `${description}${one}${secret ? ' Secret: never shown.' : ''}`;
}

const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function ruleLines(rules: OptionRules): string[] {
  const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
  return [
    ...(rules.requiredOneOf ?? []).map((names) => `One of ${list(names)} is required.`),
    ...(rules.mutuallyExclusive ?? []).map((names) => `Only one of ${list(names)} can be given.`),
    ...(rules.requiredTogether ?? []).map((names) => `${list(names)} are given together or not at all.`),
    ...(rules.requiredIf ?? []).map(
      ([name, value, names]) => `${list(names)}: required when \`${name}\` is \`${String(value)}\`.`,
    ),
  ];
}
