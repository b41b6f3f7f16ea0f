import t from 'tap';
import { openApiDocument } from '../../src/http/openapi.js';
import { OFFERED } from '../../src/web/pages/index.js';
import { type Document, operationsOf } from '../http/document.js';

/** Writes of the API that no page offers by themselves, and what people use in their place. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'POST /books/:bookId/evidence':
    'an export that is sent while it is made; pages start it as a job, which shows its progress',
};

t.test('pages offer every write of the API, and nothing that the API does not have', async (t) => {
  const document = (await openApiDocument()) as Document;
  const writes = operationsOf(document)
    .map(({ name }) => name)
    .filter((name) => !/^get /i.test(name))
    .map((name) => {
      const [method = '', path = ''] = name.split(' ');
      return `${method.toUpperCase()} ${path.replace('/api/v1', '').replaceAll(/\{(\w+)\}/g, ':$1')}`;
    });
  t.ok(writes.length > 80, `${writes.length} writes`);
  t.same(
    OFFERED.filter((name) => !writes.includes(name)),
    [],
    'no page offers what the API does not have',
  );
  t.same(
    writes.filter((name) => !OFFERED.includes(name) && !(name in ELSEWHERE)),
    [],
    'nothing in the API is out of reach for people',
  );
  t.same(
    Object.keys(ELSEWHERE).filter((name) => !writes.includes(name) || OFFERED.includes(name)),
    [],
    'no exception outlives its reason',
  );
});
