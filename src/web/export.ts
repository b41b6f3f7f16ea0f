import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { csvOf, type Table, workbookOf } from '../sheets/index.js';
import type { PageContext } from './context.js';

/** A list as a file: the same rows, columns and 口径 that the page shows, under the page's own name. */
export function exportTable(
  { deps, today }: PageContext,
  reply: FastifyReply,
  table: Table<never>,
  form: 'xlsx' | 'csv',
) {
  const one = table as unknown as Table<unknown>;
  const bytes =
    form === 'csv'
      ? csvOf(one)
      : workbookOf([one], { title: `${table.sheet} ${today}`, createdAt: deps.now().toISOString() });
  const name = encodeURIComponent(`${table.sheet}-${today}.${form}`);
  return reply
    .type(
      form === 'csv'
        ? 'text/csv; charset=utf-8'
        : 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    )
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="export.${form}"; filename*=UTF-8''${name}`)
    .send(Readable.from(bytes));
}
