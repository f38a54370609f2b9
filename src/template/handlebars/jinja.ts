const STATEMENT =
  /\{%[-+]?\s*(if|elif|else|endif|for|endfor|set|endset|raw|endraw|macro|endmacro|include|import|from|block|endblock|extends|filter|endfilter|call|endcall|with|endwith|do)\b/;

const STATEMENT_FORMS: Readonly<Record<string, string>> = {
  if: 'write {{#if x}}..{{else if y}}..{{else}}..{{/if}}',
  elif: 'write {{else if y}}',
  else: 'write {{else}}',
  endif: 'write {{/if}}',
  for: 'write {{#each list as |item|}}..{{/each}}',
  endfor: 'write {{/each}}',
  set: 'define a variable with vars: or set_fact instead',
  raw: 'write {{{{raw}}}}..{{{{/raw}}}}',
  endraw: 'write {{{{/raw}}}}',
  with: 'write {{#with x}}..{{/with}}',
};

/** A Jinja statement (`{% if %}`) left in a text: where it is and what to write instead. */
export function jinjaStatement(text: string): { offset: number; word: string; hint: string } | undefined {
  if (!text.includes('{%')) return undefined;
  const match = STATEMENT.exec(text);
  if (!match) return undefined;
  const word = match[1]!;
  return { offset: match.index, word, hint: STATEMENT_FORMS[word] ?? 'templates are Handlebars, not Jinja' };
}

/** Jinja's filters under our helpers' names, where these differ. */
const FILTERS: Readonly<Record<string, string>> = {
  d: 'default',
  mandatory: 'required',
  to_json: 'json',
  to_nice_json: 'json',
  to_yaml: 'yaml',
  to_nice_yaml: 'yaml',
  count: 'length',
  lower: 'lower',
  b64encode: 'b64encode',
};

/** What to write instead of the Jinja expression in a `{{..}}` that does not parse. */
export function jinjaHint(mustache: string): string | undefined {
  const inside = mustache
    .replace(/^\{\{\{?[~#&]?/, '')
    .replace(/[~}]*$/, '')
    .trim();
  const filter = /^([^|]{1,100}?)\|\s*(\w+)\s*(?:\(([^()|]*)\))?\s*$/.exec(inside);
  if (filter && !inside.includes(' as |')) {
    const words = (filter[3] ?? '').match(/'[^']*'|"[^"]*"|[^\s,]+/g) ?? [];
    const name = FILTERS[filter[2]!] ?? filter[2]!;
    return `write {{${[name, filter[1]!.trim(), ...words].join(' ')}}}`;
  }
  if (inside.includes('|') && !/\bas \|/.test(inside)) {
    return 'helpers come first and nest: {{join (sort x) ","}} instead of x | sort | join(",")';
  }
  if (/ if .* else /.test(inside))
    return 'write {{ternary condition one other}} or {{#if condition}}..{{else}}..{{/if}}';
  const index = /^([\w.]{1,100})\[\s*(?:(\d+)|'([^'\]]*)'|"([^"\]]*)")\s*\]([\w.]{0,100})/.exec(inside);
  if (index) return `write {{${index[1]}.[${index[2] ?? index[3] ?? index[4]}]${index[5]}}}`;
  const item = /^([\w.]{1,100})\.(\d+)\b/.exec(inside);
  if (item) return `write {{${item[1]}.[${item[2]}]}}`;
  const call = /^(\w{1,100})\(/.exec(inside);
  if (call) return `helpers take their arguments after a space: {{${call[1]} a b}}`;
  const operator = /\s(==|!=|<=|>=|<|>|\+|-|\*|\/|%|~)\s/.exec(inside);
  const block = /^(if|unless)\s/.exec(inside);
  if (operator)
    return block ? `write {{#${block[1]} (${OPERATORS[operator[1]!]})}}` : `write {{${OPERATORS[operator[1]!]}}}`;
  if (inside.startsWith('.')) return 'to have {{ itself in the result write \\{{';
  return undefined;
}

const OPERATORS: Readonly<Record<string, string>> = {
  '==': 'eq a b',
  '!=': 'ne a b',
  '<': 'lt a b',
  '>': 'gt a b',
  '<=': 'le a b',
  '>=': 'ge a b',
  '+': 'add a b',
  '-': 'subtract a b',
  '*': 'multiply a b',
  '/': 'divide a b',
  '%': 'modulo a b',
  '~': 'concat a b',
};
