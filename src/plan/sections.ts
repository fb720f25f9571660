import { diffValues } from '../diff/values.ts';
import { compareTemplates, type TemplateDifference } from '../template/compare.ts';
import { type Data, isRecord } from '../template/data.ts';
import type { PlanContext } from './context.ts';
import type { SectionChange, TemplateResourceChange } from './model.ts';
import { userDataAsWritten } from './user-data.ts';
import { withhold } from './withhold.ts';

/** What change sets do not tell: outputs, conditions, metadata, mappings and the like. Nothing for a new stack. */
export function sectionChanges({ before, after, withholdAfter, secretParameters }: PlanContext): SectionChange[] {
  if (before === undefined) return [];
  return compareTemplates(before, after)
    .filter(({ section }) => section !== 'Resources')
    .flatMap((difference) => {
      const { section, name, location } = difference;
      const diff = diffOf(difference, (data) => {
        const part = section === 'Parameters' && secretParameters.has(name) ? withoutDefault(data) : data;
        return withhold(part, undefined, withholdAfter).value;
      });
      if (diff.kind === 'same') return [];
      return [{ section, name, diff, ...(location && { location }) }];
    });
}

/** How the definitions of resources differ, where nothing but the templates is known. */
export function resourceDefinitionChanges({ before, after, withholdAfter }: PlanContext): TemplateResourceChange[] {
  if (before === undefined) return [];
  return compareTemplates(before, after)
    .filter(({ section }) => section === 'Resources')
    .flatMap((difference) => {
      const { name, location } = difference;
      const diff = diffOf(difference, (data) => withhold(userDataAsWritten(data), undefined, withholdAfter).value);
      if (diff.kind === 'same') return [];
      return [
        {
          logicalId: name,
          resourceType: typeOf(difference.after) ?? typeOf(difference.before) ?? '',
          diff,
          ...(location && { location }),
        },
      ];
    });
}

function diffOf({ name, before, after }: TemplateDifference, shown: (data: Data) => Data) {
  return diffValues(
    before === undefined ? undefined : shown(before),
    after === undefined ? undefined : shown(after),
    name,
  );
}

function typeOf(data: Data | undefined): string | undefined {
  const type = isRecord(data) ? data.Type : undefined;
  return typeof type === 'string' ? type : undefined;
}

/** The default of a secret parameter is as secret as any other of its values. */
function withoutDefault(data: Data): Data {
  if (!isRecord(data)) return data;
  return Object.fromEntries(Object.entries(data).filter(([key]) => key !== 'Default'));
}
