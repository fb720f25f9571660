const MS_PER = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/**
 * A duration as users write it: `45s`, `10m`, `2h`, or a bare number of minutes. Milliseconds, or undefined when the
 * text is none.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([smh]?)$/i.exec(text.trim());
  if (match === null) return undefined;
  const unit = (match[2] || 'm').toLowerCase() as keyof typeof MS_PER;
  return Math.round(Number(match[1]) * MS_PER[unit]);
}

/**
 * An ISO 8601 duration as CloudFormation writes its timeouts (`PT15M`, `PT1H30M`). Milliseconds, or undefined when the
 * text is none.
 */
export function parseIsoDuration(text: string): number | undefined {
  const match = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(text.trim());
  if (match === null || text.trim() === 'PT') return undefined;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return Number(hours) * MS_PER.h + Number(minutes) * MS_PER.m + Math.round(Number(seconds) * MS_PER.s);
}

/** A length of time for a reader: `0.4s`, `12s`, `3m 05s`, `1h 02m`. */
export function formatDuration(ms: number): string {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1_000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${String(seconds % 60).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
}
