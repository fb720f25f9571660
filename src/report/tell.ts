import type { Run } from '../outcome.ts';
import type { Annotation, StyledLine } from '../runner/runner.ts';
import { annotationsOf } from './annotations.ts';
import { reportJson } from './json.ts';
import { verdictLines } from './log.ts';
import { maskRun } from './masking.ts';
import { outputsOf } from './outputs.ts';
import { summaryOf } from './summary.ts';

/** A finished run, told in every way it is told. */
export interface Telling {
  /** The run as it was rendered: masked, with the findings that telling it added. A check run is made from it. */
  readonly run: Run;
  readonly lastLines: readonly StyledLine[];
  readonly annotations: readonly Annotation[];
  /** Markdown for the job summary. */
  readonly summary: string;
  /** Outputs of the step, to be written in this order. `report`, the path of the JSON file, is the writer's to add. */
  readonly outputs: ReadonlyMap<string, string>;
  /** The content of the report file. */
  readonly json: string;
}

/**
 * Renders a finished run, once, everything from the same facts. `hide` hides what is masked. Pure: the caller writes
 * what comes back.
 */
export function tell(run: Run, hide: (text: string) => string): Telling {
  const masked = maskRun(run, hide);
  const { values, findings } = outputsOf(masked);
  const { outcome } = masked;
  const told: Run = { ...masked, outcome: { ...outcome, findings: [...outcome.findings, ...findings] } };
  return {
    run: told,
    lastLines: verdictLines(told),
    annotations: annotationsOf(told),
    summary: summaryOf(told),
    outputs: values,
    json: reportJson(told),
  };
}
