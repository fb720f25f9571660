import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { roleCredentials, sessionName } from '../../src/aws/role.ts';

const minutes = 60_000;

function setUp() {
  let now = 0;
  let count = 0;
  let broken = false;
  const assumeRole = async () => {
    count += 1;
    if (broken) throw new Error('AccessDenied');
    const Credentials = {
      AccessKeyId: `key-${count}`,
      SecretAccessKey: 's',
      SessionToken: 't',
      Expiration: new Date(now + 60 * minutes),
    };
    return { $metadata: {}, Credentials };
  };
  const credentials = roleCredentials(
    'arn:role',
    'muster',
    async () => ({ assumeRole }),
    () => now,
  );
  return {
    key: async () => (await credentials()).accessKeyId,
    pass: (ms: number) => {
      now += ms;
    },
    break: (is: boolean) => {
      broken = is;
    },
  };
}

describe('credentials of a role', () => {
  test('are shared until five minutes before they expire, then taken anew', async () => {
    const { key, pass } = setUp();
    expect(await Promise.all([key(), key(), key()])).toEqual(['key-1', 'key-1', 'key-1']);
    pass(54 * minutes);
    expect(await key()).toBe('key-1');
    pass(2 * minutes);
    expect(await Promise.all([key(), key()])).toEqual(['key-2', 'key-2']);
  });

  test('are asked for again after a refusal', async () => {
    const { key, ...setting } = setUp();
    setting.break(true);
    await expect(key()).rejects.toThrow('AccessDenied');
    setting.break(false);
    expect(await key()).toBe('key-2');
  });

  test('bear a name that STS takes, whatever the repository is called', () => {
    fc.assert(
      fc.property(
        fc.option(fc.string(), { nil: undefined }),
        fc.option(fc.string(), { nil: undefined }),
        (repository, run) => {
          const name = sessionName({
            ...(repository !== undefined && { GITHUB_REPOSITORY: repository }),
            ...(run !== undefined && { GITHUB_RUN_ID: run }),
          });
          expect(name).toMatch(/^[\w+=,.@-]{2,64}$/);
        },
      ),
    );
    expect(sessionName({ GITHUB_REPOSITORY: `o/${'r'.repeat(100)}`, GITHUB_RUN_ID: '123456789' })).toMatch(
      /-123456789$/,
    );
  });
});
