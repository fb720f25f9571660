import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { conform } from '../../../emulator/cloudformation/resources/property-types.ts';

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
const messages = (type: string, properties: Record<string, unknown>) =>
  conform(type, properties).problems.map((problem) => problem.message);

describe('conform', () => {
  test('gives scalars the type of the schema, at every depth', () => {
    const { properties, problems } = conform(GROUP, {
      MinSize: 1,
      MaxSize: '4',
      HealthCheckGracePeriod: '300',
      NewInstancesProtectedFromScaleIn: 'true',
      Tags: [{ Key: 'Name', Value: 7, PropagateAtLaunch: 'false' }],
    });
    expect(problems).toEqual([]);
    expect(properties).toEqual({
      MinSize: '1',
      MaxSize: '4',
      HealthCheckGracePeriod: 300,
      NewInstancesProtectedFromScaleIn: true,
      Tags: [{ Key: 'Name', Value: '7', PropagateAtLaunch: false }],
    });
  });

  test('tells all problems at once, in CloudFormation’s words', () => {
    const { problems } = conform(GROUP, {
      MinSize: '1',
      HealthCheckGracePeriod: 'soon',
      VPCZoneIdentifier: 'subnet-1',
      Tags: [{ Key: 'Name', Value: 'host' }],
      Sise: 3,
    });
    expect(problems).toEqual([
      { path: '', message: '#: required key [MaxSize] not found' },
      {
        path: '/HealthCheckGracePeriod',
        message: '#/HealthCheckGracePeriod: expected type: Number, found: String',
      },
      { path: '/VPCZoneIdentifier', message: '#/VPCZoneIdentifier: expected type: JSONArray, found: String' },
      { path: '/Tags/0', message: '#/Tags/0: required key [PropagateAtLaunch] not found' },
      { path: '', message: '#: extraneous key [Sise] is not permitted' },
    ]);
  });

  test.each([
    [{ MaxSize: '1', MinSize: [1] }, '#/MinSize: expected type: String, found: JSONArray'],
    [
      { MaxSize: '1', MinSize: '1', CapacityRebalance: 1 },
      '#/CapacityRebalance: expected type: Boolean, found: Integer',
    ],
    [
      { MaxSize: '1', MinSize: '1', LaunchTemplate: 'lt-1' },
      '#/LaunchTemplate: expected type: JSONObject, found: String',
    ],
    [{ MaxSize: '1', MinSize: '1', Tags: [null] }, '#/Tags/0: expected type: JSONObject, found: Null'],
    [
      { MaxSize: '1', MinSize: '1', HealthCheckGracePeriod: 1.5 },
      '#/HealthCheckGracePeriod: expected type: Integer, found: Double',
    ],
  ])('%j: %s', (properties, message) => {
    expect(messages(GROUP, properties)).toEqual([message]);
  });

  test('a document may be an object or text', () => {
    const document = { Statement: [] };
    for (const given of [document, JSON.stringify(document)]) {
      expect(messages('AWS::IAM::Policy', { PolicyName: 'p', PolicyDocument: given })).toEqual([]);
    }
  });

  test('every value fits a type that the specification here does not have', () => {
    expect(conform('AWS::No::Such', { Anything: [1] })).toEqual({ properties: { Anything: [1] }, problems: [] });
  });

  test('an integer comes through as itself, as number or as text', () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        for (const given of [value, String(value)]) {
          const { properties, problems } = conform('AWS::Logs::LogGroup', { RetentionInDays: given });
          expect({ properties, problems }).toEqual({ properties: { RetentionInDays: value }, problems: [] });
        }
      }),
    );
  });

  test('conformed properties conform, unchanged', () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    const rule = fc.record(
      { IpProtocol: scalar, FromPort: fc.integer(), CidrIp: scalar },
      { requiredKeys: ['IpProtocol'] },
    );
    fc.assert(
      fc.property(fc.record({ GroupDescription: scalar, SecurityGroupIngress: fc.array(rule) }), (given) => {
        const once = conform('AWS::EC2::SecurityGroup', given);
        expect(once.problems).toEqual([]);
        expect(conform('AWS::EC2::SecurityGroup', once.properties)).toEqual(once);
      }),
    );
  });

  test('whatever is given, there is an answer', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('MinSize', 'Tags', 'LaunchTemplate', 'Other'), fc.jsonValue()),
        (given) => {
          expect(() => conform(GROUP, given)).not.toThrow();
        },
      ),
    );
  });
});
