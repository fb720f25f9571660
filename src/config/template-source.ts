import { LIMITS } from '../template/limits.ts';
import { type ParsedTemplate, parseTemplate } from '../template/parse.ts';
import { pathInWorkspace, readWorkspaceBytes } from './workspace.ts';

const REMEDY =
  "Give its path from the root of the repository as the input 'template', and check the repository out before this step.";

/** A template that is an https URL instead of a path of the workspace. */
export function isTemplateUrl(template: string): boolean {
  return /^https?:\/\//i.test(template);
}

/** Reads the template from the workspace. */
export async function readTemplateFile(workspace: string, written: string): Promise<ParsedTemplate> {
  const path = pathInWorkspace(written);
  if ('problem' in path) return unreadable(`The template ${written} ${path.problem}.`);
  const content = await readWorkspaceBytes(workspace, path.path, LIMITS.templateBytes);
  if ('problem' in content) return unreadable(`The template ${path.path} ${content.problem}.`);
  return parseTemplate(content.bytes, path.path);
}

export function unreadable(message: string): ParsedTemplate {
  return { findings: [{ level: 'error', title: 'The template cannot be read', message, remedy: REMEDY }] };
}
