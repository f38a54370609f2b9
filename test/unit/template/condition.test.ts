import { createRequire } from 'node:module';
import type * as Cel from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/base/error.js';
import { checkVariableName, reservedNames, TemplateError } from '../../../src/template/index.js';
import { compiler, conditionFailure, place, scopeOf, test } from './scope.js';

const variables = {
  t: true,
  f: false,
  port: 8080,
  ratio: 0.5,
  name: 'web1',
  secret: 's3cr3t',
  nothing: null,
  empty: '',
  items: [
    { n: 1, name: 'a' },
    { n: 2, name: 'b' },
  ],
  groups: { web: ['web1', 'web2'] },
  facts: { os: { name: 'Debian', 'my-key': 1 } },
  result: { rc: 0, changed: false, stdout: 'all good' },
  one: 1,
};

describe('conditions that hold', () => {
  it.each([
    't',
    '!f',
    'true',
    't && !f || missing',
    'port == 8080',
    'port != 80',
    'port > 1024 && port <= 8080',
    'port + 1 == 8081',
    '1 + port == 8081',
    'port + 1 == 1 + port && 1 + port != 8082 && 3 * ratio == 1.5 && 10 - port < 0 && 10 % port == 10',
    'port - 80 == 8000 && port * 2 == 16160',
    'port / 3 > 2693 && port % 2 == 0',
    'ratio * 2 == 1',
    '5 / 2 == 2',
    'ratio + ratio == 1.0',
    'port in [80, 8080]',
    'name in groups.web',
    '"web" in groups',
    'name in groups["web"]',
    '!("db" in groups)',
    'nothing == null',
    'name != null',
    'result.rc == 0 && !result.changed',
    'facts.os.name == "Debian"',
    'facts.os["my-key"] == 1',
    'facts["os"]["name"].lower() == "debian"',
    'items[1].n == 2',
    'items[one].n == 2',
    'size(items) == 2 && items.size() > 1 && size(name) == 4',
    'items.exists(i, i.name == "b")',
    'items.all(i, i.n > 0) && items.exists_one(i, i.n == port / 8080)',
    'items.filter(i, i.n > 1).map(i, i.name) == ["b"]',
    'items.map(i, i.n + 1)[0] == 2',
    'name.startsWith("web") && name.endsWith("1") && name.contains("eb")',
    'name.matches("^web[0-9]+$")',
    'name.matches("(?i)^WEB")',
    'name.upper() == "WEB1" && name.replace("web", "db") == "db1"',
    'result.stdout.split(" ")[1] == "good"',
    'string(port) == "8080" && int("8080") == port && double("0.5") == ratio',
    'version("1.10") > version("1.9") && version("1.2") == version("1.2.0")',
    'version(name.replace("web", "")) >= version("1")',
    'version("1") != version("2") && version("1.0rc1") < version("1.0")',
    'defined(port) && defined(facts.os.name) && defined(items[0].n)',
    '!defined(missing) && !defined(missing.deeper.still) && !defined(facts.oss.name) && !defined(items[7])',
    'defined(nothing)',
    'default(missing, 5) == 5 && default(facts.os.version, "12") == "12" && default(port, 1) == 8080',
    'default(missing, port + 1) == 8081',
    'has(facts.os) && !has(facts.oss)',
    'facts.?oss.?name.orValue("none") == "none"',
    'port == 8080 ? t : f',
    "name == 'web1' // a comment",
    'duration("90s") < duration("2m")',
    'port != "8080"',
  ])('%s', (source) => {
    expect(test(source, variables)).toBe(true);
    expect(test(`!(${source.replace(/ \/\/.*/, '')})`, variables)).toBe(false);
  });

  it('read each variable only when it is needed', () => {
    const scope = scopeOf({ a: false, b: true });
    expect(compiler().condition('a && b', place).test(scope)).toBe(false);
    expect([...scope.reads.keys()]).toEqual(['a']);
  });

  it('use mappings without a prototype, and keys with JavaScript names', () => {
    const bare = Object.assign(Object.create(null), { a: 1, toString: 2 }) as object;
    expect(test('bare.a == 1 && bare.toString == 2 && !defined(bare.valueOf)', { bare })).toBe(true);
  });
});

