/** An environment as far as it is known without AWS. */
export interface KnownEnvironment {
  readonly name: string;
  /** Absent where it comes from the job's own AWS_REGION, which this job does not have. */
  readonly region?: string;
  /** The one that the file names, or that of its role. */
  readonly account?: string;
  /** Assumed from the job's credentials. */
  readonly role?: string;
  readonly stack: string;
}

/** What a workflow is to fan out over. */
export interface EnvironmentList {
  /** Every environment that was asked for, by name. */
  readonly all: readonly KnownEnvironment[];
  /** Those of them that the changed files touch; all where nothing is filtered. */
  readonly chosen: readonly KnownEnvironment[];
  /** Why these, as the end of a sentence: `stack.yml changed`. Absent where nothing is filtered. */
  readonly because?: string;
}

/** One job of a matrix. */
export type MatrixJob = Partial<Omit<KnownEnvironment, 'name'>> & {
  /** Of the environment, or of the first and last of several. */
  readonly name: string;
  /** For the input `environment`: one name, or several with commas. */
  readonly environments: string;
};

/** "Workflow syntax", jobs.<job_id>.strategy.matrix: "a maximum of 256 jobs per workflow run". */
export const MOST_JOBS = 256;

/**
 * The environments as jobs of a matrix, one each. Where they are more than GitHub starts, each job has as many as it
 * takes; then it tells a region, an account or a role only where all of its environments have the same.
 */
export function matrixJobs(environments: readonly KnownEnvironment[], most: number = MOST_JOBS): readonly MatrixJob[] {
  const size = Math.ceil(environments.length / most);
  if (size <= 1) return environments.map((environment) => ({ ...environment, environments: environment.name }));
  return Array.from({ length: Math.ceil(environments.length / size) }, (_, n) =>
    jobOf(environments.slice(n * size, (n + 1) * size)),
  );
}

function jobOf(batch: readonly KnownEnvironment[]): MatrixJob {
  const [first, last] = [batch[0], batch.at(-1)];
  if (first === undefined || last === undefined) throw new Error('A job of a matrix has at least one environment');
  if (first === last) return { ...first, environments: first.name };
  const shared = (key: 'region' | 'account' | 'role') =>
    first[key] !== undefined && batch.every((one) => one[key] === first[key]) ? { [key]: first[key] } : {};
  return {
    name: `${first.name} to ${last.name}`,
    environments: batch.map(({ name }) => name).join(','),
    ...shared('region'),
    ...shared('account'),
    ...shared('role'),
  };
}

/** Of outputs a job takes 1 MB, counted as UTF-16 ("Limits", GitHub Actions); some is left for the others. */
const MOST_OUTPUT = 480_000;

/** Whether the list, and the matrix made of it, are outputs that GitHub takes. */
export function outputsFit(environments: readonly KnownEnvironment[]): boolean {
  return JSON.stringify(environments).length + JSON.stringify(matrixJobs(environments)).length <= MOST_OUTPUT;
}
