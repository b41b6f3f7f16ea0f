/** The parts of an OpenAPI document that the tests look at. */
export type Json = Record<string, unknown>;
export interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly in: 'path' | 'query' | 'header';
    readonly name: string;
    readonly description?: string;
    readonly required?: boolean;
    readonly schema: Json;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Json }>> }>
  >;
}
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
  readonly tags: unknown;
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const operationsOf = (document: Document) =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      name: `${method} ${path}`,
      method,
      path,
      operation,
    })),
  );

/** A schema, or the one that it refers to. */
export function resolve(document: Document, schema: Json): Json {
  const name = String(schema['$ref'] ?? '')
    .split('/')
    .at(-1);
  return name ? (document.components.schemas[name] as Json) : schema;
}

/** A value that fits a schema as far as its examples tell: what a well-meaning caller would send. */
export function sampleOf(document: Document, given: Json): unknown {
  const schema = resolve(document, given);
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  if (isObject(schema['properties'])) {
    const members = Object.entries(schema['properties'] as Record<string, Json>);
    return Object.fromEntries(members.map(([name, member]) => [name, sampleOf(document, member)]));
  }
  if ('example' in schema) return schema['example'];
  const alternatives = (schema['oneOf'] ?? schema['anyOf']) as Json[] | undefined;
  if (alternatives?.[0]) return sampleOf(document, alternatives[0]);
  if (schema['type'] === 'array') return [sampleOf(document, schema['items'] as Json)];
  return schema['default'] ?? 'x';
}
