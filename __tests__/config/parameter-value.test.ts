import { describe, expect, test } from '@jest/globals';
import { checkParameterValue } from '../../src/config/parameter-value.ts';
import { inFile } from '../../src/config/place.ts';
import type { ParameterDeclaration } from '../../src/template/template.ts';
import { lines } from './fixtures.ts';

function told(declaration: Partial<ParameterDeclaration>, value: string): string[] {
  const place = inFile({ file: 'env/dev.cfg', line: 7 });
  return lines(checkParameterValue({ name: 'P', type: 'String', noEcho: false, ...declaration }, value, place));
}

describe('types', () => {
  test.each([
    ['String', ''],
    ['Number', '3'],
    ['Number', '-1.5e3'],
    ['List<Number>', '1, 2,3'],
    ['CommaDelimitedList', 'a,,b'],
    ['AWS::EC2::VPC::Id', 'vpc-f8233a80'],
    ['AWS::EC2::VPC::Id', 'vpc-0123456789abcdef0'],
    ['AWS::EC2::Image::Id', 'ami-0a1b2c3d'],
    ['List<AWS::EC2::Subnet::Id>', 'subnet-a5d3ecee, subnet-324e246f'],
    ['AWS::EC2::KeyPair::KeyName', 'my key'],
    ['AWS::EC2::AvailabilityZone::Name', 'us-gov-west-1a'],
    ['AWS::EC2::AvailabilityZone::Name', 'us-west-2-lax-1a'],
    ['AWS::Route53::HostedZone::Id', 'Z23YXV4OVPL04A'],
    [
      'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
      '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
    ],
    ['AWS::SSM::Parameter::Name', 'name:3'],
    ['AWS::Something::New', 'whatever it is'],
    ['Number', '{{resolve:ssm:/count}}'],
  ])('%s takes %j', (type, value) => {
    expect(told({ type }, value)).toEqual([]);
  });

  test.each([
    ['Number', 'three', /it has to be a number/],
    ['Number', '', /it has to be a number/],
    ['Number', '1,2', /it has to be a number/],
    ['List<Number>', '1,x', /each item has to be a number/],
    ['AWS::EC2::VPC::Id', 'subnet-a5d3ecee', /it has to be a VPC id, such as vpc-/],
    ['AWS::EC2::VPC::Id', '', /it has to be a VPC id/],
    ['List<AWS::EC2::Subnet::Id>', 'subnet-a5d3ecee,vpc-f8233a80', /each item has to be a subnet id/],
    ['List<AWS::EC2::Subnet::Id>', 'subnet-a5d3ecee,', /each item has to be a subnet id/],
    ['AWS::EC2::KeyPair::KeyName', '', /the name of a key pair/],
    ['AWS::SSM::Parameter::Value<String>', 'no spaces allowed', /the name of an SSM parameter/],
  ])('%s does not take %j', (type, value, pattern) => {
    expect(told({ type }, value)).toEqual([expect.stringMatching(pattern)]);
  });
});

describe('constraints', () => {
  test.each<[Partial<ParameterDeclaration>, string, RegExp | undefined]>([
    [{ allowedValues: ['a', 'b'] }, 'a', undefined],
    [{ allowedValues: ['a', 'b'] }, 'A', /the template allows a, b/],
    [{ type: 'Number', allowedValues: ['1', '2'] }, '2.0', undefined],
    [{ type: 'CommaDelimitedList', allowedValues: ['a', 'b'] }, 'a, b', undefined],
    [{ type: 'CommaDelimitedList', allowedValues: ['a', 'b'] }, 'a,c', /the template allows a, b/],
    [{ allowedPattern: '[a-z]+' }, 'abc', undefined],
    [{ allowedPattern: '[a-z]+' }, 'abc1', /it does not match the template's AllowedPattern \[a-z\]\+/],
    [{ allowedPattern: 'a|b' }, 'ab', /AllowedPattern/],
    [{ allowedPattern: '^(a|b)$' }, 'b', undefined],
    [{ allowedPattern: '[\\w\\-\\.]+' }, 'a-b.c', undefined],
    [{ allowedPattern: '.{3}' }, '😀é!', undefined],
    [{ allowedPattern: '' }, '', undefined],
    [{ type: 'CommaDelimitedList', allowedPattern: '[a-z]' }, 'a,b', undefined],
    [{ type: 'CommaDelimitedList', allowedPattern: '[a-z]' }, 'a,bb', /AllowedPattern/],
    [{ minLength: 2 }, 'a', /it has 1 characters, and the template's MinLength is 2/],
    [{ maxLength: 2 }, 'abc', /MaxLength is 2/],
    [{ maxLength: 1 }, '😀', undefined],
    [{ type: 'Number', minValue: 0, maxValue: 4 }, '4', undefined],
    [{ type: 'Number', minValue: 0, maxValue: 4 }, '5', /MaxValue is 4/],
    [{ type: 'Number', minValue: 0 }, '-1', /MinValue is 0/],
    [{ type: 'List<Number>', maxValue: 4 }, '1,5', /MaxValue is 4/],
    [{}, 'x'.repeat(4_096), undefined],
    [{}, 'é'.repeat(2_049), /it has 4098 bytes, and CloudFormation takes 4096/],
  ])('%j and %j', (declaration, value, pattern) => {
    expect(told(declaration, value)).toEqual(pattern === undefined ? [] : [expect.stringMatching(pattern)]);
  });

  test('all that is wrong is one finding at its line, with what the template says about it', () => {
    const declaration = {
      allowedValues: ['x'],
      allowedPattern: '[a-z]',
      maxLength: 2,
      constraintDescription: 'One letter.',
    };
    expect(told(declaration, 'A\n::error::b')).toEqual([
      expect.stringMatching(/^error env\/dev\.cfg:7 P is '[^']*', which cannot be used: .*; .*; .*\. One letter\.$/s),
    ]);
  });

  test('a secret is in no finding', () => {
    const findings = told({ noEcho: true, allowedPattern: '[a-z]+', maxLength: 3, type: 'Number' }, 'Hunter2');
    expect(findings).toHaveLength(1);
    expect(findings[0]).not.toContain('Hunter2');
  });
});

describe('patterns that cannot be tried here', () => {
  test.each(['\\A[a-z]+\\z', '[a-z&&[^x]]+', '(?i)abc', '\\p{Alpha}+', 'a++', '[[:alpha:]]+', '(unclosed'])(
    '%s',
    (allowedPattern) => {
      expect(told({ allowedPattern }, 'abc')).toEqual([expect.stringMatching(/^warning .*could not be tried here/)]);
    },
  );

  test('patterns that backtrack for ever end soon, however many there are', () => {
    for (let index = 0; index < 50; index++) {
      const allowedPattern = `(a+)+${'b'.repeat(index + 1)}`;
      expect(told({ allowedPattern }, `${'a'.repeat(40)}!`)).toEqual([expect.stringMatching(/^warning/)]);
    }
  });
});
