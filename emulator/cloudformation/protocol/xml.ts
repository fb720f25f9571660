export type XmlValue = string | number | boolean | Date | undefined | readonly XmlValue[] | XmlObject;
export interface XmlObject {
  readonly [name: string]: XmlValue;
}

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
};

/** Text as XML 1.0 can carry it: markup is escaped, characters that no XML document may hold become U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
      .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
      .replace(/[&<>"\r]/g, (character) => ENTITIES[character] ?? character)
  );
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  return `<${name}>${content(value)}</${name}>`;
}

function isList(value: readonly XmlValue[] | XmlObject): value is readonly XmlValue[] {
  return Array.isArray(value);
}

function content(value: Exclude<XmlValue, undefined>): string {
  if (typeof value === 'string') return escapeXml(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (isList(value)) return value.map((item) => element('member', item)).join('');
  return Object.entries(value)
    .map(([name, item]) => element(name, item))
    .join('');
}

/** The answer to `action` in the query protocol; undefined members are left out, lists become `<member>` elements. */
export function xmlAnswer(action: string, result: XmlObject | undefined, requestId: string): string {
  const body = result === undefined ? '' : element(`${action}Result`, result);
  return `<${action}Response xmlns="${NAMESPACE}">${body}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`;
}

export function xmlError(error: { type: string; code: string; message: string }, requestId: string): string {
  const body = element('Error', { Type: error.type, Code: error.code, Message: error.message });
  return `<ErrorResponse xmlns="${NAMESPACE}">${body}<RequestId>${requestId}</RequestId></ErrorResponse>`;
}
