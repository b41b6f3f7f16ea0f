import type { Unit } from '../audit/index.js';
import { groupBy } from '../core/collections.js';
import { today } from '../core/dates.js';
import { DomainError, notFound, refuse } from '../core/errors.js';
import { type Fen, sumFen } from '../core/money.js';
import type { Row } from '../db/database.js';
import { prepared } from '../db/prepared.js';
import type { Db, Trx } from '../db/store.js';
import type { WaiverFacts } from '../policy/index.js';
import { type AppliedWaiver, WAIVER_STATUS_LABELS } from './waivers.schema.js';

export type WaiverRow = Row<'waiver'>;

/** A claim or a contract that exceptions may be applied to. */
export interface WaiverSubject {
  readonly type: 'claim' | 'contract';
  readonly id: string;
  /** The contract that a claim draws on. */
  readonly contractId: string | null;
}

/** An exception of the unit's book. @throws DomainError `not_found`, `stale_version` */
export async function waiverOfBook(unit: Unit, id: string, version: number | null): Promise<WaiverRow> {
  const waiver = await unit.trx
    .selectFrom('waiver')
    .selectAll()
    .where('id', '=', id)
    .where('bookId', '=', unit.book.id)
    .executeTakeFirst();
  if (!waiver) throw notFound('例外批准');
  if (version !== null && version !== waiver.version)
    throw new DomainError('stale_version', '例外批准已被他人修改，请刷新后再试');
  return waiver;
}

/** One case that an exception was applied to, with what counts of it toward the limit. */
export type WaiverUse = Row<'waiverUse'> & { readonly amountFen: Fen };

/**
 * The uses of some exceptions. Of each counts what is held or spent by the lines of the exception's fund: nothing of
 * drafts, of what was returned or rejected, or of a contract not yet signed. A contract that counts covers the claims
 * on it; when it is closed, they count instead.
 */
export async function usesOf(
  db: Db | Trx,
  waivers: readonly Pick<WaiverRow, 'id' | 'fundId'>[],
): Promise<ReadonlyMap<string, readonly WaiverUse[]>> {
  if (waivers.length === 0) return new Map();
  const ids = waivers.map(({ id }) => id);
  const rows = await db
    .selectFrom('waiverUse')
    .leftJoin('claim', 'claim.id', 'waiverUse.subjectId')
    .leftJoin('contract', 'contract.id', 'waiverUse.subjectId')
    .selectAll('waiverUse')
    .select(['claim.status as claimStatus', 'claim.contractId', 'contract.status as contractStatus'])
    .where('waiverId', 'in', ids)
    .orderBy('waiverUse.subjectId')
    .execute();
  const lines = await db
    .selectFrom('waiverUse')
    .innerJoin('spendingLine', 'spendingLine.ownerId', 'waiverUse.subjectId')
    .select(['waiverId', 'subjectId', 'fundId', 'amountFen', 'paidFen', 'refundedFen'])
    .where('waiverId', 'in', ids)
    .execute();
  const usesBy = groupBy(rows, ({ waiverId }) => waiverId);
  const linesBy = groupBy(lines, ({ waiverId, subjectId }) => `${waiverId}/${subjectId}`);
  const ofWaiver = ({ id, fundId }: Pick<WaiverRow, 'id' | 'fundId'>): WaiverUse[] => {
    const uses = usesBy.get(id) ?? [];
    const signed = new Set(uses.filter((use) => use.contractStatus === 'signed').map((use) => use.subjectId));
    return uses.map(({ claimStatus, contractId, contractStatus, ...use }) => {
      const own = (linesBy.get(`${id}/${use.subjectId}`) ?? []).filter(
        (line) => fundId === null || line.fundId === fundId,
      );
      const isCovered = contractId !== null && signed.has(contractId);
      const counts = isCovered ? NOTHING : (COUNTS[contractStatus ?? claimStatus ?? ''] ?? NOTHING);
      return { ...use, amountFen: sumFen(own.map(counts)) };
    });
  };
  return new Map(waivers.map((waiver) => [waiver.id, ofWaiver(waiver)]));
}

type Amounts = Pick<Row<'spendingLine'>, 'amountFen' | 'paidFen' | 'refundedFen'>;
const NOTHING = () => 0n;
const HELD = ({ amountFen, refundedFen }: Amounts) => amountFen - refundedFen;
/** By the status of a claim or of a contract; of no other status anything counts. A closed contract has `paidFen` 0. */
const COUNTS: Readonly<Record<string, (line: Amounts) => Fen>> = {
  signed: HELD,
  submitted: HELD,
  reviewed: HELD,
  approved: HELD,
  partly_paid: HELD,
  paid: HELD,
  closed: ({ paidFen, refundedFen }) => paidFen - refundedFen,
};

