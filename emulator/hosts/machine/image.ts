import { existsSync, realpathSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageCommands, STAND_IN } from './packages.ts';

/** What a machine image holds beside what the ECS-optimized Amazon Linux 2023 image holds. */
export interface ImageContents {
  /** A directory that is laid over the root. */
  readonly overlay?: string;
  readonly packages: readonly string[];
  /** Units that start at boot. */
  readonly enabledUnits: readonly string[];
}

/** A root that is ready to be copied, and the table of what is mounted in it. */
export interface PreparedImage extends ImageContents {
  readonly skeleton: string;
  readonly mounts: string;
  /** The empty directory that every host of the image mounts its root on, each in its own namespace. */
  readonly mountPoint: string;
  /** The overlay's unit files, by their path on a host. */
  readonly units: ReadonlyMap<string, string>;
}

export const HOST_SCRIPTS = fileURLToPath(new URL('../root/host/', import.meta.url));

/** Commands of this machine that hosts may use, where it has them; nothing else of its /usr/bin is on their path. */
const MACHINE_COMMANDS = (
  '[ awk base64 basename bash cat chgrp chmod chown cmp comm cp cut date dd diff dirname du echo env expr false find ' +
  'flock getent grep egrep fgrep groups gunzip gzip head hostname id install join ln ls md5sum mkdir mkfifo mktemp mv ' +
  'nl nproc numfmt od paste pidof printenv printf ps pwd python3 readlink realpath rm rmdir sed seq setsid sha256sum ' +
  'shuf sort split stat stty sync tac tail tar tee test touch tr true truncate uname uniq wc whoami xargs xxd yes zcat'
).split(' ');

/** Commands whose effect lies outside a host's root, or that depend on AWS's time. */
const STAND_INS = (
  '/usr/bin/curl /usr/bin/dnf /usr/bin/yum /usr/bin/systemctl /usr/bin/journalctl /usr/bin/sleep /usr/bin/timeout ' +
  '/usr/bin/cloud-init /usr/bin/dockerd /usr/bin/logger /usr/bin/sudo /usr/libexec/amazon-ecs-init'
).split(' ');

const DIRECTORIES = (
  '.machine/usr .outside dev etc/ecs etc/systemd/system home/ec2-user lib lib64 proc root run/journal tmp opt srv mnt ' +
  'usr/bin usr/lib usr/lib64 usr/local/bin usr/local/sbin usr/libexec usr/share var/lib/ecs/data var/lib/cloud var/log/ecs var/tmp'
).split(' ');

const DEVICES = ['null', 'zero', 'full', 'random', 'urandom'];

const LINKS: Readonly<Record<string, string>> = {
  bin: 'usr/bin',
  sbin: 'usr/bin',
  'usr/sbin': 'bin',
  'usr/bin/sh': 'bash',
  'dev/fd': '/proc/self/fd',
  'dev/stdin': '/proc/self/fd/0',
  'dev/stdout': '/proc/self/fd/1',
  'dev/stderr': '/proc/self/fd/2',
  // The first process writes to the console.
  'dev/console': '/proc/1/fd/1',
  'var/run': '../run',
};

const FILES: Readonly<Record<string, string>> = {
  'etc/passwd':
    'root:x:0:0:root:/root:/bin/bash\nec2-user:x:1000:1000:EC2 Default User:/home/ec2-user:/bin/bash\nnobody:x:65534:65534::/:/sbin/nologin\n',
  'etc/group': 'root:x:0:\nec2-user:x:1000:\nnogroup:x:65534:\n',
  'etc/hosts': '127.0.0.1 localhost\n',
  'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  'etc/os-release':
    'NAME="Amazon Linux"\nVERSION="2023"\nID="amzn"\nID_LIKE="fedora"\nVERSION_ID="2023"\nPRETTY_NAME="Amazon Linux 2023"\n',
  // As the ECS-optimized image ships it: empty, so that an agent which is told nothing joins the cluster "default".
  'etc/ecs/ecs.config': '',
};

