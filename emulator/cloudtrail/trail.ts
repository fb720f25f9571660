import type { Accounts } from '../accounts.ts';
import { createJournal, type Journal } from '../journal.ts';
import type { NotedCall } from '../services.ts';
import type { Account } from '../types.ts';
import { isReadOnly } from './event.ts';

const ENGINE = 'cloudformation.amazonaws.com';

/** The calls that CloudTrail knows of: the journal's, and those that CloudFormation makes for its callers. */
export interface Trail extends Pick<Journal, 'calls'> {
  /** The journal, whose every entry is the trail's too. */
  readonly journal: Journal;
  /** Keeps a call of the engine's. What only reads is left out: the engine asks again and again until a thing is stable. */
  addByCloudFormation(accounts: Accounts, account: Account, call: NotedCall): Promise<void>;
}

export function createTrail(journal: Journal): Trail {
  const all = createJournal();
  return {
    calls: all.calls,
    journal: {
      ...journal,
      add(entry) {
        journal.add(entry);
        all.add(entry);
      },
    },
    async addByCloudFormation(
      accounts,
      { accountId, region, credentials },
      { service, action, parameters, errorCode },
    ) {
      if (isReadOnly(action)) return;
      const at = new Date().toISOString();
      const { accessKeyId } = credentials;
      const { arn } = await accounts.callerOf({ accessKeyId, region });
      all.add({
        at,
        service,
        action,
        region,
        accountId,
        caller: arn,
        accessKeyId,
        invokedBy: ENGINE,
        parameters,
        status: errorCode === undefined ? 200 : 400,
        ...(errorCode !== undefined && { errorCode }),
        durationMs: 0,
      });
    },
  };
}
