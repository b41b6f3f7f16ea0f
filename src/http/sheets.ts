import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { csvOf, type Table, workbookOf } from '../sheets/index.js';

export const SHEET_FORMATS = ['xlsx', 'csv'] as const;
export type SheetFormat = (typeof SHEET_FORMATS)[number];

export const SHEET_MEDIA_TYPES: Readonly<Record<SheetFormat, string>> = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
};

export interface SheetDownload {
  readonly format: SheetFormat;
  /** Chinese, without ending: the name of the file and the first line of every sheet. */
  readonly title: string;
  /** One for each sheet of the workbook; a CSV holds the first alone. */
  readonly tables: readonly [Table<never>, ...Table<never>[]];
  readonly createdAt: Date;
}

/** Sends tables as a download, made piece by piece while it is sent. Their sealed texts are open already. */
export function sendSheets(reply: FastifyReply, { format, title, tables, createdAt }: SheetDownload) {
  const pieces =
    format === 'csv'
      ? csvOf(tables[0])
      : workbookOf(tables as readonly Table<unknown>[], { title, createdAt: createdAt.toISOString() });
  // RFC 6266: the plain name for programs that cannot read the other.
  const name = `filename="report.${format}"; filename*=UTF-8''${encodeURIComponent(`${title}.${format}`)}`;
  return reply
    .type(SHEET_MEDIA_TYPES[format])
    .header('content-disposition', `attachment; ${name}`)
    .send(Readable.from(pieces));
}
