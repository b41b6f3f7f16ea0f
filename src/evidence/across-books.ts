import type { LogBody } from '../audit/index.js';
import type { Db } from '../db/store.js';
import { findCheckpoint } from './checkpoints.repository.js';
import { same } from './difference.js';

/**
 * What one book's log says of another's: the issue that an intake took in, the intake that an acknowledgement saw, the
 * checkpoints that an upper book recorded. A book rewritten after that contradicts the other, whoever signed it.
 */
export async function compareAcrossBooks(db: Db): Promise<void> {
  const intakes = await db
    .selectFrom('intake')
    .leftJoin('logEntry', (join) =>
      join
        .onRef('logEntry.bookId', '=', 'intake.issueBookId')
        .onRef('logEntry.logIndex', '=', 'intake.issueLogIndex'),
    )
    .select(['intake.id', 'intake.issueLeafHash', 'logEntry.leafHash'])
    .execute();
  for (const { id, issueLeafHash, leafHash } of intakes) {
    same(`intake ${id} issueLeafHash`, issueLeafHash, leafHash ?? 'missing');
  }
  for await (const { place, body } of entriesOf(db, [
    'disbursement.acknowledge',
    'checkpoint.record_lower',
  ])) {
    const {
      intakeId,
      intakeLeafHash,
      checkpoints = [],
    } = (body.data ?? {}) as {
      readonly intakeId?: string;
      readonly intakeLeafHash?: string;
      readonly checkpoints?: readonly { bookId: string; size: number; root: string }[];
    };
    if (intakeId) same(`${place} intakeLeafHash`, intakeLeafHash, await leafOfIntake(db, intakeId));
    for (const { bookId, size, root } of checkpoints) {
      const kept = await findCheckpoint(db, bookId, size);
      same(`${place} checkpoint of book ${bookId} at ${size}`, root, kept?.root ?? 'missing');
    }
  }
}

async function* entriesOf(
  db: Db,
  actions: readonly string[],
): AsyncGenerator<{ readonly place: string; readonly body: LogBody }> {
  const rows = await db
    .selectFrom('logEntry')
    .select(['bookId', 'logIndex', 'body'])
    .where('action', 'in', actions)
    .where('outcome', 'is', null)
    .orderBy('bookId')
    .orderBy('logIndex')
    .execute();
  for (const { bookId, logIndex, body } of rows) {
    yield { place: `logEntry ${logIndex} of book ${bookId}`, body: JSON.parse(body) as LogBody };
  }
}

async function leafOfIntake(db: Db, id: string): Promise<string> {
  const row = await db
    .selectFrom('intake')
    .innerJoin('logEntry', (join) =>
      join.onRef('logEntry.bookId', '=', 'intake.bookId').onRef('logEntry.logIndex', '=', 'intake.logIndex'),
    )
    .select('logEntry.leafHash')
    .where('intake.id', '=', id)
    .executeTakeFirst();
  return row?.leafHash ?? 'missing';
}
