/** The durations of CreationPolicy and UpdatePolicy: `PT#H#M#S`. */
const DURATION = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/;

/** Milliseconds of an ISO 8601 duration such as PT15M. Throws on text that is none. */
export function durationMs(text: string): number {
  const match = DURATION.exec(text);
  if (!match || text === 'PT') throw new Error(`Invalid duration ${text}: it must be of the form PT#H#M#S.`);
  const [hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
}
