import type { Value } from '../diff/model.ts';
import { diffValues } from '../diff/values.ts';
import { isUserData, withoutUserData } from '../plan/user-data.ts';
import { type Told, type Withholding, withhold } from '../plan/withhold.ts';
import type { DetectedResource, PropertyDifference } from '../stack/drift-model.ts';
import { type Data, isRecord } from '../template/data.ts';
import { hasSecrets } from '../template/secrets.ts';
import { section, type Template } from '../template/template.ts';
import { actualValue } from './actual.ts';
import type { DriftedProperty } from './model.ts';

/** What a stack was deployed from, for telling what of a difference is secret. */
export interface Deployed {
  readonly template: Template;
  readonly withhold: Withholding;
}

/**
 * The differences of a resource as what differs of each of its properties, nothing secret in them. `deployed` is absent
 * where the template could not be read: then nobody can tell what is secret.
 */
export function driftedProperties(
  { logicalId, expected }: DetectedResource,
  differences: readonly PropertyDifference[],
  deployed: Deployed | undefined,
): DriftedProperty[] {
  const byProperty = Map.groupBy(differences, ({ path }) => path[0] ?? '');
  return [...byProperty].map(([name, changes]): DriftedProperty => {
    if (deployed === undefined) return { path: [name], withheld: 'the deployed template could not be read' };
    const before = memberOf(expected, name) ?? whole(changes);
    const inside = changes.map((change) => ({ ...change, path: change.path.slice(1) }));
    const after = actualValue(before, inside);
    if (isUserData([name])) return { path: [name], withheld: 'resolved user data can hold secrets' };
    if (isOpaque(deployed, logicalId))
      return { path: [name], withheld: 'a transform made this resource, and the template has secrets' };
    const expression = expressionOf(deployed.template, logicalId, name);
    const [was, is] = [before, after].map((value) => tell(value, expression, deployed.withhold));
    const diff = diffValues(was?.value, is?.value, name);
    const withheld = is?.withheld ?? was?.withheld;
    return {
      path: [name],
      ...(diff.kind !== 'same' && { diff }),
      ...(withheld !== undefined
        ? { withheld }
        : diff.kind === 'same' && { withheld: 'CloudFormation does not tell its values' }),
    };
  });
}

/** The value of a property as a difference of all of it tells it, where CloudFormation told no properties. */
function whole(changes: readonly PropertyDifference[]): Value | undefined {
  return changes.find(({ path }) => path.length === 1)?.expected;
}

function tell(value: Value | undefined, expression: Data | undefined, rules: Withholding): Told | undefined {
  const shown = withoutUserData(value);
  return shown === undefined ? undefined : withhold(shown, expression, rules);
}

function expressionOf(template: Template, logicalId: string, name: string): Data | undefined {
  const resource = section(template, 'Resources')[logicalId];
  const properties = isRecord(resource) ? resource.Properties : undefined;
  return isRecord(properties) ? properties[name] : undefined;
}

function isOpaque({ template }: Deployed, logicalId: string): boolean {
  const isMade = !isRecord(section(template, 'Resources')[logicalId]);
  return isMade && template.data.Transform !== undefined && hasSecrets(template);
}

function memberOf(record: { readonly [key: string]: Value } | undefined, key: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
