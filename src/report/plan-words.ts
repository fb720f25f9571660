import type { ChangeSetPlan, EnvironmentPlan, PlannedChange, Risk } from '../plan/model.ts';
import { count } from '../text.ts';

/** The mark and the words by which a risk is known in every report of a plan. */
export const RISK_MARKS: Readonly<Record<Risk, { readonly mark: string; readonly words: string }>> = {
  'data-lost': { mark: '🛑', words: 'data lost' },
  replaced: { mark: '🔴', words: 'replaced' },
  removed: { mark: '🔴', words: 'removed' },
  exposed: { mark: '🔓', words: 'exposed' },
  'maybe-replaced': { mark: '🟠', words: 'maybe replaced' },
  rolled: { mark: '🟡', words: 'rolled' },
  safe: { mark: '🟢', words: 'safe' },
};

/** The mark of a whole environment. */
export function markOf(plan: EnvironmentPlan): string {
  switch (plan.kind) {
    case 'change-set':
      if (plan.refused.length > 0) return '⛔';
      return plan.empty ? '✅' : RISK_MARKS[plan.risk].mark;
    case 'offline':
      return '📄';
    case 'failed':
      return '❌';
    default:
      return plan satisfies never;
  }
}

/** What would happen to a stack, in one sentence without its full stop. Plain text. */
export function headline(plan: EnvironmentPlan): string {
  switch (plan.kind) {
    case 'change-set':
      if (plan.empty) return `nothing would change in ${plan.stackName}`;
      if (plan.isNew) return `${plan.stackName} would be created with ${count(plan.changes.length, 'resource')}`;
      return `${plan.stackName} would change: ${changeCounts(plan)}`;
    case 'offline':
      return `no change set was made for ${plan.stackName}`;
    case 'failed':
      return `${plan.stackName} could not be planned`;
    default:
      return plan satisfies never;
  }
}

/** `1 replaced, 3 modified, 2 added`; for a plan that touches no resource, what else it changes. */
export function changeCounts(plan: ChangeSetPlan): string {
  const words = new Map<string, number>();
  for (const change of flat(plan.changes)) {
    const word = DONE[whatHappens(change.change)];
    words.set(word, (words.get(word) ?? 0) + 1);
  }
  const resources = ORDER.flatMap((word) => (words.has(word) ? [`${words.get(word)} ${word}`] : []));
  if (resources.length > 0) return resources.join(', ');
  const outputs = plan.sections.filter(({ section }) => section === 'Outputs').length;
  const others = [
    ...(outputs > 0 ? [count(outputs, 'output')] : []),
    ...(plan.parameters.length > 0 ? [count(plan.parameters.length, 'parameter')] : []),
    ...(plan.sections.length > outputs
      ? [`${count(plan.sections.length - outputs, 'other part')} of the template`]
      : []),
  ];
  return others.length === 0 ? 'no resource' : `no resource, ${others.join(' and ')}`;
}

export type Happening = keyof typeof DONE;

/** What happens to a resource, in the word of the change table. */
export function whatHappens({ action, replacement, policyAction, properties }: PlannedChange): Happening {
  switch (action) {
    case 'Add':
      return 'add';
    case 'Remove':
      return policyAction === 'Retain' ? 'let go' : 'remove';
    case 'Import':
      return 'import';
    case 'Dynamic':
      return 'depends';
    case 'SyncWithActual':
      return 'sync';
    case 'Modify':
      if (replacement === 'True') return 'replace';
      if (replacement === 'Conditional') return 'replace?';
      return properties.length > 0 && properties.every(({ certain }) => !certain) ? 'modify?' : 'modify';
    default:
      return action satisfies never;
  }
}

const DONE = {
  replace: 'replaced',
  remove: 'removed',
  'let go': 'let go',
  'replace?': 'maybe replaced',
  depends: 'known at the execution',
  modify: 'modified',
  'modify?': 'maybe modified',
  sync: 'synchronised',
  add: 'added',
  import: 'imported',
} as const;
const ORDER: readonly string[] = Object.values(DONE);

/** What becomes of the old resource, where that is not what anybody expects. */
export function fateOf({ policyAction }: PlannedChange): string | undefined {
  switch (policyAction) {
    case 'ReplaceAndRetain':
      return 'the old one is kept, outside of the stack';
    case 'Retain':
      return 'it is kept, outside of the stack';
    case 'Snapshot':
      return 'a snapshot is taken, then it is deleted';
    case 'ReplaceAndSnapshot':
      return 'a snapshot of the old one is taken, then it is deleted';
    case 'ReplaceAndDelete':
      return 'the old one is deleted';
    default:
      return undefined;
  }
}

/** A change with the nested stacks that it is in. */
export interface PlacedChange {
  readonly change: PlannedChange;
  /** Logical ids from the root down. */
  readonly path: readonly string[];
}

/** All changes, those of nested stacks after the stack that holds them. */
export function flat(changes: readonly PlannedChange[], above: readonly string[] = []): readonly PlacedChange[] {
  return changes.flatMap((change) => {
    const path = [...above, change.logicalId];
    return [{ change, path }, ...flat(change.nested?.changes ?? [], path)];
  });
}

/** Whether there is anything in it that a reviewer has to decide about. */
export function saysSomething(plan: EnvironmentPlan): boolean {
  switch (plan.kind) {
    case 'change-set':
      return !plan.empty || plan.refused.length > 0;
    case 'offline':
      return plan.resources.length + plan.sections.length + plan.parameters.length > 0;
    case 'failed':
      return true;
    default:
      return plan satisfies never;
  }
}

/** Words of ours begin with a capital; the name of a stack stays what it is. */
export function capitalised(words: string): string {
  return words.replace(/^(?:nothing|no)\b/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}

/** Several environments in one statement, without its full stop. */
export function countOf(plans: readonly EnvironmentPlan[]): string {
  const failed = plans.filter(({ kind }) => kind === 'failed').length;
  const offline = plans.filter(({ kind }) => kind === 'offline').length;
  const changing = plans.filter((plan) => plan.kind === 'change-set' && saysSomething(plan)).length;
  const of = `of ${plans.length} environments`;
  if (failed > 0) return `${failed} ${of} could not be planned${changing > 0 ? `, ${changing} would change` : ''}`;
  if (offline > 0) return `no change set was made for ${offline} ${of}`;
  return changing === 0 ? `nothing would change in any ${of}` : `${changing} ${of} would change`;
}

/** A whole plan in one sentence, for a person who reads nothing else. */
export function planVerdict(plans: readonly EnvironmentPlan[]): string {
  const [only, ...more] = plans;
  const words = only === undefined || more.length > 0 ? countOf(plans) : headline(only);
  return `${capitalised(words)}.`;
}
