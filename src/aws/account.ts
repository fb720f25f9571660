import { Failure } from '../types.ts';
import type { Aws } from './aws.ts';
import { orFailure } from './errors.ts';

/** Throws Failure `wrong-account` when the credentials belong to another account than the one that is meant. */
export async function requireAccount(aws: Aws, account: string): Promise<void> {
  const sts = await aws.sts();
  const { Account: actual, Arn: arn } = await orFailure('ask whose credentials these are', sts.getCallerIdentity({}));
  if (actual === account) return;
  throw new Failure('wrong-account', [
    {
      level: 'error',
      title: `These credentials belong to account ${actual ?? 'unknown'}, the environment to ${account}`,
      message: `The environment file names the account ${account}; the job runs as ${arn ?? 'an unknown identity'}. Nothing was changed.`,
      remedy: `Assume a role of account ${account} before this step, or name one as \`role\` in the environment file.`,
    },
  ]);
}
