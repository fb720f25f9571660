import { isList, isRecord } from '../diff/canonical.ts';
import type { Value, ValueDiff } from '../diff/model.ts';
import type { Impact, PlannedChange } from './model.ts';

const RULE_TYPE = 'AWS::EC2::SecurityGroupIngress';
const GROUP_TYPE = 'AWS::EC2::SecurityGroup';
/** Every address of the Internet, in either version of its protocol. */
const WORLD = new Set(['0.0.0.0/0', '::/0']);

/** What becomes reachable by everybody, and who may do everything, that could not before; in nested stacks too. */
export function exposures(changes: readonly PlannedChange[], within = ''): Impact[] {
  return changes.flatMap(({ logicalId, resourceType, action, properties, nested }): Impact[] => {
    if (action === 'Remove') return [];
    const added = properties.flatMap(({ path, diff }) => (diff === undefined ? [] : [{ name: path[1] ?? '', diff }]));
    const texts =
      resourceType === GROUP_TYPE
        ? added.filter(({ name }) => name === 'SecurityGroupIngress').flatMap(({ diff }) => openings(addedTo(diff)))
        : resourceType === RULE_TYPE
          ? openings([Object.fromEntries(added.flatMap(({ name, diff }) => afterOf(name, diff)))])
          : resourceType.startsWith('AWS::IAM::')
            ? added.flatMap(({ name, diff }) =>
                grantsAll(diff) || (name === 'ManagedPolicyArns' && addedTo(diff).some(isAdministrator))
                  ? ['lets its holder do everything (Action * on Resource *)']
                  : [],
              )
            : [];
    const id = `${within}${logicalId}`;
    const own = [...new Set(texts)].map(
      (text): Impact => ({ risk: 'exposed', text: `${text} (${id})`, logicalId: id }),
    );
    return [...own, ...exposures(nested?.changes ?? [], `${id}/`)];
  });
}

/** The items that a list has and had not. */
function addedTo(diff: ValueDiff): Value[] {
  switch (diff.kind) {
    case 'set':
      return [...diff.added];
    case 'added':
    case 'changed':
      return isList(diff.after) ? [...diff.after] : [];
    case 'list':
    case 'named':
      return diff.items.flatMap((item) => addedItem(item.diff));
    default:
      return [];
  }
}

function addedItem(diff: ValueDiff): Value[] {
  return diff.kind === 'added' ? [diff.after] : [];
}

function afterOf(name: string, diff: ValueDiff): [string, Value][] {
  return diff.kind === 'added' || diff.kind === 'changed' ? [[name, diff.after]] : [];
}

function openings(rules: readonly Value[]): string[] {
  return rules.flatMap((rule) => {
    if (!isRecord(rule)) return [];
    const source = [rule.CidrIp, rule.CidrIpv6].find((cidr) => typeof cidr === 'string' && WORLD.has(cidr));
    return source === undefined ? [] : [`opens ${portsOf(rule)} to the world`];
  });
}

function portsOf(rule: { readonly [key: string]: Value }): string {
  const [from, to] = [rule.FromPort, rule.ToPort].map((port) => (port === undefined ? undefined : String(port)));
  // Of a rule that exists already only what changes of it is known.
  if (rule.IpProtocol === undefined && from === undefined) return 'its ports';
  if (String(rule.IpProtocol) === '-1' || from === undefined || from === '-1') return 'every port';
  return from === to || to === undefined ? `port ${from}` : `ports ${from} to ${to}`;
}

/** Whether an added policy statement, at any depth, allows everything on everything. */
function grantsAll(diff: ValueDiff): boolean {
  switch (diff.kind) {
    case 'added':
    case 'changed':
      return isBoundless(diff.after);
    case 'set':
      return diff.added.some(isBoundless);
    case 'object':
      return diff.members.some((member) => grantsAll(member.diff));
    case 'named':
    case 'list':
      return diff.items.some((item) => grantsAll(item.diff));
    case 'same':
    case 'removed':
    case 'text':
      return false;
    default:
      return diff satisfies never;
  }
}

/** The managed policy that allows every action on every resource. */
function isAdministrator(value: Value): boolean {
  return typeof value === 'string' && /^arn:[\w-]+:iam::aws:policy\/AdministratorAccess$/.test(value);
}

function isBoundless(value: Value): boolean {
  if (isList(value)) return value.some(isBoundless);
  if (!isRecord(value)) return false;
  const every = (part: Value | undefined) => part === '*' || (isList(part) && part.includes('*'));
  const all = value.Effect === 'Allow' && every(value.Action) && every(value.Resource);
  return all || Object.values(value).some(isBoundless);
}
