import fc from 'fast-check';
import { type Document, isObject, type Json, operationsOf, sampleOf } from './document.js';

export interface MalformedRequest {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text, or none. */
  readonly payload: string | undefined;
}

/** Ids of things that exist, by the name of the parameter or field that takes them. */
export type KnownIds = Readonly<Record<string, readonly string[]>>;

const NASTY = [
  '',
  '\0',
  '\ud800',
  '\u202e',
  'null',
  '-1',
  '0',
  '1e999',
  '9'.repeat(400),
  '%00',
  "' or 1=1 --",
  '../..',
  '{{7*7}}',
  '🀄'.repeat(300),
];
const anything = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...NASTY) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      [],
      {},
      -1,
      0,
      1.5,
      2 ** 31,
      2 ** 53,
      1e308,
      '0.00',
      '-5.00',
      '999999999999999.99',
      '9999999999999.99',
      '2022-02-30',
      '9999-12-31',
      '0000-01-01',
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);
const ascii = fc.oneof(
  fc.constantFrom('"1"', '"99999999999999999999"', 'x', '', '*', 'W/"1"'),
  fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
);

/**
 * Requests derived from the OpenAPI document: a well-meant one, then spoilt in one to four places: a member replaced,
 * removed or added, an id that exists or does not, a wrong query or header.
 */
export function malformedRequests(document: Document, known: KnownIds): fc.Arbitrary<MalformedRequest> {
  return fc.constantFrom(...operationsOf(document)).chain(({ name, method, path, operation }) => {
    const schema = operation.requestBody?.content['application/json']?.schema;
    const { parameters = [] } = operation;
    const idOf = (member: string) =>
      fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(...(known[member] ?? known['id'] ?? ['x'])) },
        { weight: 1, arbitrary: fc.constantFrom(...NASTY) },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
      );
    const sample = schema ? withKnownIds(sampleOf(document, schema), known) : undefined;
    const spoilt = sample === undefined ? fc.constant(undefined) : spoil(sample).map(toText);
    const params = parameters.filter((one) => one.in === 'path').map((one) => one.name);
    const queries = parameters.filter((one) => one.in === 'query').map((one) => one.name);
    const headers = parameters.filter((one) => one.in === 'header').map((one) => one.name);
    return fc
      .record({
        params: fc.tuple(...params.map(idOf)),
        query: fc
          .subarray(queries)
          .chain((names) => fc.tuple(...names.map((one) => fc.tuple(fc.constant(one), anything)))),
        headers: fc
          .subarray(headers)
          .chain((names) => fc.tuple(...names.map((one) => fc.tuple(fc.constant(one), ascii)))),
        payload: fc.oneof(
          { weight: 20, arbitrary: spoilt },
          { weight: 1, arbitrary: fc.constantFrom('', '{', 'null', '[]', '"x"') },
        ),
      })
      .map((given) => ({
        name,
        method: method.toUpperCase(),
        url: urlOf(path, params, given.params, given.query),
        headers: {
          ...Object.fromEntries(given.headers.filter(([, value]) => /^[\x20-\x7e]*$/.test(value))),
          ...(given.payload === undefined || sample === undefined
            ? {}
            : { 'content-type': 'application/json' }),
        },
        payload: sample === undefined ? undefined : given.payload,
      }));
  });
}

function urlOf(
  path: string,
  names: readonly string[],
  values: readonly string[],
  query: readonly (readonly [string, unknown])[],
) {
  const filled = names.reduce(
    (url, name, index) => url.replace(`{${name}}`, escapeText(values[index] as string)),
    path,
  );
  const search = query.map(
    ([name, value]) => `${name}=${escapeText(typeof value === 'string' ? value : JSON.stringify(value))}`,
  );
  return `${filled}${search.length > 0 ? `?${search.join('&')}` : ''}`;
}

/** Percent-encoded; a lone surrogate goes as the bytes that a careless program would send. */
const escapeText = (text: string) =>
  [...text].map((sign) => (sign.isWellFormed() ? encodeURIComponent(sign) : '%ed%a0%80')).join('') || '%20';

/** JSON text in which a lone surrogate stays an escape. */
const toText = (value: unknown) => JSON.stringify(value);

export function withKnownIds(value: unknown, known: KnownIds): unknown {
  if (Array.isArray(value)) return value.map((member) => withKnownIds(member, known));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, known[name]?.[0] ?? withKnownIds(member, known)]),
  );
}

/** A deep copy with one to four members replaced, removed or added anywhere. */
function spoil(sample: unknown): fc.Arbitrary<unknown> {
  const change = fc.record({
    at: fc.nat(),
    how: fc.constantFrom('replace', 'replace', 'remove', 'add'),
    value: anything,
  });
  return fc.array(change, { minLength: 0, maxLength: 4 }).map((changes) => {
    const root = { body: structuredClone(sample) };
    for (const { at, how, value } of changes) {
      const places = placesOf(root);
      const [owner, key] = places[at % places.length] as [Json, string];
      if (how === 'replace') owner[key] = value;
      else if (how === 'remove' && owner !== (root as unknown)) delete owner[key];
      else owner[`${key}_`] = value;
    }
    return root.body;
  });
}

function placesOf(node: unknown): [Json, string][] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.keys(node).flatMap((key) => [
    [node as Json, key] as [Json, string],
    ...placesOf((node as Json)[key]),
  ]);
}
