import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { type LocalAws, startLocalAws } from '../../emulator/local-aws.ts';
import { type ActionRun, type RunActionOptions, runAction } from './run-action.ts';
import { SMALL_TEMPLATE } from './small-stack.ts';

/** What somebody could change by hand, beside what the small stack has. */
export const DRIFT_TEMPLATE = SMALL_TEMPLATE.replace(
  'Outputs:',
  `  Doors:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: doors
      SecurityGroupIngress:
        - { IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/8 }
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: { Service: ec2.amazonaws.com }, Action: sts:AssumeRole }]
      Policies:
        - PolicyName: logs
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{ Effect: Allow, Action: logs:PutLogEvents, Resource: '*' }]
Outputs:
  DoorsId: { Value: !GetAtt Doors.GroupId }
  RoleName: { Value: !Ref Role }
  GroupName: { Value: !Ref Group }`,
);
export const DRIFT_FILES = {
  'stack.yml': DRIFT_TEMPLATE,
  'env/dev.cfg': 'Retention=7\nPassword=hunter2-hunter2\n',
};
/** A roll call that is to end red need not be long. */
const SOON = { 'roll-call-timeout': '3s', 'drain-timeout': '3s' };

/** The local AWS, and stacks in it that people have changed by hand. */
export interface DriftSetting extends AsyncDisposable {
  readonly aws: LocalAws;
  readonly cfn: CloudFormation;
  deploy(stack: string, options?: RunActionOptions): Promise<ActionRun>;
  drift(stack: string, inputs?: Readonly<Record<string, string>>, options?: RunActionOptions): Promise<ActionRun>;
}

export async function startDriftSetting(): Promise<DriftSetting> {
  const aws = await startLocalAws({ speed: 600 });
  const credentials = { accessKeyId: 'person', secretAccessKey: 'person' };
  const cfn = new CloudFormation({ endpoint: aws.endpoint, region: 'us-east-1', credentials });
  return {
    aws,
    cfn,
    async deploy(stack, options = {}) {
      const run = await runAction({
        env: aws.env,
        files: DRIFT_FILES,
        ...options,
        inputs: { environment: 'dev', 'stack-name': stack, ...options.inputs },
      });
      if (run.exitCode !== 0) throw new Error(`${stack} was not deployed:\n${run.log}`);
      return run;
    },
    drift: (stack, inputs = {}, options = {}) =>
      runAction({
        env: aws.env,
        files: DRIFT_FILES,
        ...options,
        inputs: { mode: 'drift', environment: 'dev', 'stack-name': stack, ...SOON, ...inputs },
      }),
    [Symbol.asyncDispose]: () => aws[Symbol.asyncDispose](),
  };
}

export interface Told {
  readonly state: string;
  readonly detections: readonly { readonly path: readonly string[]; readonly state: string }[];
  readonly resources: readonly {
    readonly path: readonly string[];
    readonly state: string;
    readonly risk: string;
    readonly properties: readonly { readonly path: readonly string[]; readonly diff?: unknown }[];
  }[];
  readonly undeployed?: { readonly resources: readonly object[]; readonly parameters: readonly object[] };
  readonly [key: string]: unknown;
}

/** The environments of a run, from its report file. */
export function driftsOf({ report, log }: ActionRun): readonly Told[] {
  const drifts: unknown = typeof report === 'object' && report !== null ? Reflect.get(report, 'drifts') : undefined;
  if (!isDrifts(drifts)) throw new Error(`The report tells no drift:\n${log}`);
  return drifts;
}

function isDrifts(value: unknown): value is readonly Told[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null && 'state' in one);
}

/** What has drifted, as `Nested/Logs deleted`. */
export function driftedIn(run: ActionRun): readonly string[] {
  return driftsOf(run).flatMap(({ resources }) =>
    resources
      .filter(({ state }) => state === 'modified' || state === 'deleted')
      .map(({ path, state }) => `${path.join('/')} ${state}`),
  );
}

export const errorsOf = ({ annotations }: ActionRun) => annotations.filter(({ level }) => level === 'error');
