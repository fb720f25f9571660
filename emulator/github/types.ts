/** The local GitHub as tests and the demo meet it. */

/** One request as the journal keeps it. */
export interface GitHubRequest {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** The operation's id in GitHub's description, such as `checks/create`. */
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

/** What a handler answers; its body is checked against the description before it is sent. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HandlerRequest {
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The API's own address, for the links in answers. */
  readonly url: string;
}

/** One operation: which scope it needs, and what it does. */
export interface Handler {
  readonly scope: string;
  readonly access: 'read' | 'write';
  answer(request: HandlerRequest): Answer;
}

export type Handlers = Readonly<Record<string, Handler>>;
