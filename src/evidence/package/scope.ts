import type { LogBody } from '../../audit/index.js';
import { today } from '../../core/dates.js';
import { notFound } from '../../core/errors.js';
import type { Db } from '../../db/store.js';
import type { NewExport } from '../evidence.schema.js';
import { logPages } from './log.js';

/** What a package opens of a book's log, and which funds its balances speak of. */
export interface Scope {
  readonly input: NewExport;
  /** One bit an entry: constant memory, whatever the log's length. */
  readonly opened: Bits;
  /** The ids of everything that a fund, contract or claim is about; null where all of the book is chosen. */
  readonly related: ReadonlySet<string> | null;
  readonly fundIds: readonly string[];
  /** Everything that ever touched those funds is opened, so that balances can be recomputed from zero. */
  readonly isBalanceWhole: boolean;
}

export class Bits {
  readonly #bits: Uint8Array;
  count = 0;
  constructor(readonly size: number) {
    this.#bits = new Uint8Array(Math.ceil(size / 8));
  }
  add(index: number): void {
    if (this.has(index)) return;
    this.#bits[index >> 3] = (this.#bits[index >> 3] as number) | (1 << (index & 7));
    this.count += 1;
  }
  has(index: number): boolean {
    return ((this.#bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
  }
  get isWhole(): boolean {
    return this.count === this.size;
  }
}

/** Entries that every package opens: whose keys sign, what was erased, and that this very package was made. */
const ALWAYS = /^(key\.|witness\.|checkpoint\.|data\.erase$|evidence\.export$)/;

/** @throws DomainError `not_found` for a fund, contract or claim that the book does not have. */
export async function chooseScope(
  db: Db,
  bookId: string,
  size: number,
  input: NewExport,
  signal?: AbortSignal,
): Promise<Scope> {
  const opened = new Bits(size);
  if (input.kind === 'book') {
    for (let index = 0; index < size; index += 1) opened.add(index);
    const funds = await db
      .selectFrom('fund')
      .select('id')
      .where('bookId', '=', bookId)
      .orderBy('id')
      .execute();
    return { input, opened, related: null, fundIds: funds.map(({ id }) => id), isBalanceWhole: true };
  }
  const related =
    input.kind === 'period' ? null : await relatedIds(db, bookId, input.kind, input.id as string);
  const isChosen =
    related === null
      ? chooserOfPeriod(input.from as string, input.until as string)
      : chooserOfThing(input, related);
  const fundIds = new Set<string>();
  for await (const rows of logPages(db, bookId, size, signal)) {
    for (const { logIndex, body: text } of rows) {
      const body = JSON.parse(text) as LogBody;
      if (ALWAYS.test(body.action)) opened.add(logIndex);
      if (!isChosen(body)) continue;
      opened.add(logIndex);
      for (const entry of body.entries ?? []) for (const [fundId] of entry.postings) fundIds.add(fundId);
    }
  }
  if (input.kind === 'fund') {
    return { input, opened, related, fundIds: [input.id as string], isBalanceWhole: true };
  }
  return { input, opened, related, fundIds: [...fundIds].sort(), isBalanceWhole: false };
}

type Chooser = (body: LogBody) => boolean;

function chooserOfThing({ kind, id }: NewExport, related: ReadonlySet<string>): Chooser {
  const isRelated = (body: LogBody) =>
    related.has(body.subject.id) ||
    (body.entries ?? []).some((entry) => related.has(entry.subject.id)) ||
    (body.rows ?? []).some(([, key]) => related.has(key));
  if (kind !== 'fund') return isRelated;
  // Whatever moved the fund's money is opened, whoever's affair it was.
  const moves = (body: LogBody) =>
    (body.entries ?? []).some((entry) => entry.postings.some(([fundId]) => fundId === id));
  const tells = (body: LogBody) =>
    (body.rows ?? []).some(([, , columns]) => columns !== null && columns['fundId'] === id);
  return (body) => moves(body) || tells(body) || isRelated(body);
}

/** By 业务日期 of what was booked, or, where nothing was, by the day of recording in China. */
function chooserOfPeriod(from: string, until: string): Chooser {
  const isWithin = (date: string) => from <= date && date <= until;
  return (body) =>
    isWithin(today(new Date(body.at))) || (body.entries ?? []).some((entry) => isWithin(entry.effectiveDate));
}

/** The ids that a fund, a contract or a claim is known by in the log: its own, of what hangs on it, of its files. */
async function relatedIds(
  db: Db,
  bookId: string,
  kind: NewExport['kind'],
  id: string,
): Promise<ReadonlySet<string>> {
  const related = new Set([id]);
  const table = kind === 'fund' ? 'fund' : kind === 'project' ? 'contract' : 'claim';
  const root = await db
    .selectFrom(table as 'fund')
    .select('id')
    .where('id', '=', id)
    .where('bookId', '=', bookId)
    .executeTakeFirst();
  if (!root) throw notFound(kind === 'fund' ? '资金批次' : kind === 'project' ? '合同' : '报账单');
  if (kind === 'fund') {
    const owners = await db
      .selectFrom('spendingLine')
      .select('ownerId')
      .distinct()
      .where('bookId', '=', bookId)
      .where('fundId', '=', id)
      .execute();
    for (const { ownerId } of owners) related.add(ownerId);
  }
  if (kind === 'project') {
    for (const owner of ['claim', 'providerReport'] as const) {
      const rows = await db.selectFrom(owner).select('id').where('contractId', '=', id).execute();
      for (const row of rows) related.add(row.id);
    }
  }
  await addWaivers(db, bookId, related);
  if (kind !== 'claim') {
    const records = await db
      .selectFrom('procedureRecord')
      .select(['id', 'attachments'])
      .where('bookId', '=', bookId)
      .where(kind === 'fund' ? 'fundId' : 'contractId', '=', id)
      .execute();
    for (const record of records)
      for (const relatedId of [record.id, ...JSON.parse(record.attachments)]) related.add(relatedId);
  }
  await addAttachments(db, bookId, related);
  return related;
}

/** The exceptions that are for any of these things, or were applied to one, with the files that they rest on. */
async function addWaivers(db: Db, bookId: string, related: Set<string>): Promise<void> {
  const waivers = await db.selectFrom('waiver').selectAll().where('bookId', '=', bookId).execute();
  const uses = await db.selectFrom('waiverUse').selectAll().where('bookId', '=', bookId).execute();
  const applied = new Set(uses.filter((use) => related.has(use.subjectId)).map((use) => use.waiverId));
  const found = waivers.filter(
    ({ id, fundId, subjectId }) => applied.has(id) || [fundId, subjectId].some((of) => of && related.has(of)),
  );
  for (const { id, evidence } of found)
    for (const each of [id, ...(JSON.parse(evidence) as string[])]) related.add(each);
}

async function addAttachments(db: Db, bookId: string, related: Set<string>): Promise<void> {
  const owners = [...related];
  for (let start = 0; start < owners.length; start += 500) {
    const some = owners.slice(start, start + 500);
    const lines = await db
      .selectFrom('spendingLine')
      .select('evidence')
      .where('bookId', '=', bookId)
      .where('ownerId', 'in', some)
      .execute();
    for (const { evidence } of lines)
      for (const { attachmentId } of JSON.parse(evidence) as { attachmentId: string }[])
        related.add(attachmentId);
    const documents = await db
      .selectFrom('contractEvidence')
      .select('attachmentId')
      .where('contractId', 'in', some)
      .execute();
    for (const { attachmentId } of documents) if (attachmentId) related.add(attachmentId);
  }
}
