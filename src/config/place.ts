import type { Finding, FindingLevel, SourceLocation } from '../types.ts';

/** Where a user wrote something: in a file, or in an input of the step, which has no file to point at. */
export interface Place {
  /** For sentences: `env/dev.cfg:3`, `input parameter-overrides, line 2`. */
  readonly where: string;
  readonly location?: SourceLocation;
}

export function inFile(location: SourceLocation): Place {
  return { where: `${location.file}:${location.line}`, location };
}

export function inInput(name: string, line?: number): Place {
  return { where: line === undefined ? `input ${name}` : `input ${name}, line ${line}` };
}

/** A finding at a place. Where there is no file to point at, the message says where. */
export function findingAt(place: Place, level: FindingLevel, title: string, message: string, remedy?: string): Finding {
  return {
    level,
    title,
    message: place.location === undefined ? `${message} (${place.where})` : message,
    ...(remedy === undefined ? {} : { remedy }),
    ...(place.location === undefined ? {} : { location: place.location }),
  };
}
