import type { Section } from './fit.ts';
import { details, html, table } from './markdown.ts';

/** A longer table is folded away. */
const OPEN_ROWS = 15;
const SHORT_ROWS = 100;

export interface TableSection {
  readonly name: string;
  readonly title: string;
  /** What the folded table is called when it is long. */
  readonly folded: string;
  readonly header: readonly string[];
  /** Cells are Markdown already. */
  readonly rows: readonly (readonly string[])[];
  readonly importance: number;
}

/** A table in full (folded away when it is long), then its first rows only. */
export function tableSection({ name, title, folded, header, rows, importance }: TableSection): Section {
  const heading = `### ${title}`;
  const whole = table(header, rows, []);
  const first = (n: number) => {
    const rest = rows.length - n;
    return `${heading}\n\n${table(header, rows.slice(0, n), [])}${rest > 0 ? `\n\nand ${rest} more` : ''}`;
  };
  const full = `${heading}\n\n${rows.length > OPEN_ROWS ? details(html(folded), whole) : whole}`;
  return { name, renderings: [full, first(SHORT_ROWS), first(OPEN_ROWS)], importance };
}
