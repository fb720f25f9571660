import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { refuseForeignAnswers } from '../answers.ts';
import { callsUnder } from '../calls.ts';
import type { ClientSettings } from '../settings.ts';

export function connect(settings: ClientSettings) {
  const client = new SSMClient(settings);
  refuseForeignAnswers(client.middlewareStack, true);
  return (signal: AbortSignal) => {
    const call = callsUnder(client, signal);
    return { getParameters: call(GetParametersCommand) };
  };
}

export type SSM = ReturnType<ReturnType<typeof connect>>;
