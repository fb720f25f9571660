import { FAILURE_REASONS, type FailureReason, type Finding } from '../types.ts';
import type { EnvironmentPlan, FailedPlan } from './model.ts';

/** The version of the report file that this reads (docs/report.schema.json). */
const SCHEMA_VERSION = 1;

type Report = Readonly<Record<string, unknown>>;

/**
 * The plans in the report file of another job, as that job's own run wrote it. A job that came to no plan is a plan that
 * failed. Undefined: this is no report of a plan, or one of another version.
 */
export function plansInReport(text: string): readonly EnvironmentPlan[] | undefined {
  const report = parse(text);
  if (report?.schemaVersion !== SCHEMA_VERSION || report.mode !== 'plan') return undefined;
  const plans: unknown = report.plans ?? [];
  if (!Array.isArray(plans) || !plans.every(isPlan)) return undefined;
  if (plans.length > 0) return plans;
  return report.outcome === 'failed' ? [withoutPlan(report)] : [];
}

function parse(text: string): Report | undefined {
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === 'object' && data !== null ? Object.fromEntries(Object.entries(data)) : undefined;
  } catch {
    return undefined;
  }
}

const LISTS: Readonly<Record<EnvironmentPlan['kind'], readonly string[]>> = {
  'change-set': ['findings', 'impacts', 'changes', 'sections', 'parameters', 'refused'],
  offline: ['findings', 'resources', 'sections', 'parameters'],
  failed: ['findings'],
};

function isPlan(value: unknown): value is EnvironmentPlan {
  if (typeof value !== 'object' || value === null) return false;
  const kind: unknown = Reflect.get(value, 'kind');
  if (kind !== 'change-set' && kind !== 'offline' && kind !== 'failed') return false;
  const names = ['environment', 'stackName', 'region', 'templateFile'];
  return (
    names.every((name) => typeof Reflect.get(value, name) === 'string') &&
    LISTS[kind].every((name) => Array.isArray(Reflect.get(value, name)))
  );
}

function withoutPlan({ environment, stackName, region, templateFile, failureReason, findings }: Report): FailedPlan {
  const text = (value: unknown, otherwise = '') => (typeof value === 'string' ? value : otherwise);
  return {
    kind: 'failed',
    environment: text(environment, text(stackName)),
    stackName: text(stackName, text(environment, 'the stack')),
    region: text(region),
    templateFile: text(templateFile),
    reason: isReason(failureReason) ? failureReason : 'internal',
    findings: Array.isArray(findings) ? findings.filter(isFinding) : [],
  };
}

function isReason(value: unknown): value is FailureReason {
  return typeof value === 'string' && Object.hasOwn(FAILURE_REASONS, value);
}

function isFinding(value: unknown): value is Finding {
  if (typeof value !== 'object' || value === null) return false;
  return ['level', 'title', 'message'].every((name) => typeof Reflect.get(value, name) === 'string');
}
