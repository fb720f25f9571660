import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ignoreRules, type Place, problemWithRule } from '../../src/drift/ignore.ts';

const rule = (text: string) => ({ text, from: 'input' }) as const;
const ignores = (text: string, place: Place) => ignoreRules([rule(text)]).ruleFor(place) !== undefined;
const at = (path: string, ...property: readonly string[]): Place => ({ path: path.split('/'), property });

describe('a rule', () => {
  test.each([
    ['Group', at('Group'), true],
    ['Group', at('Group', 'DesiredCapacity'), true],
    ['Group.DesiredCapacity', at('Group', 'DesiredCapacity'), true],
    ['Group.DesiredCapacity', at('Group'), false],
    ['Group.DesiredCapacity', at('Group', 'DesiredCapacityType'), false],
    ['Group.Tags', at('Group', 'Tags', '0', 'Value'), true],
    ['Group.Tags.*.Value', at('Group', 'Tags', '3', 'Value'), true],
    ['Group.Tags.*.Value', at('Group', 'Tags', '3', 'Key'), false],
    ['*.Tags', at('Logs', 'Tags'), true],
    ['*Group.MaxSize', at('BlueGroup', 'MaxSize'), true],
    ['*Group.MaxSize', at('BlueGroup', 'MinSize'), false],
    ['Group', at('Groups'), false],
    ['group', at('Group'), false],
    ['Group', at('Network/Group'), false],
    ['Network', at('Network/Group'), false],
    ['Network/*', at('Network/Group', 'MaxSize'), true],
    ['*', at('Network/Group'), false],
    ['Policy.PolicyDocument.Principal.*', at('Policy', 'PolicyDocument', 'Principal', 'kms.amazonaws.com'), true],
  ])('%s on %j: %s', (text, place, expected) => {
    expect(ignores(text, place)).toBe(expected);
  });

  test.each(['', 'Group.', '.MaxSize', 'My-Group', 'Group..MaxSize', 'Group MaxSize', 'A//B', 'Group/'])(
    "'%s' is none",
    (text) => expect(problemWithRule(text)).toContain(`'${text}'`),
  );
});

const id = fc.stringMatching(/^[A-Za-z0-9]{1,8}$/);
const part = fc.stringMatching(/^[A-Za-z0-9:$^()[\]{}+?|\\-]{1,8}$/);
const place = fc.record({
  path: fc.array(id, { minLength: 1, maxLength: 3 }),
  property: fc.array(part, { maxLength: 4 }),
});
const written = ({ path, property }: Place) => [path.join('/'), ...property].join('.');

test('a place written down is a rule, and falls on itself and on everything in it', () => {
  fc.assert(
    fc.property(place, fc.array(part, { maxLength: 3 }), (one, more) => {
      expect(problemWithRule(written(one))).toBeUndefined();
      expect(ignores(written(one), { ...one, property: [...one.property, ...more] })).toBe(true);
    }),
  );
});

test('it falls on nothing above it, and on no other resource', () => {
  fc.assert(
    fc.property(place, id, (one, other) => {
      if (one.property.length > 0)
        expect(ignores(written(one), { ...one, property: one.property.slice(0, -1) })).toBe(false);
      if (other !== one.path.at(-1))
        expect(ignores(written(one), { ...one, path: [...one.path.slice(0, -1), other] })).toBe(false);
      expect(ignores(written(one), { ...one, path: [...one.path, other] })).toBe(false);
    }),
  );
});

test('an asterisk in the place of any one part falls on it', () => {
  fc.assert(
    fc.property(place, fc.nat(), (one, n) => {
      const parts = [...one.path, ...one.property];
      const masked = parts.map((text, index) => (index === n % parts.length ? '*' : text));
      const text = written({ path: masked.slice(0, one.path.length), property: masked.slice(one.path.length) });
      expect(ignores(text, one)).toBe(true);
    }),
  );
});

test('a rule is stale exactly when it falls on no place', () => {
  fc.assert(
    fc.property(fc.array(place), fc.array(place), (rules, places) => {
      const stale = ignoreRules(rules.map((one) => rule(written(one)))).staleAmong(places);
      const expected = rules.map(written).filter((text) => !places.some((one) => ignores(text, one)));
      expect(stale.map(({ text }) => text)).toEqual(expected);
    }),
  );
});

test('a rule about a resource whose properties are not known is not stale', () => {
  const rules = ignoreRules([rule('Group.Tags'), rule('Groupe.Tags')]);
  expect(rules.staleAmong([at('Group')], [['Group']]).map(({ text }) => text)).toEqual(['Groupe.Tags']);
});

test('nor is one about a resource of a stack of which nothing is known', () => {
  const written = ['Network/Doors', 'Net*/Inner/Doors.Tags', 'Other/Doors', 'Doors', 'Network'];
  const stale = ignoreRules(written.map(rule)).staleAmong([at('Network')], [], [['Network']]);
  expect(stale.map(({ text }) => text)).toEqual(['Other/Doors', 'Doors']);
  expect(ignoreRules(written.map(rule)).staleAmong([], [], [[]])).toEqual([]);
});
