import { emptyMapping, type Values } from '../base/value.js';
import type { FileStat } from '../probes/stat.js';
import { showMode } from './mode.js';

/**
 * What Ansible registers of something that is there, without what takes further questions.
 * Fields that are not known yet (in check mode, of what another task will make) are left out.
 */
export function statValues(path: string, stat: FileStat): Values {
  const values = emptyMapping();
  const put = (name: string, value: Values[string] | undefined): void => {
    if (value !== undefined) values[name] = value;
  };
  put('exists', true);
  put('path', path);
  put('isreg', stat.type === 'file');
  put('isdir', stat.type === 'directory');
  put('islnk', stat.type === 'symlink');
  put('isblk', stat.type === 'block');
  put('ischr', stat.type === 'character');
  put('isfifo', stat.type === 'fifo');
  put('issock', stat.type === 'socket');
  const { mode } = stat;
  if (mode !== undefined) {
    put('mode', showMode(mode));
    put('isuid', (mode & 0o4000) !== 0);
    put('isgid', (mode & 0o2000) !== 0);
    const classes = [
      ['usr', 6],
      ['grp', 3],
      ['oth', 0],
    ] as const;
    for (const [name, shift] of classes) {
      put(`r${name}`, ((mode >> shift) & 4) !== 0);
      put(`w${name}`, ((mode >> shift) & 2) !== 0);
      put(`x${name}`, ((mode >> shift) & 1) !== 0);
    }
  }
  put('uid', stat.uid);
  put('gid', stat.gid);
  put('pw_name', stat.owner);
  put('gr_name', stat.group);
  put('size', stat.size);
  put('inode', stat.inode);
  put('dev', stat.device);
  put('nlink', stat.links);
  put('mtime', stat.mtime);
  put('atime', stat.atime);
  put('ctime', stat.ctime);
  put('lnk_target', stat.target);
  return values;
}
