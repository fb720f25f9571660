import type { Finding } from '../types.ts';
import { LIMITS } from './limits.ts';
import { section, type Template, type TemplatePath } from './template.ts';

const COUNTED = [
  ['Resources', LIMITS.resources],
  ['Parameters', LIMITS.parameters],
  ['Mappings', LIMITS.mappings],
  ['Outputs', LIMITS.outputs],
] as const;

/** CloudFormation's limits on what a template may hold. Loops and macros make more than is written, so they are not counted. */
export function checkLimits(template: Template): Finding[] {
  const findings: Finding[] = [];
  const report = (path: TemplatePath, message: string) =>
    findings.push({
      level: 'error',
      title: 'Over a limit of CloudFormation',
      message,
      location: template.locate(path),
    });
  for (const [name, limit] of COUNTED) {
    const names = Object.keys(section(template, name));
    const over = names[limit];
    if (over !== undefined) {
      report(
        [name, over],
        `The template has ${names.length} ${name}; CloudFormation takes ${limit}. ${over} is the first too many.`,
      );
    }
    for (const long of names.filter((candidate) => candidate.length > LIMITS.nameLength)) {
      report(
        [name, long],
        `The name ${long.slice(0, 40)}… has ${long.length} characters; CloudFormation takes ${LIMITS.nameLength}.`,
      );
    }
  }
  const description = template.data.Description;
  if (typeof description === 'string' && Buffer.byteLength(description) > LIMITS.descriptionBytes) {
    report(
      ['Description'],
      `The Description has ${Buffer.byteLength(description)} bytes; CloudFormation takes ${LIMITS.descriptionBytes}.`,
    );
  }
  return findings;
}
