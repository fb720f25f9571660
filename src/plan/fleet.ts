import { type Data, isRecord } from '../template/data.ts';
import { type Evaluator, evaluator, type Values } from '../template/resolve.ts';
import { resourcesOf, type Template } from '../template/template.ts';

/** The Auto Scaling groups of a stack, before and after. */
export interface Fleet {
  readonly groups: readonly FleetGroup[];
}

export interface FleetGroup {
  readonly logicalId: string;
  readonly before: Sizes;
  readonly after: Sizes;
  readonly policy: UpdatePolicy;
}

/** Undefined: not given, or only known to AWS. */
export interface Sizes {
  readonly desired?: number;
  readonly min?: number;
  readonly max?: number;
}

/** How a group's instances come to be of the new kind ("UpdatePolicy attribute", CloudFormation User Guide). */
export type UpdatePolicy =
  | { readonly kind: 'rolling'; readonly inService: number | undefined }
  | { readonly kind: 'replacing' }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'none' };

/** A template with the values that it is, or would be, deployed with. */
export interface Valued {
  readonly template: Template;
  readonly values: Values;
}

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';

/** The groups of both templates; of one that only one template has, the other side is empty. */
export function fleetOf(before: Valued | undefined, after: Valued): Fleet {
  const was = before === undefined ? new Map<string, Side>() : sidesOf(before);
  const is = sidesOf(after);
  const ids = new Set([...is.keys(), ...was.keys()]);
  return {
    groups: [...ids].map((logicalId) => ({
      logicalId,
      before: was.get(logicalId)?.sizes ?? {},
      after: is.get(logicalId)?.sizes ?? {},
      policy: is.get(logicalId)?.policy ?? { kind: 'none' },
    })),
  };
}

interface Side {
  readonly sizes: Sizes;
  readonly policy: UpdatePolicy;
}

function sidesOf({ template, values }: Valued): Map<string, Side> {
  const evaluate = evaluator(template, values);
  const groups = [...resourcesOf(template).values()].filter(
    ({ type, condition }) => type === GROUP && (condition === undefined || evaluate.condition(condition) !== false),
  );
  return new Map(
    groups.map(({ logicalId, properties, updatePolicy }) => {
      const sizes = {
        ...size('desired', properties.DesiredCapacity, evaluate),
        ...size('min', properties.MinSize, evaluate),
        ...size('max', properties.MaxSize, evaluate),
      };
      return [logicalId, { sizes, policy: policyOf(updatePolicy, evaluate) }];
    }),
  );
}

function size<Key extends keyof Sizes>(key: Key, data: Data | undefined, evaluate: Evaluator): { [K in Key]?: number } {
  const result: { [K in Key]?: number } = {};
  const value = evaluate.number(data);
  if (value !== undefined) result[key] = value;
  return result;
}

function policyOf(data: Data | undefined, evaluate: Evaluator): UpdatePolicy {
  const resolved = evaluate.resolve(data);
  const policy = resolved.kind === 'known' && isRecord(resolved.value) ? resolved.value : data;
  if (!isRecord(policy)) return { kind: 'none' };
  const { AutoScalingReplacingUpdate: replacing, AutoScalingRollingUpdate: rolling } = policy;
  if (isRecord(replacing) && evaluate.text(replacing.WillReplace)?.toLowerCase() === 'true')
    return { kind: 'replacing' };
  if (isRecord(rolling)) {
    const { MinInstancesInService: least } = rolling;
    return { kind: 'rolling', inService: least === undefined ? 0 : evaluate.number(least) };
  }
  return policy.AutoScalingInstanceRefresh === undefined ? { kind: 'none' } : { kind: 'refresh' };
}
