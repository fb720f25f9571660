import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';

/**
 * A YAML (or JSON) document as it was written: every scalar keeps its text, every node its tag and its place. A node
 * that aliases refer to is in the tree more than once.
 */
export type YamlNode = YamlScalar | YamlSequence | YamlMapping;

interface Written {
  /** `!Ref`; tags of YAML's own by their full name (`tag:yaml.org,2002:str`). */
  readonly tag?: string;
  readonly offset: number;
}

export interface YamlScalar extends Written {
  readonly kind: 'scalar';
  readonly text: string;
  /** Neither quoted nor a block: the text may stand for a number, a boolean or null. */
  readonly plain: boolean;
}

export interface YamlSequence extends Written {
  readonly kind: 'sequence';
  readonly items: readonly YamlNode[];
}

export interface YamlMapping extends Written {
  readonly kind: 'mapping';
  /** By key, in the order they were written. */
  readonly entries: ReadonlyMap<string, YamlEntry>;
}

export interface YamlEntry {
  readonly key: string;
  readonly keyOffset: number;
  readonly value: YamlNode;
}

export interface YamlProblem {
  readonly kind: 'syntax' | 'duplicate-key' | 'complex-key' | 'alias' | 'merge' | 'too-much';
  readonly message: string;
  readonly offset: number;
}

export interface YamlDocument {
  /** Undefined when the text is empty, or cannot be read at all. */
  readonly root?: YamlNode;
  readonly problems: readonly YamlProblem[];
}

/** Nodes that aliases may add to those that were written. A few lines of aliases of aliases stand for billions. */
const MOST_ALIASED_NODES = 100_000;

/** Levels of nesting, aliases followed. The parser itself stops at 100 levels that are written. */
const DEEPEST = 200;

/** What an event's offset is when the part is not there. */
const ABSENT = -1;

type Event = ReturnType<typeof parseEvents>[number];

interface Measured {
  readonly node: YamlNode;
  /** How many nodes it stands for, and how many levels, aliases followed. */
  readonly size: number;
  readonly height: number;
}

interface OpenMapping {
  readonly node: YamlMapping & { readonly entries: Map<string, YamlEntry> };
  readonly merged: YamlEntry[];
  key?: { readonly text: string; readonly offset: number };
}

interface OpenSequence {
  readonly node: YamlSequence & { readonly items: YamlNode[] };
}

type Open = (OpenMapping | OpenSequence) & { readonly anchor: string | undefined; size: number; height: number };

/** Reads one YAML document. Never throws; a syntax error is a problem, and ends the reading. */
export function composeYaml(text: string): YamlDocument {
  const problems: YamlProblem[] = [];
  let events: readonly Event[];
  try {
    events = parseEvents(text, {});
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { problems: [syntaxProblem(text, error)] };
  }
  const root = new Composer(text, problems).compose(events);
  return root === undefined ? { problems } : { root, problems };
}

function syntaxProblem(text: string, { reason, mark }: YAMLException): YamlProblem {
  const offset = Math.min(mark?.position ?? 0, text.length);
  const lineStart = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart, lineStart + 1_000))?.[0] ?? '';
  const tab = indent.indexOf('\t');
  if (tab === -1) return { kind: 'syntax', message: reason, offset };
  return { kind: 'syntax', message: 'a tab indents this line, where YAML takes spaces only', offset: lineStart + tab };
}

class Composer {
  readonly #text: string;
  readonly #problems: YamlProblem[];
  readonly #open: Open[] = [];
  readonly #anchors = new Map<string, Measured>();
  #root: YamlNode | undefined;
  #aliasedNodes = 0;

  constructor(text: string, problems: YamlProblem[]) {
    this.#text = text;
    this.#problems = problems;
  }

