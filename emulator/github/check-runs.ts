import { paged } from './paging.ts';
import { notFound } from './problems.ts';
import type { Answer, CheckAnnotation, CheckRun, HandlerRequest, Handlers } from './types.ts';

/** Limits that GitHub documents in prose and its description's schemas do not carry ("Create a check run"). */
const MESSAGE_BYTES = 64 * 1024;
const TITLE_CHARACTERS = 255;

const invalid = (message: string): Answer => ({
  status: 422,
  body: { message: `Invalid request.\n\n${message}`, documentation_url: 'https://docs.github.com/rest/checks/runs' },
});

interface Output {
  readonly title?: string;
  readonly summary?: string;
  readonly text?: string;
  readonly annotations?: readonly CheckAnnotation[];
}

/** The request's body once its shape has been checked. */
interface Body {
  readonly name?: string;
  readonly head_sha?: string;
  readonly status?: string;
  readonly conclusion?: string;
  readonly started_at?: string;
  readonly completed_at?: string;
  readonly details_url?: string;
  readonly external_id?: string;
  readonly output?: Output;
}

function problemWith(body: Body): string | undefined {
  if ((body.status === 'completed' || body.completed_at !== undefined) && body.conclusion === undefined) {
    return 'For \'properties/conclusion\', nil is not a string: "conclusion" is required when the status is completed.';
  }
  for (const annotation of body.output?.annotations ?? []) {
    const size = Buffer.byteLength(annotation.message);
    if (size > MESSAGE_BYTES) return `The annotation's message has ${size} bytes; at most 64 KB are allowed.`;
    if ([...(annotation.title ?? '')].length > TITLE_CHARACTERS)
      return "The annotation's title is over 255 characters.";
    if (annotation.start_line < 1 || annotation.end_line < annotation.start_line) return 'Lines count from 1, upwards.';
    const hasColumns = annotation.start_column !== undefined || annotation.end_column !== undefined;
    if (hasColumns && annotation.start_line !== annotation.end_line) {
      return 'Annotations only support start_column and end_column on the same line.';
    }
  }
  return undefined;
}

/** Check runs, kept in memory. */
export class CheckRuns {
  readonly #runs = new Map<number, CheckRun>();
  readonly #repository: string;

  constructor(repository: string) {
    this.#repository = repository;
  }

  all(): readonly CheckRun[] {
    return [...this.#runs.values()];
  }

  readonly handlers: Handlers = {
    'checks/create': { scope: 'checks', access: 'write', answer: (request) => this.#create(request) },
    'checks/update': { scope: 'checks', access: 'write', answer: (request) => this.#update(request) },
    'checks/get': { scope: 'checks', access: 'read', answer: (request) => this.#get(request) },
    'checks/list-for-ref': { scope: 'checks', access: 'read', answer: (request) => this.#listForRef(request) },
    'checks/list-annotations': { scope: 'checks', access: 'read', answer: (request) => this.#annotations(request) },
  };

  #create(request: HandlerRequest): Answer {
    const body: Body = request.body;
    const problem = problemWith(body);
    if (problem !== undefined) return invalid(problem);
    const id = this.#runs.size + 1;
    const blank: CheckRun = {
      id,
      name: '',
      headSha: body.head_sha ?? '',
      status: 'queued',
      conclusion: null,
      startedAt: new Date().toISOString(),
      completedAt: null,
      detailsUrl: null,
      externalId: null,
      title: null,
      summary: null,
      text: null,
      annotations: [],
    };
    const run = merge(blank, body);
    this.#runs.set(id, run);
    return { status: 201, body: this.#render(run, request.url) };
  }

  #update(request: HandlerRequest): Answer {
    const run = this.#runs.get(Number(request.parameters.check_run_id));
    if (run === undefined) return notFound;
    const body: Body = request.body;
    const problem = problemWith(body);
    if (problem !== undefined) return invalid(problem);
    const updated = merge(run, body);
    this.#runs.set(run.id, updated);
    return { status: 200, body: this.#render(updated, request.url) };
  }

  #get(request: HandlerRequest): Answer {
    const run = this.#runs.get(Number(request.parameters.check_run_id));
    return run === undefined ? notFound : { status: 200, body: this.#render(run, request.url) };
  }

  #listForRef(request: HandlerRequest): Answer {
    const { parameters, url } = request;
    const runs = this.all().filter(
      (run) =>
        run.headSha === parameters.ref && (parameters.check_name === undefined || run.name === parameters.check_name),
    );
    const page = paged(runs, request, (run) => this.#render(run, url));
    return { ...page, body: { total_count: runs.length, check_runs: page.body } };
  }

  #annotations(request: HandlerRequest): Answer {
    const run = this.#runs.get(Number(request.parameters.check_run_id));
    if (run === undefined) return notFound;
    const blob = `https://github.com/${this.#repository}/blob/${run.headSha}`;
    return paged(run.annotations, request, (annotation) => ({
      start_column: null,
      end_column: null,
      title: null,
      raw_details: null,
      ...annotation,
      blob_href: `${blob}/${annotation.path}`,
    }));
  }

  #render(run: CheckRun, api: string) {
    const url = `${api}/repos/${this.#repository}/check-runs/${run.id}`;
    return {
      id: run.id,
      node_id: Buffer.from(`CheckRun${run.id}`).toString('base64'),
      name: run.name,
      head_sha: run.headSha,
      external_id: run.externalId,
      url,
      html_url: `https://github.com/${this.#repository}/runs/${run.id}`,
      details_url: run.detailsUrl,
      status: run.status,
      conclusion: run.conclusion,
      started_at: run.startedAt,
      completed_at: run.completedAt,
      output: {
        title: run.title,
        summary: run.summary,
        text: run.text,
        annotations_count: run.annotations.length,
        annotations_url: `${url}/annotations`,
      },
      check_suite: { id: 1 },
      app: null,
      pull_requests: [],
    };
  }
}

/** What an update leaves out stays; annotations are appended to those that exist; a conclusion completes the run. */
function merge(run: CheckRun, body: Body): CheckRun {
  const conclusion = body.conclusion ?? run.conclusion;
  return {
    ...run,
    name: body.name ?? run.name,
    status: body.conclusion === undefined ? (body.status ?? run.status) : 'completed',
    conclusion,
    startedAt: body.started_at ?? run.startedAt,
    completedAt: body.completed_at ?? (body.conclusion === undefined ? run.completedAt : new Date().toISOString()),
    detailsUrl: body.details_url ?? run.detailsUrl,
    externalId: body.external_id ?? run.externalId,
    title: body.output?.title ?? run.title,
    summary: body.output?.summary ?? run.summary,
    text: body.output?.text ?? run.text,
    annotations: [...run.annotations, ...(body.output?.annotations ?? [])],
  };
}
