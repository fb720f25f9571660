import type { Services } from '../../types.ts';

/** Systems Manager answers for ten names at a time. */
const NAMES_PER_CALL = 10;

/** Reads what Systems Manager holds under names; those it does not know are left out. */
export const storedParameters =
  ({ ssm }: Pick<Services, 'ssm'>) =>
  async (names: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const found = new Map<string, string>();
    for (let from = 0; from < names.length; from += NAMES_PER_CALL) {
      const answer = await ssm.getParameters({ Names: names.slice(from, from + NAMES_PER_CALL) });
      for (const { Name, Selector = '', Value } of answer.Parameters ?? [])
        if (Name !== undefined && Value !== undefined) found.set(`${Name}${Selector}`, Value);
    }
    return found;
  };
