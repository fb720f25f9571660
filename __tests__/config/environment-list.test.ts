import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type KnownEnvironment, MOST_JOBS, matrixJobs, outputsFit } from '../../src/config/environment-list.ts';

const list = (count: number): KnownEnvironment[] =>
  Array.from({ length: count }, (_, n) => ({ name: `e${n}`, stack: `stack-${n}`, region: 'eu-west-1' }));

test('one job an environment, with all that is known of it', () => {
  const prod = { name: 'prod', stack: 's', region: 'eu-west-1', account: '1', role: 'arn' };
  expect(matrixJobs([prod, { name: 'dev', stack: 'd' }])).toEqual([
    { ...prod, environments: 'prod' },
    { name: 'dev', stack: 'd', environments: 'dev' },
  ]);
  expect(matrixJobs([])).toEqual([]);
});

test('every environment is in exactly one job, in order, and there are never more jobs than GitHub starts', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_200 }), fc.integer({ min: 1, max: 300 }), (count, most) => {
      const environments = list(count);
      const jobs = matrixJobs(environments, most);
      expect(jobs.length).toBeLessThanOrEqual(most);
      const names = jobs.flatMap((job) => job.environments.split(','));
      expect(names).toEqual(environments.map(({ name }) => name));
    }),
  );
  expect(matrixJobs(list(MOST_JOBS))).toHaveLength(MOST_JOBS);
  expect(matrixJobs(list(MOST_JOBS + 1)).length).toBeLessThanOrEqual(MOST_JOBS);
});

test('a job of several tells what they share, and nothing that only one of them has', () => {
  const [a, b, c] = [
    { name: 'a', stack: 'a', region: 'eu-west-1', account: '111111111111' },
    { name: 'b', stack: 'b', region: 'eu-west-1', account: '222222222222' },
    { name: 'c', stack: 'c', region: 'us-east-1' },
  ];
  expect(matrixJobs([a, b, c], 2)).toEqual([
    { name: 'a to b', environments: 'a,b', region: 'eu-west-1' },
    { ...c, environments: 'c' },
  ]);
});

test('more than GitHub takes as outputs does not fit', () => {
  expect(outputsFit(list(2_000))).toBe(true);
  expect(outputsFit(list(20_000))).toBe(false);
});
