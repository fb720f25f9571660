import type { Finding } from '../types.ts';
import type { InputName } from './input-defaults.ts';
import type { Inputs, Mode } from './inputs.ts';
import { listItems } from './lists.ts';

/** What is wrong with inputs that are right each for itself. */
export function checkCombination(inputs: Inputs): Finding[] {
  return [...whatIsMeant(inputs), ...ofAnotherMode(inputs)];
}

function whatIsMeant({ mode, environment, stackName, cluster, reports, fingerprint }: Inputs): Finding[] {
  const findings: Finding[] = [];
  const needsStack = mode === 'deploy' || mode === 'revert' || (mode === 'plan' && reports === undefined);
  if (mode === 'verify' && environment === undefined && cluster === undefined) {
    const message = 'mode: verify calls the roll of one cluster, and was not told which.';
    findings.push(error('Which cluster?', message, "Give 'environment', or the name of a cluster as 'cluster'."));
  }
  if (needsStack && environment === undefined && stackName === undefined) {
    const message = `mode: ${mode} was told neither an environment nor the name of a stack.`;
    findings.push(error('Which environment?', message, "Give 'environment' (dev for env/dev.cfg), or 'stack-name'."));
  }
  if (mode === 'revert' && fingerprint === undefined) {
    const message = 'mode: revert does the repair that was shown, and nothing else; it was not told which.';
    const remedy =
      "Give its 'fingerprint': mode: drift with drift-revert: plan shows it, in the summary and the issue.";
    findings.push(error('Which repair?', message, remedy));
  }
  if (mode === 'revert' && (environment === 'all' || listItems(environment ?? '').length > 1)) {
    const message = `mode: revert repairs one environment, and '${environment}' are several.`;
    const remedy = 'Run it once for each, with the fingerprint of each.';
    findings.push(error('Input environment is wrong', message, remedy));
  }
  return findings;
}

/** An input that its mode does not know was meant for something: to pass over it would not do what was asked for. */
function ofAnotherMode(inputs: Inputs): Finding[] {
  const given: readonly (readonly [InputName, Mode, boolean])[] = [
    ['change-set', 'deploy', inputs.changeSet !== undefined],
    ['require-plan', 'deploy', inputs.requirePlan],
    ['keep-change-set', 'plan', inputs.keepChangeSet],
    ['changed-only', 'environments', inputs.changedOnly !== undefined],
    ['drift-revert', 'drift', inputs.driftRevert !== 'never'],
    ['fingerprint', 'revert', inputs.fingerprint !== undefined],
    ['revert-allow', 'revert', inputs.revertAllow.length > 0],
  ];
  return given.flatMap(([name, mode, isGiven]) =>
    isGiven && inputs.mode !== mode
      ? [error(`Input ${name} is wrong`, `'${name}' is for mode: ${mode}, and this is mode: ${inputs.mode}.`)]
      : [],
  );
}

function error(title: string, message: string, remedy?: string): Finding {
  return { level: 'error', title, message, ...(remedy === undefined ? {} : { remedy }) };
}
