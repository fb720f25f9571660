export interface JsonProblem {
  readonly message: string;
  readonly offset: number;
}

/** Why a text is not JSON, and where; undefined when it is. The message holds nothing of the text, which may be secret. */
export function jsonSyntaxProblem(text: string): JsonProblem | undefined {
  const problem = problemOf(text);
  if (problem === undefined) return undefined;
  if (problem === 'ends early') return { message: 'The text ends before its JSON does', offset: text.length };
  if (problem.at !== undefined) return { message: problem.message, offset: problem.at };
  return { message: 'Unexpected token in JSON', offset: lengthBeforeProblem(text) };
}

type Problem = 'ends early' | { readonly message: string; readonly at: number | undefined };

/** V8 tells a position or quotes the text around it, not both. */
function problemOf(text: string): Problem | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const position = /position (\d+)/.exec(cause.message)?.[1];
    const at = position === undefined ? undefined : Number(position);
    const endsEarly = cause.message === 'Unexpected end of JSON input' || (at !== undefined && at >= text.length);
    return endsEarly ? 'ends early' : { message: cause.message, at };
  }
}

/** The longest beginning that could still go on as JSON. */
function lengthBeforeProblem(text: string): number {
  let good = 0;
  let bad = text.length;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    const problem = problemOf(text.slice(0, middle));
    if (problem === undefined || problem === 'ends early') good = middle;
    else bad = middle;
  }
  return good;
}
