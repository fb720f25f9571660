import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A statement that allows, as docs/permissions.md writes it. */
export interface Statement {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** The services to which `iam:PassRole` may pass a role; absent: any. */
  readonly passedTo?: string;
}

interface WrittenStatement {
  readonly Sid?: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: { readonly StringEquals?: Readonly<Record<string, string>> };
}

const DOCUMENT = join(import.meta.dirname, '../../../docs/permissions.md');

/** What the document writes for its readers to replace, and what the tests replace it by. */
const PLACE: readonly (readonly [written: RegExp, meant: string])[] = [
  [/eu-west-1/g, 'us-east-1'],
  [/111122223333/g, '123456789012'],
];

/** The statements of docs/permissions.md by the heading that they stand under, for the account of the local AWS. */
export async function documentedPolicies(): Promise<ReadonlyMap<string, readonly Statement[]>> {
  const markdown = PLACE.reduce(
    (text, [written, meant]) => text.replace(written, meant),
    await readFile(DOCUMENT, 'utf8'),
  );
  const policies = new Map<string, Statement[]>();
  let heading = '';
  for (const [, title, json] of markdown.matchAll(/^#{1,3} (.+)$|^```json\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    if (json !== undefined) policies.set(heading, [...(policies.get(heading) ?? []), ...statements(JSON.parse(json))]);
  }
  return policies;
}

function statements(block: WrittenStatement | { readonly Statement: readonly WrittenStatement[] }): Statement[] {
  return ('Statement' in block ? block.Statement : [block]).map(({ Sid = '', Action, Resource = [], Condition }) => {
    const passedTo = Condition?.StringEquals?.['iam:PassedToService'];
    return { sid: Sid, actions: [Action].flat(), resources: [Resource].flat(), ...(passedTo && { passedTo }) };
  });
}

/** One thing that IAM asks whether it is allowed. */
export interface Asked {
  readonly action: string;
  /** An ARN, or `*` where the action knows no resource. */
  readonly resource: string;
}

/** The first statement that allows it. Patterns are IAM's: `*` is any text, `?` any character. */
export function allowing(statements: readonly Statement[], { action, resource }: Asked): Statement | undefined {
  return statements.find(
    ({ actions, resources }) =>
      actions.some((pattern) => fits(pattern.toLowerCase(), action.toLowerCase())) &&
      resources.some((pattern) => fits(pattern, resource)),
  );
}

function fits(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
