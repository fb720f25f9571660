import type { Account, Issue, IssueComment, PullRequest } from './types.ts';

/**
 * What is talked about in the repository: issues, pull requests (which share the issues' numbers) and the comments on
 * both. In memory.
 */
export class Discussion {
  readonly repository: string;
  /** Whose token asks. */
  readonly self: Account;
  readonly issues = new Map<number, Issue>();
  readonly pullRequests = new Map<number, PullRequest>();
  readonly comments = new Map<number, IssueComment>();
  #lastComment = 1000;

  constructor(repository: string, self: Account, pullRequests: readonly PullRequest[]) {
    this.repository = repository;
    this.self = self;
    for (const pullRequest of pullRequests) this.pullRequests.set(pullRequest.number, pullRequest);
  }

  has(number: number): boolean {
    return this.issues.has(number) || this.pullRequests.has(number);
  }

  /** Those who may not push, workflows' own tokens among them, may not comment then. */
  isLocked(number: number): boolean {
    return (this.issues.get(number) ?? this.pullRequests.get(number))?.locked === true;
  }

  nextNumber(): number {
    return Math.max(0, ...this.issues.keys(), ...this.pullRequests.keys()) + 1;
  }

  addComment(issue: number, body: string, author: Account = this.self): IssueComment {
    if (!this.has(issue)) throw new Error(`There is no issue or pull request ${issue}`);
    const now = new Date().toISOString();
    this.#lastComment += 1;
    const comment = { id: this.#lastComment, issue, author, body, createdAt: now, updatedAt: now };
    this.comments.set(comment.id, comment);
    return comment;
  }

  /** Those of an issue or pull request in ascending order of their ids, as GitHub lists them. */
  commentsOf(issue: number): readonly IssueComment[] {
    return [...this.comments.values()].filter((comment) => comment.issue === issue);
  }

  url(kind: 'issues' | 'pull', number: number): string {
    return `https://github.com/${this.repository}/${kind}/${number}`;
  }
}

/** GitHub's own number for the bot that workflows act as. */
const GITHUB_ACTIONS = 41898282;

/** An account as answers show it. */
export function simpleUser({ login, type }: Account) {
  const id = login === 'github-actions[bot]' ? GITHUB_ACTIONS : 1;
  return { login, id, type, html_url: `https://github.com/${login}` };
}
