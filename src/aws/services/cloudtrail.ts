import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { refuseForeignAnswers } from '../answers.ts';
import { callsUnder } from '../calls.ts';
import type { ClientSettings } from '../settings.ts';

export function connect(settings: ClientSettings) {
  const client = new CloudTrailClient(settings);
  refuseForeignAnswers(client.middlewareStack, true);
  return (signal: AbortSignal) => {
    const call = callsUnder(client, signal);
    return { lookupEvents: call(LookupEventsCommand) };
  };
}

export type CloudTrail = ReturnType<ReturnType<typeof connect>>;
