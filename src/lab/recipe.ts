/** What a base tree is made of; with apt's settings it gives the tree's name in the cache. */

export const PACKAGES = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'libpam-systemd',
  'openssh-server',
  'sudo',
  'opendoas',
  'iproute2',
  'ca-certificates',
  'cron',
  'nftables',
  'procps',
  'curl',
  'busybox',
] as const;

/**
 * Runs on the machine after the packages are in, with the tree's path as `$1`.
 * The stock configuration of Debian stays; only what a throw-away host must not share or do is changed.
 */
export const CUSTOMIZE = `set -eu
rm -f "$1"/etc/ssh/ssh_host_* "$1"/etc/hostname "$1"/var/lib/dbus/machine-id "$1"/var/lib/systemd/random-seed
: > "$1"/etc/machine-id
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer \\
  console-getty.service systemd-modules-load.service systemd-networkd-wait-online.service; do
  ln -sf /dev/null "$1/etc/systemd/system/$unit"
done
printf 'UseDNS no\\n' > "$1"/etc/ssh/sshd_config.d/lab.conf
printf 'Acquire::Languages "none";\\n' > "$1"/etc/apt/apt.conf.d/50lab-languages
chroot "$1" systemctl enable systemd-networkd.service ssh.service
chroot "$1" useradd --create-home --shell /bin/bash deploy
chroot "$1" useradd --create-home --shell /bin/bash --gid operator --groups sudo operator
printf 'deploy ALL=(ALL:ALL) NOPASSWD: ALL\\n' > "$1"/etc/sudoers.d/lab
chmod 0440 "$1"/etc/sudoers.d/lab
printf 'permit nopass keepenv root\\npermit nopass deploy\\npermit :sudo\\n' > "$1"/etc/doas.conf
chmod 0400 "$1"/etc/doas.conf
for home in root home/deploy home/operator; do
  mkdir -p -m 0700 "$1/$home/.ssh"
  chown --reference="$1/$home" "$1/$home/.ssh"
done
cat > "$1"/etc/systemd/system/lab-cgroups.service <<'UNIT'
[Unit]
Description=Writable cgroup v1 controllers, for container engines
DefaultDependencies=no
Before=sysinit.target docker.service
ConditionPathIsMountPoint=/sys/fs/cgroup/memory

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'for c in cpu cpuacct cpuset memory devices freezer blkio pids; do mount -o remount,bind,rw /sys/fs/cgroup/$c || :; done'

[Install]
WantedBy=sysinit.target
UNIT
chroot "$1" systemctl enable lab-cgroups.service
chroot "$1" apt-cache gencaches
rm -f "$1"/var/cache/apt/archives/*.deb "$1"/var/log/*.log "$1"/var/log/apt/*
`;
