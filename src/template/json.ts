export interface JsonProblem {
  readonly message: string;
  readonly offset: number;
}

/** Why a text is not JSON, and where; undefined when it is. */
export function jsonSyntaxProblem(text: string): JsonProblem | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const position = /position (\d+)/.exec(cause.message)?.[1];
    return { message: cause.message, offset: position === undefined ? text.length : Number(position) };
  }
}
