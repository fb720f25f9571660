import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Lays files out in a folder of their own for as long as they are used. Paths are relative and stay inside. */
export async function withFiles<Result>(
  files: readonly { readonly path: string; readonly text: string }[],
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'ecs-muster-files-'));
  try {
    for (const { path, text } of files) {
      const place = join(folder, path);
      if (!place.startsWith(folder)) throw new Error(`${path} leads out of its folder`);
      await mkdir(dirname(place), { recursive: true });
      await writeFile(place, text);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
