import { type Data, isList, isRecord, scalarText } from './data.ts';

/**
 * User data as the template's author wrote it: the text of the boot script with its references unresolved, as
 * `${Cluster}`. Resolved user data can hold secrets; this is what the repository shows anyhow. Dynamic references keep
 * their kind and lose their name.
 */
export function writtenText(data: Data | undefined): string {
  return written(data).replace(/\{\{resolve:([\w-]+):[^}]*\}\}/g, '{{resolve:$1:…}}');
}

function written(data: Data | undefined): string {
  if (data === undefined || data === null) return '';
  const text = scalarText(data);
  if (text !== undefined) return text;
  if (isList(data)) return data.map(written).join('\n');
  if (!isRecord(data)) return '';
  const entries = Object.entries(data);
  const [name, argument] = entries[0] ?? [];
  if (entries.length !== 1 || name === undefined) return inFull(data);
  switch (name) {
    case 'Fn::Base64':
      return written(argument);
    case 'Ref':
      return reference(scalarText(argument) ?? '');
    case 'Fn::GetAtt':
      return reference(isList(argument) ? argument.map(scalarText).join('.') : (scalarText(argument) ?? ''));
    case 'Fn::Sub':
      return substitution(argument) ?? inFull(data);
    case 'Fn::Join':
      return join(argument) ?? inFull(data);
    default:
      return inFull(data);
  }
}

function reference(name: string): string {
  return `\${${name}}`;
}

function substitution(argument: Data | undefined): string | undefined {
  if (typeof argument === 'string') return argument;
  if (!isList(argument)) return undefined;
  const [text, variables] = argument;
  if (typeof text !== 'string') return undefined;
  const told = isRecord(variables)
    ? Object.entries(variables).map(([key, value]) => `# ${key} = ${written(value)}`)
    : [];
  return [text, ...told].join('\n');
}

function join(argument: Data | undefined): string | undefined {
  if (!isList(argument)) return undefined;
  const [separator, items] = argument;
  return isList(items) ? items.map(written).join(scalarText(separator) ?? '') : undefined;
}

function inFull(data: Data): string {
  return JSON.stringify(data, undefined, 2);
}