describe('arithmetic', () => {
  it('is that of numbers, wherever they come from', () => {
    const whole = fc.integer({ min: -1000, max: 1000 });
    const operator = fc.constantFrom('+', '-', '*', '/', '%');
    fc.assert(
      fc.property(whole, whole, operator, (a, b, sign) => {
        fc.pre(b !== 0);
        const result = { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '%': a % b }[sign]!;
        const [left, right] = [a, b].map((number) => (number < 0 ? `(${number})` : `${number}`));
        for (const source of [`a ${sign} b`, `${left} ${sign} b`, `a ${sign} ${right}`]) {
          expect(test(`${source} == result`, { a, b, result }), source).toBe(true);
          expect(test(`result == ${source} && ${source} in [result]`, { a, b, result }), source).toBe(true);
          expect(test(`${source} != result + 1 && ${source} < result + 1`, { a, b, result }), source).toBe(true);
          if (Number.isInteger(result)) expect(test(`${source} == ${result}`, { a, b }), source).toBe(true);
        }
      }),
    );
  });
});

describe('conditions that cannot be tested', () => {
  it.each<[string, string]>([
    ['missing == 1', 'play.yml:10:15: "missing" is not defined'],
    ['t && prt == 1', 'play.yml:10:20: "prt" is not defined (did you mean "port"?)'],
    ['facts.oss.name == "x"', '"facts.oss" is not defined (write default(facts.oss, ..)'],
    ['groups[secret] == []', 'there is no such key'],
    ['items[9].n == 1', 'no item of that index'],
    ['name', 'the condition gives a string, not true or false'],
    ['default(port, 1)', 'the condition gives a number'],
    ['nothing', 'the condition gives null'],
    ['secret + 1 == "x"', 'the operation string + number does not exist'],
    ['secret && t', 'Logical operator requires bool operands'],
    ['int(secret) == 1', 'a text is not a whole number'],
    ['bool(secret)', 'a text is neither "true" nor "false"'],
    ['t && name.matches(secret + "(")', 'the pattern is not a regular expression'],
    ['1 / 0 == port', 'division by zero'],
    ['secret.foo == 1', '"secret.foo" is not defined'],
    ['port.exists(x, x == 1)', 'only lists and mappings can be gone through'],
    ['timestamp(secret) > timestamp(secret)', 'a text is not a time'],
    ['odd.a == 1', 'a mapping with a key called "constructor"'],
    ['bytes(secret).json() == {}', 'the condition cannot be evaluated'],
  ])('%s', (source, message) => {
    const error = conditionFailure(source, { ...variables, odd: { constructor: { name: 's3' } } });
    expect(error).toBeInstanceOf(TemplateError);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('s3');
  });

  it('let errors of the scope through unchanged', () => {
    const error = new Error('mine');
    const scope = {
      has: () => true,
      get: () => {
        throw error;
      },
    };
    for (const source of ['x == 1', 'x && y', 'defined(x)', 'default(x, 1) == 1', '[1].exists(i, i == x)']) {
      expect(() => compiler().condition(source, place).test(scope), source).toThrow(error);
    }
  });
});

