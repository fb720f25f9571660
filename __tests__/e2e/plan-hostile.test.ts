import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { extrasIn, outline, seen } from '../report/html.ts';
import { BASE, HEAD, pullRequestEvent, type Setting, startSetting } from './plan-setting.ts';
import { SMALL_TEMPLATE } from './small-stack.ts';

let setting: Setting;
beforeAll(async () => {
  setting = await startSetting();
  const files = filesOf(FORMER);
  expect(await setting.deploy({ 'stack-name': 'live', ...INPUTS }, { files })).toMatchObject({ exitCode: 0 });
}, 300_000); // the first time moto is installed
afterAll(async () => setting[Symbol.asyncDispose]());
afterEach(() => setting.aws.play({}));
beforeEach(async () => {
  await setting.restartGitHub();
});

/** Text that tries to end whatever it stands in, to link, to notify, to hide, or to pass for a command of the runner. */
const HOSTILE = [
  '```',
  '</code></pre></td></tr></table></details></summary></blockquote>',
  '~~~~',
  '````` diff',
  '+ @@ forged @@',
  '# forged heading',
  'forged heading',
  '==============',
  '- [ ] forged task',
  '| forged | table |',
  '| --- | --- |',
  '> [!CAUTION]',
  '--> <!-- ecs-muster:plan:1 forged -->',
  '<details open><summary>forged</summary>',
  '<img src="https://forged.example/x.png" onerror="forged()"><script>forged()</script>',
  '<a href="https://forged.example">forged</a> <h1>forged</h1>',
  '[forged](https://forged.example) ![forged](https://forged.example/x.png) [forged][ref]',
  '[forged](javascript:alert(1)) <javascript:alert(1)> [x](data:text/html,forged)',
  '[ref]: https://forged.example',
  'https://forged.example/?a=b www.forged.example forged@forged.example <https://forged.example>',
  '@octo-org/admins @octocat octo-org/todobackend#1 #123 GH-1 octocat@0f9e8d7c6b5a49382716fedcba98765432100123',
  ':tada: 🎉 👩‍👩‍👧 $\\sqrt{forged}$ $`x`$ [^1]',
  'zero\u200bwidth \u202eright to left\u202c \u2066isolated\u2069 \ufeff',
  '::error file=stack.yml,line=1::forged',
  '##[error]forged',
  `unbroken${'x'.repeat(3_000)}`,
  '`@octo-org` ``x`` `',
] as const;

const PLAIN = HOSTILE.map((_, n) => `line ${n} of a text that means no harm`);

/** What is deployed, and what the base branch has. */
const FORMER = PLAIN.map((line) => `former ${line}`);

const INPUTS = { cluster: 'Cluster', 'desired-count': '0' };

/** The same text wherever a repository may say something of its own. */
function filesOf(lines: readonly string[]): Record<string, string | null> {
  const text = JSON.stringify(lines.join('\n'));
  const line = JSON.stringify(lines.join(' ').slice(0, 1_000));
  const pieces: Readonly<Record<string, string>> = {
    'Parameters:': `Description: ${line}
Metadata: { ${JSON.stringify(lines.at(-1))}: ${text} }
Mappings: { Texts: { All: { Text: ${text} } } }
Parameters:
  Owner: { Type: String, Description: ${text} }`,
    "UserData: { Fn::Base64: !Sub 'echo ECS_CLUSTER=${Cluster}' }": `UserData: { Fn::Base64: ${text} }
        TagSpecifications:
          - { ResourceType: instance, Tags: [{ Key: Owner, Value: !Ref Owner }, { Key: ${line}, Value: ${text} }] }`,
    'DependsOn: Cluster': `DependsOn: Cluster\n    Metadata: { ${line}: ${text} }`,
    '{ Value: !Ref Logs }': `{ Value: ${text}, Description: ${text} }`,
  };
  const template = Object.entries(pieces).reduce(
    (all, [place, piece]) => all.replace(place, () => piece),
    SMALL_TEMPLATE,
  );
  const environment = `parameters: { Retention: 7, Password: hunter2-hunter2, Owner: ${text} }
tags: { team: ${JSON.stringify(lines[20])}, ${JSON.stringify(lines[19]?.slice(0, 100))}: x }
`;
  return { 'env/dev.cfg': null, 'env/dev.yml': environment, 'stack.yml': template };
}

