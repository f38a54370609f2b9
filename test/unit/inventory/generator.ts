import fc from 'fast-check';
import type { Project } from './project.js';

const GROUPS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'ungrouped', 'all'];
const HOSTS = [
  'h1',
  'h2',
  'h3',
  'h4',
  'web[01:03]',
  'db[a:c]',
  'n[1:9:4].example.org',
  '10.0.0.1',
  '[fe80::1]:22',
  'p1:2222',
];
const NAMES = ['a', 'b', 'c', 'ansible_port', 'ansible_group_priority'];

const group = fc.constantFrom(...GROUPS.slice(0, 6));
const anyGroup = fc.oneof(
  { weight: 8, arbitrary: group },
  { weight: 1, arbitrary: fc.constantFrom(...GROUPS.slice(6)) },
);
const host = fc.constantFrom(...HOSTS);
const name = fc.constantFrom(...NAMES.slice(0, 4));

const literal = fc.oneof(
  fc.integer({ min: -99, max: 9999 }).map(String),
  fc.constantFrom(
    'True',
    'False',
    'None',
    'true',
    'yes',
    '0644',
    '1.5',
    '1e3',
    '0x1F',
    '10.0.0.1',
    '',
    '~',
    '/etc/x',
    'a,b',
    '1,2',
  ),
  fc.constantFrom(
    "'single'",
    '"double"',
    "['a', 1, None]",
    "{'k': 'v'}",
    '(1, 2)',
    '[1, 2',
    'plain',
    "'a' 'b'",
    '[]',
    '{}',
    '-5',
    '- 5',
    '1_0',
  ),
  fc.stringMatching(/^[a-z0-9 '"[\]{},.:\\#=-]{0,8}$/),
);

/** A value as one word of a host line. */
const word = literal.map((text) =>
  /^[\w./~,-]*$/.test(text) ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
);

const hostLine = fc
  .tuple(host, fc.array(fc.tuple(name, word), { maxLength: 3 }))
  .map(([pattern, variables]) => [pattern, ...variables.map(([key, value]) => `${key}=${value}`)].join(' '));
const priority = fc.integer({ min: 0, max: 5 }).map((number) => `ansible_group_priority=${number}`);

/** Children go from earlier to later names, so that there are no loops. */
function children(parent: string): fc.Arbitrary<string[]> {
  const later = GROUPS.slice(GROUPS.indexOf(parent) + 1, 6);
  return later.length === 0 ? fc.constant([]) : fc.uniqueArray(fc.constantFrom(...later), { maxLength: 3 });
}

const section = anyGroup.chain((header) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.array(hostLine, { maxLength: 4 }).map((lines) => [`[${header}]`, ...lines]) },
    {
      weight: 2,
      arbitrary: fc
        .array(
          fc.oneof(
            { weight: 4, arbitrary: fc.tuple(name, literal).map((pair) => pair.join(' = ')) },
            { weight: 1, arbitrary: priority },
          ),
          {
            maxLength: 3,
          },
        )
        .map((lines) => [`[${header}:vars]`, ...lines]),
    },
    {
      weight: 2,
      arbitrary: (GROUPS.indexOf(header) < 6 ? children(header) : fc.constant([])).map((names) => [
        `[${header}:children]`,
        ...names,
      ]),
    },
  ),
);

const ini = fc
  .tuple(
    fc.array(hostLine, { maxLength: 2 }),
    fc.array(section, { maxLength: 8 }),
    fc.subarray(GROUPS.slice(0, 6), { minLength: 6 }),
  )
  .map(([lonely, sections, declared]) =>
    [...lonely, ...sections.flat(), ...declared.map((each) => `[${each}]`)].join('\n'),
  );

const yamlScalar = fc.oneof(
  fc.constantFrom(
    'yes',
    'no',
    'on',
    'off',
    'y',
    'n',
    'true',
    'null',
    '~',
    '',
    '0644',
    '0x1F',
    '0b11',
    '22:22',
    '1:2:3',
    '01:20',
    '1e3',
    '1.5',
    '1.5e+3',
  ),
  fc.constantFrom(
    '"0644"',
    "'it''s'",
    '"a\\tb"',
    '.5',
    '-.5',
    '1_000',
    '089',
    '+1',
    '!!str 5',
    '!unsafe "{{ x }}"',
    'a: b'.replace(': ', ':'),
    '[a, {b: c}]',
    '{}',
    '[]',
  ),
  fc.integer().map(String),
);
const variables = fc.uniqueArray(fc.tuple(name, yamlScalar), { maxLength: 3, selector: ([key]) => key });
const flow = variables.map((pairs) => `{${pairs.map(([key, value]) => `${key}: ${value}`).join(', ')}}`);

