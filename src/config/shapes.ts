import { LIMITS } from '../template/limits.ts';

/** Each of these says what is wrong with a value, or undefined when nothing is. */

/** CreateChangeSet, StackName: `[a-zA-Z][-a-zA-Z0-9]*`, at most 128 characters. */
export function checkStackName(name: string): string | undefined {
  if (name.length > 128) return `The stack name has ${name.length} characters, and CloudFormation takes 128.`;
  if (/^[a-zA-Z][-a-zA-Z0-9]*$/.test(name)) return undefined;
  return `'${name}' is no stack name: CloudFormation takes letters, digits and hyphens, with a letter first.`;
}

/** ExecuteChangeSet, ChangeSetName: a name of at most 128 characters, or an ARN. */
export function checkChangeSet(name: string): string | undefined {
  const isName = /^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name);
  const isArn = /^arn:[\w-]+:cloudformation:[\w-]+:\d{12}:changeSet\/[\w-]+\/[\w-]+$/.test(name);
  return isName || isArn ? undefined : `'${name}' is neither the name nor the ARN of a change set.`;
}

/** What `drift-revert: plan` shows: the first half of a SHA-256. */
export function checkFingerprint(fingerprint: string): string | undefined {
  if (/^[0-9a-f]{32}$/i.test(fingerprint)) return undefined;
  return `'${fingerprint}' is no fingerprint of a repair, which has 32 digits from 0 to f.`;
}

export function checkRegion(region: string): string | undefined {
  return /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region) ? undefined : `'${region}' is no AWS region, such as eu-west-1.`;
}

export function checkAccount(account: string): string | undefined {
  return /^\d{12}$/.test(account) ? undefined : `'${account}' is no AWS account id, which has 12 digits.`;
}

export function checkRoleArn(arn: string): string | undefined {
  return /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(arn)
    ? undefined
    : `'${arn}' is not the ARN of a role, such as arn:aws:iam::385605022855:role/muster.`;
}

/** "Tag", CloudFormation API reference. */
export function checkTags(tags: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(tags);
  const problems = names.flatMap((name) => {
    const found: string[] = [];
    if (/^aws:/i.test(name)) found.push(`The tag '${name}' starts with aws:, which AWS keeps for itself.`);
    if (name.length > 128) found.push(`The tag key '${name.slice(0, 40)}…' has more than 128 characters.`);
    if ((tags[name] ?? '').length > 256) found.push(`The value of the tag '${name}' has more than 256 characters.`);
    return found;
  });
  if (names.length > LIMITS.tags)
    problems.push(`There are ${names.length} tags, and CloudFormation takes ${LIMITS.tags}.`);
  return problems;
}
