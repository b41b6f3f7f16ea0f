import type { z } from 'zod';
import { runCommand } from '../audit/index.js';
import { type BusinessDate, today } from '../core/dates.js';
import { DomainError, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { type Page, pageOf } from '../core/page.js';
import type { Db, Store, Trx } from '../db/store.js';
import { bureauSubject, demandBookRead } from '../ledger/index.js';
import { type Actor, type Caller, demand, idsOf, type Role } from '../organisations/index.js';
import { issuesTo, placesOf, recordsOf } from './comparison.repository.js';
import type {
  DifferenceNoteView,
  DifferenceOwners,
  differenceNoteQuery,
  NewDifferenceNote,
} from './comparison.schema.js';
import { differencesOf, pairUp } from './pairs.js';

/**
 * Says who resolves a difference of this book with the upper level, why it is there, and by when. It is kept in the
 * lower book, also when finance of the upper one says it. What is left out stays as it was said before.
 * @throws DomainError `difference_not_open` (there is none of this key today: it is resolved, or never was),
 *   `difference_note_invalid` with every fault at once, `forbidden`.
 */
export async function noteDifference(
  store: Store,
  caller: Caller,
  bookId: string,
  input: NewDifferenceNote,
): Promise<DifferenceNoteView> {
  const id = newId();
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'difference.note', subject: { type: 'differenceNote', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'difference.note', subject);
    const now = today(unit.context.now);
    await demandOpen(unit.trx, bookId, input.key, now);
    const faults: string[] = [];
    if (input.expectedDate !== null && input.expectedDate < now)
      faults.push(`预计解决日期 ${input.expectedDate} 已经过去`);
    if (input.ownerId !== null && !(await isOfEitherSide(unit.trx, input.ownerId, subject.bureauPath)))
      faults.push('责任人应为本级或上级民政部门的在岗人员');
    if (faults.length > 0) {
      const details = { faults };
      throw new DomainError('difference_note_invalid', `不能登记：${faults.join('；')}`, { details });
    }
    await unit.insert('differenceNote', {
      id,
      differenceKey: input.key,
      ownerId: input.ownerId,
      text: await unit.sealNote(input.explanation, `differenceNote/${id}`),
      expectedDate: input.expectedDate,
      recordedBy: caller.actor.personId,
      recordedAt: unit.recordedAt,
      logIndex: unit.logIndex,
    });
    await unit.append({ action: target.action, subject: target.subject });
    const row = await noteRows(unit.trx).where('note.id', '=', id).executeTakeFirstOrThrow();
    return toView(row);
  });
}

async function demandOpen(trx: Trx, bookId: string, key: string, asOf: BusinessDate): Promise<void> {
  const places = await placesOf(trx, [bookId]);
  const pairs = pairUp(await issuesTo(trx, [bookId], asOf), await recordsOf(trx, places, asOf));
  if (!pairs.some((pair) => differencesOf(pair, asOf).some((difference) => difference.key === key)))
    throw refuse('difference_not_open', '没有这项差异，或差异已经消除，请刷新对账表');
}

/** Somebody active who holds a role at the bureau of the book or at one above it. */
async function isOfEitherSide(trx: Trx, personId: string, bureauPath: string): Promise<boolean> {
  const grants = await trx
    .selectFrom('roleGrant')
    .innerJoin('person', 'person.id', 'roleGrant.personId')
    .innerJoin('organisation', 'organisation.id', 'roleGrant.organisationId')
    .select('organisation.path')
    .where('person.id', '=', personId)
    .where('person.isActive', '=', 1)
    .where('roleGrant.revokedAt', 'is', null)
    .execute();
  return grants.some(({ path }) => bureauPath.startsWith(path));
}

/** Those who handle money or its papers; whoever only looks on resolves nothing. */
const RESOLVERS: readonly Role[] = ['operator', 'reviewer', 'finance', 'payer'];

/**
 * Who may be named 责任人: people in office at the bureau of the book and at those above it, for whoever may name them.
 * @throws DomainError `not_found`, `forbidden`
 */
