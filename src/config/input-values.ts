import { didYouMean, listOf } from '../did-you-mean.ts';
import { LIMITS } from '../template/limits.ts';
import type { InputReader } from './input-reader.ts';
import type { DesiredCount } from './inputs.ts';
import { listItems, readAssignments } from './lists.ts';
import { inInput } from './place.ts';
import { checkTags } from './shapes.ts';
import { lineValue, type WrittenParameter } from './written.ts';

const CAPABILITIES = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];
const DESIRED_COUNT_WORDS = ['auto', 'template', 'live'] as const;

/** What the runner, GitHub and AWS put into the environment is not a user's to hand to a template. */
const GUARDED_VARIABLES = /^(AWS|GITHUB|ACTIONS|INPUT|RUNNER)_/i;

export function readDesiredCount(reader: InputReader): DesiredCount {
  const written = reader.text('desired-count');
  if (/^\d{1,6}$/.test(written)) return { kind: 'number', count: Number(written) };
  return { kind: reader.choice('desired-count', DESIRED_COUNT_WORDS, 'auto') };
}

export function readPullRequest(reader: InputReader): number | undefined {
  const written = reader.text('pull-request');
  if (written === '') return undefined;
  if (/^[1-9]\d{0,9}$/.test(written)) return Number(written);
  reader.wrong('pull-request', `'${written}' is no number of a pull request.`);
  return undefined;
}

export function readCapabilities(reader: InputReader): string[] {
  const names = listItems(reader.text('capabilities'));
  for (const name of names) {
    if (CAPABILITIES.includes(name)) continue;
    const remedy = didYouMean(name, CAPABILITIES) ?? `CloudFormation has ${listOf(CAPABILITIES)}.`;
    reader.wrong('capabilities', `'${name}' is no capability.`, remedy);
  }
  return names;
}

export function readOverrides(reader: InputReader): WrittenParameter[] {
  const { assignments, unreadable } = readAssignments(reader.text('parameter-overrides'));
  for (const { line, problem } of unreadable) {
    const message = `Line ${line} of the input 'parameter-overrides' cannot be read: ${problem}.`;
    reader.wrong('parameter-overrides', message, 'Write one Key=Value a line.');
  }
  return assignments.map(({ key, value, line }) => ({
    name: key,
    written: lineValue(value),
    place: inInput('parameter-overrides', line),
    line: true,
  }));
}

export function readTags(reader: InputReader): Record<string, string> | undefined {
  const { assignments, unreadable } = readAssignments(reader.text('tags'));
  for (const { line, problem } of unreadable) {
    reader.wrong('tags', `Line ${line} of the input 'tags' cannot be read: ${problem}.`, 'Write one Key=Value a line.');
  }
  if (assignments.length === 0) return undefined;
  const tags: Record<string, string> = Object.create(null);
  for (const { key, value } of assignments) tags[key] = value;
  for (const problem of checkTags(tags)) reader.wrong('tags', problem);
  return tags;
}

export function readNotificationArns(reader: InputReader): string[] | undefined {
  const arns = listItems(reader.text('notification-arns'));
  for (const arn of arns) {
    if (!/^arn:[\w-]+:sns:[\w-]+:\d{12}:.+$/.test(arn)) {
      reader.wrong('notification-arns', `'${arn}' is not the ARN of an SNS topic.`);
    }
  }
  if (arns.length > LIMITS.notificationArns) {
    const message = `There are ${arns.length} topics, and CloudFormation notifies at most ${LIMITS.notificationArns}.`;
    reader.wrong('notification-arns', message);
  }
  return arns.length === 0 ? undefined : arns;
}

export function readBucket(reader: InputReader): string | undefined {
  const written = reader.text('template-bucket');
  if (written !== '' && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(written)) {
    const remedy = 'Give the name of the bucket alone, without s3:// or a path.';
    reader.wrong('template-bucket', `'${written}' is no name of an S3 bucket.`, remedy);
  }
  return written;
}

export function readAllowEnv(reader: InputReader): string[] {
  const names = listItems(reader.text('allow-env'));
  for (const name of names) {
    if (!GUARDED_VARIABLES.test(name)) continue;
    const message = `${name} belongs to the runner, GitHub or AWS; such variables hold credentials and are never given to a template.`;
    reader.wrong('allow-env', message, 'Set the value under a name of your own in env: of the step.');
  }
  return names.filter((name) => !GUARDED_VARIABLES.test(name));
}

export function readRevertAllow(reader: InputReader): string[] {
  const names = listItems(reader.text('revert-allow'));
  for (const name of names) {
    if (/^[a-zA-Z0-9]+(\/[a-zA-Z0-9]+)*$/.test(name)) continue;
    const remedy = 'Write LogicalId, or Nested/LogicalId for a resource of a nested stack.';
    reader.wrong('revert-allow', `'${name}' names no resource.`, remedy);
  }
  return names;
}
