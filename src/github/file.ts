import type { Refusal, Repository } from './client.ts';
import { converse, type Patience } from './patience.ts';
import { memberOf } from './untyped.ts';

export type FoundFile = { readonly outcome: 'found'; readonly text: string } | { readonly outcome: 'none' } | Refusal;

/** A file of the repository as it is at a commit, which needs no checkout of it: `contents: read`. Never throws. */
export async function readFileAt(
  repository: Repository,
  { path, commit }: { readonly path: string; readonly commit: string },
  patience: Patience,
): Promise<FoundFile> {
  const { owner, repo } = repository;
  return converse(repository, patience, async (client, options): Promise<FoundFile> => {
    try {
      const { data } = await client.rest.repos.getContent({ owner, repo, path, ref: commit, ...options });
      const content = memberOf(data, 'content');
      // Over 1 MB there is no content ("Get repository content", GitHub REST API); no template is that large.
      if (typeof content !== 'string' || memberOf(data, 'encoding') !== 'base64') return { outcome: 'none' };
      return { outcome: 'found', text: Buffer.from(content, 'base64').toString('utf8') };
    } catch (error) {
      if (memberOf(error, 'status') === 404) return { outcome: 'none' };
      throw error;
    }
  });
}
