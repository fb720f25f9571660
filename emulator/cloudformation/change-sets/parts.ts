import { isObject, type Json, type ResourceDeclaration, sameValue } from '../template/model.ts';
import { allCauses, causesOf, rawAt, type Surroundings } from './causes.ts';
import { type Context, type Contexts, MASK, truncated } from './contexts.ts';
import { differences, pointer, shownText, type ValueDifference, valueAt } from './differences.ts';
import type { ChangeDetail } from './model.ts';
import type { Recreation } from './recreation.ts';

interface Values {
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** One property of a resource, or one other attribute of its declaration, before and after. */
export interface Part {
  readonly attribute: ChangeDetail['attribute'];
  readonly name?: string;
  /** In the resource's context: `['Properties', 'Size']`. */
  readonly path: readonly string[];
  /** As the templates have it. */
  readonly raw: Values;
  readonly real: Values;
  readonly shown: Values;
}

const ATTRIBUTES = [
  ['Metadata', 'metadata'],
  ['CreationPolicy', 'creationPolicy'],
  ['UpdatePolicy', 'updatePolicy'],
  ['DeletionPolicy', 'deletionPolicy'],
  ['UpdateReplacePolicy', 'updateReplacePolicy'],
] as const;

/**
 * Tags of EC2's resources are an attribute of their own, those of other types a property as any other (User Guide,
 * example change sets; LocalStack's recorded answers of AWS, test_stacks.snapshot.json, test_no_echo_parameter).
 */
const isTagsAttribute = (type: string, name: string) => name === 'Tags' && type.startsWith('AWS::EC2::');

const propertiesOf = (context: Context) => (isObject(context.Properties) ? context.Properties : {});

/** Every part of a resource that it has before or after. */
export function partsOf(
  declarations: { readonly before: ResourceDeclaration | undefined; readonly after: ResourceDeclaration },
  before: Contexts,
  after: Contexts,
): Part[] {
  const { type } = declarations.after;
  const at = (path: readonly string[]) => ({
    path,
    real: { before: valueAt(before.real, path), after: valueAt(after.real, path) },
    shown: { before: valueAt(before.shown, path), after: valueAt(after.shown, path) },
  });
  const names = new Set([before, after].flatMap(({ real }) => Object.keys(propertiesOf(real))));
  const properties = [...names].map(
    (name): Part => ({
      ...(isTagsAttribute(type, name) ? { attribute: 'Tags' } : { attribute: 'Properties', name }),
      raw: { before: declarations.before?.properties[name], after: declarations.after.properties[name] },
      ...at(['Properties', name]),
    }),
  );
  const others = ATTRIBUTES.map(
    ([attribute, member]): Part => ({
      attribute,
      raw: { before: declarations.before?.[member], after: declarations.after[member] },
      ...at([attribute]),
    }),
  );
  return [...properties, ...others];
}

const targetOf = ({ attribute, name }: Part) => ({ attribute, ...(name !== undefined && { name }) });

/**
 * What a change set tells of a part without values: also what may change since it refers to a resource that is changed
 * in place, whatever attribute of that one changes.
 */
export function plainDetails(
  part: Part,
  surroundings: Surroundings,
  recreation: (isCertain: boolean) => Recreation,
): ChangeDetail[] {
  const changes = !sameValue(part.real.before, part.real.after);
  const all = causesOf(part.raw.after, surroundings);
  const causes = changes ? all : all.filter(({ evaluation }) => evaluation === 'Dynamic');
  if (!changes && causes.length === 0) return [];
  const requiresRecreation = recreation(changes);
  return allCauses(part.raw, causes, ({ changeSource }) => changeSource === 'ParameterReference').map((cause) => ({
    ...targetOf(part),
    requiresRecreation,
    ...cause,
  }));
}

function differencesOf({ real, path }: Part): ValueDifference[] {
  const before = real.before === undefined ? undefined : truncated(real.before);
  const after = real.after === undefined ? undefined : truncated(real.after);
  const isWhole = before === real.before && after === real.after;
  if (isWhole) return differences(real.before, real.after, path);
  return sameValue(real.before, real.after) ? [] : [{ path, type: 'Modify', before, after }];
}

/** What a change set tells of a part with values: what differs, each place for itself. */
export function valuedDetails(
  part: Part,
  surroundings: Surroundings,
  recreation: (difference: ValueDifference) => Recreation,
): ChangeDetail[] {
  return differencesOf(part).flatMap((difference) => {
    const below = difference.path.slice(part.path.length);
    const raw = { before: rawAt(part.raw.before, below), after: rawAt(part.raw.after, below) };
    const text = (from: Json | undefined) => shownText(truncated(valueAt(from, below) ?? MASK));
    const value = {
      path: pointer(difference.path),
      type: difference.type,
      ...(difference.before !== undefined && { before: text(part.shown.before) }),
      ...(difference.after !== undefined && { after: text(part.shown.after) }),
    };
    const requiresRecreation = recreation(difference);
    return allCauses(raw, causesOf(raw.after, surroundings), () => true).map((cause) => ({
      ...targetOf(part),
      requiresRecreation,
      ...cause,
      value,
    }));
  });
}
