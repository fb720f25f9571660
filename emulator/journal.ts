import type { JournalEntry } from './types.ts';

/** So many calls are kept; the oldest go first. A day of work is far below it, a forgotten loop far above. */
const CAPACITY = 100_000;

export type CallFilter = Partial<Pick<JournalEntry, 'service' | 'action' | 'region' | 'errorCode'>> & {
  /** A part of the resource's name. */
  readonly resource?: string;
};

export interface Journal {
  add(entry: JournalEntry): void;
  /** The calls that fit, oldest first. */
  calls(filter?: CallFilter): JournalEntry[];
  clear(): void;
}

export function createJournal(): Journal {
  const entries: JournalEntry[] = [];
  return {
    add(entry) {
      entries.push(entry);
      if (entries.length > CAPACITY) entries.splice(0, entries.length - CAPACITY);
    },
    calls: ({ service, action, region, errorCode, resource } = {}) =>
      entries.filter(
        (entry) =>
          (service === undefined || entry.service === service) &&
          (action === undefined || entry.action === action) &&
          (region === undefined || entry.region === region) &&
          (errorCode === undefined || entry.errorCode === errorCode) &&
          (resource === undefined || (entry.resource ?? '').includes(resource)),
      ),
    clear: () => {
      entries.length = 0;
    },
  };
}
