/** The benchmark's directories, files, lines, accounts, cron jobs, units and packages, in numbers and names. */
export const DIRECTORIES = 20;
export const FILES = 30;
export const LINES = 20;
export const ACCOUNTS = 5;
export const CRON_JOBS = 10;
export const UNITS = ['ssh', 'cron', 'dbus', 'systemd-networkd', 'systemd-journald'] as const;
export const PACKAGES = ['sudo', 'cron', 'openssh-server', 'ca-certificates', 'iproute2'] as const;

/** The play of 100 tasks, the very same text for every tool; ends with a newline. */
export function benchmarkPlay(): string {
  const accounts = numbers(ACCOUNTS).map((i) => [`bench${i}`, 5000 + i] as const);
  const tasks = [
    ...numbers(DIRECTORIES).map((i) =>
      task(`dir ${i}`, 'file', `path: /srv/bench/d${i}, state: directory, mode: '0750'`),
    ),
    ...numbers(FILES).map((i) => {
      const content = `"key${i} = value${i}\\nother = {{ inventory_hostname }}\\n"`;
      const path = `/srv/bench/d${i % DIRECTORIES}/f${i}.conf`;
      return task(`file ${i}`, 'copy', `dest: ${path}, content: ${content}, mode: '0640'`);
    }),
    ...numbers(LINES).map((i) => {
      const edit = `regexp: '^opt${i} ', line: 'opt${i} yes'`;
      return task(`line ${i}`, 'lineinfile', `path: /srv/bench/d0/lines.conf, create: yes, ${edit}`);
    }),
    ...accounts.map(([name, id], i) => task(`group ${i}`, 'group', `name: ${name}, gid: ${id}`)),
    ...accounts.map(([name, id], i) => {
      const wanted = `name: ${name}, uid: ${id}, group: ${name}, shell: /bin/bash, create_home: yes`;
      return task(`user ${i}`, 'user', wanted);
    }),
    ...numbers(CRON_JOBS).map((i) =>
      task(`cron ${i}`, 'cron', `name: bench${i}, minute: '${i}', hour: '2', job: '/bin/true ${i}'`),
    ),
    ...UNITS.map((unit) => task(`service ${unit}`, 'systemd', `name: ${unit}, state: started`)),
    ...PACKAGES.map((name) => task(`package ${name}`, 'apt', `name: ${name}, state: present`)),
  ];
  return `- hosts: all\n  gather_facts: true\n  tasks:\n${tasks.join('\n')}\n`;
}

/** A play that does nothing: what a run costs before its first host. */
export const EMPTY_PLAY = '- hosts: all\n  gather_facts: false\n  tasks: []\n';

/** The whole numbers from 0 to below `count`. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function task(name: string, module: string, options: string): string {
  return `    - name: ${name}\n      ${module}: {${options}}`;
}