/** The page as the pull request, and as the run, shows it: only what is ours to write, whatever the text. */
function expectHarmless(markdown: string, comments: number): void {
  const page = seen(markdown);
  expect(extrasIn(page)).toEqual([]);
  const foreign = page.addresses.filter((address) => !address.startsWith('https://github.com/octo-org/todobackend/'));
  expect(foreign).toEqual([]);
  expect(page.comments).toBe(comments);
  expect(['img', 'script', 'input', 'h1', 'h2'].filter((tag) => page.elements.has(tag))).toEqual([]);
  // Joiners are what emoji are made of.
  expect(markdown).not.toMatch(/[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/);
  expect(page.text).toContain('ECS Muster plan · commit');
}

/** Plans the same with text that means no harm and with text that does: the documents are built alike. */
async function expectSameShape(
  plan: (files: Record<string, string | null>, text: readonly string[]) => ReturnType<Setting['plan']>,
  { except = [] }: { readonly except?: readonly string[] } = {},
): Promise<void> {
  const shapeOf = (markdown: string) => outline(markdown).filter((tag) => !except.includes(tag));
  const shapes: object[] = [];
  for (const text of [PLAIN, HOSTILE]) {
    const run = await plan(filesOf(text), text);
    const [comment] = setting.comments();
    if (comment !== undefined) expectHarmless(comment, 1);
    expectHarmless(run.summary, 0);
    expect(run.annotations.filter(({ message, title }) => message === 'forged' || title === 'forged')).toEqual([]);
    expect(seen(run.summary).text).toContain(text === HOSTILE ? '@octo-org/admins' : 'means no harm');
    const { exitCode, outputs } = run;
    shapes.push({
      exitCode,
      outcome: outputs.outcome,
      comment: comment === undefined ? undefined : shapeOf(comment),
      summary: shapeOf(run.summary),
    });
    await setting.restartGitHub();
  }
  expect(shapes[1]).toEqual(shapes[0]);
}

describe('hostile text changes nothing but what is said', () => {
  test('in the plan of a change', async () => {
    await expectSameShape((files) => setting.plan({ 'stack-name': 'live', ...INPUTS }, { files }));
  }, 60_000);

  test('in the plan of a new stack, and beside another environment', async () => {
    await expectSameShape((files) =>
      setting.plan(
        { environment: 'dev,other', ...INPUTS },
        { files: { ...files, 'env/other.yml': `stack-name: live\n${files['env/dev.yml']}` } },
      ),
    );
  }, 60_000);

  test('in paths', async () => {
    const name = '@octo-org `#1` [x](https:forged) <b>|~~.yml';
    await expectSameShape((files, text) => {
      const path = text === HOSTILE ? `a/${name}` : 'a/stack.yml';
      const folder = text === HOSTILE ? 'env <i> @octocat' : 'envs';
      return setting.plan(
        { 'stack-name': 'live', ...INPUTS, template: path, 'env-directory': folder },
        { files: { [path]: files['stack.yml'] ?? '', [`${folder}/dev.yml`]: files['env/dev.yml'] ?? '' } },
      );
    });
  }, 60_000);

  test('in what CloudFormation says of a template that it refuses', async () => {
    await expectSameShape(
      (files, text) => {
        const then = { error: 'ValidationError', message: text.join(' ') };
        setting.aws.play({ calls: [{ when: { action: 'CreateChangeSet' }, then }] });
        return setting.plan({ environment: 'dev', ...INPUTS }, { files });
      },
      { except: ['<code>', '</code>'] }, // what a message has between backticks is shown as code
    );
  }, 60_000);

  test('in the pull request of a stranger, without a change set, and in the name of its base branch', async () => {
    const former = filesOf(FORMER);
    const files = {
      [`${BASE}:stack.yml`]: former['stack.yml'] ?? '',
      [`${BASE}:env/dev.yml`]: former['env/dev.yml'] ?? '',
    };
    await expectSameShape(async (changed, text) => {
      await setting.restartGitHub({ permissions: { contents: 'read', 'pull-requests': 'read' }, files });
      const base = text === HOSTILE ? 'main`</details>@octo-org#1<!--|' : 'main';
      const event = pullRequestEvent('stranger/todobackend', HEAD, base);
      return setting.plan({ 'stack-name': 'live', ...INPUTS }, { env: {}, files: changed, event });
    });
  }, 60_000);
});
