const HIDDEN = '***';

/**
 * The values that must not be told. The runner replaces what it was given word for word, and only in the log; this
 * also knows a value's usual disguises, and serves everything else that we write.
 */
export class Masks {
  readonly #forms = new Set<string>();
  #pattern: RegExp | undefined;

  /**
   * Registers a value and each of its lines. Returns the texts that the runner is to be told; none for a value
   * that is empty or blank, which would hide everything.
   */
  add(value: string): readonly string[] {
    const told = [...new Set([value, ...value.split(/\r\n|\r|\n/)])].filter((text) => text.trim() !== '');
    for (const text of told) for (const form of formsOf(text)) this.#forms.add(form);
    this.#pattern = undefined;
    return told;
  }

  /** The text with every registered value hidden. */
  hide(text: string): string {
    if (this.#forms.size === 0) return text;
    this.#pattern ??= longestFirst(this.#forms);
    return text.replace(this.#pattern, HIDDEN);
  }
}

function longestFirst(forms: ReadonlySet<string>): RegExp {
  const alternatives = [...forms]
    .sort((a, b) => b.length - a.length)
    .map((form) => form.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(alternatives.join('|'), 'g');
}

/** The value as it is and as JSON, a URL, HTML, XML and Base64 write it. */
function formsOf(value: string): readonly string[] {
  const wellFormed = value.toWellFormed();
  const json = JSON.stringify(value).slice(1, -1);
  const forms = [
    value,
    value.trim(),
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(wellFormed),
    encodeURI(wellFormed),
    new URLSearchParams([['', wellFormed]]).toString().slice(1),
    html(value),
    html(value).replaceAll("'", '&apos;'),
    html(value).replaceAll("'", '&#39;'),
    ...base64(wellFormed),
  ];
  return forms.filter((form) => form !== '');
}

function html(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/**
 * What the value looks like inside Base64, at each of the three places where it can start. The characters at either
 * end that also depend on the neighbours are left out. A value of one or two characters would leave next to nothing.
 */
function base64(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  const whole = [bytes.toString('base64'), bytes.toString('base64url')];
  if (bytes.length < 6) return whole;
  const shifted = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const leading = Math.ceil((shift * 8) / 6);
    const trailing = ((shift + bytes.length) * 8) % 6 === 0 ? 0 : 1;
    return text.slice(leading, text.length - trailing);
  });
  return [...whole, ...shifted, ...shifted.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))];
}
