import { canonicalJson } from '../../src/core/canonical-json.js';
import { formatCheckpoint } from '../../src/core/checkpoint.js';
import {
  appendLeaf,
  type Frontier,
  frontierToText,
  leafHash,
  rootOf,
  rootOfRange,
} from '../../src/core/merkle.js';
import { type NoteSigner, signNote } from '../../src/core/note.js';
import type { Row } from '../../src/db/database.js';
import type { Trx } from '../../src/db/store.js';
import { originOf } from '../../src/evidence/signing-keys.service.js';
import { edited, type Place, placesOf } from './tamper-rows.js';

type LogEntry = Row<'logEntry'>;

export const logOf = (trx: Trx, bookId: string): Promise<LogEntry[]> =>
  trx.selectFrom('logEntry').selectAll().where('bookId', '=', bookId).orderBy('logIndex').execute();

/**
 * Writes a log anew so that every hash, the head, the columns beside the body, the kept blocks and the roots of the
 * checkpoints fit. Without `signers` the new roots stand under the old signatures: all that can be done without the key.
 */
export async function rewriteLog(
  trx: Trx,
  log: readonly LogEntry[],
  bodyOf: (row: LogEntry) => string,
  signers: readonly NoteSigner[] | null = null,
): Promise<void> {
  const [{ bookId }] = log as [LogEntry];
  const leaves: string[] = [];
  const rootAt = new Map<number, string>();
  let frontier: Frontier = [];
  for (const row of log) {
    const body = bodyOf(row);
    const leaf = body === row.body ? row.leafHash : leafHash(body);
    if (body !== row.body) await rewriteEntry(trx, row, { body, leafHash: leaf, ...besides(body) });
    frontier = appendLeaf(frontier, leaves.length, leaf);
    leaves.push(leaf);
    rootAt.set(leaves.length, rootOf(frontier));
  }
  const head = { logFrontier: frontierToText(frontier), logSize: leaves.length };
  await trx.updateTable('book').set(head).where('id', '=', bookId).execute();
  const blocks = await trx.selectFrom('logBlock').selectAll().where('bookId', '=', bookId).execute();
  for (const { blockIndex } of blocks) {
    const root = rootOfRange(leaves.slice(blockIndex * 256, (blockIndex + 1) * 256));
    const block = trx.updateTable('logBlock').set({ root }).where('bookId', '=', bookId);
    await block.where('blockIndex', '=', blockIndex).execute();
  }
  const checkpoints = await trx.selectFrom('checkpoint').selectAll().where('bookId', '=', bookId).execute();
  for (const { size, root: before, note: signed } of checkpoints) {
    const root = rootAt.get(size) as string;
    const note = signers
      ? signNote(formatCheckpoint({ origin: originOf(bookId), size, rootHash: root }), signers)
      : signed.replace(base64(before), base64(root));
    const checkpoint = trx.updateTable('checkpoint').set({ root, note }).where('bookId', '=', bookId);
    await checkpoint.where('size', '=', size).execute();
  }
}

const rewriteEntry = (trx: Trx, { bookId, logIndex }: LogEntry, changes: Partial<LogEntry>) =>
  trx
    .updateTable('logEntry')
    .set(changes)
    .where('bookId', '=', bookId)
    .where('logIndex', '=', logIndex)
    .execute();

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

/** What the columns beside a body say of it, as far as it still says anything. */
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

/** Bodies with one member changed or taken out, once for each member that the log has anywhere. */
export function forgeriesOf(log: readonly LogEntry[]): Forgery[] {
  const found = new Map<string, Forgery>();
  for (const { logIndex, body } of log) {
    const document = JSON.parse(body);
    for (const place of placesOf(document)) {
      const shape = shapeOf(document.action, place);
      for (const how of ['change', 'remove'] as const) {
        const name = `${shape}: ${how}d`;
        if (found.has(name)) continue;
        found.set(name, { name, logIndex, body: canonicalJson(edited(document, place, how)) });
      }
    }
  }
  return [...found.values()];
}

/** Which member a place is, wherever it stands; columns of rows are one member, a command's own data is by its action. */
function shapeOf(action: string, place: Place): string {
  if (place[0] === 'rows') return place.length > 3 ? 'rows column' : `rows ${place[2]}`;
  const names = place.map((name) => (typeof name === 'number' || /^[0-9a-f-]{36}$/.test(name) ? '*' : name));
  return (place[0] === 'data' ? [action, ...names] : names).join('.');
}
