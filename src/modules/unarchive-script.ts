/*
 * The scripts of unarchive, POSIX sh. Arguments: dest, archive (empty: it comes on stdin), owner[:group],
 * mode, then options for tar or unzip.
 */

const BEGIN = `
dest=$1 archive=$2 owner=$3 mode=$4
shift 4
t=
trap '[ -z "$t" ] || rm -rf "$t"' EXIT
trap 'exit 130' HUP INT TERM
if [ -z "$archive" ]; then
  t=$(mktemp -d) && archive=$t/archive && cat >"$archive" || exit 1
fi
`;

/** names prints what the archive makes, one path a line. */
const TAR_NAMES = `
names() { tar --list --quoting-style=literal --show-transformed-names -f "$archive" "$@"; }
`;
const ZIP_NAMES = `
names() { unzip -Z1 "$archive" "$@"; }
`;

/** present [all|solid] OPTIONS... prints those that are there, each ended by a NUL; solid: without symlinks. */
const PRESENT = `
present() {
  kind=$1
  shift
  names "$@" | while IFS= read -r name; do
    case /$name/ in */../*) continue ;; esac
    if [ -L "./$name" ]; then [ "$kind" = all ] || continue; elif [ ! -e "./$name" ]; then continue; fi
    printf './%s\\0' "$name"
  done
}
`;

const ATTRIBUTES = `
[ -n "$owner$mode" ] || exit 0
cd "$dest" || exit 1
if [ -n "$owner" ]; then present all "$@" | xargs -0r chown -h -- "$owner" || exit 1; fi
if [ -n "$mode" ]; then present solid "$@" | xargs -0r chmod -- "$mode" || exit 1; fi
`;

const NEEDS_UNZIP = `
command -v unzip >/dev/null || { echo 'unzip is not there' >&2; exit 127; }
`;

/** Unpacks a tar archive. */
export const TAR_EXTRACT = `${BEGIN}${TAR_NAMES}${PRESENT}
tar --extract -C "$dest" -f "$archive" "$@" || exit 1
${ATTRIBUTES}`;

/** Unpacks a zip archive. */
export const ZIP_EXTRACT = `${NEEDS_UNZIP}${BEGIN}${ZIP_NAMES}${PRESENT}
unzip -qo "$archive" "$@" -d "$dest" || exit 1
${ATTRIBUTES}`;

/** Says what differs between a tar archive of the host and what it made there; looks only. */
export const TAR_COMPARE = `
dest=$1 archive=$2
shift 4
exec tar --diff -C "$dest" -f "$archive" "$@"
`;

/** Says what of a zip archive of the host is missing or other there; makes nothing but a folder of its own. */
export const ZIP_COMPARE = `${NEEDS_UNZIP}
dest=$1 archive=$2
shift 4
t=$(mktemp -d) || exit 3
trap 'rm -rf "$t"' EXIT
unzip -qo "$archive" "$@" -d "$t" || exit 3
diff -rq --no-dereference "$t" "$dest"
[ $? -le 1 ] || exit 3
exit 0
`;

/** Prints type and mode, and owners, of what the archive made: a line for each combination. */
const LOOK = `
cd "$dest" && present all "$@" | xargs -0r stat -c '%A %a %u %g %U %G' -- | sed 's/^\\(.\\)[^ ]*/\\1/' | sort -u
`;
export const TAR_LOOK = `${BEGIN}${TAR_NAMES}${PRESENT}${LOOK}`;
export const ZIP_LOOK = `${BEGIN}${ZIP_NAMES}${PRESENT}${LOOK}`;

/** Prints the names of what the archive makes. */
export const TAR_LIST = `${BEGIN}${TAR_NAMES}names "$@"`;
export const ZIP_LIST = `${BEGIN}${ZIP_NAMES}names "$@"`;
