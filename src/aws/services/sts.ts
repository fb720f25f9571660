import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { refuseForeignAnswers } from '../answers.ts';
import { callsUnder } from '../calls.ts';
import type { ClientSettings } from '../settings.ts';

export function connect(settings: ClientSettings) {
  const client = new STSClient(settings);
  refuseForeignAnswers(client.middlewareStack, true);
  return (signal: AbortSignal) => {
    const call = callsUnder(client, signal);
    return {
      assumeRole: call(AssumeRoleCommand),
      getCallerIdentity: call(GetCallerIdentityCommand),
    };
  };
}

export type STS = ReturnType<ReturnType<typeof connect>>;
