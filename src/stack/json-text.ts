import type { Json, JsonObject } from './planned-model.ts';

/** The value of a text that may be JSON; undefined where it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    const data: Json = JSON.parse(text);
    return data;
  } catch {
    return undefined;
  }
}

/** The object of a text that should be one; undefined where it is missing, something else, or cut off. */
export function parseObject(text: string | undefined): JsonObject | undefined {
  const data = text === undefined ? undefined : parseJson(text);
  return isObject(data) ? data : undefined;
}

function isObject(data: Json | undefined): data is JsonObject {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}
