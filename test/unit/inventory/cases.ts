import type { Project } from './project.js';

const SCRIPT = `#!/bin/sh
cat <<'JSON'
{"_meta": {"hostvars": {"s1": {"a": 1, "b": ["x", null, true], "c": {"__ansible_unsafe": "{{ x }}"}}, "stray": {"z": 1}}},
 "web": {"hosts": ["s1", "s2"], "vars": {"port": 80, "ansible_group_priority": 5}, "children": ["inner"]},
 "inner": ["s3"], "lone": {"x": 1}, "all": {"vars": {"every": "where"}}}
JSON
`;
const OLD_SCRIPT = `#!/bin/sh
if [ "$1" = --host ]; then echo "{\\"name\\": \\"$2\\"}"; else echo '{"old": {"hosts": ["o1", "o2"]}}'; fi
`;

/** One inventory for each feature; what Ansible makes of them is in expected.json. */
export const CASES: Readonly<Record<string, Project>> = {
  'INI sections': {
    sources: ['hosts.ini'],
    files: {
      'hosts.ini': `# comment
; another
lonely
[web]
web1 ansible_host=10.0.0.1 ansible_port=2222   # to the end
web2:2200
[fe80::1]:22 a=1
[db]
db1
[db:vars]
engine = postgres
version="12"
note=has # a hash
number=5 # a comment after a literal
list=['a', 1]
[prod:children]
web
db # comment
[prod:vars]
env=prod
[empty]
`,
    },
  },
  'INI values': {
    sources: ['hosts.ini'],
    files: {
      'hosts.ini': `[g]
h1 a=5 b=-5 c=0x1f d=0o17 e=0b11 f=1.5 g=1e3 h=True i=true j=None k=null l=yes m=0644 n=00 o=1_000
h2 a="['x', 'y']" b="{'k': 1, '2': 'v'}" c="(1, 2)" d="1,2" e="a,b" f="1," g="()" h="[]" i="{}" j="[1, [2, {'a': (3,)}],]"
h3 a="'quoted'" b='"double"' c="'a' 'b'" d="r'\\\\n'" e="'\\\\n\\\\x41\\\\u00e9'" f="b'bytes'" g="u'text'" h="'''triple'''" i="'it\\\\'s'"
h4 a= b="" c='' d=x=y e="a b" f=a\\ b g="say \\"hi\\"" h='it is' i=un"quo"ted j=a#b
h5 a=10.0.0.1 b=2020-01-02 c=1-2 d=1.2.3 e=5. f=.5 g=-.5 h=--5 i=+5 j=1e400x k=12abc l=_x m=[1 n={'a' p="{'a': }"
h6 a=/etc/x b=~/y c=http://x/y?z=1 d="{{ other }}" e=True# f=Trueish g="[True, False, None]" h="[x]" i=0777 j="0" k=-0 l="(5)"
[g:vars]
a = 5
b = "text"
c = 'single'
d = plain text with spaces
e = [1, 2, 3]
f = "unclosed
g =
h = a = b
i = "a" "b"
j = {'k': ['v']}
k=  True
l = 1, 2
m = "quoted" # comment
n = \\n
o = 'x' y
`,
    },
  },
  ranges: {
    sources: ['hosts.ini', 'hosts.yml'],
    files: {
      'hosts.ini': `[g]
a[01:03]
b[1:10:4]x
c[a:e:2]
d[1:2][a:b].example.org
e[08:11]
f[3:1]
g[:2]
h[X:Z]:2022 v=1
10.1.[1:2].1
i[0:2]-[01:02]
`,
      'hosts.yml': 'y:\n  hosts:\n    y[01:03]:\n      v: 1\n    z[a:c]:22:\n    "[::1]:2222": {x: 1}\n    plain:\n',
    },
  },
  'INI order of declarations': {
    sources: ['hosts.ini'],
    files: {
      'hosts.ini': `[top:children]
b
a
[top2:children]
a
[z]
z1
[a]
a1
[a:children]
c
[b]
b1
a1
[c:vars]
deep=1
[c]
a1 own=1
z1
`,
    },
  },
  'YAML inventory': {
    sources: ['hosts.yml'],
    files: {
      'hosts.yml': `all:
  vars:
    mode: 0644
    when: yes
    time: 22:22
    text: "yes"
    n: null
    y: y
    exp: 1e3
    float: 1.5
    list: [1, two, {three: 3}]
    blocks: |
      a
      b
    day: 2020-01-02
  hosts:
    direct:
    two: {a: 1}
  children:
    web:
      hosts:
        web1: {x: 1}
        web2:
      vars: {port: 80}
      children:
        inner: {hosts: {web1: {x: 2}, deep: }}
    empty:
    text: {hosts: only}
other:
  hosts: {two: {b: 2}}
  unknown: {a: 1}
ungrouped:
  hosts: {lonely: }
`,
    },
  },
  'YAML merge keys and aliases': {
    sources: ['hosts.yaml'],
    files: {
      'hosts.yaml': `all:
  vars:
    base: &base {a: 1, b: {c: 2}}
    other: &other {a: 9, z: 3}
    merged: {<<: *base, a: 2}
    both: {<<: [*base, *other], d: 1}
    same: *base
    unsafe: !unsafe "{{ raw }}"
    str: !!str 5
  hosts: {h: *base}
`,
    },
  },
  'depth and priority': {
    sources: ['hosts.ini'],
    files: {
      'hosts.ini': `h1
[a]
h1
h2
[b]
h1
h2
[c]
h1
[a:vars]
x=a
y=a
ansible_group_priority=10
[b:vars]
x=b
y=b
z=b
[c:vars]
z=c
[parent:children]
b
[parent:vars]
x=parent
z=parent
w=parent
[all:vars]
w=all
v=all
`,
    },
  },
  'group_vars and host_vars': {
    sources: ['inv/hosts'],
    playbookFolder: 'play',
    files: {
      'inv/hosts':
        '[web]\nweb1 a=ini b=ini c=ini d=ini\n[web:vars]\na=g\ne=g\nf=g\ng=g\nh=g\n[all:vars]\nh=all\ni=all\nj=all\n',
      'inv/group_vars/all': 'i: inv-all\nj: inv-all\nk: inv-all\nh: inv-all\n',
      'inv/group_vars/web.yml': '{e: inv-web, f: inv-web, l: 1}',
      'inv/group_vars/web.json': '{"never": "read"}',
      'inv/group_vars/ungrouped.yml': 'never: "applies"\n',
      'inv/host_vars/web1/b.yml': 'b: second\nc: second\n',
      'inv/host_vars/web1/a.yml': 'b: first\n',
      'inv/host_vars/web1/.hidden.yml': 'b: hidden\n',
      'inv/host_vars/web1/back.yml~': 'b: backup\n',
      'inv/host_vars/web1/note.txt': 'b: text\n',
      'inv/host_vars/web1/sub/deep.json': '{"deep": 1e3, "tab":\t[1,\t2]}',
      'inv/host_vars/web1/sub.d/no.yml': 'no: 1\n',
      'play/group_vars/all.yml': 'j: play-all\nk: play-all\n',
      'play/group_vars/web/x': 'f: play-web\nk: play-web\n',
      'play/host_vars/web1.yaml': 'c: play\n',
      'play/host_vars/nobody.yml': 'x: 1\n',
    },
  },
  'a folder of sources': {
    sources: ['inv'],
    files: {
      'inv/01-first': '[web]\nh1 v=1 w=1\n',
      'inv/02-second.yml': 'web: {hosts: {h1: {v: 2}, h2: }}\n',
      'inv/03.ini': 'skipped\n',
      'inv/notes.txt': 'skipped too\n',
      'inv/.hidden': 'hidden\n',
      'inv/old.bak': 'skipped3\n',
      'inv/sub/deeper': '[sub]\nh3\n',
      'inv/group_vars/web.yml': 'g: 1\n',
      'inv/sub/group_vars/sub.yml': 'never: 1\n',
      'inv/host_vars/h1': 'hv: 1\n',
    },
  },
  'several sources': {
    sources: ['a/hosts.ini', 'b/hosts.ini', 'x1,x2:22', 'a/more.ini'],
    files: {
      'a/hosts.ini': '[web]\nh1 v=a w=a\nh2:22\n[web:vars]\nx=a\n',
      'a/more.ini': 'h5\n',
      'b/hosts.ini': '[web]\nh1 v=b\nh2:23\n[web:vars]\nx=b\n',
      'a/group_vars/web': 'y: a\nz: a\n',
      'b/group_vars/web': 'y: b\n',
      'b/group_vars/all': 'y: all\n',
    },
  },
  'host lists': { sources: ['web1,', 'a, b:2222 ,web[1:3],[::1]:22, 10.0.0.1'], files: {} },
  'an executable script': { sources: ['inv.sh'], files: { 'inv.sh': SCRIPT, 'group_vars/web.yml': 'gv: 1\n' } },
  'a script without _meta': { sources: ['old.sh'], files: { 'old.sh': OLD_SCRIPT } },
  'extra variables': {
    sources: ['h1,'],
    extraVars: [
      'a=1 b="two words" c=x=y',
      '{"d": [1, 2], "e": 0644}',
      '@more.yml',
      'f=\'q\' g=a\\nb h="{{ x y }}" i={{ p q }}',
    ],
    files: { 'more.yml': 'a: from-file\nm: {n: 1}\n', 'host_vars/h1.yml': 'a: 0\nz: 1\n' },
  },
  'a host named as a group': { sources: ['i'], files: { i: '[same]\nsame v=1\nother\n' } },
  'text in other alphabets': { sources: ['i.ini'], files: { 'i.ini': '[größe]\nhöst1 wert="schön"\nサーバ[1:2]\n' } },
  'an inventory without extension in YAML': {
    sources: ['hosts'],
    files: { hosts: '---\nall:\n  hosts:\n    h1: {a: 1}\n' },
  },
  'a JSON inventory': {
    sources: ['hosts.json'],
    files: { 'hosts.json': '{"all": {"hosts": {"h1": {"f": 1e2, "t": "\\u00e9\\/"}}}}' },
  },
};
