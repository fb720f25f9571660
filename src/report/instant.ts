/** An instant in ISO 8601, in UTC, as people read it: `2026-11-25 00:31 UTC`. */
export function instant(iso: string): string {
  return `${iso.replace('T', ' ').slice(0, 16)} UTC`;
}