const appliedTo = prepared<{ subjectId: string }, WaiverRow>((db, value) =>
  db
    .selectFrom('waiverUse')
    .innerJoin('waiver', 'waiver.id', 'waiverUse.waiverId')
    .selectAll('waiver')
    .where('waiverUse.subjectId', '=', value('subjectId'))
    .orderBy('waiver.id'),
);

/**
 * The exceptions applied to a case, by id, as they stand now, with what other cases have used of them. The book is
 * locked while a command looks, so that two cases cannot both take the last of a limit.
 */
export async function waiverFacts(trx: Trx, subject: WaiverSubject): Promise<WaiverFacts[]> {
  const applied = (await appliedTo(trx, { subjectId: subject.id })).filter((row) => isMeantFor(row, subject));
  const uses = await usesOf(
    trx,
    applied.filter(({ limitFen }) => limitFen !== null),
  );
  return applied.map((waiver) => {
    // The contract that a claim draws on has taken the claim's money already.
    const others = (uses.get(waiver.id) ?? []).filter(
      ({ subjectId }) => subjectId !== subject.id && subjectId !== subject.contractId,
    );
    return factsOf(waiver, sumFen(others.map(({ amountFen }) => amountFen)));
  });
}

const factsOf = (waiver: WaiverRow, usedFen: Fen): WaiverFacts => ({
  waiverId: waiver.id,
  documentNo: waiver.documentNo as string,
  clause: waiver.clause,
  fundId: waiver.fundId,
  from: waiver.fromDate,
  until: waiver.untilDate,
  isRevoked: waiver.status !== 'approved',
  limitFen: waiver.limitFen,
  usedFen,
});

export const appliedWaiverView = ({
  waiverId,
  clause,
  documentNo,
  from,
  until,
  isRevoked,
}: WaiverFacts): AppliedWaiver => ({ id: waiverId, clause, documentNo, from, until, isRevoked });

/** A draft may have been moved to another contract since the exception was applied to it. */
const isMeantFor = ({ subjectId }: WaiverRow, subject: WaiverSubject): boolean =>
  subjectId === null || subjectId === subject.id || subjectId === subject.contractId;

/**
 * Replaces the exceptions that are applied to a case: approved, unexpired ones that are meant for it and its funds, and
 * that its maker did not approve.
 * @throws DomainError `not_found`, `waiver_unfit` with every fault at once.
 */
export async function applyWaivers(
  unit: Unit,
  subject: WaiverSubject,
  { makerId, fundIds }: { readonly makerId: string; readonly fundIds: readonly string[] },
  given: readonly string[],
): Promise<void> {
  const ids = [...new Set(given)].sort();
  const faults: string[] = [];
  for (const id of ids) {
    const waiver = await waiverOfBook(unit, id, null);
    const name = `例外批准${waiver.documentNo ?? id}`;
    if (waiver.status !== 'approved') faults.push(`${name}${WAIVER_STATUS_LABELS[waiver.status]}`);
    else if (waiver.untilDate < today(unit.context.now)) faults.push(`${name}已于 ${waiver.untilDate} 到期`);
    if (waiver.fundId !== null && !fundIds.includes(waiver.fundId)) faults.push(`${name}只针对另一笔资金`);
    if (waiver.decidedBy === makerId) faults.push(`${name}由经办人自己批准，不能用于其经办的单据`);
    if (!isMeantFor(waiver, subject)) faults.push(`${name}只针对另一张单据`);
  }
  if (faults.length > 0) throw refuse('waiver_unfit', `不能按例外办理：${faults.join('；')}`, { faults });
  const former = await unit.trx
    .selectFrom('waiverUse')
    .selectAll()
    .where('subjectId', '=', subject.id)
    .orderBy('waiverId')
    .execute();
  for (const use of former) if (!ids.includes(use.waiverId)) await unit.remove('waiverUse', use);
  for (const waiverId of ids) {
    if (former.some((use) => use.waiverId === waiverId)) continue;
    await unit.insert('waiverUse', {
      waiverId,
      subjectId: subject.id,
      subjectType: subject.type,
      appliedBy: unit.context.actorId,
      appliedAt: unit.recordedAt,
    });
  }
}

/** What is applied to some claims or contracts, by their id. */
export async function appliedWaivers(
  db: Db | Trx,
  subjectIds: readonly string[],
): Promise<ReadonlyMap<string, readonly AppliedWaiver[]>> {
  const rows = await db
    .selectFrom('waiverUse')
    .innerJoin('waiver', 'waiver.id', 'waiverUse.waiverId')
    .selectAll('waiver')
    .select('waiverUse.subjectId as appliedTo')
    .where('waiverUse.subjectId', 'in', subjectIds)
    .orderBy('waiver.id')
    .execute();
  const byCase = groupBy(rows, ({ appliedTo: id }) => id);
  return new Map([...byCase].map(([id, own]) => [id, own.map((row) => appliedWaiverView(factsOf(row, 0n)))]));
}
