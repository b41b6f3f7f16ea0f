import { readFileSync } from 'node:fs';
import t from 'tap';
import { projectFile } from '../../src/core/project.js';
import { openApiDocument, openApiText } from '../../src/http/openapi.js';
import { type Document, isObject, type Json, operationsOf, resolve } from './document.js';

const document = (await openApiDocument()) as Document;
const methods = operationsOf(document);

t.test('openapi/openapi.json is what the schemas say; `npm run openapi` writes it', async (t) => {
  const committed = readFileSync(projectFile('openapi', 'openapi.json'), 'utf8');
  t.ok(committed === openApiText(document), 'no drift');
  t.equal(
    openApiText(await openApiDocument()),
    openApiText(document),
    'made anew, it is the same to the byte',
  );
});

t.test('every operation says what it is, and what it refuses', async (t) => {
  t.ok(methods.length > 60);
  const known = new Set((document.tags as { name: string }[]).map((tag) => tag.name));
  const faults: string[] = [];
  for (const { name, operation } of methods) {
    const { summary, tags = [], responses, parameters = [] } = operation;
    if (!/\p{Script=Han}/u.test(summary ?? '')) faults.push(`${name}: no Chinese summary`);
    if (tags.length !== 1 || !known.has(tags[0] as string)) faults.push(`${name}: tag ${tags}`);
    const refusals = Object.entries(responses).filter(([status]) => /^4/.test(status));
    if (refusals.length === 0) faults.push(`${name}: no refusal`);
    for (const [status, { content }] of refusals) {
      const { $ref } = (content?.['application/problem+json']?.schema ?? {}) as { $ref?: string };
      if ($ref !== '#/components/schemas/Problem') faults.push(`${name}: ${status} is no problem document`);
    }
    if (!Object.keys(responses).some((status) => /^2/.test(status))) faults.push(`${name}: no success`);
    for (const parameter of parameters) {
      if (!parameter.description) faults.push(`${name}: parameter ${parameter.name} is not described`);
    }
  }
  t.same(faults, []);
  const described = (path: string, header: string) =>
    methods.filter(
      ({ name, operation }) =>
        name.includes(path) && operation.parameters?.some((one) => one.name === header),
    );
  const writes = methods.filter(({ name }) =>
    /^(post|put) .*\/books\/(?!.*(preview|invoice-readings))/.test(name),
  );
  t.equal(described('/books/', 'idempotency-key').length, writes.length, 'every write to a book takes a key');
});

t.test('every field is described, with an example where a person fills it in', async (t) => {
  const faults: string[] = [];
  walk(document as unknown as Json, '', (schema, place) => {
    for (const [name, field] of Object.entries((schema['properties'] ?? {}) as Record<string, Json>)) {
      const at = `${place}/${name}`;
      const resolved = resolve(document, field);
      // A named schema says what it is by its name.
      if (!field['description'] && !field['$ref']) faults.push(`${at}: no description`);
      const isLeaf = ['string', 'number', 'integer', 'boolean'].includes(String(resolved['type']));
      if (isLeaf && !('example' in field) && !('example' in resolved) && !isOneWord(resolved)) {
        faults.push(`${at}: no example`);
      }
    }
  });
  t.same([...new Set(faults)], []);
});

/** A word that there is no choice about is its own example. */
const isOneWord = (schema: Json) =>
  'const' in schema || (schema['enum'] as unknown[] | undefined)?.length === 1;

/** Fields that hold money, whatever they are called. */
const MONEY =
  /^(amount|paid|refunded|spent|allotted|received|planned|available|encumbered|reserved|bank|valuation|difference|headroom|cap|base|committed|faceAmount|documentTotal|unitLabourCost|passedDown|returned|inTransit)$/;

t.test('money is text in yuan, with unit and example', async (t) => {
  const faults: string[] = [];
  let amounts = 0;
  walk(document as unknown as Json, '', (schema, place) => {
    for (const [name, field] of Object.entries((schema['properties'] ?? {}) as Record<string, Json>)) {
      if (!MONEY.test(name) || isRecord(field)) continue;
      amounts += 1;
      const given = [field, ...((field['anyOf'] ?? []) as Json[])].find((one) =>
        String(one['type']).includes('string'),
      );
      if (!given) faults.push(`${place}/${name}: not a string`);
      else if (!('example' in given) && !('example' in field)) faults.push(`${place}/${name}: no example`);
      if (!/yuan/.test(String(field['description']))) faults.push(`${place}/${name}: no unit`);
    }
  });
  t.same(faults, []);
  t.ok(amounts > 40);
});

/** A whole object that happens to bear the name of an amount. */
const isRecord = (field: Json) =>
  [field, ...((field['anyOf'] ?? []) as Json[])].some((one) => one['type'] === 'object');

/** Calls `visit` for every schema object of the document. */
function walk(node: unknown, place: string, visit: (schema: Json, place: string) => void): void {
  if (Array.isArray(node))
    for (const [index, member] of node.entries()) walk(member, `${place}/${index}`, visit);
  if (!isObject(node)) return;
  if (isObject(node['properties'])) visit(node, place);
  for (const [name, member] of Object.entries(node))
    if (name !== 'example') walk(member, `${place}/${name}`, visit);
}
