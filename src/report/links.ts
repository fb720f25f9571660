import type { Run } from '../outcome.ts';
import type { SourceLocation } from '../types.ts';
import { placed } from './annotations.ts';
import { code, link } from './markdown.ts';

/** Where the run's files can be looked at. */
export type Home = Pick<Run, 'repositoryUrl' | 'commit'>;

/**
 * `stack.yml:88` as a link to that line at the run's commit, or a name as one; where the repository is not known, the
 * place as text.
 */
export function fileLink({ repositoryUrl, commit }: Home, location: SourceLocation, name?: string): string {
  const file = placed(location).file ?? location.file;
  const place = code(`${file}:${location.line}`);
  if (repositoryUrl === undefined || commit === undefined) {
    return name === undefined ? place : `${code(name)} ${place}`;
  }
  const path = file.toWellFormed().split('/').map(encodeURIComponent).join('/');
  const until = location.endLine === undefined || location.endLine <= location.line ? '' : `-L${location.endLine}`;
  const url = `${repositoryUrl}/blob/${commit}/${path}#L${location.line}${until}`;
  return link(name === undefined ? place : code(name), url);
}

/** The stack's page in the AWS console; undefined for an id that is no ARN of a stack. */
export function consoleUrl(stackId: string): string | undefined {
  const match = /^arn:(aws|aws-cn|aws-us-gov):cloudformation:([a-z0-9-]+):\d+:stack\//.exec(stackId);
  if (match === null) return undefined;
  const [, partition, region] = match;
  const hosts: Readonly<Record<string, string>> = {
    aws: 'console.aws.amazon.com',
    'aws-cn': 'console.amazonaws.cn',
    'aws-us-gov': 'console.amazonaws-us-gov.com',
  };
  const query = `stackId=${encodeURIComponent(stackId)}`;
  return `https://${region}.${hosts[partition ?? 'aws']}/cloudformation/home?region=${region}#/stacks/stackinfo?${query}`;
}
