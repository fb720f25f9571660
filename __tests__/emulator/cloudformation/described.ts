import type { startEngine } from './support.ts';

export const things = (...lines: string[]) => `Resources:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
export const thing = (id: string, properties = '{}', more = '') =>
  `${id}: { Type: Test::Thing, Properties: ${properties} ${more} }`;

export const UNKNOWN = '{{changeSet:KNOWN_AFTER_APPLY}}';

type Local = ReturnType<typeof startEngine>;

/** A change set described with property values, `changes` being what its Changes hold. */
export async function described(aws: Local, ChangeSetName: string | undefined) {
  const answer = await aws.client.describeChangeSet({ ChangeSetName, IncludePropertyValues: true });
  return { ...answer, changes: (answer.Changes ?? []).map(({ ResourceChange }) => ResourceChange) };
}

/** A stack of the first template, and what a change set to the second one tells with and without values. */
export async function changed(aws: Local, before: string, after: string, more: { old?: object; new?: object } = {}) {
  await aws.create('app', before, more.old);
  const plain = await aws.changeSet('app', after, 'UPDATE', more.new);
  const valued = await described(aws, plain.ChangeSetId);
  return { plain, valued, plainChanges: (plain.Changes ?? []).map(({ ResourceChange }) => ResourceChange) };
}

export const parameter = (ParameterKey: string, ParameterValue: string) => ({
  Parameters: [{ ParameterKey, ParameterValue }],
});

/** What a detail says beside its target, and the values. */
export const causes = (change: Awaited<ReturnType<typeof described>>['changes'][number]) =>
  change?.Details?.map(({ Evaluation, ChangeSource, CausingEntity, Target }) => [
    Evaluation,
    ChangeSource,
    CausingEntity,
    Target?.Path,
    Target?.BeforeValue,
    Target?.AfterValue,
  ]);
