import type { Aws } from '../aws/aws.ts';
import { describeStack } from '../stack/describe.ts';
import { isBusy } from '../stack/status.ts';
import { Failure } from '../types.ts';

/** How long a cancelled run may take to read where AWS stands. Milliseconds. */
const READ_WITHIN = 1_500;

/** The failure of a cancelled run, with the state that the stack was left in, as far as it can be read in time. */
export async function whereAwsStands(
  error: unknown,
  request: { readonly stackName: string },
  aws: Aws,
): Promise<unknown> {
  if (!(error instanceof Failure) || error.reason !== 'cancelled') return error;
  const message = await stateOf(request.stackName, aws);
  const [first, ...rest] = error.findings;
  if (first === undefined) return error;
  return new Failure('cancelled', [{ ...first, message: `${first.message} ${message}` }, ...rest], { cause: error });
}

async function stateOf(stackName: string, aws: Aws): Promise<string> {
  try {
    const cfn = await aws.withSignal(AbortSignal.timeout(READ_WITHIN)).cloudFormation();
    const stack = await describeStack(cfn, stackName);
    if (stack === undefined) return `There is no stack ${stackName}.`;
    const goesOn = isBusy(stack.status) ? '; CloudFormation goes on with it without this job' : '';
    return `Stack ${stackName} is in ${stack.status}${goesOn}.`;
  } catch {
    return `The state of stack ${stackName} could not be read in time.`;
  }
}
