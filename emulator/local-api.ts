import type { CallFilter, Journal } from './journal.ts';
import type { Scenario, Scenarios } from './types.ts';
import type { Answer } from './wire.ts';

export interface LocalApiParts {
  readonly journal: Pick<Journal, 'calls'>;
  readonly scenarios: Pick<Scenarios, 'play'>;
  readonly state: () => unknown;
}

const FILTERS = ['service', 'action', 'region', 'errorCode', 'resource'] as const;

/** What stands below /_local/: the library's `calls`, `state` and `play` for the command line. */
export function createLocalApi(parts: LocalApiParts) {
  return async ({ method, url, body }: { method: string; url: string; body: Buffer }): Promise<Answer | undefined> => {
    const { pathname, searchParams } = new URL(url, 'http://local');
    switch (`${method} ${pathname}`) {
      case 'GET /_local/health':
        return json(200, { status: 'ready' });
      case 'GET /_local/calls':
        return json(200, parts.journal.calls(filterOf(searchParams)));
      case 'GET /_local/state':
        return json(200, parts.state());
      case 'POST /_local/play':
        return play(parts, body);
      default:
        return undefined;
    }
  };
}

function filterOf(query: URLSearchParams): CallFilter {
  return Object.fromEntries(FILTERS.flatMap((name) => (query.has(name) ? [[name, query.get(name)]] : [])));
}

function play({ scenarios }: LocalApiParts, body: Buffer): Answer {
  try {
    const scenario = parseScenario(body.toString());
    scenarios.play(scenario);
    return json(200, scenario);
  } catch (error) {
    return json(400, { message: error instanceof Error ? error.message : String(error) });
  }
}

const PARTS = ['calls', 'resources', 'hosts', 'changeSets', 'reads', 'seed'];

/** Reads a scenario from JSON. Throws with what is wrong, as far as that would make it do nothing at all. */
export function parseScenario(text: string): Scenario {
  const scenario: unknown = JSON.parse(text);
  if (typeof scenario !== 'object' || scenario === null || Array.isArray(scenario)) {
    throw new Error('a scenario is an object with calls, resources, hosts, changeSets, reads and seed');
  }
  for (const [name, value] of Object.entries(scenario)) {
    if (!PARTS.includes(name)) throw new Error(`a scenario has no "${name}": it has ${PARTS.join(', ')}`);
    if (name !== 'seed' && !Array.isArray(value)) throw new Error(`"${name}" is a list of rules`);
  }
  for (const [index, rule] of Object.entries('calls' in scenario ? Object(scenario.calls) : [])) {
    if (!isRule(rule, 'then')) throw new Error(`calls[${index}] needs "when" and "then"`);
  }
  for (const [index, rule] of Object.entries('reads' in scenario ? Object(scenario.reads) : [])) {
    if (!isRule(rule, 'behind')) throw new Error(`reads[${index}] needs "when" and "behind"`);
  }
  return scenario;
}

const isRule = (rule: unknown, what: string) =>
  typeof rule === 'object' && rule !== null && 'when' in rule && what in rule;

const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: `${JSON.stringify(value, null, 2)}\n`,
});
