import { laggingReads } from './lagging-reads.ts';
import type { CallRule, HostRule, ReadRule, ResourceRule, Scenario, Scenarios, Tells } from './types.ts';

/** Exact names, or all that begin with what stands before a final `*`. */
const named = (pattern: string | undefined, name: string) =>
  pattern === undefined ||
  (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern.toLowerCase() === name.toLowerCase());

const inTurn = (nth: number | readonly [from: number, to: number] | undefined, turn: number) => {
  if (nth === undefined) return true;
  const [from, to] = typeof nth === 'number' ? [nth, nth] : nth;
  return turn >= from && turn <= to;
};

/** Numbers from 0 to 1, always the same ones after the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The scenario in force. Playing another replaces it whole and starts every count again; playing `{}` makes all well.
 * A call counts for every rule whose service, action and resource fit, whichever rule decides it.
 */
export function createScenarios(first: Scenario = {}): Scenarios {
  let scenario = first;
  let random = seededRandom(first.seed ?? 1);
  let lags = lagsOf(first);
  const turns = new Map<CallRule | ResourceRule, number>();

  const count = (rule: CallRule | ResourceRule) => {
    const turn = (turns.get(rule) ?? 0) + 1;
    turns.set(rule, turn);
    return turn;
  };

  return {
    play(next) {
      scenario = next;
      random = seededRandom(next.seed ?? 1);
      lags = lagsOf(next);
      turns.clear();
    },

    call(call) {
      let decided: CallRule['then'] | undefined;
      for (const rule of scenario.calls ?? []) {
        const { service, action, resource, nth, probability } = rule.when;
        const fits =
          named(service, call.service) &&
          named(action, call.action) &&
          (resource === undefined || (call.resource ?? '').includes(resource));
        if (!fits) continue;
        const turn = count(rule);
        if (decided !== undefined || !inTurn(nth, turn)) continue;
        if (probability !== undefined && random() >= probability) continue;
        decided = rule.then;
      }
      return decided;
    },

    resource(step) {
      for (const rule of scenario.resources ?? []) {
        const fits =
          rule.logicalId === step.logicalId &&
          rule.operation === step.operation &&
          (rule.stackName === undefined || rule.stackName === step.stackName);
        if (!fits || count(rule) > (rule.times ?? Number.POSITIVE_INFINITY)) continue;
        return {
          ...(rule.fail === undefined ? {} : { fail: rule.fail }),
          ...(rule.delayMs === undefined ? {} : { delayMs: rule.delayMs }),
          ...(rule.unknown === undefined ? {} : { unknown: rule.unknown }),
          ...(rule.hangs === undefined ? {} : { hangs: rule.hangs }),
        };
      }
      return undefined;
    },

    leftOut(resource) {
      const rule = (scenario.changeSets ?? []).find(
        ({ logicalId, stackName }) =>
          logicalId === resource.logicalId && (stackName === undefined || stackName === resource.stackName),
      );
      return rule && (rule.reason ?? 'failed property validation');
    },

    behind({ action, stackName }) {
      const found = lags.find(
        ({ rule: { when } }) => named(when.action, action) && stackName.includes(when.stackName ?? ''),
      );
      if (found === undefined || random() >= (found.rule.when.probability ?? 1)) return undefined;
      return found.tells;
    },

    host(host) {
      const befalls = (rule: HostRule) =>
        (rule.group === undefined || rule.group === host.groupName || rule.group === host.groupLogicalId) &&
        (rule.nth === undefined || rule.nth === host.ordinal);
      return (scenario.hosts ?? []).filter(befalls).map((rule) => rule.behaviour);
    },
  };
}

function lagsOf({ reads = [] }: Scenario): { readonly rule: ReadRule; readonly tells: Tells }[] {
  const since = Date.now();
  return reads.map((rule) => ({ rule, tells: laggingReads(rule, since) }));
}
