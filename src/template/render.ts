import { type Data, isList, isRecord, scalarText } from './data.ts';
import type { Evaluator } from './resolve.ts';
import { subParts } from './sub-parts.ts';

/** How a reference that only AWS can resolve shows in a rendered text. */
export function referenceMark(name: string): string {
  return `\u27e6${name}\u27e7`;
}

/**
 * An expression as text, as far as it is known: what only AWS can tell is shown as the mark of what it refers to, so
 * that two texts can be compared and searched. Where a condition is unknown both branches are in it.
 */
export function render(data: Data | undefined, evaluate: Evaluator): string {
  const resolved = evaluate.resolve(data);
  if (resolved.kind === 'absent' || data === undefined) return '';
  if (resolved.kind === 'known') {
    const text = scalarText(resolved.value);
    if (text !== undefined) return text;
  }
  if (isList(data)) return data.map((item) => render(item, evaluate)).join('\n');
  if (!isRecord(data)) return '';
  const entries = Object.entries(data);
  const [name, argument] = entries[0] ?? [];
  if (entries.length !== 1 || name === undefined) {
    // `KEY: value` of an Init command's environment, or of a mapping of files, reads as an assignment.
    return entries.map(([key, value]) => `${key}=${render(value, evaluate)}`).join('\n');
  }
  return call(name, argument, evaluate) ?? `${name}=${render(argument, evaluate)}`;
}

function call(name: string, argument: Data | undefined, evaluate: Evaluator): string | undefined {
  switch (name) {
    case 'Ref':
      return referenceMark(String(scalarText(argument)));
    case 'Fn::GetAtt':
      return referenceMark(isList(argument) ? argument.map(scalarText).join('.') : String(scalarText(argument)));
    case 'Fn::Sub': {
      const [template, variables] = isList(argument) ? argument : [argument];
      if (typeof template !== 'string') return undefined;
      return renderSub(template, variables, evaluate);
    }
    case 'Fn::Join': {
      if (!isList(argument)) return undefined;
      const [separator, items] = argument;
      return isList(items)
        ? items.map((item) => render(item, evaluate)).join(scalarText(separator))
        : render(items, evaluate);
    }
    case 'Fn::If':
      if (!isList(argument)) return undefined;
      return branches(argument, evaluate)
        .map((branch) => render(branch, evaluate))
        .join('\n');
    default:
      return name.startsWith('Fn::') ? render(argument, evaluate) : undefined;
  }
}

/** A text this long says all that it can say about a cluster. */
const LONGEST_TEXT = 1_048_576;

function renderSub(template: string, variables: Data | undefined, evaluate: Evaluator): string {
  const told = new Map<string, string>();
  let result = '';
  for (const part of subParts(template)) {
    if ('name' in part && !told.has(part.name)) {
      const variable = isRecord(variables) ? variables[part.name] : undefined;
      told.set(part.name, render(variable ?? { Ref: part.name }, evaluate));
    }
    result += 'literal' in part ? part.literal : (told.get(part.name) ?? '');
    if (result.length > LONGEST_TEXT) return result.slice(0, LONGEST_TEXT);
  }
  return result;
}

function branches([name, whenTrue, whenFalse]: readonly Data[], evaluate: Evaluator): (Data | undefined)[] {
  const truth = typeof name === 'string' ? evaluate.condition(name) : undefined;
  return truth === undefined ? [whenTrue, whenFalse] : [truth ? whenTrue : whenFalse];
}
