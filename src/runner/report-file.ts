import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Writes the report to a new folder in the runner's temporary directory, which lives as long as the job, so that later
 * steps can read it and two steps never overwrite each other's. Returns its path.
 */
export async function writeReportFile(runnerTemp: string | undefined, json: string): Promise<string> {
  const folder = await mkdtemp(join(runnerTemp || tmpdir(), 'ecs-muster-'));
  const path = join(folder, 'report.json');
  await writeFile(path, json, 'utf8');
  return path;
}
