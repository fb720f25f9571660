import type { ApiCall } from './request.ts';
import type { Hosts } from './types.ts';

/** What the hosts know of an answer that moto gives. */
export type HostsView = Pick<Hosts, 'agentConnected' | 'consoleOutput'>;

export const hasOverlay = ({ service, action }: ApiCall) =>
  (service === 'ecs' && action === 'DescribeContainerInstances') ||
  (service === 'ec2' && action === 'GetConsoleOutput');

/** Moto's answer with what the hosts know better laid over it. */
export function overlay(call: ApiCall, body: string, hosts: HostsView): string {
  return call.service === 'ecs' ? withAgents(body, hosts) : withConsole(body, hosts);
}

function withAgents(body: string, hosts: HostsView): string {
  const answer: { containerInstances?: { containerInstanceArn: string; agentConnected: boolean }[] } = JSON.parse(body);
  for (const instance of answer.containerInstances ?? []) {
    instance.agentConnected = hosts.agentConnected(instance.containerInstanceArn) ?? instance.agentConnected;
  }
  return JSON.stringify(answer);
}

/** Moto's text is the same for every instance; EC2 answers without an `output` until there is one. */
function withConsole(body: string, hosts: HostsView): string {
  const instanceId = /<instanceId>([^<]+)<\/instanceId>/.exec(body)?.[1];
  const output = instanceId === undefined ? undefined : hosts.consoleOutput(instanceId);
  const element = output === undefined ? '' : `<output>${Buffer.from(output).toString('base64')}</output>`;
  return body.replace(/<output>[^<]*<\/output>|<output\s*\/>/, element);
}
