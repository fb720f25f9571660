export type SubPart = { readonly literal: string } | { readonly name: string };

/** The parts of an Fn::Sub text: `${Name}` is replaced, `${!Literal}` is the text `${Literal}`. */
export function subParts(template: string): SubPart[] {
  const parts: SubPart[] = [];
  let end = 0;
  for (const match of template.matchAll(/\$\{(!?)([^{}]*)\}/g)) {
    const [whole, literal, name = ''] = match;
    if (match.index > end) parts.push({ literal: template.slice(end, match.index) });
    parts.push(literal === '!' ? { literal: `\${${name}}` } : { name: name.trim() });
    end = match.index + whole.length;
  }
  if (end < template.length) parts.push({ literal: template.slice(end) });
  return parts;
}
