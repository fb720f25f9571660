import type { Run } from '../outcome.ts';
import { type CommentRun, writeMarker } from '../plan/comment-marker.ts';
import { withinBytes } from './fit.ts';
import { code, link } from './markdown.ts';
import { plannedCommit, planSections } from './plan-document.ts';
import { quote } from './prose.ts';

// GitHub takes 65,536 characters, and says so when it refuses. What is over is for the hidden line and for the word that
// a comment has become stale, which is put in later.
const COMMENT_LENGTH = 65_536;
const STALE_LENGTH = 1_000;

/** The comment's own facts, beside the run. */
export interface PlanCommentOptions {
  /** From `commentKey`. */
  readonly key: string;
  readonly run?: CommentRun;
}

/** The comment on the pull request: the hidden line, then the plan. Within what GitHub takes. */
export function planComment(run: Run, { key, run: identity }: PlanCommentOptions): string {
  const { plans = [] } = run.ledger;
  const commit = plannedCommit(run);
  const marker = writeMarker({
    key,
    ...(commit !== undefined && { commit }),
    ...(identity && { run: identity }),
    records: plans.flatMap((plan) => (plan.kind === 'change-set' ? [plan.record] : [])),
  });
  const size = COMMENT_LENGTH - STALE_LENGTH - marker.length;
  const where = run.runUrl === undefined ? 'The job summary' : `The ${link('job summary', run.runUrl)}`;
  const document = withinBytes(planSections(run), size, { measure, more: `${where} has everything.` });
  return `${marker}\n${document}`;
}

const measure = (text: string) => text.length;

/** The same for the job summary, with everything. */
export function planSummary(run: Run, bytes: number): string {
  return withinBytes(planSections(run), bytes, { more: 'The report file has everything.' });
}

const STALE = '<!-- ecs-muster:stale -->';

/** What has happened since a plan was made. */
export interface MovedOn {
  readonly from?: string;
  readonly to: string;
  /** The run that makes the new plan. */
  readonly runUrl?: string;
  /** That run came to no plan. */
  readonly cancelled?: boolean;
}

/**
 * A comment that says that it is out of date, above all that it says. Whatever it said of that before is replaced. The
 * next plan replaces all of it.
 */
export function staleComment(comment: string, { from, to, runUrl, cancelled = false }: MovedOn): string {
  const [marker = '', ...rest] = comment.replaceAll('\r\n', '\n').split('\n');
  const plan = rest[0] === STALE ? rest.slice(rest.indexOf('', 1) + 1) : rest;
  const made = from === undefined ? '' : ` of ${code(from.slice(0, 7))}`;
  const next = runUrl === undefined ? 'A new plan' : link('A new plan', runUrl);
  // A job that is killed cannot take it back, so nothing is promised that is not true then.
  const [mark, became] = cancelled ? ['⏹️', 'was cancelled'] : ['⏳', 'was begun'];
  const text = `${mark} The pull request has moved on to ${code(to.slice(0, 7))} since this plan${made} was made. ${next} ${became}.`;
  return [marker, STALE, quote(`[!IMPORTANT]\n${text}`), '', ...plan].join('\n');
}
