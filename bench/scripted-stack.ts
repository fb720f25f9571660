/**
 * A stack whose update is a script: a tiny CloudFormation that answers what the action asks while events come at the
 * times that the script says. The local AWS cannot be told to make five thousand events, or none for a minute.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const STACK_ID = 'arn:aws:cloudformation:us-east-1:123456789012:stack/bench/00000000-0000-0000-0000-000000000001';
const CHANGE_SET_ID = 'arn:aws:cloudformation:us-east-1:123456789012:changeSet/bench/1';
/** DescribeStackEvents answers with as many at once (CloudFormation API Reference). */
const EVENTS_PER_PAGE = 100;
const REFUSED = 'Resource handler returned message: "Rate exceeded"';

export interface Script {
  readonly logicalIds: readonly string[];
  /** What happens, in milliseconds since the execution of the change set, oldest first. */
  readonly events: readonly { readonly afterMs: number; readonly logicalId: string; readonly status: string }[];
  /** When the update is found to have failed and everything rolled back. */
  readonly endsAfterMs: number;
}

export interface ScriptedStack extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  /** When the calls came, milliseconds since the epoch. */
  readonly calls: readonly { readonly at: number; readonly action: string }[];
  /** When the change set was executed; undefined before. */
  executedAt(): number | undefined;
}

export async function scriptedStack(script: Script): Promise<ScriptedStack> {
  const calls: { at: number; action: string }[] = [];
  let executedAt: number | undefined;
  let token = '';
  const happened = () => {
    const elapsed = executedAt === undefined ? Number.NEGATIVE_INFINITY : Date.now() - executedAt;
    return { ended: elapsed >= script.endsAfterMs, count: countBefore(script.events, elapsed) };
  };
  const stackEvent = (id: string, at: number, status: string) =>
    eventXml({ id, at, logicalId: 'bench', physicalId: STACK_ID, type: 'AWS::CloudFormation::Stack', status, token });

  const answers: Readonly<Record<string, (parameters: URLSearchParams) => string>> = {
    DescribeStacks() {
      const status =
        executedAt === undefined
          ? 'CREATE_COMPLETE'
          : happened().ended
            ? 'UPDATE_ROLLBACK_COMPLETE'
            : 'UPDATE_IN_PROGRESS';
      return `<Stacks><member><StackName>bench</StackName><StackId>${STACK_ID}</StackId><StackStatus>${status}</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks>`;
    },
    ListChangeSets: () => '<Summaries/>',
    CreateChangeSet: () => `<Id>${CHANGE_SET_ID}</Id><StackId>${STACK_ID}</StackId>`,
    DescribeChangeSet: () =>
      `<ChangeSetId>${CHANGE_SET_ID}</ChangeSetId><ChangeSetName>bench</ChangeSetName><StackId>${STACK_ID}</StackId><StackName>bench</StackName><Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus><Changes>${script.logicalIds.map(changeXml).join('')}</Changes>`,
    ExecuteChangeSet(parameters) {
      executedAt = Date.now();
      token = parameters.get('ClientRequestToken') ?? '';
      return '';
    },
    DescribeStackEvents(parameters) {
      const { count, ended } = happened();
      const began = executedAt ?? 0;
      const all = [
        () => stackEvent('before', Date.parse('2026-01-01T00:00:00Z'), 'CREATE_COMPLETE'),
        ...(executedAt === undefined ? [] : [() => stackEvent('begun', began, 'UPDATE_IN_PROGRESS')]),
        ...script.events.slice(0, count).map(
          ({ afterMs, logicalId, status }, index) =>
            () =>
              eventXml({
                id: `event-${index}`,
                at: began + afterMs,
                logicalId,
                physicalId: `bench-${logicalId}`,
                type: 'AWS::SSM::Parameter',
                status,
                token,
              }),
        ),
        ...(ended ? [() => stackEvent('ended', began + script.endsAfterMs, 'UPDATE_ROLLBACK_COMPLETE')] : []),
      ].reverse();
      // A token says how many events, from the oldest, are still to be told: those that come meanwhile move no page.
      const from = all.length - Number(parameters.get('NextToken') ?? all.length);
      const page = all.slice(from, from + EVENTS_PER_PAGE).map((render) => render());
      const rest = all.length - from - page.length;
      return `<StackEvents>${page.join('')}</StackEvents>${rest > 0 ? `<NextToken>${rest}</NextToken>` : ''}`;
    },
  };

  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const parameters = new URLSearchParams(body);
    const action = parameters.get('Action') ?? '';
    calls.push({ at: Date.now(), action });
    const answer = answers[action];
    response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'text/xml' });
    response.end(
      answer === undefined
        ? `<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>The script has no ${action}</Message></Error></ErrorResponse>`
        : `<${action}Response><${action}Result>${answer(parameters)}</${action}Result></${action}Response>`,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
    },
    calls,
    executedAt: () => executedAt,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The template that the script is about: a cluster without hosts, and the resources that events come from. */
export function scriptedTemplate(logicalIds: readonly string[]): string {
  return `Resources:
  Cluster: { Type: AWS::ECS::Cluster }
  Launch:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: ami-12c6146b
        InstanceType: t3.micro
        UserData: { Fn::Base64: !Sub 'echo ECS_CLUSTER=\${Cluster}' }
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: '0'
      MaxSize: '1'
      DesiredCapacity: '0'
      VPCZoneIdentifier: [subnet-a5d3ecee]
      LaunchTemplate: { LaunchTemplateId: !Ref Launch, Version: !GetAtt Launch.LatestVersionNumber }
${logicalIds.map((id) => `  ${id}: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: '1' } }\n`).join('')}`;
}

function countBefore(events: Script['events'], elapsed: number): number {
  const later = events.findIndex(({ afterMs }) => afterMs > elapsed);
  return later === -1 ? (elapsed < 0 ? 0 : events.length) : later;
}

function changeXml(logicalId: string): string {
  return `<member><Type>Resource</Type><ResourceChange><Action>Modify</Action><LogicalResourceId>${logicalId}</LogicalResourceId><PhysicalResourceId>bench-${logicalId}</PhysicalResourceId><ResourceType>AWS::SSM::Parameter</ResourceType><Replacement>False</Replacement><Scope><member>Properties</member></Scope></ResourceChange></member>`;
}

interface ScriptedEvent {
  readonly id: string;
  readonly at: number;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly token: string;
}

function eventXml({ id, at, logicalId, physicalId, type, status, token }: ScriptedEvent): string {
  const reason = status.endsWith('_FAILED')
    ? `<ResourceStatusReason>${REFUSED.replaceAll('"', '&quot;')}</ResourceStatusReason>`
    : '';
  return `<member><EventId>${id}</EventId><StackId>${STACK_ID}</StackId><StackName>bench</StackName><LogicalResourceId>${logicalId}</LogicalResourceId><PhysicalResourceId>${physicalId}</PhysicalResourceId><ResourceType>${type}</ResourceType><Timestamp>${new Date(at).toISOString()}</Timestamp><ResourceStatus>${status}</ResourceStatus>${reason}${token && `<ClientRequestToken>${token}</ClientRequestToken>`}</member>`;
}