  compose(events: readonly Event[]): YamlNode | undefined {
    let documents = 0;
    let position = 0;
    for (const event of events) {
      position = Math.max(position, startOf(event) ?? 0);
      switch (event.type) {
        case EVENT_ID.DOCUMENT:
          if (++documents > 1) {
            this.#problem('syntax', 'the file holds more than one YAML document; only one is allowed', position);
            return this.#root;
          }
          break;
        case EVENT_ID.SCALAR: {
          const tag = this.#tag(event);
          const node: YamlScalar = {
            kind: 'scalar',
            text: getScalarValue(this.#text, event),
            plain: event.style === SCALAR_STYLE.PLAIN,
            offset: startOf(event) ?? position,
            ...(tag === undefined ? {} : { tag }),
          };
          this.#add({ node, size: 1, height: 1 }, this.#anchor(event));
          break;
        }
        case EVENT_ID.SEQUENCE:
        case EVENT_ID.MAPPING: {
          const tag = this.#tag(event);
          const written = { offset: startOf(event) ?? position, ...(tag === undefined ? {} : { tag }) };
          const anchor = this.#anchor(event);
          this.#open.push(
            event.type === EVENT_ID.SEQUENCE
              ? { node: { kind: 'sequence', items: [], ...written }, anchor, size: 1, height: 1 }
              : {
                  node: { kind: 'mapping', entries: new Map(), ...written },
                  merged: [],
                  anchor,
                  size: 1,
                  height: 1,
                },
          );
          break;
        }
        case EVENT_ID.ALIAS:
          if (!this.#alias(this.#text.slice(event.anchorStart, event.anchorEnd), position)) return undefined;
          break;
        case EVENT_ID.POP: {
          const closed = this.#open.pop();
          if (closed !== undefined) this.#close(closed);
          break;
        }
      }
    }
    return this.#root;
  }

  #alias(name: string, offset: number): boolean {
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) {
      this.#problem('syntax', `the alias *${name} has no anchor &${name} before it`, offset);
      return false;
    }
    this.#aliasedNodes += anchor.size;
    if (this.#aliasedNodes > MOST_ALIASED_NODES) {
      this.#problem(
        'too-much',
        `its aliases stand for more than ${MOST_ALIASED_NODES.toLocaleString('en')} nodes`,
        offset,
      );
      return false;
    }
    if (this.#open.length + anchor.height > DEEPEST) {
      this.#problem('too-much', `its aliases nest it more than ${DEEPEST} levels deep`, offset);
      return false;
    }
    this.#problem('alias', `the alias *${name}`, offset);
    this.#add(anchor, undefined, offset);
    return true;
  }

  #close(closed: Open): void {
    if ('merged' in closed) {
      for (const entry of closed.merged) {
        if (!closed.node.entries.has(entry.key)) closed.node.entries.set(entry.key, entry);
      }
    }
    this.#add({ node: closed.node, size: closed.size, height: closed.height }, closed.anchor);
  }

  #add(measured: Measured, anchor: string | undefined, offset = measured.node.offset): void {
    const { node, size, height } = measured;
    if (anchor !== undefined) this.#anchors.set(anchor, measured);
    const parent = this.#open.at(-1);
    if (parent === undefined) {
      this.#root = node;
      return;
    }
    parent.size += size;
    parent.height = Math.max(parent.height, height + 1);
    if (!('merged' in parent)) {
      parent.node.items.push(node);
    } else if (parent.key === undefined) {
      if (node.kind !== 'scalar') this.#problem('complex-key', `a ${node.kind} cannot be a key`, offset);
      parent.key = { text: node.kind === 'scalar' ? node.text : '', offset };
    } else {
      const { text: key, offset: keyOffset } = parent.key;
      delete parent.key;
      this.#addEntry(parent, { key, keyOffset, value: node });
    }
  }

  #addEntry(mapping: OpenMapping, entry: YamlEntry): void {
    if (entry.key === '<<') {
      this.#problem('merge', 'the merge key <<', entry.keyOffset);
      const sources = entry.value.kind === 'sequence' ? entry.value.items : [entry.value];
      for (const source of sources) if (source.kind === 'mapping') mapping.merged.push(...source.entries.values());
      return;
    }
    if (mapping.node.entries.has(entry.key)) {
      this.#problem('duplicate-key', `the key '${entry.key}' is here twice`, entry.keyOffset);
      return;
    }
    mapping.node.entries.set(entry.key, entry);
  }

  #tag(event: Event): string | undefined {
    if (!('tagStart' in event) || event.tagStart === ABSENT) return undefined;
    const raw = this.#text.slice(event.tagStart, event.tagEnd);
    if (raw.startsWith('!<')) return raw.slice(2, -1);
    return raw.startsWith('!!') ? `tag:yaml.org,2002:${raw.slice(2)}` : raw;
  }

  #anchor(event: Event): string | undefined {
    if (!('anchorStart' in event) || event.anchorStart === ABSENT) return undefined;
    return this.#text.slice(event.anchorStart, event.anchorEnd);
  }

  #problem(kind: YamlProblem['kind'], message: string, offset: number): void {
    this.#problems.push({ kind, message, offset });
  }
}

/** Where an event's node starts in the text: its quotes, tag and anchor included. Undefined: it has no text of its own. */
function startOf(event: Event): number | undefined {
  if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return undefined;
  let first = Number.POSITIVE_INFINITY;
  if (event.anchorStart !== ABSENT) first = event.anchorStart - 1;
  if (event.type === EVENT_ID.ALIAS) return first;
  if (event.tagStart !== ABSENT && event.tagStart < first) first = event.tagStart;
  if (event.type !== EVENT_ID.SCALAR) return Math.min(first, event.start);
  if (event.valueStart !== ABSENT) {
    const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
    first = Math.min(first, event.valueStart - (quoted ? 1 : 0));
  }
  return Number.isFinite(first) ? first : undefined;
}
