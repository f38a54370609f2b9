import { createHash } from 'node:crypto';
import { ACCOUNTS, CRON_JOBS, DIRECTORIES, FILES, LINES, numbers, PACKAGES, UNITS } from './play.js';

/** What a script prints as its last line when everything on the host is as wanted. */
export const AS_WANTED = 'as wanted';

/**
 * The reference: the benchmark's look-ups one after the other, as an administrator writes them by hand. It
 * compares each answer with what is wanted, prints a line `differs: ...` for each that is not so, and at the
 * end AS_WANTED or `N differences`.
 */
export function lookUpScript(host: string): string {
  return `${CHECKS}
${directories.map((path) => `directory ${path} 750`).join('\n')}
${files(host)
  .map(({ path, content }) => `file ${path} 640 ${sha256(content)}`)
  .join('\n')}
${lines.map((line) => `line '${line}' ${LINES_FILE}`).join('\n')}
${accounts.map(({ name, id }) => `group ${name} ${id}`).join('\n')}
${accounts.map(({ name, id }) => `user ${name} ${id} ${id} /bin/bash`).join('\n')}
${cronJobs.map(({ job }) => `cron_job '${job}'`).join('\n')}
${UNITS.map((unit) => `service ${unit}`).join('\n')}
${PACKAGES.map((name) => `package ${name}`).join('\n')}
${VERDICT}`;
}

/** The same facts asked coalesced, one program for all of a kind: for comparison only. */
export function coalescedScript(host: string): string {
  const all = files(host);
  const stats = [
    ...directories.map((path) => `directory 750 ${path}`),
    ...all.map(({ path }) => `regular file 640 ${path}`),
    ...accounts.map(({ home }) => `directory ${home}`),
  ];
  const passwd = accounts.map(({ name, id, home }) => `${name}:${id}:${id}:${home}:/bin/bash`);
  const names = accounts.map(({ name }) => name).join(' ');
  return `differences=0
same() {
  [ "$2" = "$3" ] || { echo "differs: $1: $2"; differences=$((differences + 1)); }
}
same paths "$(stat -c '%F %a %n' ${[...directories, ...all.map(({ path }) => path)].join(' ')}
stat -c '%F %n' ${accounts.map(({ home }) => home).join(' ')})" '${stats.join('\n')}'
same digests "$(sha256sum ${all.map(({ path }) => path).join(' ')})" '${all
    .map(({ path, content }) => `${sha256(content)}  ${path}`)
    .join('\n')}'
same lines "$(cat ${LINES_FILE})" '${lines.join('\n')}'
same groups "$(getent group ${names} | cut -d: -f1,3)" '${accounts.map(({ name, id }) => `${name}:${id}`).join('\n')}'
same users "$(getent passwd ${names} | cut -d: -f1,3,4,6,7)" '${passwd.join('\n')}'
same cron "$(crontab -l | grep -v '^#')" '${cronJobs.map(({ job }) => job).join('\n')}'
same services "$(systemctl is-active ${UNITS.join(' ')})" '${UNITS.map(() => 'active').join('\n')}'
same packages "$(dpkg-query -W -f='\${db:Status-Status}\\n' ${PACKAGES.join(' ')})" '${PACKAGES.map(() => 'installed').join('\n')}'
${VERDICT}`;
}

/** The same changes made by hand, one after the other, on a host that may have none or some of them already. */
export function makeScript(host: string): string {
  return `set -e
umask 022
${['/srv/bench', ...directories].map((path) => `[ -d ${path} ] || mkdir -m 0750 ${path}`).join('\n')}
${files(host)
  .map(({ path, content }) => `printf '${content.replaceAll('\n', '\\n')}' > ${path}\nchmod 0640 ${path}`)
  .join('\n')}
touch ${LINES_FILE}
${lines.map((line) => `grep -qxF '${line}' ${LINES_FILE} || echo '${line}' >> ${LINES_FILE}`).join('\n')}
${accounts.map(({ name, id }) => `getent group ${name} >/dev/null || groupadd -g ${id} ${name}`).join('\n')}
${accounts
  .map(({ name, id }) => `getent passwd ${name} >/dev/null || useradd -u ${id} -g ${name} -s /bin/bash -m ${name}`)
  .join('\n')}
cron_job() {
  crontab -l 2>/dev/null | grep -qxF "$2" && return
  { crontab -l 2>/dev/null || true; printf '#Ansible: %s\\n%s\\n' "$1" "$2"; } | crontab -
}
${cronJobs.map(({ name, job }) => `cron_job ${name} '${job}'`).join('\n')}
${UNITS.map((unit) => `systemctl start ${unit}`).join('\n')}
${PACKAGES.map((name) => `dpkg-query -W ${name} >/dev/null 2>&1 || apt-get install -y ${name}`).join('\n')}
echo '${AS_WANTED}'
`;
}

