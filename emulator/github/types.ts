/** The local GitHub as tests and the demo meet it. */

/** One request as the journal keeps it. */
export interface GitHubRequest {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** The operation's id in GitHub's description, such as `checks/create`; `graphql` for a query. */
  readonly operation?: string;
  readonly body: unknown;
  /** 0 when the connection was cut. */
  readonly status: number;
}

/** What goes wrong with a request. The first rule that matches decides. */
export interface GitHubRule {
  readonly when: {
    readonly operation?: string;
    /** Only the nth matching request (from 1), or every one from the first to the second number. */
    readonly nth?: number | readonly [from: number, to: number];
  };
  readonly then:
    | { readonly error: number; readonly message?: string }
    /** As docs.github.com "Rate limits for the REST API" describes: 403 with headers that say when to come back. */
    | { readonly rateLimit: 'primary' | 'secondary'; readonly retryAfterSeconds: number }
    | { readonly delayMs: number }
    | { readonly cut: true };
}

export type Access = 'none' | 'read' | 'write';

export interface LocalGitHubOptions {
  readonly repository?: string;
  readonly token?: string;
  /** What the job's token may do; a scope that is not named is `none`, as under `permissions:` of a workflow. */
  readonly permissions?: Readonly<Record<string, Access>>;
  readonly rules?: readonly GitHubRule[];
  /** Who the job's token is. Default: `github-actions[bot]`. */
  readonly author?: Account;
  readonly pullRequests?: readonly PullRequest[];
  /** What lies between two commits, by `base...head`. */
  readonly comparisons?: Readonly<Record<string, Comparison>>;
  /** Files of the repository, by `<commit or branch>:<path>`. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Who wrote something. A bot's login ends in `[bot]`. */
export interface Account {
  readonly login: string;
  readonly type: 'Bot' | 'User';
}

export interface PullRequest {
  readonly number: number;
  /** The newest commit of its branch. */
  readonly headSha: string;
  readonly title?: string;
  readonly headRef?: string;
  readonly baseRef?: string;
  /** Default: this repository; another one is a fork. */
  readonly headRepository?: string;
  /** When it is merged: the commit on the base branch. */
  readonly mergeCommitSha?: string;
  readonly state?: 'open' | 'closed';
  readonly draft?: boolean;
  readonly locked?: boolean;
  /** Further commits that belong to it. */
  readonly commits?: readonly string[];
}

/** How a head differs from its merge base with another commit. */
export interface Comparison {
  /** Default `ahead`: the head has all that the base has. */
  readonly status?: 'ahead' | 'behind' | 'diverged' | 'identical';
  readonly files: readonly ChangedFile[];
}

export interface ChangedFile {
  readonly filename: string;
  /** Default `modified`. */
  readonly status?: 'added' | 'removed' | 'modified' | 'renamed';
  readonly previousFilename?: string;
}

export interface IssueComment {
  readonly id: number;
  /** The issue's or pull request's number. */
  readonly issue: number;
  readonly author: Account;
  readonly body: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: 'open' | 'closed';
  readonly stateReason: string | null;
  readonly labels: readonly string[];
  readonly locked: boolean;
  readonly author: Account;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly closedAt: string | null;
}

export interface CheckAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: 'notice' | 'warning' | 'failure';
  readonly message: string;
  readonly title?: string;
  readonly raw_details?: string;
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly headSha: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly detailsUrl: string | null;
  readonly externalId: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly annotations: readonly CheckAnnotation[];
}

/** What a handler answers; its body is checked against the description before it is sent. None for 204. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HandlerRequest {
  /** Of the path and of the query, as text. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The API's own address, for the links in answers. */
  readonly url: string;
}

/** One operation: which scope it needs (any of several), and what it does. */
export interface Handler {
  readonly scope: string | readonly string[];
  readonly access: 'read' | 'write';
  answer(request: HandlerRequest): Answer;
}

export type Handlers = Readonly<Record<string, Handler>>;
