import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote } from '../../../src/base/quote.js';
import type { Event } from '../../../src/report/event.js';
import { fanOut } from '../../../src/report/fan-out.js';
import { Redactor, redacted } from '../../../src/report/redact.js';
import { ended, output, runStart, task } from './events.js';

const secret = `p@ss 'wörd"/+<&>$\\x\n`.trim();

function withSecrets(...secrets: string[]): Redactor {
  const redactor = new Redactor();
  for (const text of secrets) redactor.add(text);
  return redactor;
}

describe('Redactor.redact', () => {
  const redactor = withSecrets(secret);
  const bytes = Buffer.from(secret);

  it.each([
    ['itself', secret],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['JSON in JSON', JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    ['URL component', encodeURIComponent(secret)],
    ['URL form', new URLSearchParams({ a: secret }).toString().slice(2)],
    ['hex', bytes.toString('hex')],
    ['hex, capitals', bytes.toString('hex').toUpperCase()],
    ['shell word', quote(secret).slice(1, -1)],
    ['printf %q', secret.replace(/[^\w@%+=:,./-]/g, '\\$&')],
    [
      'markup',
      secret
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;'),
    ],
    ['YAML in single quotes', secret.replaceAll("'", "''")],
  ])('takes out %s', (_name, form) => {
    expect(redactor.redact(`before ${form} after`)).toBe(`before ${redacted} after`);
  });

  it.each([0, 1, 2, 3, 4, 5])('takes out base64 with %i bytes before it', (before) => {
    for (const after of ['', 'a', 'bc', 'def']) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const text = Buffer.from('xyzuvw'.slice(0, before) + secret + after).toString(encoding);
        const clean = redactor.redact(text);
        expect(clean).toContain(redacted);
        // What is left of the text are the characters of its neighbours.
        expect(clean.replace(redacted, '').length).toBeLessThanOrEqual(
          Math.ceil(((before + after.length) * 8) / 6) + 4,
        );
      }
    }
  });

  it('leaves the very same string where there is nothing to take out', () => {
    const text = 'nothing here';
    expect(redactor.redact(text)).toBe(text);
    expect(new Redactor().redact(text)).toBe(text);
  });

  it('refuses secrets of fewer than 4 characters', () => {
    const short = new Redactor();
    expect(short.add('abc')).toBe(false);
    expect(short.add(' ab \n')).toBe(false);
    expect(short.redact('abc')).toBe('abc');
    expect(short.add('abcd')).toBe(true);
  });

  it('leaves no end of a secret that overlaps another', () => {
    expect(withSecrets('abcdef', 'defxyz').redact('1abcdefxyz2')).toBe(`1${redacted}2`);
    expect(withSecrets('abcd', 'abcdefgh').redact('abcdefgh')).toBe(redacted);
  });

  it('knows the lines of a key on their own, and the text without its newline', () => {
    const line = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ';
    const key = withSecrets(`-----BEGIN KEY-----\n${line}\n-----END KEY-----\n`);
    expect(key.redact(`  ${line}`)).toBe(`  ${redacted}`);
    expect(key.redact('-----BEGIN KEY-----')).toBe('-----BEGIN KEY-----');
    expect(withSecrets('hunter22\n').redact('pw=hunter22;')).toBe(`pw=${redacted};`);
  });

  it('takes any secret out of any text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6, unit: 'binary' }), fc.string(), fc.string(), (word, before, after) => {
        fc.pre(word.trim().length >= 4);
        expect(withSecrets(word).redact(before + word + after)).toContain(redacted);
      }),
    );
  });

  it('stays fast with long keys, many secrets and a long text', () => {
    const many = new Redactor();
    for (let i = 0; i < 50; i++) many.add(Buffer.from(`${i}`.repeat(1500)).toString('base64'));
    const text = 'Some ordinary output of a command, 123456 of it.\n'.repeat(2000);
    const start = performance.now();
    expect(many.redact(text)).toBe(text);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

/** The events that a reporter sees. */
async function seen(redactor: Redactor, events: readonly Event[]): Promise<Event[]> {
  const got: Event[] = [];
  const fan = fanOut([{ on: (event) => got.push(event), close: async () => {} }], { redactor });
  for (const event of events) fan.on(event);
  await fan.close();
  return got;
}

describe('fanOut with a redactor', () => {
  const label = task(1, 'use hunter22');

  it('cleans every string, keys too, and leaves the words of the contract', async () => {
    const redactor = withSecrets('hunter22', 'failed', 'stdout');
    const values = { stdout_lines: ['hunter22'], hunter22: { deep: ['a hunter22'] } };
    const event = ended('web1', label, 'failed', {
      values,
      message: 'hunter22?',
      diff: [{ subject: 'f', after: 'hunter22\n' }],
    });
    const [clean] = await seen(redactor, [event]);
    expect(JSON.stringify(clean)).not.toContain('hunter22');
    expect(clean).toMatchObject({ type: 'task-result', result: { status: 'failed', message: `${redacted}?` } });
    expect(JSON.stringify(event)).toContain('hunter22');
  });

  it('cleans maps and hands on the very same event where it is clean', async () => {
    const redactor = withSecrets('hunter22');
    const start = runStart();
    const end: Event = { type: 'run-end', recap: new Map([['web1', {} as never]]), seconds: 1, exitCode: 0 };
    const got = await seen(redactor, [start, end]);
    expect(got[0]).toBe(start);
    expect((got[1] as typeof end).recap.get('web1')).toEqual({});
  });

  it('keeps a user key that looks like a prototype an ordinary key', async () => {
    const values = JSON.parse('{"__proto__": {"polluted": "hunter22"}}');
    const [clean] = await seen(withSecrets('hunter22'), [ended('h', task(1, 't'), 'ok', { values })]);
    expect(JSON.stringify(clean)).toContain('"__proto__":{"polluted":"[redacted]"}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('finds a secret that is cut into chunks anywhere', async () => {
    const forms = [secret, Buffer.from(`u:${secret}`).toString('base64')];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...forms),
        fc.array(fc.nat(60), { maxLength: 6 }),
        fc.string({ maxLength: 10 }),
        async (form, cuts, around) => {
          const text = `${around}${form}${around}`;
          const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
          const chunks = places.slice(1).map((to, i) => text.slice(places[i]!, to));
          const got = await seen(
            withSecrets(secret),
            chunks.map((chunk) => output('h', task(1, 't'), chunk)),
          );
          const joined = got.map((event) => (event.type === 'task-output' ? event.chunk : '')).join('');
          expect(joined).toBe(withSecrets(secret).redact(text));
        },
      ),
    );
  });

  it('holds back only what may be a beginning, apart for each stream, and lets it go at the end', async () => {
    const t = task(1, 't');
    const got = await seen(withSecrets('hunter22'), [
      output('h', t, 'password hun'),
      output('h', t, 'ter22 on the other stream', 'stderr'),
      output('h', t, 'dred\n'),
      output('h', t, 'hunt'),
      ended('h', t, 'ok'),
    ]);
    const chunks = got.map((event) => (event.type === 'task-output' ? event.chunk : event.type));
    expect(chunks).toEqual(['password ', 'ter22 on the other stream', 'hundred\n', 'hunt', 'task-result']);
  });

  it('does not hold an endless repetition without end', () => {
    const redactor = withSecrets('aaaa');
    let held = '';
    for (let i = 0; i < 200; i++) ({ held } = redactor.split(held + 'aaaaaaa'));
    expect(held.length).toBeLessThan(200);
  });
});

