import { describe, expect, test } from '@jest/globals';
import type { Detection, ResourceDrift, ResourceState } from '../../src/drift/model.ts';
import { stateOf } from '../../src/drift/state.ts';
import { uncheckedOf } from '../../src/drift/unchecked.ts';
import { templateOf } from '../template/fixtures.ts';

const TEMPLATE = templateOf(`
Parameters:
  Password: { Type: String, NoEcho: true }
Resources:
  Thing: { Type: Custom::Thing, Properties: { Secret: !Ref Password, Open: 1 } }
`);

const thing = (state: ResourceState): ResourceDrift => ({
  path: ['Thing'],
  resourceType: 'Custom::Thing',
  state,
  risk: 'safe',
  properties: [],
});

function environment(state: ResourceState, detection: Detection['state'] = 'complete', rollCallFailed = false) {
  const detections = [{ path: [], state: detection }];
  return stateOf({ detections, resources: [{ ...thing('in-sync'), path: ['Other'] }, thing(state)], rollCallFailed });
}

describe('each result of a resource has its own meaning', () => {
  test.each<[ResourceState, ReturnType<typeof environment>, string | undefined]>([
    ['in-sync', 'in-sync', undefined],
    ['modified', 'drifted', undefined],
    ['deleted', 'drifted', undefined],
    ['unknown', 'drift-unknown', undefined],
    ['unsupported', 'in-sync', 'CloudFormation does not detect drift of Custom::Thing'],
    ['not-checked', 'in-sync', 'CloudFormation has not checked it'],
  ])('%s makes the environment %s', (state, is, unchecked) => {
    expect(environment(state)).toBe(is);
    const told = uncheckedOf([thing(state)], undefined, { parameters: new Map() });
    expect(told).toEqual(unchecked === undefined ? [] : [{ what: 'Thing', why: unchecked }]);
  });
});

test('a detection that failed or did not end leaves unknown what has not drifted, and so does a roll that cannot be called', () => {
  for (const detection of ['failed', 'timed-out'] as const) {
    expect(environment('in-sync', detection)).toBe('drift-unknown');
    expect(environment('modified', detection)).toBe('drifted');
  }
  expect(environment('in-sync', 'complete', true)).toBe('drift-unknown');
  expect(stateOf({ detections: [], resources: [], rollCallFailed: false })).toBe('drift-unknown');
});

test('a property that holds a secret is compared by nobody, and listed', () => {
  expect(uncheckedOf([], TEMPLATE, { parameters: new Map() })).toMatchObject([{ what: 'Thing.Secret' }]);
});
