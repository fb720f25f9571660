import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createContext, runInContext } from 'node:vm';

export interface Task {
  readonly task: string;
  readonly startTime: Date;
  readonly endTime: Date;
  readonly crit?: boolean;
}

interface Mermaid {
  parse(text: string): Promise<unknown>;
  readonly mermaidAPI: {
    getDiagramFromText(text: string): Promise<{ readonly type: string; readonly db: { getTasks(): readonly Task[] } }>;
  };
}

/** Mermaid itself, which expects a browser's globals around it. */
const mermaid: Mermaid = (() => {
  const source = readFileSync(createRequire(import.meta.url).resolve('@mermaid-js/tiny'), 'utf8');
  const window = createContext({ console, setTimeout, structuredClone, URL, addEventListener: () => undefined });
  return runInContext(`globalThis.window = globalThis; ${source}; mermaid`, window);
})();

/** The bars that Mermaid reads from a gantt diagram. Rejects with its complaint when it cannot. */
export async function ganttTasks(text: string): Promise<readonly Task[]> {
  await mermaid.parse(text);
  const { type, db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  if (type !== 'gantt') throw new Error(`a ${type}, no gantt diagram`);
  return db.getTasks().map((task) => ({ ...task, task: task.task.trim() }));
}
