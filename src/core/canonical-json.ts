/**
 * RFC 8785 (JCS) text of a JSON value: members sorted by UTF-16 code units, no white space, ECMAScript numbers.
 * Two additions for our own values: a bigint is written as a decimal string, and a member that is `undefined`
 * is left out.
 * @throws TypeError for what JSON cannot hold: NaN, infinities, functions, lone surrogates (RFC 8785 §3.2.2.2).
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('a canonical number is finite');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return `"${value}"`;
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value as Record<string, unknown>);
    default:
      throw new TypeError(`no canonical JSON for ${typeof value}`);
  }
}

/**
 * Whether a text is the canonical JSON of the value that was parsed from it. Much cheaper than making it again: what the
 * engine writes differs from RFC 8785 only in the order of members, which is looked at.
 */
export function isCanonical(text: string, parsed: unknown): boolean {
  // Escapes are rare here and could hide a lone surrogate; integer-like names come out in another order.
  if (text.includes('\\u') || JSON.stringify(parsed) !== text || !isOrdered(parsed)) {
    return canonicalJson(parsed) === text;
  }
  return true;
}

function isOrdered(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) {
    for (const member of value) if (typeof member === 'object' && !isOrdered(member)) return false;
    return true;
  }
  let last = '';
  for (const key in value) {
    if (key < last) return false;
    last = key;
    const member = (value as Record<string, unknown>)[key];
    if (typeof member === 'object' && !isOrdered(member)) return false;
  }
  return true;
}

function canonicalString(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('a canonical string has no lone surrogate');
  return JSON.stringify(text);
}

function canonicalArray(values: readonly unknown[]): string {
  let text = '[';
  for (let index = 0; index < values.length; index += 1) {
    text += (index > 0 ? ',' : '') + canonicalJson(values[index]);
  }
  return `${text}]`;
}

function canonicalObject(value: Record<string, unknown>): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError('a canonical object is a plain one');
  let text = '{';
  // The default sort compares UTF-16 code units, which is what RFC 8785 §3.2.3 asks.
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined) continue;
    text += `${text.length > 1 ? ',' : ''}${canonicalString(key)}:${canonicalJson(member)}`;
  }
  return `${text}}`;
}
