import type { Finding } from '../types.ts';
import { checkGroups } from './check-groups.ts';
import { lintCluster } from './lint.ts';
import { checkReferences } from './references.ts';
import type { Values } from './resolve.ts';
import type { Template } from './template.ts';

/**
 * What can be known to be wrong with a template before AWS is asked, each at its line. For templates within
 * `checkLimits`.
 */
export function checkTemplate(template: Template, values: Values): Finding[] {
  return [...checkReferences(template), ...checkGroups(template, values), ...lintCluster(template, values)];
}
