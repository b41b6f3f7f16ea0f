import type { FastifyReply } from 'fastify';
import { reveal } from '../audit/index.js';
import { type SheetFormat, sendSheets } from '../http/sheets.js';
import type { Table } from '../sheets/index.js';
import type { PageContext } from './context.js';

const BATCH = 200;

/** A list as a file: the rows, columns and 口径 that the page shows, with sealed texts opened as on the page. */
export function exportTable(
  { deps, today }: PageContext,
  reply: FastifyReply,
  table: Table<never>,
  format: SheetFormat,
) {
  const { read, keys } = deps.store;
  async function* opened() {
    let batch: never[] = [];
    for await (const row of table.rows()) {
      batch.push(row);
      if (batch.length < BATCH) continue;
      yield* await reveal(read, keys, batch);
      batch = [];
    }
    yield* await reveal(read, keys, batch);
  }
  return sendSheets(reply, {
    format,
    title: `${table.sheet} ${today}`,
    tables: [{ ...table, rows: opened }],
    createdAt: deps.now(),
  });
}
