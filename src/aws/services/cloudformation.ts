import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeEventsCommand,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListChangeSetsCommand,
  ListExportsCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { refuseForeignAnswers } from '../answers.ts';
import { callsUnder, shortlyAfter } from '../calls.ts';
import type { ClientSettings } from '../settings.ts';

export function connect(settings: ClientSettings) {
  const client = new CloudFormationClient(settings);
  refuseForeignAnswers(client.middlewareStack, true);
  return (signal: AbortSignal) => {
    const call = callsUnder(client, signal);
    // What these make has to be removed again when the job is cancelled.
    const callThatMakes = callsUnder(client, signal, shortlyAfter(signal));
    return {
      createChangeSet: callThatMakes(CreateChangeSetCommand),
      deleteChangeSet: call(DeleteChangeSetCommand),
      deleteStack: call(DeleteStackCommand),
      describeChangeSet: call(DescribeChangeSetCommand),
      describeEvents: call(DescribeEventsCommand),
      describeStackDriftDetectionStatus: call(DescribeStackDriftDetectionStatusCommand),
      describeStackEvents: call(DescribeStackEventsCommand),
      describeStackResourceDrifts: call(DescribeStackResourceDriftsCommand),
      describeStackResources: call(DescribeStackResourcesCommand),
      describeStacks: call(DescribeStacksCommand),
      detectStackDrift: call(DetectStackDriftCommand),
      executeChangeSet: callThatMakes(ExecuteChangeSetCommand),
      getTemplate: call(GetTemplateCommand),
      listChangeSets: call(ListChangeSetsCommand),
      listExports: call(ListExportsCommand),
      listStackResources: call(ListStackResourcesCommand),
      listStacks: call(ListStacksCommand),
      updateTerminationProtection: call(UpdateTerminationProtectionCommand),
    };
  };
}

export type CloudFormation = ReturnType<ReturnType<typeof connect>>;
