import type { Value } from '../diff/model.ts';
import { diffValues } from '../diff/values.ts';
import { type Data, isList, isRecord, record } from '../template/data.ts';
import { writtenText } from '../template/user-data.ts';
import type { PropertyChange } from './model.ts';

const USER_DATA = 'UserData';
const UNTOLD = 'resolved user data can hold secrets, and its text in the template is the same';

export function isUserData(path: readonly string[]): boolean {
  return path.at(-1) === USER_DATA;
}

/** Without the user data in it, which is only ever shown as the template has it. */
export function withoutUserData(value: Value | undefined): Value | undefined {
  if (isList(value)) return value.map((item) => withoutUserData(item) ?? null);
  if (!isRecord(value)) return value;
  const members = Object.entries(value).flatMap(([key, member]) =>
    key === USER_DATA ? [] : [[key, withoutUserData(member) ?? null] as const],
  );
  return record(members);
}

/**
 * The boot scripts that are in a property, or are the property: the difference of their unresolved texts, or that the
 * text is the same and something that it refers to is not.
 */
export function userDataChanges(
  facts: PropertyChange,
  expressions: { readonly before: Data | undefined; readonly after: Data | undefined },
  values: { readonly before?: Value; readonly after?: Value },
): PropertyChange[] {
  const inside = isUserData(facts.path) ? [] : [USER_DATA];
  const pick = (data: Data | undefined) => (inside.length === 0 ? data : isRecord(data) ? data[USER_DATA] : undefined);
  const [was, is] = [pick(expressions.before), pick(expressions.after)];
  const path = [...facts.path, ...inside];
  const texts = {
    before: was === undefined ? undefined : writtenText(was),
    after: is === undefined ? undefined : writtenText(is),
  };
  const diff = diffValues(texts.before, texts.after);
  const isNew = facts.action === 'Add' && texts.before === undefined;
  if (diff.kind !== 'same') {
    if (texts.before === undefined && !isNew && pick(values.before) !== undefined)
      return [{ ...facts, path, withheld: 'the deployed template could not be read' }];
    return [{ ...facts, path, diff, unresolved: true }];
  }
  const resolved = diffValues(pick(values.before), pick(values.after));
  return resolved.kind === 'same' && inside.length > 0 ? [] : [{ ...facts, path, withheld: UNTOLD }];
}

/** A definition with each boot script in it as the text that its author wrote. */
export function userDataAsWritten(data: Data): Data {
  if (isList(data)) return data.map(userDataAsWritten);
  if (!isRecord(data)) return data;
  return record(
    Object.entries(data).map(([key, member]) => [
      key,
      key === USER_DATA ? writtenText(member) : userDataAsWritten(member),
    ]),
  );
}
