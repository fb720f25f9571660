const TOKEN =
  /[ \t\r\n]*(?:([{}[\]:,])|("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/uy;

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end' | 'nothing';

/** The offset of the first token that a JSON document cannot have where it stands. */
export function jsonErrorOffset(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  const ended = (): Expected => (open.length === 0 ? 'nothing' : 'comma or end');
  for (TOKEN.lastIndex = 0; ; ) {
    const from = TOKEN.lastIndex;
    const start = from + (/^[ \t\r\n]*/.exec(text.slice(from))?.[0].length ?? 0);
    const [, mark, string] = TOKEN.exec(text) ?? [undefined, undefined, undefined];
    if (TOKEN.lastIndex === 0) return start;
    const isValue = mark === undefined;
    const wantsValue: boolean = expected === 'value' || expected === 'value or ]';
    const wantsKey: boolean = expected === 'key' || expected === 'key or }';
    if (wantsValue && (mark === '{' || mark === '[')) {
      open.push(mark);
      expected = mark === '{' ? 'key or }' : 'value or ]';
    } else if (wantsValue && isValue) expected = ended();
    else if (wantsKey && string !== undefined) expected = 'colon';
    else if (expected === 'colon' && mark === ':') expected = 'value';
    else if (expected === 'comma or end' && mark === ',') expected = open.at(-1) === '{' ? 'key' : 'value';
    else if (mark === '}' && open.at(-1) === '{' && (expected === 'key or }' || expected === 'comma or end')) {
      open.pop();
      expected = ended();
    } else if (mark === ']' && open.at(-1) === '[' && (expected === 'value or ]' || expected === 'comma or end')) {
      open.pop();
      expected = ended();
    } else return start;
  }
}