describe('what is not a condition', () => {
  it.each<[string, string]>([
    ['', 'the condition is empty'],
    ['1', 'the condition gives a number, not true or false'],
    ['"yes"', 'the condition gives a string'],
    ['[1]', 'the condition gives a list'],
    ['a and b', 'play.yml:10:17: this is not a condition in CEL (write && instead of and)'],
    ['a or b', 'write || instead of or'],
    ['not a', 'write !x instead of not x'],
    ['a not in b', '!(x in y)'],
    ['a is defined', 'defined(x) instead of x is defined'],
    ['a is not defined', '!defined(x)'],
    ['a is defined and b', 'write defined(x) instead of x is defined, && instead of and'],
    ['a | default(false)', 'default(x, 1)'],
    ['a | length > 0', 'size(x)'],
    ['a | foo', 'functions instead of filters'],
    ['result is failed', 'x.failed'],
    ['result is succeeded', '!x.failed'],
    ['a is version("1", ">")', 'version(x) >='],
    ['{{ a }}', 'conditions have no braces'],
    ['a = 1', '== instead of ='],
    ['a == True', 'true, false and null in small letters'],
    ['a == "and" and b', 'play.yml:10:26'],
    ['has(a)', 'write defined(name)'],
    ['foo(a)', 'there is no function foo'],
    ['a.lowr() == "x"', 'there is no function lowr (did you mean "lower"?)'],
    ['size(1, 2) == 1', 'there is no'],
    ['list == 1', 'are types, not variables'],
    ['loop', 'loop is a reserved word'],
    ['a ==', 'ends too early'],
    ['(a', 'ends too early'],
    ['"a', 'unterminated string'],
    ['a b', 'play.yml:10:17'],
    ['a.all(x, a.all(y, a.all(z, true)))', 'nest at most 2 deep'],
    [`${'('.repeat(200)}a${')'.repeat(200)}`, 'too long or nested too deeply'],
    [`${'a || '.repeat(1500)}a`, 'too long or nested too deeply'],
    ['a'.repeat(10_001), 'too long'],
  ])('%s', (source, message) => {
    const error = conditionFailure(source, { a: true });
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(message);
  });

  it('is told on the line of a block scalar where it stands', () => {
    const error = conditionFailure('t &&\nfoo(t)\n', { t: true }) as InputError;
    expect(error.problems[0]!.place).toEqual({ file: 'play.yml', line: 12, col: 1 });
  });
});

describe('conditionOrBoolean', () => {
  const scope = scopeOf({ a: true, b: false });
  it.each<[unknown, boolean]>([
    [true, true],
    [false, false],
    ['a', true],
    [['a', true], true],
    [['a', 'b', 'missing'], false],
    [[], true],
  ])('%j', (value, expected) => {
    expect(
      compiler()
        .conditionOrBoolean(value as never, place)
        .test(scope),
    ).toBe(expected);
  });

  it('joins references and tells all problems', () => {
    expect(compiler().conditionOrBoolean(['a', 'b.c'], place).references).toEqual([['a'], ['b', 'c']]);
    const compile = () => compiler().conditionOrBoolean(['a and b', 1, ['a'], 'a'], place);
    expect(compile).toThrow(InputError);
    try {
      compile();
    } catch (error) {
      expect((error as InputError).problems).toHaveLength(3);
    }
  });

  it.each([1, null, { a: 1 }])('%j is refused', (value) => {
    expect(() => compiler().conditionOrBoolean(value as never, place)).toThrow('this is not a condition');
  });
});

describe('reserved names', () => {
  const { Environment } = createRequire(import.meta.url)('@marcbachmann/cel-js') as typeof Cel;

  it('are those that the library cannot read as variables', () => {
    const environment = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true });
    for (const { name } of environment.getDefinitions().variables) expect(reservedNames.has(name!), name!).toBe(true);
    const words = 'as break const continue else for function if import let loop package namespace return var void while'
      .split(' ')
      .concat('in', 'true', 'false', 'null', 'prototype', '__proto__', 'item', 'name', 'hosts', 'user', 'state');
    for (const word of words) {
      let reads = false;
      try {
        reads = environment.parse(word)(new Map([[word, 'mine']])) === 'mine';
      } catch {
        // A word that does not parse as a variable.
      }
      expect([word, reservedNames.has(word)]).toEqual([word, !reads]);
    }
  });

  it('are refused with a hint, others are not', () => {
    expect(checkVariableName('list', place)).toMatchObject({
      place,
      hint: expect.stringContaining('list_value') as string,
    });
    expect(checkVariableName('lists', place)).toBe(undefined);
  });
});
