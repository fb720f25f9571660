import type { Finding } from '../types.ts';
import { checkGroups } from './check-groups.ts';
import { checkLimits } from './check-limits.ts';
import type { Values } from './resolve.ts';
import type { Template } from './template.ts';

/** What can be known to be wrong with a template before AWS is asked, each at its line. */
export function checkTemplate(template: Template, values: Values): Finding[] {
  return [...checkLimits(template), ...checkGroups(template, values)];
}
