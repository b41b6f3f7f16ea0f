import { canonicalJson } from '../../src/core/canonical-json.js';
import { appendLeaf, type Frontier, frontierToText, leafHash, rootOf, rootOfRange } from '../../src/core/merkle.js';
import type { Row } from '../../src/db/database.js';
import type { Trx } from '../../src/db/store.js';
import { edited, type Place, placesOf } from './tamper-rows.js';

type LogEntry = Row<'logEntry'>;

export const logOf = (trx: Trx, bookId: string): Promise<LogEntry[]> =>
  trx.selectFrom('logEntry').selectAll().where('bookId', '=', bookId).orderBy('logIndex').execute();

/**
 * Writes a log anew as a careful forger without the signing key would: every hash, the head, the columns beside the body
 * and the kept blocks fit; checkpoints have the new roots under the old signatures.
 */
export async function rewriteLog(
  trx: Trx,
  log: readonly LogEntry[],
  bodyOf: (row: LogEntry) => string,
): Promise<Map<number, string>> {
  const [{ bookId }] = log as [LogEntry];
  const leaves: string[] = [];
  const rootAt = new Map<number, string>();
  let frontier: Frontier = [];
  for (const row of log) {
    const body = bodyOf(row);
    const leaf = body === row.body ? row.leafHash : leafHash(body);
    if (body !== row.body)
      await trx
        .updateTable('logEntry')
        .set({ body, leafHash: leaf, ...besides(body) })
        .where('bookId', '=', bookId)
        .where('logIndex', '=', row.logIndex)
        .execute();
    frontier = appendLeaf(frontier, leaves.length, leaf);
    leaves.push(leaf);
    rootAt.set(leaves.length, rootOf(frontier));
  }
  await trx
    .updateTable('book')
    .set({ logFrontier: frontierToText(frontier), logSize: leaves.length })
    .where('id', '=', bookId)
    .execute();
  for (const { blockIndex } of await trx.selectFrom('logBlock').selectAll().where('bookId', '=', bookId).execute())
    await trx
      .updateTable('logBlock')
      .set({ root: rootOfRange(leaves.slice(blockIndex * 256, (blockIndex + 1) * 256)) })
      .where('bookId', '=', bookId)
      .where('blockIndex', '=', blockIndex)
      .execute();
  for (const { size, root, note } of await trx
    .selectFrom('checkpoint')
    .selectAll()
    .where('bookId', '=', bookId)
    .execute()) {
    const fitting = rootAt.get(size) as string;
    await trx
      .updateTable('checkpoint')
      .set({ root: fitting, note: note.replace(base64(root), base64(fitting)) })
      .where('bookId', '=', bookId)
      .where('size', '=', size)
      .execute();
  }
  return rootAt;
}

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

/** What the columns beside a body say of it, where it is still something that can be said. */
function besides(body: string): Partial<LogEntry> {
  const { at, action, subject, refusal, decision } = JSON.parse(body);
  const outcome = refusal ? `refused:${refusal.code}` : (decision?.outcome ?? null);
  return {
    recordedAt: String(at),
    action: String(action),
    subjectType: String(subject?.type),
    subjectId: String(subject?.id),
    outcome: outcome === null ? null : String(outcome),
  };
}

export interface Forgery {
  readonly name: string;
  readonly logIndex: number;
  readonly body: string;
}

/** Bodies with one member changed or taken out: once for each member that the log has anywhere. */
export function forgeries(log: readonly LogEntry[]): Forgery[] {
  const found = new Map<string, Forgery>();
  for (const { logIndex, body } of log) {
    const document = JSON.parse(body);
    for (const place of placesOf(document)) {
      for (const how of ['change', 'remove'] as const) {
        const name = `${shapeOf(document, place)} ${how}d`;
        if (found.has(name)) continue;
        found.set(name, { name, logIndex, body: canonicalJson(edited(document, place, how)) });
      }
    }
  }
  return [...found.values()];
}

/** Which member a place is, wherever it stands in a list; a row's column by its table, a command's own data by its action. */
function shapeOf(document: { action: string; rows?: [string][] }, place: Place): string {
  const [first, index, ...rest] = place;
  if (first === 'rows') return ['rows', document.rows?.[index as number]?.[0], ...rest].join('.');
  const names = place.map((each) => (typeof each === 'number' ? '*' : each)).filter((name) => !/^[0-9a-f-]{36}$/.test(name));
  return (first === 'data' ? [document.action, ...names] : names).join('.');
}