/** Takes everything of the benchmark away from the host and prints AS_WANTED when nothing of it is left. */
export function resetScript(): string {
  const names = accounts.map(({ name }) => name).join(' ');
  return `rm -rf /srv/bench
crontab -r 2>/dev/null
for name in ${names}; do
  userdel -r "$name" 2>/dev/null
  groupdel "$name" 2>/dev/null
  rm -rf "/home/$name"
done
differences=0
left() { echo "differs: $1 is still there"; differences=$((differences + 1)); }
[ -e /srv/bench ] && left /srv/bench
for name in ${names}; do
  getent passwd "$name" && left "user $name"
  getent group "$name" && left "group $name"
  [ -e "/home/$name" ] && left "/home/$name"
done
crontab -l 2>/dev/null | grep -q . && left crontab
${VERDICT}`;
}

/** Gives a host what the peers need there: Python, and the library that their apt module imports. */
export function pythonScript(): string {
  return `set -e
if ! dpkg-query -W python3 python3-apt >/dev/null 2>&1; then
  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends python3 python3-apt
fi
echo '${AS_WANTED}'
`;
}

const LINES_FILE = '/srv/bench/d0/lines.conf';
const directories = numbers(DIRECTORIES).map((i) => `/srv/bench/d${i}`);
const lines = numbers(LINES).map((i) => `opt${i} yes`);
const accounts = numbers(ACCOUNTS).map((i) => ({ name: `bench${i}`, id: 5000 + i, home: `/home/bench${i}` }));
const cronJobs = numbers(CRON_JOBS).map((i) => ({ name: `bench${i}`, job: `${i} 2 * * * /bin/true ${i}` }));

const CHECKS = `differences=0
differs() { echo "differs: $*"; differences=$((differences + 1)); }
directory() {
  [ "$(stat -c '%F %a' "$1" 2>&1)" = "directory $2" ] || differs "$1"
}
file() {
  [ "$(stat -c '%F %a' "$1" 2>&1)" = "regular file $2" ] || differs "$1"
  [ "$(sha256sum < "$1")" = "$3  -" ] || differs "content of $1"
}
line() { grep -qxF "$1" "$2" || differs "line $1"; }
group() {
  case $(getent group "$1") in "$1":*:"$2":*) ;; *) differs "group $1" ;; esac
}
user() {
  case $(getent passwd "$1") in "$1":*:"$2":"$3":*:"/home/$1":"$4") ;; *) differs "user $1" ;; esac
  [ "$(stat -c %F "/home/$1" 2>&1)" = directory ] || differs "/home/$1"
}
cron_job() { crontab -l | grep -qxF "$1" || differs "cron job $1"; }
service() { [ "$(systemctl is-active "$1")" = active ] || differs "service $1"; }
package() {
  [ "$(dpkg-query -W -f='\${db:Status-Status}' "$1" 2>&1)" = installed ] || differs "package $1"
}`;

const VERDICT = `if [ "$differences" = 0 ]; then echo '${AS_WANTED}'; else echo "$differences differences"; exit 1; fi
`;

function files(host: string): { readonly path: string; readonly content: string }[] {
  return numbers(FILES).map((i) => ({
    path: `/srv/bench/d${i % DIRECTORIES}/f${i}.conf`,
    content: `key${i} = value${i}\nother = ${host}\n`,
  }));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
