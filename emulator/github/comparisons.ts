import { complete } from './blank.ts';
import { notFound } from './problems.ts';
import type { Answer, ChangedFile, Comparison, HandlerRequest, Handlers } from './types.ts';

/** GitHub names at most this many changed files, and says nothing of the rest. */
const MOST_FILES = 300;

/** What lies between two commits. Files come with the first page alone (REST API, "Compare two commits"). */
export function comparisonHandlers(comparisons: Readonly<Record<string, Comparison>>): Handlers {
  return {
    'repos/compare-commits-with-basehead': {
      scope: 'contents',
      access: 'read',
      answer: (request) => compare(comparisons, request),
    },
  };
}

function compare(comparisons: Readonly<Record<string, Comparison>>, { parameters }: HandlerRequest): Answer {
  const { basehead = '', page = '1' } = parameters;
  const found = Object.hasOwn(comparisons, basehead) ? comparisons[basehead] : undefined;
  if (found === undefined) return notFound;
  const { status = 'ahead', files } = found;
  const shown = page === '1' ? files.slice(0, MOST_FILES) : [];
  return { status: 200, body: complete('commit-comparison', { status, files: shown.map(render) }) };
}

function render({ filename, status = 'modified', previousFilename }: ChangedFile) {
  return { filename, status, ...(previousFilename !== undefined && { previous_filename: previousFilename }) };
}
