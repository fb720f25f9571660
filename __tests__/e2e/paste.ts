import type { CloudFormation } from '@aws-sdk/client-cloudformation';

/** The AWS CLI's commands that a message may name, as the calls that they make. Words are not quoted. */
export async function paste(cfn: CloudFormation, command: string | undefined): Promise<void> {
  const [aws, service, verb, ...words] = command?.split(' ') ?? [];
  if (aws !== 'aws' || service !== 'cloudformation') throw new Error(`${command} is no command of CloudFormation`);
  const options = optionsOf(words);
  const [StackName = ''] = options.get('stack-name') ?? [];
  const [region] = options.get('region') ?? [];
  if (region !== (await cfn.config.region())) throw new Error(`${command} is for another region`);
  switch (verb) {
    case 'delete-stack': {
      const isForced = options.get('deletion-mode')?.[0] === 'FORCE_DELETE_STACK';
      await cfn.deleteStack({ StackName, ...(isForced && { DeletionMode: 'FORCE_DELETE_STACK' as const }) });
      return;
    }
    case 'rollback-stack':
      await cfn.rollbackStack({ StackName });
      return;
    case 'continue-update-rollback':
      await cfn.continueUpdateRollback({ StackName, ResourcesToSkip: options.get('resources-to-skip') });
      return;
    case 'describe-stack-events':
      await cfn.describeStackEvents({ StackName });
      return;
    default:
      throw new Error(`Nobody has told what ${verb} does`);
  }
}

/** `--name value value --other value` */
function optionsOf(words: readonly string[]): Map<string, string[]> {
  const options = new Map<string, string[]>();
  let values: string[] = [];
  for (const word of words) {
    if (!word.startsWith('--')) {
      values.push(word);
      continue;
    }
    values = [];
    options.set(word.slice(2), values);
  }
  return options;
}
