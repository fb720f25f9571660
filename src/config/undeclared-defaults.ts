import { isSameValue } from '../template/same-value.ts';
import { parametersOf } from '../template/template.ts';
import type { Finding } from '../types.ts';
import type { DeploymentRequest } from './request.ts';

type Omitting = Pick<DeploymentRequest, 'template' | 'parameters' | 'environmentFile' | 'acceptDefaults'>;

/**
 * The environment is the whole truth: a parameter that it omits goes to the template's default. Where the live stack
 * holds something else that is an error until the file says so, or accept-defaults does. `live` are the stack's
 * parameters as CloudFormation shows them; it never shows a NoEcho value, so those cannot be compared.
 */
export function undeclaredDefaults(request: Omitting, live: Readonly<Record<string, string>>): Finding[] {
  if (request.acceptDefaults) return [];
  const given = new Set(request.parameters.map(({ name }) => name));
  return [...parametersOf(request.template).values()].flatMap((declaration) => {
    const { name, default: fallback } = declaration;
    const current = Object.hasOwn(live, name) ? live[name] : undefined;
    if (current === undefined || fallback === undefined || given.has(name) || declaration.noEcho) return [];
    return isSameValue(declaration, current, fallback) ? [] : [wouldChange(request, name, current, fallback)];
  });
}

function wouldChange(
  { template, environmentFile }: Omitting,
  name: string,
  current: string,
  fallback: string,
): Finding {
  const where = environmentFile ?? 'the environment';
  return {
    level: 'error',
    title: `Parameter ${name} would fall back to its default`,
    message: `The stack has ${name}=${current}, ${where} does not name it, and the template's default is '${fallback}': this deployment would change it.`,
    remedy: `Add ${name} to ${where} with the value that is meant (!PreviousValue keeps what the stack has), or set accept-defaults: true.`,
    location:
      environmentFile === undefined ? template.locate(['Parameters', name]) : { file: environmentFile, line: 1 },
  };
}
