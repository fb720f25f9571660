import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { physicalName } from '../../../emulator/cloudformation/resources/physical-name.ts';
import { mergedTags, tagChanges } from '../../../emulator/cloudformation/resources/tags.ts';

describe('physicalName', () => {
  test('is the stack’s name, the logical id and twelve random characters', () => {
    expect(physicalName({ stackName: 'todobackend', logicalId: 'ApplicationCluster' }, 255)).toMatch(
      /^todobackend-ApplicationCluster-[A-Za-z0-9]{12}$/,
    );
  });

  test('never exceeds the limit, and keeps a part of both names', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,127}$/);
    fc.assert(
      fc.property(name, name, fc.constantFrom(63, 64, 128, 255), (stackName, logicalId, limit) => {
        const generated = physicalName({ stackName, logicalId }, limit);
        expect(generated.length).toBeLessThanOrEqual(limit);
        const [stack = '', logical = ''] = generated.split('-');
        expect(stackName.startsWith(stack) && stack !== '').toBe(true);
        expect(logicalId.startsWith(logical) && logical !== '').toBe(true);
      }),
    );
  });

  test('differs each time', () => {
    const names = Array.from({ length: 50 }, () => physicalName({ stackName: 's', logicalId: 'L' }, 64));
    expect(new Set(names).size).toBe(50);
  });
});

describe('tags', () => {
  test('the resource’s own win over the stack’s', () => {
    expect(mergedTags({ team: 'platform', cost: '1' }, [{ Key: 'team', Value: 'apps' }])).toEqual([
      { Key: 'team', Value: 'apps' },
      { Key: 'cost', Value: '1' },
    ]);
  });

  test('carrying out the changes leads from the one set to the other', () => {
    const tags = fc
      .dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2'))
      .map((record) => Object.entries(record).map(([Key, Value]) => ({ Key, Value })));
    fc.assert(
      fc.property(tags, tags, (before, after) => {
        const { set, remove } = tagChanges(before, after);
        const result = new Map<string, string>(before.map((tag) => [tag.Key, tag.Value]));
        for (const key of remove) result.delete(key);
        for (const tag of set) result.set(tag.Key, tag.Value);
        expect(result).toEqual(new Map(after.map((tag) => [tag.Key, tag.Value])));
      }),
    );
  });
});
