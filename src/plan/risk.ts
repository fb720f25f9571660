import { type PlannedChange, RISKS, type Risk } from './model.ts';
import { isStateful } from './stateful.ts';

/** What becomes of one resource by itself. That instances are rolled, or something is exposed, is told by what it means. */
export function riskOf(change: Pick<PlannedChange, 'action' | 'resourceType' | 'replacement' | 'policyAction'>): Risk {
  const { action, resourceType, replacement, policyAction = '' } = change;
  const isKept = /Retain|Snapshot/.test(policyAction);
  if (action === 'Remove') {
    if (policyAction === 'Retain') return 'safe';
    return !isKept && isStateful(resourceType) ? 'data-lost' : 'removed';
  }
  if (replacement === 'True') return isStateful(resourceType) && !isKept ? 'data-lost' : 'replaced';
  // CloudFormation does not know yet what a Dynamic change will be.
  return replacement === 'Conditional' || action === 'Dynamic' ? 'maybe-replaced' : 'safe';
}

/** The highest of some risks; `safe` where there is none. */
export function highest(risks: Iterable<Risk>): Risk {
  const all = new Set(risks);
  return RISKS.find((risk) => all.has(risk)) ?? 'safe';
}
