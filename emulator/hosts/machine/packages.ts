/** What stands in for every command of ours; see root/host/stand-in. */
export const STAND_IN = '/.host/stand-in';

/**
 * The packages that the stand-in package manager knows, with the commands that each puts into a host. Before a package
 * is installed, its commands do not exist, as on the ECS-optimized image.
 */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'aws-cfn-bootstrap': ['/opt/aws/bin/cfn-init', '/opt/aws/bin/cfn-signal', '/opt/aws/bin/cfn-hup'],
  'amazon-cloudwatch-agent': ['/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl'],
};

/** Part of the ECS-optimized Amazon Linux 2023 image: installing them again changes nothing. */
const PRESENT = [
  'amazon-ssm-agent',
  'curl',
  'curl-minimal',
  'docker',
  'ecs-init',
  'containerd',
  'systemd',
  'util-linux',
];

/** The commands that a package brings, or undefined for one that the local AWS does not have. */
export const packageCommands = (name: string): readonly string[] | undefined =>
  PRESENT.includes(name) ? [] : PACKAGES[name];
