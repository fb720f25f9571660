import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { code, details, fence, html, inline, link, mermaidText, table } from '../../src/report/markdown.ts';
import { prose, proseOnOneLine, quote } from '../../src/report/prose.ts';
import { oneLine, visible } from '../../src/text.ts';
import { hostileText } from '../runner/hostile.ts';
import { extrasIn, seen } from './html.ts';

const RUNS = { numRuns: 60 };

/** Places that our documents put foreign text in: around it, what they make, and the text around it. */
const PLACES: Readonly<Record<string, readonly [(markdown: string) => string, readonly string[], string, string]>> = {
  'a paragraph': [(text) => `a${text}z`, ['p'], 'a', 'z'],
  'a paragraph of its own': [(text) => `${text}`, ['p'], '', ''],
  'bold text': [(text) => `**a ${text} z**`, ['p', 'strong'], 'a ', ' z'],
  'a heading': [(text) => `## a ${text}`, ['h2'], 'a ', ''],
  'a list item': [(text) => `- a ${text}<br>z`, ['ul', 'li', 'br'], 'a ', 'z'],
  'a list item of its own': [(text) => `- ${text}`, ['ul', 'li'], '', ''],
  'small text': [(text) => `<sub>a ${text} z</sub>`, ['p', 'sub'], 'a ', ' z'],
  'a quotation': [(text) => quote(`a\n\n${text}`), ['blockquote', 'p'], 'a', ''],
  'a link': [(text) => link(`a ${text}`, 'https://example.com/'), ['p', 'a'], 'a ', ''],
  'a table cell': [
    (text) => table(['h', 'i'], [[text, 'z']], []),
    ['table', 'thead', 'tbody', 'tr', 'th', 'td'],
    'h i ',
    'z',
  ],
};

function squeezed(text: string): string {
  return text.replace(/\s+/g, '');
}

describe('foreign text stays text', () => {
  for (const [place, [around, made, before, after]] of Object.entries(PLACES)) {
    test.each([
      ['inline', inline, ['span']],
      ['code', code, ['code', 'span']],
    ] as const)(`in ${place}, as %s`, (_, escaped, added) => {
      fc.assert(
        fc.property(hostileText, (text) => {
          const page = seen(around(escaped(text)));
          expect(squeezed(page.text)).toBe(squeezed(`${before}${oneLine(text)}${after}`));
          expect([...made, ...added]).toEqual(expect.arrayContaining([...page.elements]));
          expect(page.addresses).toEqual(place === 'a link' ? ['https://example.com/'] : []);
          expect(page.comments).toBe(0);
          expect(extrasIn(page)).toEqual([]);
        }),
        RUNS,
      );
    });
  }

  test('in a fence, which only its own end closes', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const page = seen(`${fence(text, 'sh')}\n\nafter`);
        expect([...page.elements]).toEqual(['pre', 'code', 'p']);
        expect(squeezed(page.text)).toBe(squeezed(`${visible(text)}after`));
      }),
      RUNS,
    );
  });

  test('in the title of what is folded away', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const page = seen(details(html(text), 'body'));
        expect(['details', 'summary', 'span', 'p']).toEqual(expect.arrayContaining([...page.elements]));
        expect(squeezed(page.text)).toBe(squeezed(`${oneLine(text)}body`));
        expect(extrasIn(page)).toEqual([]);
      }),
      RUNS,
    );
  });

  test('as prose, also when indentation and backticks ask for code', () => {
    const lines = fc.array(
      fc.tuple(fc.constantFrom('', '  ', '\t'), hostileText).map(([indent, text]) => indent + text),
    );
    fc.assert(
      fc.property(lines, (parts) => {
        const text = parts.join('\n');
        const page = seen(prose(text));
        expect(['p', 'br', 'span', 'code', 'pre']).toEqual(expect.arrayContaining([...page.elements]));
        expect(page.addresses).toEqual([]);
        expect(extrasIn(page)).toEqual([]);
        expect(squeezed(page.text).replaceAll('`', '')).toBe(squeezed(visible(text)).replaceAll('`', ''));
      }),
      RUNS,
    );
  });

  test('in an address, which stays one https address', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const page = seen(link('name', `https://github.com/example/x/blob/main/${text}`));
        expect(page.text).toBe('name');
        expect([...page.elements]).toEqual(['p', 'a']);
        expect(page.addresses[0]).toMatch(/^https:\/\/github\.com\/example\/x\//);
      }),
      RUNS,
    );
  });

  test.each(['javascript:alert(1)', 'http://example.com', 'data:text/html,x', 'no address'])(
    'an address that is not https is none: %s',
    (url) => {
      expect(link('name', url)).toBe('name');
    },
  );

  test('in a diagram, where only letters, digits and a few signs are left', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(mermaidText(text, 20)).toMatch(/^[\p{L}\p{N}._/ …-]{0,20}$/u);
      }),
    );
  });
});

describe('what is easy to read stays so', () => {
  test.each([
    [code('AWS::ECS::Cluster'), '`AWS::ECS::Cluster`'],
    [code('arn:aws:iam::1:role/x'), '`arn:aws:iam::1:role/x`'],
    [code(''), ''],
    [inline('3 of 3 answered (all)'), '3 of 3 answered (all)'],
    [link('x', 'https://e.example/?a=1&b=(2)'), '[x](https://e.example/?a=1&amp;b=%282%29)'],
  ])('%s', (made, expected) => {
    expect(made).toBe(expected);
  });

  test('prose makes commands of indented lines and code of what stands between backticks', () => {
    expect(prose('Run this, see `x`:\n  aws sts get-caller-identity\n  aws s3 ls\nThen that.\nAnd\n\nnext')).toBe(
      'Run this, see `x`:\n\n```sh\naws sts get-caller-identity\naws s3 ls\n```\n\nThen that.<br>\nAnd\n\nnext',
    );
  });

  test.each([
    [
      'See it: aws ecs list-clusters --region eu-west-1',
      'See it:\n\n```sh\naws ecs list-clusters --region eu-west-1\n```',
    ],
    ['aws sts get-caller-identity --output json', '```sh\naws sts get-caller-identity --output json\n```'],
    [
      'Restart it: aws ssm start-session --target i-1, then sudo x',
      'Restart it: aws ssm start-session --target i-1, then sudo x',
    ],
    ['The aws command: aws is there', 'The aws command: aws is there'],
  ])('an AWS command at the end of a line is one to paste: %s', (text, expected) => {
    expect(prose(text)).toBe(expected);
  });

  test('in a list, lines are kept apart and commands are code', () => {
    expect(proseOnOneLine('One.\n\nTwo: aws sts get-caller-identity --output json\n  three')).toBe(
      'One.<br>Two:<br>`aws sts get-caller-identity --output json`<br>`three`',
    );
  });
});
