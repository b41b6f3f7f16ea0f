import { runCommand } from '../audit/index.js';
import { DomainError, notFound, refuse } from '../core/errors.js';
import { newId, sha256Hex } from '../core/ids.js';
import {
  readTimestamp,
  renewalDigest,
  TimestampError,
  timestampRequest,
  verifyTimestamp,
} from '../core/timestamp.js';
import type { Row } from '../db/database.js';
import type { Db, Store, Trx } from '../db/store.js';
import { bureauSubject, demandBookRead } from '../ledger/index.js';
import { type Actor, type Caller, demand } from '../organisations/index.js';
import { checkpointAt } from './checkpoints.repository.js';
import type { TimestampView } from './evidence.schema.js';

type Timestamp = Row<'timestamp'>;

/** What a time stamp is about: the note of a checkpoint, or an older time stamp on it that is being renewed. */
export function stampedDigest(note: string, renewed: Timestamp | null): Buffer {
  return renewed
    ? renewalDigest(Buffer.from(renewed.token, 'base64'), note)
    : Buffer.from(sha256Hex(note), 'hex');
}

/** The request to be sent to a time stamping authority (RFC 3161 §2.4.1), DER. @throws DomainError `not_found` */
export async function timestampRequestFor(
  store: Store,
  actor: Actor,
  bookId: string,
  size: number,
  renewsId: string | null = null,
): Promise<Buffer> {
  await demandBookRead(store.read, actor, bookId);
  const { note } = await checkpointAt(store.read, bookId, size);
  return timestampRequest(stampedDigest(note, await renewedOf(store.read, bookId, size, renewsId)));
}

/**
 * Takes in a time stamp on a checkpoint. It is stored only when it verifies against the authorities that the
 * installation trusts.
 * @throws DomainError `not_found`, `tsa_not_configured`, or what is wrong with it (`timestamp_…`).
 */
export async function importTimestamp(
  store: Store,
  trustedRoots: readonly string[],
  caller: Caller,
  bookId: string,
  input: { readonly size: number; readonly token: string; readonly renewsId: string | null },
): Promise<TimestampView> {
  const bureau = await bureauSubject(store.read, bookId);
  const { size } = input;
  const target = {
    bookId,
    action: 'checkpoint.timestamp',
    subject: { type: 'checkpoint', id: String(size) },
  };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'checkpoint.manage', bureau);
    if (trustedRoots.length === 0) {
      throw refuse('tsa_not_configured', '没有配置可信时间戳机构的根证书（TSA_ROOTS_FILE），不能核验时间戳');
    }
    const { note } = await checkpointAt(unit.trx, bookId, size);
    const renewed = await renewedOf(unit.trx, bookId, size, input.renewsId);
    const stamp = verified(Buffer.from(input.token, 'base64'), stampedDigest(note, renewed), trustedRoots);
    const row = await unit.insert('timestamp', {
      id: newId(),
      size,
      token: input.token,
      renewsId: input.renewsId,
      signedAt: stamp.genTime,
      logIndex: unit.logIndex,
    });
    await unit.append({ action: target.action, subject: target.subject });
    return timestampView(row);
  });
}

function verified(token: Buffer, sha256: Buffer, trustedRoots: readonly string[]) {
  try {
    return verifyTimestamp(token, { sha256, trustedRoots });
  } catch (error) {
    if (error instanceof TimestampError) throw refuse(error.code, error.message);
    throw error;
  }
}

/** Whether a stored time stamp still verifies; what is wrong with it, or null. */
export async function timestampFault(
  db: Db,
  row: Timestamp,
  trustedRoots: readonly string[],
): Promise<string | null> {
  const { note } = await checkpointAt(db, row.bookId, row.size);
  try {
    const renewed = await renewedOf(db, row.bookId, row.size, row.renewsId);
    const stamp = verifyTimestamp(Buffer.from(row.token, 'base64'), {
      sha256: stampedDigest(note, renewed),
      trustedRoots,
    });
    return stamp.genTime === row.signedAt ? null : '时间与登记的不符';
  } catch (error) {
    if (error instanceof TimestampError) return error.message;
    throw error;
  }
}

/** The time stamps that no later one renews and whose certificates end before an instant (or cannot be read any more). */
export async function timestampsToRenew(
  db: Db,
  bookId: string,
  trustedRoots: readonly string[],
  before: string,
): Promise<Timestamp[]> {
  const rows = await timestampsOf(db, bookId);
  const renewed = new Set(rows.map((row) => row.renewsId));
  const due: Timestamp[] = [];
  for (const row of rows.filter(({ id }) => !renewed.has(id))) {
    const { note } = await checkpointAt(db, bookId, row.size);
    const earlier = await renewedOf(db, bookId, row.size, row.renewsId);
    const { chainValidUntil } = verified(
      Buffer.from(row.token, 'base64'),
      stampedDigest(note, earlier),
      trustedRoots,
    );
    if (chainValidUntil < before) due.push(row);
  }
  return due;
}

export async function listTimestamps(
  store: Store,
  actor: Actor,
  bookId: string,
): Promise<{ items: TimestampView[] }> {
  await demandBookRead(store.read, actor, bookId);
  return { items: (await timestampsOf(store.read, bookId)).map(timestampView) };
}

export const timestampsOf = (db: Db | Trx, bookId: string): Promise<Timestamp[]> =>
  db.selectFrom('timestamp').selectAll().where('bookId', '=', bookId).orderBy('id').execute();

function timestampView({ bookId: _book, token, ...row }: Timestamp): TimestampView {
  return { ...row, signer: readTimestamp(Buffer.from(token, 'base64')).signer };
}

async function renewedOf(
  db: Db | Trx,
  bookId: string,
  size: number,
  id: string | null,
): Promise<Timestamp | null> {
  if (id === null) return null;
  const row = (await timestampsOf(db, bookId)).find((each) => each.id === id && each.size === size);
  if (!row) throw notFound('被续期的时间戳');
  return row;
}

/** How long a request to the authority may take. */
const TSA_TIMEOUT_MS = 15_000;

/**
 * Asks the configured authority for a time stamp; nothing is sent when none is configured.
 * @throws DomainError `tsa_unreachable`
 */
export async function askAuthority(url: string, request: Buffer): Promise<Buffer> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query' },
      body: new Uint8Array(request),
      signal: AbortSignal.timeout(TSA_TIMEOUT_MS),
    });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  } catch (error) {
    throw new DomainError('tsa_unreachable', `时间戳服务没有正常答复：${(error as Error).message}`);
  }
}
