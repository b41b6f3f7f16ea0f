import { runCommand } from '../audit/index.js';
import { parseCheckpoint, verifyCosignature } from '../core/checkpoint.js';
import { DomainError, notFound, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { addSignatureLines, COSIGNATURE, NoteError, parseNote, parseVerifierKey } from '../core/note.js';
import type { Row } from '../db/database.js';
import type { Db, Store, Trx } from '../db/store.js';
import { bureauSubject, demandBookRead } from '../ledger/index.js';
import { type Actor, type Caller, demand } from '../organisations/index.js';
import { findCheckpoint } from './checkpoints.repository.js';
import type { WitnessView } from './evidence.schema.js';
import { originOf } from './signing-keys.service.js';

/** Registers a witness's key. @throws DomainError `witness_key_invalid`, `already_exists` */
export async function addWitness(
  store: Store,
  caller: Caller,
  bookId: string,
  verifierKey: string,
): Promise<WitnessView> {
  const bureau = await bureauSubject(store.read, bookId);
  const { name, type } = readKey(verifierKey);
  if (type !== COSIGNATURE) throw keyInvalid();
  const id = newId();
  const target = { bookId, action: 'witness.add', subject: { type: 'witness', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'key.manage', bureau);
    const witness = await unit.insert('witness', {
      id,
      name,
      verifierKey,
      createdAt: unit.recordedAt,
      retiredAt: null,
    });
    await unit.append({ action: target.action, subject: target.subject });
    return witnessView(witness);
  });
}

const keyInvalid = () =>
  new DomainError('witness_key_invalid', '见证人公钥无效：应为 C2SP 联署公钥（类型 0x04）');

function readKey(verifierKey: string) {
  try {
    return parseVerifierKey(verifierKey);
  } catch (error) {
    if (error instanceof NoteError) throw keyInvalid();
    throw error;
  }
}

/** Ends a witness: its later cosignatures are not taken, earlier ones stay. @throws DomainError `not_found` */
export async function retireWitness(
  store: Store,
  caller: Caller,
  bookId: string,
  id: string,
): Promise<WitnessView> {
  const bureau = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'witness.retire', subject: { type: 'witness', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'key.manage', bureau);
    const witness = (await witnessesOf(unit.trx, bookId)).find((each) => each.id === id && !each.retiredAt);
    if (!witness) throw notFound('见证人');
    const retired = await unit.update('witness', witness, { retiredAt: unit.recordedAt });
    await unit.append({ action: target.action, subject: target.subject });
    return witnessView(retired);
  });
}

export async function listWitnesses(
  store: Store,
  actor: Actor,
  bookId: string,
): Promise<{ items: WitnessView[] }> {
  await demandBookRead(store.read, actor, bookId);
  return { items: (await witnessesOf(store.read, bookId)).map(witnessView) };
}

export const witnessesOf = (db: Db | Trx, bookId: string): Promise<Row<'witness'>[]> =>
  db.selectFrom('witness').selectAll().where('bookId', '=', bookId).orderBy('id').execute();

const witnessView = ({ bookId: _book, ...witness }: Row<'witness'>): WitnessView => witness;

/**
 * Takes in the cosignatures that a checkpoint came back with. Only lines of this book's witnesses count, and they must
 * be about a checkpoint that this book signed.
 * @throws DomainError `note_invalid`, `checkpoint_unknown` (a split view, or another book's), `cosignature_missing`.
 */
export async function importCosignatures(
  store: Store,
  caller: Caller,
  bookId: string,
  given: string,
): Promise<{ items: { name: string; signedAt: string }[] }> {
  const bureau = await bureauSubject(store.read, bookId);
  const { size, root } = readCheckpoint(given, bookId);
  const target = { bookId, action: 'checkpoint.cosign', subject: { type: 'checkpoint', id: String(size) } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'checkpoint.manage', bureau);
    const { trx } = unit;
    const checkpoint = await findCheckpoint(trx, bookId, size);
    if (checkpoint?.root !== root) {
      throw refuse(
        'checkpoint_unknown',
        `本账套没有签过 ${size} 条、根为 ${root.slice(0, 16)}… 的检查点，请核对来源`,
      );
    }
    const items: { name: string; signedAt: string }[] = [];
    for (const witness of (await witnessesOf(trx, bookId)).filter((each) => !each.retiredAt)) {
      const signed = cosignatureOf(given, witness);
      if (!signed || (await isKnown(trx, checkpoint, signed.line))) continue;
      const signedAt = new Date(signed.timeSeconds * 1000).toISOString();
      await unit.insert('cosignature', {
        id: newId(),
        size,
        witnessId: witness.id,
        line: signed.line,
        signedAt,
        logIndex: unit.logIndex,
      });
      items.push({ name: witness.name, signedAt });
    }
    if (items.length === 0) throw refuse('cosignature_missing', '没有找到本账套见证人的有效新联署');
    await unit.append({ action: target.action, subject: target.subject });
    return { items };
  });
}

function readCheckpoint(note: string, bookId: string): { size: number; root: string } {
  try {
    const { origin, size, rootHash } = parseCheckpoint(parseNote(note).text);
    if (origin === originOf(bookId)) return { size, root: rootHash };
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
  }
  throw new DomainError('note_invalid', '不是本账套的检查点，或格式有误');
}

function cosignatureOf(note: string, witness: Row<'witness'>): { line: string; timeSeconds: number } | null {
  try {
    return verifyCosignature(note, parseVerifierKey(witness.verifierKey));
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw refuse('cosignature_invalid', `见证人 ${witness.name} 的联署与检查点不符`);
  }
}

const isKnown = async (trx: Trx, { bookId, size }: Row<'checkpoint'>, line: string): Promise<boolean> =>
  (await trx
    .selectFrom('cosignature')
    .select('id')
    .where('bookId', '=', bookId)
    .where('size', '=', size)
    .where('line', '=', line)
    .executeTakeFirst()) !== undefined;

/** A checkpoint's note with every cosignature that is known of it. */
export async function cosignedNote(db: Db, { bookId, size, note }: Row<'checkpoint'>): Promise<string> {
  const lines = await db
    .selectFrom('cosignature')
    .select('line')
    .where('bookId', '=', bookId)
    .where('size', '=', size)
    .orderBy('id')
    .execute();
  return lines.length === 0
    ? note
    : addSignatureLines(
        note,
        lines.map(({ line }) => line),
      );
}
