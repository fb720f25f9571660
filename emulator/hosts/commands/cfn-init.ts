import type { StackCalls } from '../cloudformation.ts';
import { result } from '../machine/shell.ts';
import { awsError, helperOptions } from './helper-options.ts';
import { initScript, readInit } from './init-metadata.ts';

const OPTIONS = {
  stack: 'value',
  resource: 'value',
  region: 'value',
  configsets: 'value',
  role: 'value',
  url: 'value',
  'http-proxy': 'value',
  'https-proxy': 'value',
  verbose: 'switch',
} as const;

/** cfn-init (CloudFormation User Guide, "cfn-init"): carries out what a resource's AWS::CloudFormation::Init says. */
export async function cfnInit(calls: StackCalls, args: readonly string[]): Promise<string> {
  const options = helperOptions(args, OPTIONS);
  if (typeof options === 'string') return usage(options);
  const stackName = options.get('stack');
  const logicalId = options.get('resource');
  if (stackName === undefined || logicalId === undefined) return usage('must specify --stack and --resource');
  let metadata: string | undefined;
  try {
    metadata = await calls.metadata({ region: options.get('region') ?? 'us-east-1', stackName, logicalId });
  } catch (error) {
    return result({ stderr: `${awsError(error)}\n`, code: 1 });
  }
  const init = readInit(metadata, options.get('configsets')?.split(',') ?? ['default']);
  return typeof init === 'string'
    ? result({ stderr: `Error occurred during build: ${init}\n`, code: 1 })
    : initScript(init);
}

const usage = (problem: string) =>
  result({ stderr: `Usage: cfn-init [options]\n\ncfn-init: error: ${problem}\n`, code: 2 });