describe('fanOut', () => {
  it('drops a reporter that throws, tells the others, and goes on', async () => {
    const got: Event[] = [];
    let closed = 0;
    const bad = {
      name: 'bad',
      on: () => {
        throw new Error('disk full');
      },
      close: async () => void closed++,
    };
    const fan = fanOut([bad, { on: (event) => got.push(event), close: async () => void closed++ }]);
    fan.on(runStart());
    fan.on(runStart());
    await fan.close();
    expect(got.map((event) => event.type)).toEqual(['run-start', 'warning', 'run-start']);
    expect(got[1]).toMatchObject({ text: expect.stringMatching(/bad reporter failed: disk full/) });
    expect(closed).toBe(2);
  });

  it('tells failures to close, and the loss of the last reporter, elsewhere', async () => {
    const told: string[] = [];
    const bad = {
      name: 'junit',
      on: () => {
        throw new Error('one hunter22');
      },
      close: () => Promise.reject(new Error('two')),
    };
    const fan = fanOut([bad], { warn: (text) => told.push(text), redactor: withSecrets('hunter22') });
    fan.on(runStart());
    await fan.close();
    expect(told).toEqual([
      `the junit reporter failed: one ${redacted}; it is left out from here on`,
      'the junit reporter failed: two',
    ]);
  });
});
