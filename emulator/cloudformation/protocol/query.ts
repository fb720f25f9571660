interface Node {
  value?: string;
  readonly children: Map<string, Node>;
}

/**
 * The parameters of one request of the AWS query protocol, where structures are flattened into dotted names:
 * `Parameters.member.1.ParameterKey`. An empty list is sent as its bare name with an empty value.
 */
export class Query {
  readonly #node: Node;

  constructor(node: Node) {
    this.#node = node;
  }

  static parse(parameters: Readonly<Record<string, string>>): Query {
    const root: Node = { children: new Map() };
    for (const [name, value] of Object.entries(parameters)) {
      let node = root;
      for (const part of name.split('.')) {
        let child = node.children.get(part);
        if (child === undefined) {
          child = { children: new Map() };
          node.children.set(part, child);
        }
        node = child;
      }
      node.value = value;
    }
    return new Query(root);
  }

  /** Whether the caller sent the parameter at all, be it empty. */
  has(name: string): boolean {
    return this.#node.children.has(name);
  }

  text(name: string): string | undefined {
    return this.#node.children.get(name)?.value;
  }

  flag(name: string): boolean | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : text.toLowerCase() === 'true';
  }

  integer(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined || !/^-?\d+$/.test(text) ? undefined : Number(text);
  }

  structure(name: string): Query | undefined {
    const node = this.#node.children.get(name);
    return node === undefined ? undefined : new Query(node);
  }

  list(name: string): string[] {
    return this.#members(name).flatMap((member) => (member.value === undefined ? [] : [member.value]));
  }

  structures(name: string): Query[] {
    return this.#members(name).map((member) => new Query(member));
  }

  /** The entries of a map, sent as `Name.entry.1.key` and `Name.entry.1.value`. */
  entries(): [key: string, value: string][] {
    const entries = this.#node.children.get('entry')?.children ?? new Map<string, Node>();
    return [...entries]
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, { children }]) => [children.get('key')?.value ?? '', children.get('value')?.value ?? '']);
  }

  #members(name: string): Node[] {
    const members = this.#node.children.get(name)?.children.get('member')?.children ?? new Map<string, Node>();
    return [...members].sort(([a], [b]) => Number(a) - Number(b)).map(([, member]) => member);
  }
}
