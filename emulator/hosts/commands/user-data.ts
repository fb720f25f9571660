import { quote, result } from '../machine/shell.ts';

const SCRIPT = '/var/lib/cloud/instance/scripts/part-001';
const OUTPUT = '/var/log/cloud-init-output.log';

/**
 * What cloud-init's last stage does with user data: a text that begins with `#!` is run as it is, with its output in
 * /var/log/cloud-init-output.log and on the console (cloud-init, "User data formats"). The local AWS knows no other
 * format.
 */
export function finalStage(userData: string): string {
  const begin = [`exec > >(exec tee -a ${OUTPUT}) 2>&1`, "echo 'Cloud-init v. 22.2.2 running modules:final'"];
  if (userData.trim() === '') return [...begin, 'exit 0'].join('\n');
  if (!userData.startsWith('#!')) {
    const start = quote(userData.slice(0, 40).replaceAll('\n', '\\n'));
    const told = /^(#cloud-config|Content-Type:|MIME-Version:|#include|## template)/.test(userData)
      ? `printf 'cloud-init: the local AWS runs user data that begins with #!, not %s\\n' ${start}`
      : `printf '__init__.py[WARNING]: Unhandled non-multipart (text/x-not-multipart) userdata: %s...\\n' ${start}`;
    return [...begin, told, 'exit 0'].join('\n');
  }
  return [
    ...begin,
    `mkdir -p /var/lib/cloud/instance/scripts`,
    `printf %s ${quote(userData)} > ${SCRIPT}`,
    `chmod 700 ${SCRIPT}`,
    SCRIPT,
    'code=$?',
    'if [[ $code -ne 0 ]]; then',
    `  echo "cc_scripts_user.py[WARNING]: Failed to run module scripts-user (${SCRIPT} ended with exit code $code)"`,
    '  exit 1',
    'fi',
    "echo 'Cloud-init v. 22.2.2 finished'",
    result({}),
  ].join('\n');
}
