import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fingerprintOf } from '../../src/plan/fingerprint.ts';
import { templateOf, templateWith } from '../template/fixtures.ts';
import { detail, planned, resource, TEMPLATE } from './material.ts';

const template = templateOf(TEMPLATE);
const fingerprint = (change: ReturnType<typeof planned>, of = template) =>
  fingerprintOf({ template: of, planned: change, lookedUp: {}, live: {} }).fingerprint;

const words = fc.string({ minLength: 1, maxLength: 8 });

describe('a fingerprint', () => {
  test('does not feel the order of members, of changes and of parameters', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(words, { maxLength: 6 }),
        fc.dictionary(words, words, { maxKeys: 6 }),
        (ids, metadata) => {
          const entries = Object.entries(metadata);
          const of = (order: <Item>(items: readonly Item[]) => Item[]) =>
            fingerprint(
              planned(order(ids).map((id) => resource(id, 'T', { details: order([detail('A'), detail('B')]) }))),
              templateWith({ Metadata: Object.fromEntries(order(entries)) }),
            );
          expect(of((items) => items.toReversed())).toBe(of((items) => [...items]));
        },
      ),
    );
  });

  test('does not hold secrets, physical ids, times or names of change sets', () => {
    fc.assert(
      fc.property(words, words, (one, other) => {
        const of = (text: string) =>
          fingerprintOf({
            template,
            lookedUp: { DbPassword: text },
            live: {},
            planned: {
              ...planned([resource('Logs', 'T', { physicalId: text, is: { Name: text }, details: [detail('A')] })], {
                DbPassword: { value: text, resolvedValue: text },
                Undeclared: { value: text },
              }),
              id: text,
            },
          });
        expect(of(one)).toEqual(of(other));
      }),
    );
  });

  test('does not hold what was secret until now', () => {
    const dropped = templateOf(TEMPLATE.replace(', NoEcho: true', ''));
    const of = (value: string, lookedUp = {}) =>
      fingerprintOf({
        template: dropped,
        planned: planned([], { DbPassword: { value, resolvedValue: value } }),
        lookedUp,
        live: { DbPassword: { value: '****' } },
      });
    fc.assert(
      fc.property(words, words, (one, other) => {
        expect(of(one)).toEqual(of(other));
        expect(of(one, { DbPassword: '/golden' })).toEqual(of(other));
      }),
    );
  });

  const base = planned([resource('Logs', 'T', { details: [detail('A')] })]);

  test.each([
    ['an action', planned([resource('Logs', 'T', { action: 'Remove', details: [detail('A')] })])],
    ['a logical id', planned([resource('Log', 'T', { details: [detail('A')] })])],
    ['a property', planned([resource('Logs', 'T', { details: [detail('B')] })])],
    ['a replacement', planned([resource('Logs', 'T', { replacement: 'True', details: [detail('A')] })])],
    ['a change more', planned([...base.resources, resource('B', 'T')])],
    ['a parameter', { ...base, parameters: { ...base.parameters, Desired: { value: '4' } } }],
    ['a newer SSM value', { ...base, parameters: { ...base.parameters, Desired: { value: '3', resolvedValue: '4' } } }],
    [
      'something nested',
      planned([resource('Logs', 'T', { details: [detail('A')], nested: planned([resource('B', 'T')]) })]),
    ],
  ])('feels %s', (_, other) => {
    expect(fingerprint(other)).not.toBe(fingerprint(base));
  });

  test('feels the template as data, and not how it is written', () => {
    expect(fingerprint(base, templateOf(`# a comment\n${TEMPLATE}`))).toBe(fingerprint(base));
    expect(fingerprint(base, templateOf(TEMPLATE.replace('MaxSize: 6', 'MaxSize: 7')))).not.toBe(fingerprint(base));
  });

  test('does not feel in which form an attribute or a number is written', () => {
    const written = (attribute: string, size: string) =>
      templateOf(TEMPLATE.replace('!GetAtt Launch.LatestVersionNumber', attribute).replace('MaxSize: 6', size));
    const long = 'Fn::GetAtt: [Launch, LatestVersionNumber]';
    expect(fingerprint(base, written(`{ ${long} }`, "MaxSize: '6'"))).toBe(fingerprint(base));
    expect(fingerprint(base, written(`{ Fn::GetAtt: Launch.LatestVersionNumber }`, 'MaxSize: 6'))).toBe(
      fingerprint(base),
    );
  });

  test('knows a parameter that was looked up in SSM as CloudFormation does: by its name and by what it holds', () => {
    const of = (value: string, lookedUp: Readonly<Record<string, string>>, resolvedValue?: string) =>
      fingerprintOf({
        template,
        planned: planned([], { Desired: { value, ...(resolvedValue && { resolvedValue }) } }),
        lookedUp,
        live: {},
      }).parameters;
    expect(of('3', { Desired: '/golden/desired' })).toEqual(of('/golden/desired', {}, '3'));
  });

  test('carries no more changes along than a comment can bear', () => {
    const many = planned(
      Array.from({ length: 500 }, (_, i) => resource(`Resource${i}`, 'T', { details: [detail('A')] })),
    );
    expect(fingerprintOf({ template, planned: base, lookedUp: {}, live: {} }).changes).toEqual([
      'Modify Logs Properties.A False',
    ]);
    expect(fingerprintOf({ template, planned: many, lookedUp: {}, live: {} }).changes).toBeUndefined();
  });
});