/**
 * Writes an image's root below `dir`. With `oneUser`, for user namespaces that hold root alone, changing an owner is
 * left undone, since there is nobody to change it to.
 */
export async function prepareImage(
  dir: string,
  contents: ImageContents,
  { oneUser }: { oneUser: boolean },
): Promise<PreparedImage> {
  const skeleton = join(dir, 'skeleton');
  const mountPoint = join(dir, 'root');
  const mounts = join(dir, 'mounts');
  await mkdir(mountPoint, { recursive: true });
  for (const directory of DIRECTORIES) await mkdir(join(skeleton, directory), { recursive: true });
  for (const [path, text] of Object.entries(FILES)) await writeFile(join(skeleton, path), text);
  for (const device of DEVICES) await writeFile(join(skeleton, 'dev', device), '');
  for (const [path, target] of Object.entries(LINKS)) await symlink(target, join(skeleton, path));
  if (existsSync('/etc/ld.so.cache')) await cp('/etc/ld.so.cache', join(skeleton, 'etc/ld.so.cache'));
  await cp(HOST_SCRIPTS, join(skeleton, '.host'), { recursive: true });
  await chmod(join(skeleton, STAND_IN), 0o755);

  for (const command of MACHINE_COMMANDS) {
    if (oneUser && (command === 'chown' || command === 'chgrp')) continue;
    const path = machineCommand(command);
    if (path !== undefined) await symlink(`/.machine${path}`, join(skeleton, 'usr/bin', command));
  }
  const standIns = [...STAND_INS, ...contents.packages.flatMap((name) => packageCommands(name) ?? [])];
  for (const path of standIns) await standIn(skeleton, path);
  if (oneUser) for (const command of ['chown', 'chgrp']) await symlink('true', join(skeleton, 'usr/bin', command));

  if (contents.overlay !== undefined) {
    await cp(contents.overlay, skeleton, { recursive: true, force: true, verbatimSymlinks: true });
  }
  await writeFile(mounts, mountTable(mountPoint));
  return { ...contents, skeleton, mounts, mountPoint, units: await unitsOf(contents.overlay) };
}

const UNIT_DIRECTORY = 'etc/systemd/system';

async function unitsOf(overlay: string | undefined): Promise<ReadonlyMap<string, string>> {
  const units = new Map<string, string>();
  const directory = join(overlay ?? '', UNIT_DIRECTORY);
  if (overlay === undefined || !existsSync(directory)) return units;
  for (const name of await readdir(directory)) {
    if (name.endsWith('.service'))
      units.set(`/${UNIT_DIRECTORY}/${name}`, await readFile(join(directory, name), 'utf8'));
  }
  return units;
}

async function standIn(skeleton: string, path: string): Promise<void> {
  const link = join(skeleton, path);
  await mkdir(dirname(link), { recursive: true });
  await symlink(STAND_IN, link);
}

/** Where this machine has a command, all links followed, if that is below /usr; undefined if not. */
export function machineCommand(command: string): string | undefined {
  for (const directory of ['/usr/bin', '/usr/sbin']) {
    const path = join(directory, command);
    if (!existsSync(path)) continue;
    const real = realpathSync(path);
    if (real.startsWith('/usr/')) return real;
  }
  return undefined;
}

/** The machine's programs and libraries, read-only, and what makes a device directory and /proc. */
function mountTable(root: string): string {
  const escaped = (path: string) =>
    path.replaceAll(/[\s\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
  const line = (source: string, target: string, type: string, options: string) =>
    `${escaped(source)} ${escaped(join(root, target))} ${type} ${options} 0 0\n`;
  const libraries = ['lib', 'lib64', 'usr/lib', 'usr/lib64'].filter((path) => existsSync(`/${path}`));
  return [
    line('/usr', '.machine/usr', 'none', 'bind,ro'),
    ...libraries.map((path) => line(realpathSync(`/${path}`), path, 'none', 'bind,ro')),
    ...DEVICES.map((device) => line(`/dev/${device}`, `dev/${device}`, 'none', 'bind')),
    line('proc', 'proc', 'proc', 'defaults'),
  ].join('');
}
