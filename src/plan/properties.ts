import type { Value, ValueDiff } from '../diff/model.ts';
import { diffValues } from '../diff/values.ts';
import type { Json, JsonObject, PlannedResource } from '../stack/planned-model.ts';
import { type Data, type DataRecord, isRecord } from '../template/data.ts';
import { kindOfSecret } from '../template/secrets.ts';
import { isOpaque, type PlanContext } from './context.ts';
import { type DetailGroup, factsOf, groupDetails } from './details.ts';
import { type PropertyChange, WITHHELD } from './model.ts';
import { isUserData, userDataChanges, withoutUserData } from './user-data.ts';
import { type Told, withhold } from './withhold.ts';

const OPAQUE = 'a transform made this resource, and the template has secrets';
const UNREADABLE = 'the deployed template, which says what is secret, could not be read';

/** What would change of a resource that stays or is replaced, or what a new one has; nothing is secret in it. */
export function propertyChanges(resource: PlannedResource, context: PlanContext): PropertyChange[] {
  if (resource.action === 'Remove') return [];
  const groups = groupDetails(resource.details);
  const own = groups.length === 0 ? newProperties(resource, context) : groups;
  return own.flatMap((group) => changesOf(group, resource, context));
}

/** A resource that is added has no details: each of its properties is new. */
function newProperties(resource: PlannedResource, context: PlanContext): DetailGroup[] {
  if (resource.action !== 'Add') return [];
  const properties = resource.after?.Properties ?? definition(context.data.after, resource.logicalId)?.Properties;
  return Object.keys(isRecord(properties) ? properties : {}).map((name) => ({
    path: ['Properties', name],
    details: [
      {
        attribute: 'Properties',
        name,
        action: 'Add',
        requiresRecreation: 'Never',
        evaluation: 'Static',
        drifted: false,
      },
    ],
  }));
}

function changesOf(group: DetailGroup, resource: PlannedResource, context: PlanContext): PropertyChange[] {
  const facts = factsOf(group);
  const { logicalId } = resource;
  if (isOpaque(context, logicalId)) return [{ ...facts, withheld: OPAQUE }];
  const secret = group.details.find(({ entity }) => entity !== undefined && context.secretParameters.has(entity));
  if (secret?.entity !== undefined)
    return [{ ...facts, withheld: `it holds the ${kindOfSecret(context.after, secret.entity)} ${secret.entity}` }];
  const expressions = {
    before: inResource(definition(context.data.before, logicalId), group.path),
    after: inResource(definition(context.data.after, logicalId), group.path),
  };
  const bootScripts = userDataChanges(facts, expressions, valuesIn(resource, group));
  if (isUserData(group.path)) return bootScripts;
  const difference = valueDifference(group, resource, expressions, context);
  const rest: PropertyChange = { ...facts, ...difference };
  const nothingElse = bootScripts.length > 0 && (difference.diff === undefined || difference.diff.kind === 'same');
  return nothingElse ? bootScripts : [rest, ...bootScripts];
}

interface Expressions {
  readonly before: Data | undefined;
  readonly after: Data | undefined;
}

/** Values as CloudFormation tells them, or else as the templates have them, unresolved. */
function valueDifference(
  group: DetailGroup,
  resource: PlannedResource,
  expressions: Expressions,
  context: PlanContext,
): Pick<PropertyChange, 'diff' | 'withheld' | 'unresolved'> {
  const { before, after } = valuesIn(resource, group);
  const property = group.path.at(-1) ?? '';
  if (before !== undefined || after !== undefined) {
    const was = context.hidesBefore
      ? hidden(before)
      : tell(before, expressions.before ?? expressions.after, context.withholdBefore);
    const is = tell(after, expressions.after, context.withholdAfter);
    const withheld = is?.withheld ?? was?.withheld;
    return {
      ...visible(diffValues(was?.value, is?.value, property)),
      ...(withheld !== undefined && { withheld }),
    };
  }
  const was = withoutUserData(expressions.before);
  const is = withoutUserData(expressions.after);
  if (resource.action !== 'Add' && context.before === undefined) return {};
  const told = {
    before: was === undefined ? undefined : withhold(was, undefined, context.withholdBefore),
    after: is === undefined ? undefined : withhold(is, undefined, context.withholdAfter),
  };
  const withheld = told.after?.withheld ?? told.before?.withheld;
  return {
    ...visible(diffValues(told.before?.value, told.after?.value, property)),
    ...(withheld !== undefined && { withheld }),
    unresolved: true,
  };
}

/** A property of which CloudFormation says that it changes, without a value that does, has no diff to show. */
function visible(diff: ValueDiff): { readonly diff?: ValueDiff } {
  return diff.kind === 'same' ? {} : { diff };
}

function hidden(value: Value | undefined): Told | undefined {
  return value === undefined ? undefined : { value: WITHHELD, withheld: UNREADABLE };
}

function tell(
  value: Value | undefined,
  expression: Data | undefined,
  rules: PlanContext['withholdAfter'],
): Told | undefined {
  const shown = withoutUserData(value);
  return shown === undefined ? undefined : withhold(shown, expression, rules);
}

/** The values of a property: from the whole resource where it is told, else from a detail that is about all of it. */
function valuesIn(
  resource: PlannedResource,
  { path, details }: DetailGroup,
): { readonly before?: Json; readonly after?: Json } {
  if (hasContexts(resource)) {
    const before = inResource(resource.before, path);
    const after = inResource(resource.after, path);
    return { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
  }
  const [whole, ...more] = details;
  if (more.length > 0 || (whole.path !== undefined && whole.path !== `/${path.join('/')}`)) return {};
  return {
    ...(whole.before !== undefined && { before: plainValue(whole.before) }),
    ...(whole.after !== undefined && { after: plainValue(whole.after) }),
  };
}

/** Of a resource that is there and stays, one side alone says nothing: the other was too large to be told. */
function hasContexts({ action, before, after }: PlannedResource): boolean {
  if (action === 'Modify' || action === 'Dynamic') return before !== undefined && after !== undefined;
  return before !== undefined || after !== undefined;
}

/** Tags are an attribute of their own to CloudFormation, and stand among the properties. */
function inResource(resource: JsonObject | DataRecord | undefined, path: readonly string[]): Data | undefined {
  return at(resource, path[0] === 'Tags' ? ['Properties', ...path] : path);
}

/** A value of a detail is JSON where it is a list or a mapping, and otherwise the text itself. */
function plainValue(text: string): Json {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    const data: Json = JSON.parse(text);
    return data;
  } catch {
    return text;
  }
}

function definition(template: Data | undefined, logicalId: string): DataRecord | undefined {
  const data = at(template, ['Resources', logicalId]);
  return isRecord(data) ? data : undefined;
}

function at(data: Data | undefined, path: readonly string[]): Data | undefined {
  let part: Data | undefined = data;
  for (const key of path) part = isRecord(part) && Object.hasOwn(part, key) ? part[key] : undefined;
  return part;
}