export async function differenceOwners(
  store: Store,
  actor: Actor,
  bookId: string,
): Promise<DifferenceOwners> {
  await demandBookRead(store.read, actor, bookId);
  const subject = await bureauSubject(store.read, bookId);
  demand(actor, 'difference.note', subject);
  const rows = await store.read
    .selectFrom('roleGrant')
    .innerJoin('person', 'person.id', 'roleGrant.personId')
    .innerJoin('organisation', 'organisation.id', 'roleGrant.organisationId')
    .select(['person.id', 'person.displayName as name', 'organisation.name as organisationName'])
    .select('organisation.path')
    .distinct()
    .where('organisation.id', 'in', idsOf(subject.bureauPath))
    .where('roleGrant.role', 'in', RESOLVERS)
    .where('roleGrant.revokedAt', 'is', null)
    .where('person.isActive', '=', 1)
    .orderBy('person.id')
    .execute();
  const items = rows.map(({ path, ...row }) => ({
    ...row,
    isOwn: path === subject.bureauPath,
    depth: path.length,
  }));
  items.sort((a, b) => b.depth - a.depth);
  return { items: items.map(({ depth: _depth, ...item }) => item) };
}

/** What was said of the differences of a book, or of one, newest first; of those that are resolved as well. */
export async function listDifferenceNotes(
  store: Store,
  actor: Actor,
  bookId: string,
  query: z.infer<typeof differenceNoteQuery>,
): Promise<Page<DifferenceNoteView>> {
  await demandBookRead(store.read, actor, bookId);
  let rows = noteRows(store.read).where('note.bookId', '=', bookId);
  if (query.key) rows = rows.where('note.differenceKey', '=', query.key);
  if (query.cursor) rows = rows.where('note.id', '<', query.cursor);
  const page = await rows
    .orderBy('note.id', 'desc')
    .limit(query.limit + 1)
    .execute();
  return pageOf(page, query.limit, async (shown) => shown.map(toView));
}

const noteRows = (db: Db | Trx) =>
  db
    .selectFrom('differenceNote as note')
    .leftJoin('person as owner', 'owner.id', 'note.ownerId')
    .innerJoin('person as recorder', 'recorder.id', 'note.recordedBy')
    .selectAll('note')
    .select(['owner.displayName as ownerName', 'recorder.displayName as recordedByName']);

type NoteRow = Awaited<ReturnType<ReturnType<typeof noteRows>['execute']>>[number];

const toView = (row: NoteRow): DifferenceNoteView => ({
  id: row.id,
  bookId: row.bookId,
  key: row.differenceKey,
  ownerId: row.ownerId,
  ownerName: row.ownerName,
  explanation: row.text,
  expectedDate: row.expectedDate,
  recordedBy: row.recordedBy,
  recordedByName: row.recordedByName,
  recordedAt: row.recordedAt,
  logIndex: row.logIndex,
});

/** What holds of a difference now: of each of the three, what was said last. */
export interface NoteState {
  readonly ownerId: string | null;
  readonly ownerName: string | null;
  readonly explanation: string | null;
  readonly expectedDate: BusinessDate | null;
  readonly notes: number;
}
export const UNSAID: NoteState = {
  ownerId: null,
  ownerName: null,
  explanation: null,
  expectedDate: null,
  notes: 0,
};

/** By `book key`, of all notes of the books that were recorded. */
export async function noteStates(db: Db, bookIds: readonly string[]): Promise<Map<string, NoteState>> {
  const states = new Map<string, NoteState>();
  if (bookIds.length === 0) return states;
  const rows = await noteRows(db).where('note.bookId', 'in', bookIds).orderBy('note.logIndex').execute();
  for (const row of rows) {
    const at = `${row.bookId} ${row.differenceKey}`;
    const before = states.get(at) ?? UNSAID;
    states.set(at, {
      ownerId: row.ownerId ?? before.ownerId,
      ownerName: row.ownerId === null ? before.ownerName : row.ownerName,
      explanation: row.text ?? before.explanation,
      expectedDate: row.expectedDate ?? before.expectedDate,
      notes: before.notes + 1,
    });
  }
  return states;
}
