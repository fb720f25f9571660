import { StackStatus } from '@aws-sdk/client-cloudformation';
import { describe, expect, test } from '@jest/globals';
import { shellWord } from '../../src/stack/command.ts';
import type { Stack } from '../../src/stack/model.ts';
import { isSuccess, neededBeforeNext, stackState } from '../../src/stack/status.ts';
import { arnOf } from './fake-cloudformation.ts';

const stack = (status: string): Stack => ({
  id: arnOf('todo'),
  name: 'todo',
  status,
  parameters: {},
  outputs: [],
  tags: {},
  terminationProtection: false,
  lastOperations: [],
});
const state = (status: string, failedResources: string[] = []) =>
  stackState(stack(status), { region: 'eu-west-1', failedResources });

describe('what a status permits', () => {
  test.each([
    ['CREATE_COMPLETE', 'deployable'],
    ['UPDATE_COMPLETE', 'deployable'],
    ['UPDATE_ROLLBACK_COMPLETE', 'deployable'],
    ['IMPORT_COMPLETE', 'deployable'],
    ['IMPORT_ROLLBACK_COMPLETE', 'deployable'],
    ['REVIEW_IN_PROGRESS', 'review'],
    ['DELETE_COMPLETE', 'absent'],
    ['CREATE_IN_PROGRESS', 'busy'],
    ['UPDATE_IN_PROGRESS', 'busy'],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'busy'],
    ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'busy'],
    ['UPDATE_ROLLBACK_IN_PROGRESS', 'busy'],
    ['ROLLBACK_IN_PROGRESS', 'busy'],
    ['DELETE_IN_PROGRESS', 'busy'],
    ['IMPORT_IN_PROGRESS', 'busy'],
    ['IMPORT_ROLLBACK_IN_PROGRESS', 'busy'],
    ['CREATE_FAILED', 'stuck'],
    ['UPDATE_FAILED', 'stuck'],
    ['ROLLBACK_COMPLETE', 'stuck'],
    ['ROLLBACK_FAILED', 'stuck'],
    ['UPDATE_ROLLBACK_FAILED', 'stuck'],
    ['DELETE_FAILED', 'stuck'],
    ['IMPORT_ROLLBACK_FAILED', 'stuck'],
  ])('%s: %s', (status, kind) => {
    expect(state(status).kind).toBe(kind);
  });

  test('what it needs before the next deployment', () => {
    const needs = (status: string) =>
      neededBeforeNext(stack(status), { region: 'eu-west-1', failedResources: ['Logs'] });
    expect(needs('UPDATE_ROLLBACK_COMPLETE')).toBeUndefined();
    expect(needs('ROLLBACK_COMPLETE')).toMatch(
      /^Stack todo is in ROLLBACK_COMPLETE, .*\n.* delete-stack [\s\S]*replace-failed/,
    );
    expect(needs('UPDATE_ROLLBACK_FAILED')).toContain('--resources-to-skip Logs');
  });

  test('no status of the SDK is unknown', () => {
    for (const status of Object.values(StackStatus)) {
      const { kind, ...rest } = state(status);
      expect(JSON.stringify([kind, rest])).not.toContain('not known');
    }
  });

  test('no stack: absent', () => {
    expect(stackState(undefined, { region: 'eu-west-1' }).kind).toBe('absent');
  });

  test.each(['SOMETHING_NEW', 'SOMETHING_NEW_COMPLETE', 'toString'])('%s: stuck, and no success', (status) => {
    expect(state(status)).toMatchObject({
      kind: 'stuck',
      replaceable: false,
      finding: { message: expect.stringContaining('not known') },
    });
    expect(isSuccess(status)).toBe(false);
  });

  test('only a stack whose creation was rolled back may be replaced', () => {
    const replaceable = Object.values(StackStatus).filter((status) => {
      const found = state(status);
      return found.kind === 'stuck' && found.replaceable;
    });
    expect(replaceable).toEqual(['ROLLBACK_COMPLETE']);
  });
});

describe('the commands to paste', () => {
  const remedy = (status: string, failed: string[] = []) => {
    const found = state(status, failed);
    return found.kind === 'stuck' ? (found.finding.remedy ?? '') : '';
  };

  test('name the stack and the region', () => {
    expect(remedy('UPDATE_FAILED')).toBe(
      'to roll back to the last stable state: aws cloudformation rollback-stack --stack-name todo --region eu-west-1',
    );
  });

  test('delete before they force a deletion, which only DELETE_FAILED permits', () => {
    const deletion = 'aws cloudformation delete-stack --stack-name todo --region eu-west-1';
    const forced = `${deletion} --deletion-mode FORCE_DELETE_STACK`;
    const all = 'to delete it all the same and leave behind what cannot be deleted';
    expect(remedy('ROLLBACK_FAILED')).toBe(
      `to delete the stack: ${deletion}\nif that ends in DELETE_FAILED, ${all}: ${forced}`,
    );
    expect(remedy('DELETE_FAILED')).toBe(`to delete the stack: ${deletion}\n${all}: ${forced}`);
  });

  test('say what a rollback without a stable state does, and what a deletion takes along', () => {
    expect(remedy('CREATE_FAILED')).toContain('which deletes the stack: aws cloudformation rollback-stack');
    expect(remedy('IMPORT_ROLLBACK_FAILED')).toMatch(
      /DeletionPolicy does not retain it: aws cloudformation delete-stack/,
    );
  });

  test('list the resources that a rollback may skip, where they are known', () => {
    expect(remedy('UPDATE_ROLLBACK_FAILED', ['Group', 'Role'])).toContain(
      'aws cloudformation continue-update-rollback --stack-name todo --region eu-west-1 --resources-to-skip Group Role',
    );
    expect(remedy('UPDATE_ROLLBACK_FAILED')).not.toContain('--resources-to-skip');
  });

  test('quote what a shell would read otherwise', () => {
    expect(shellWord("it's; rm -rf")).toBe("'it'\\''s; rm -rf'");
    expect(shellWord('eu-west-1')).toBe('eu-west-1');
  });
});
