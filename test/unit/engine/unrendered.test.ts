import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { localProject } from './local-hosts.js';

const project = localProject(['a', 'b']);
const play = (tasks: string, more = ''): string => `- hosts: all\n${more}  tasks:\n${tasks}`;
const included = project.write('included.yml', '- {name: included, command: "true"}\n');

describe('what cannot be rendered yet, or never', () => {
  it('facts are asked for meta, include and handlers whose names read them', async () => {
    const heard = await project.run(
      play(
        `
    - {meta: end_host, when: facts.distribution == 'none'}
    - {name: include, include_tasks: "{{#if facts.distribution}}included{{/if}}.yml"}
    - {name: change, command: 'true', notify: "mend {{ facts.system }}"}
`,
        `  handlers:
    - {name: "mend {{ facts.system }}", command: 'true'}
`,
      ),
    );
    expect(heard.order('a'), heard.told()).toEqual(['included=changed', 'change=changed', 'mend Linux=changed']);
  });

  it('a mistake in a meta, an until or a notify is the failure of its host alone', async () => {
    for (const task of [
      `{name: bad, meta: end_host, when: "inventory_hostname == 'b' || r.nope == 1"}`,
      `{name: bad, command: 'true', until: "inventory_hostname == 'b' || r.nope == 1", retries: 1, delay: 0}`,
      `{name: bad, command: 'true', notify: "{{#if (eq inventory_hostname 'b')}}good{{else}}{{r.nope}}{{/if}}"}`,
    ]) {
      const heard = await project.run(
        play(
          `
    - {name: first, command: 'true', register: r}
    - ${task}
    - {name: last, debug: {msg: last}}
`,
          `  handlers:
    - {name: good, debug: {msg: good}}
`,
        ),
      );
      expect(heard.recap.get('a'), `${task}\n${heard.told()}`).toMatchObject({ failed: 1 });
      expect(heard.exitCode).toBe(2);
    }
  });

  it('in check mode what reads an unknown result is unknown, and the play goes on', async () => {
    const heard = await project.check(
      play(
        `
    - {name: ask, command: 'true', register: r}
    - {name: more, include_tasks: ${included}, when: r.rc == 0}
    - {meta: end_host, when: r.rc == 1}
    - {name: change, file: {path: "${project.folder}/new", state: directory}, notify: "{{ r.stdout }}"}
    - {name: last, debug: {msg: last}}
`,
      ),
    );
    expect(heard.order('a'), heard.told()).toEqual([
      'ask=unknown',
      'more=unknown',
      'meta=unknown',
      'change=changed',
      'last=ok',
    ]);
    expect(heard.exitCode).toBe(0);
  });

  it('hosts that read what is not defined are told before anything is touched', async () => {
    const text = `${play(`    - {name: first, file: {path: "${project.folder}/touched", state: directory}}\n`)}\n- hosts: "{{ nobody }}"\n  tasks: [{debug: {msg: x}}]\n`;
    await expect(project.run(text)).rejects.toThrow(/"nobody" is not defined/);
    expect(existsSync(`${project.folder}/touched`)).toBe(false);
  });

  it('Ctrl-C does not wait for the next try', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 1500);
    const begun = performance.now();
    const heard = await project.run(
      play("    - {name: try, command: 'false', register: r, until: r.rc == 0, retries: 3, delay: 15}\n"),
      { signal: stop.signal },
    );
    expect(heard.exitCode).toBe(130);
    expect((performance.now() - begun) / 1000).toBeLessThan(10);
  });

  it('a host that cannot be reached is unreachable, also where the play begins with an include', async () => {
    const heard = await project.run(play(`    - {name: more, include_tasks: "{{facts.distribution}}.yml"}\n`), {
      vars: { ansible_connection: 'nonsense' },
    });
    expect(heard.recap.get('a')).toMatchObject({ unreachable: 1 });
    expect(heard.exitCode).toBe(4);
  });
});
