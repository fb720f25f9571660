import type { OutputValue } from '../model.ts';
import { validationError } from '../protocol/errors.ts';
import { resolve } from '../template/intrinsics.ts';
import { type Json, scalarText } from '../template/model.ts';
import { referencesIn } from '../template/references.ts';
import type { Run } from './run.ts';
import type { StackPlan } from './stack-scope.ts';

/** The names of the exports that the active part of a template imports. */
export function importsOf(plan: StackPlan): Set<string> {
  const { scope, active, deployment } = plan;
  const parts: Json[] = [...active.values()].map(({ properties }) => properties);
  for (const output of deployment.template.outputs.values())
    if (output.condition === undefined || scope.condition(output.condition)) parts.push(output.value);
  const names = new Set<string>();
  for (const part of parts)
    for (const reference of referencesIn(part, scope.condition))
      if (reference.kind === 'import') names.add(scalarText(resolve(reference.name, scope)) ?? '');
  return names;
}

/**
 * Outputs that may be published: no export has a name that another stack exports, and no export that is imported
 * vanishes or changes (CloudFormation User Guide, "Get exported outputs from a deployed CloudFormation stack").
 */
export function publishable(run: Run, outputs: OutputValue[]): OutputValue[] {
  const { store, stack } = run;
  const exports = store.exports();
  const next = new Map(
    outputs.flatMap((output) => (output.exportName === undefined ? [] : [[output.exportName, output]])),
  );
  for (const name of next.keys()) {
    const owner = exports.get(name)?.stack;
    if (owner !== undefined && owner !== stack)
      throw validationError(`Export with name ${name} is already exported by stack ${owner.name}.`);
  }
  for (const { exportName, value } of stack.outputs) {
    if (exportName === undefined) continue;
    const users = store.importers(exportName).filter((user) => user !== stack);
    if (users.length === 0) continue;
    const kept = next.get(exportName);
    const names = users.map((user) => user.name).join(' and ');
    if (kept === undefined) throw validationError(`Export ${exportName} cannot be deleted as it is in use by ${names}`);
    if (kept.value !== value)
      throw validationError(`Export ${exportName} cannot be updated as it is in use by ${names}`);
  }
  return outputs;
}