function yamlGroup(parent: number, depth: number): fc.Arbitrary<string[]> {
  const indent = (lines: string[]) => lines.map((line) => `  ${line}`);
  const hosts = fc
    .uniqueArray(fc.tuple(host, flow), { maxLength: 3, selector: ([key]) => key })
    .map((pairs) => ['hosts:', ...pairs.map(([key, value]) => `  ${JSON.stringify(key)}: ${value}`)]);
  const vars = flow.map((text) => [`vars: ${text}`]);
  const later = GROUPS.slice(parent + 1, 6);
  const inner =
    depth > 2 || later.length === 0
      ? fc.constant([] as string[])
      : fc
          .uniqueArray(
            fc
              .constantFrom(...later)
              .chain((child) =>
                yamlGroup(GROUPS.indexOf(child), depth + 1).map((lines) => [`${child}:`, ...indent(lines)]),
              ),
            {
              maxLength: 2,
              selector: ([first]) => first,
            },
          )
          .map((list) => (list.length === 0 ? [] : ['children:', ...indent(list.flat())]));
  return fc
    .tuple(fc.shuffledSubarray([0, 1, 2]), hosts, vars, inner)
    .map(([order, ...parts]) => order.flatMap((index) => parts[index]!));
}

const yaml = fc
  .uniqueArray(
    fc.constantFrom(...GROUPS).chain((each) => {
      const index = each === 'all' ? -1 : GROUPS.indexOf(each);
      return yamlGroup(each === 'ungrouped' ? 6 : index, 0).map((lines) => [
        `${each}:`,
        ...lines.map((line) => `  ${line}`),
      ]);
    }),
    { minLength: 1, maxLength: 4, selector: ([first]) => first },
  )
  .map((groups) => `${groups.flat().join('\n')}\n`);

const extension = fc.constantFrom('', '.yml', '.yaml', '.json');
const variableFile = (names: readonly string[]) => fc.tuple(fc.constantFrom(...names), extension, flow);

function variableFiles(folder: string): fc.Arbitrary<Record<string, string>> {
  const groups = fc.array(variableFile(GROUPS), { maxLength: 3 });
  const hosts = fc.array(variableFile(['h1', 'h2', 'web01', 'dba', 'fe80::1', 'nobody']), { maxLength: 3 });
  return fc.tuple(groups, hosts).map(([ofGroups, ofHosts]) => ({
    ...Object.fromEntries(ofGroups.map(([each, ending, text]) => [`${folder}group_vars/${each}${ending}`, text])),
    ...Object.fromEntries(ofHosts.map(([each, ending, text]) => [`${folder}host_vars/${each}${ending}`, text])),
  }));
}

/** Whole projects: one to three sources with variables beside them and beside the playbook. */
export function projects(): fc.Arbitrary<Project> {
  const source = fc.oneof(
    ini.map((text) => ({ name: 'hosts.ini', text })),
    yaml.map((text) => ({ name: 'hosts.yml', text })),
  );
  const one = (folder: string) =>
    fc.tuple(source, variableFiles(`${folder}/`)).map(([{ name: file, text }, files]) => ({
      source: `${folder}/${file}`,
      files: { ...files, [`${folder}/${file}`]: text },
    }));
  return fc
    .tuple(one('a'), fc.option(one('b')), fc.boolean(), fc.option(variableFiles('play/')), fc.boolean())
    .map(([first, second, asFolder, play, list]) => ({
      sources: [
        asFolder && first.source.endsWith('.yml') ? 'a' : first.source,
        ...(second ? [second.source] : []),
        ...(list ? ['h1,extra'] : []),
      ],
      playbookFolder: play ? 'play' : undefined,
      files: { ...first.files, ...second?.files, ...play },
    }));
}
