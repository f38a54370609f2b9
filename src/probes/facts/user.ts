import { emptyMapping, mapping } from '../../base/value.js';
import { type FactGroup, fields } from './group.js';

/** The user whose session it is. */
export const user: FactGroup = {
  names: [
    'user_id',
    'user_uid',
    'user_gid',
    'user_gecos',
    'user_dir',
    'user_shell',
    'real_user_id',
    'effective_user_id',
    'real_group_id',
    'effective_group_id',
  ],
  files: ['/proc/self/status'],
  text: 'getent passwd "$(id -u)"',
  parse: ({ lines, text }) => {
    const status = fields(lines('/proc/self/status'));
    const ids = (name: string): (number | undefined)[] => {
      const [real, effective] = (status.get(name) ?? '').split(/\s+/);
      return [real, effective].map((id) => (id ? Number(id) : undefined));
    };
    const [realUser, effectiveUser] = ids('Uid');
    const [realGroup, effectiveGroup] = ids('Gid');
    const [name = '', , uid, gid, gecos, home, shell] = text.trim().split(':');
    return mapping({
      user_id: name === '' ? String(effectiveUser) : name,
      user_uid: uid === undefined ? effectiveUser : Number(uid),
      user_gid: gid === undefined ? effectiveGroup : Number(gid),
      user_gecos: gecos,
      user_dir: home,
      user_shell: shell,
      real_user_id: realUser,
      effective_user_id: effectiveUser,
      real_group_id: realGroup,
      effective_group_id: effectiveGroup,
    });
  },
};

/** The environment that programs of the session get. */
export const env: FactGroup = {
  names: ['env'],
  text: 'cat /proc/self/environ',
  parse: ({ text }) => {
    const found = emptyMapping();
    for (const entry of text.split('\0')) {
      const equals = entry.indexOf('=');
      if (equals > 0) found[entry.slice(0, equals)] = entry.slice(equals + 1);
    }
    return mapping({ env: found });
  },
};
