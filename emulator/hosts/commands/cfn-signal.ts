import type { StackCalls } from '../cloudformation.ts';
import type { Instance } from '../instance.ts';
import { result } from '../machine/shell.ts';
import { awsError, helperOptions } from './helper-options.ts';

const OPTIONS = {
  stack: 'value',
  resource: 'value',
  region: 'value',
  success: 'value',
  'exit-code': 'value',
  reason: 'value',
  id: 'value',
  data: 'value',
  url: 'value',
  role: 'value',
  'http-proxy': 'value',
  'https-proxy': 'value',
  verbose: 'switch',
} as const;

/**
 * cfn-signal (CloudFormation User Guide, "cfn-signal"), for a stack's resource. The signal's id is the instance's
 * unless `--id` says otherwise. Its own exit code says whether the signal was taken, not what it said.
 */
export async function cfnSignal(calls: StackCalls, instance: Instance, args: readonly string[]): Promise<string> {
  // -s is --success and -r --reason here, other than in cfn-init.
  const long = args.map((arg) => (arg === '-s' ? '--success' : arg === '-r' ? '--reason' : arg));
  const options = helperOptions(long, OPTIONS);
  if (typeof options === 'string') return usage(options);
  const stackName = options.get('stack');
  const logicalId = options.get('resource');
  if (stackName === undefined || logicalId === undefined) return usage('must specify --stack and --resource');
  const success = options.get('success');
  const exitCode = options.get('exit-code');
  if (success !== undefined && !/^(true|false)$/i.test(success)) return usage('--success must be true or false');
  if (exitCode !== undefined && !/^-?\d+$/.test(exitCode)) return usage(`invalid exit code: ${exitCode}`);
  const succeeded = exitCode === undefined ? success?.toLowerCase() !== 'false' : Number(exitCode) === 0;
  try {
    await calls.signal({
      region: options.get('region') ?? 'us-east-1',
      stackName,
      logicalId,
      uniqueId: options.get('id') ?? instance.instanceId,
      status: succeeded ? 'SUCCESS' : 'FAILURE',
    });
    return result({});
  } catch (error) {
    return result({ stderr: `${awsError(error)}\n`, code: 1 });
  }
}

const usage = (problem: string) =>
  result({ stderr: `Usage: cfn-signal [options]\n\ncfn-signal: error: ${problem}\n`, code: 2 });
