import { describe, expect, test } from '@jest/globals';
import { touchedEnvironments } from '../../src/config/touched.ts';

const NAMES = ['dev', 'prod', 'stage'];

function touched(
  changed: readonly string[],
  { removed = [] as readonly string[], template = 'stack.yml', environmentDirectory = 'env' } = {},
) {
  const files = [
    ...changed.map((path) => ({ path, removed: false })),
    ...removed.map((path) => ({ path, removed: true })),
  ];
  return touchedEnvironments(files, NAMES, { template, environmentDirectory });
}

test('an environment is touched by its own file, of any format', () => {
  expect(touched(['env/dev.cfg', 'README.md'])).toEqual({
    names: ['dev'],
    because: 'env/dev.cfg changed',
    removed: [],
  });
  expect(touched(['env/stage.json', 'env/prod.yml']).names).toEqual(['prod', 'stage']);
});

test('all are touched by the template, and by the workflows that hold the inputs', () => {
  expect(touched(['stack.yml', 'env/dev.cfg'])).toMatchObject({ names: NAMES, because: 'stack.yml changed' });
  expect(touched(['.github/workflows/plan.yml']).names).toEqual(NAMES);
  expect(touched(['.github/actions/setup/action.yml']).names).toEqual(NAMES);
});

test.each([
  'docs/stack.yml',
  'env/sub/dev.cfg',
  'other/env/dev.cfg',
  'env/dev.cfg.bak',
  'env/README.md',
  'env/.cfg',
  '.github/CODEOWNERS',
])('none is touched by %s', (path) => {
  expect(touched([path])).toEqual({
    names: [],
    because: 'neither stack.yml nor anything in env/ changed',
    removed: [],
  });
});

describe('a file that is removed', () => {
  test('is told, since its stack is still there', () => {
    expect(touched([], { removed: ['env/old.cfg', 'env/notes.txt'] })).toMatchObject({
      names: [],
      removed: ['env/old.cfg'],
    });
  });

  test('is no loss where the environment has a file of another format now', () => {
    expect(touched(['env/dev.yml'], { removed: ['env/dev.cfg'] })).toMatchObject({ names: ['dev'], removed: [] });
  });
});

test('paths are the shortest, as GitHub has them', () => {
  const options = { template: './infra/../stack.yml', environmentDirectory: './env/' };
  expect(touched(['stack.yml'], options).names).toEqual(NAMES);
  expect(touched(['env/dev.cfg'], options).names).toEqual(['dev']);
  expect(touched(['dev.cfg'], { environmentDirectory: '.' }).names).toEqual(['dev']);
});

test('a template that is a URL is no file', () => {
  const template = 'https://bucket.s3.amazonaws.com/stack.yml';
  expect(touched(['stack.yml'], { template })).toMatchObject({ names: [], because: 'nothing in env/ changed' });
});
