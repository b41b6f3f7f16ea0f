import type { LogBody } from '../../audit/index.js';
import { Breather } from '../../core/breather.js';
import { groupBy } from '../../core/collections.js';
import type { Fen } from '../../core/money.js';
import type { Row } from '../../db/database.js';
import { isSource, type LayerTotals, layerTotals } from '../../ledger/index.js';
import type { Decision } from '../../policy/index.js';
import { openedEntries } from './log.js';
import type { PackageSource } from './source.js';
import { wordsFor } from './words.js';

/** The rows behind the workpapers, a page at a time, so that memory does not grow with the book. */

const PAGE = 500;

export type PostingRow = Row<'posting'> &
  Pick<Row<'ledgerEntry'>, 'logIndex' | 'kind' | 'effectiveDate' | 'recordedAt' | 'reversesId'>;

export async function* postings({ db, bookId, scope }: PackageSource): AsyncGenerator<PostingRow> {
  const breather = new Breather();
  for (let from = 0; from < scope.opened.size; from += PAGE) {
    if (breather.isDue) await breather.rest();
    const rows = await db
      .selectFrom('posting')
      .innerJoin('ledgerEntry', 'ledgerEntry.id', 'posting.entryId')
      .selectAll('posting')
      .select(['logIndex', 'kind', 'effectiveDate', 'recordedAt', 'reversesId'])
      .where('ledgerEntry.bookId', '=', bookId)
      .where('logIndex', '>=', from)
      .where('logIndex', '<', Math.min(from + PAGE, scope.opened.size))
      .orderBy('logIndex')
      .orderBy('entryId')
      .orderBy('seq')
      .execute();
    for (const row of rows) if (scope.opened.has(row.logIndex)) yield row;
  }
}

export type BalanceRow = Row<'account'>;

export async function* balances({ db, scope }: PackageSource): AsyncGenerator<BalanceRow> {
  for (const fundId of scope.fundIds) {
    const rows = await db
      .selectFrom('account')
      .selectAll()
      .where('fundId', '=', fundId)
      .where('balanceFen', '<>', 0n)
      .orderBy('layer')
      .orderBy('subject')
      .execute();
    for (const row of rows) {
      yield isSource(row.layer) ? { ...row, balanceFen: -row.balanceFen } : row;
    }
  }
}

export interface FourAmountsRow {
  readonly fundId: string;
  readonly type: string;
  readonly year: number;
  readonly plannedFen: Fen;
  readonly allottedFen: Fen;
  readonly receivedFen: Fen;
  readonly spentFen: Fen;
  readonly availableFen: Fen;
  readonly encumberedFen: Fen;
  readonly reservedFen: Fen;
  readonly passedDownFen: Fen;
  readonly returnedFen: Fen;
}

export async function* fourAmounts({ db, scope }: PackageSource): AsyncGenerator<FourAmountsRow> {
  for (const fundId of scope.fundIds) {
    const fund = await db
      .selectFrom('fund')
      .select(['type', 'year'])
      .where('id', '=', fundId)
      .executeTakeFirstOrThrow();
    const totals = (await layerTotals(db, [fundId])).get(fundId) as LayerTotals;
    yield {
      fundId,
      ...fund,
      plannedFen: totals.planned ?? 0n,
      allottedFen: totals.allotted ?? 0n,
      receivedFen: totals.received ?? 0n,
      spentFen: totals.spent ?? 0n,
      availableFen: totals.available ?? 0n,
      encumberedFen: totals.encumbered ?? 0n,
      reservedFen: totals.reserved ?? 0n,
      passedDownFen: totals.passed_down ?? 0n,
      returnedFen: totals.returned ?? 0n,
    };
  }
}

export interface ReasonRow {
  readonly logIndex: number;
  readonly body: LogBody;
  readonly reason: Decision['reasons'][number] | null;
}

export async function* reasons({ db, bookId, scope }: PackageSource): AsyncGenerator<ReasonRow> {
  for await (const row of openedEntries(db, bookId, scope.opened)) {
    const body = JSON.parse(row.body) as LogBody;
    if (!body.decision) continue;
    const { reasons: found } = body.decision as Decision;
    if (found.length === 0) yield { logIndex: row.logIndex, body, reason: null };
    for (const reason of found) yield { logIndex: row.logIndex, body, reason };
  }
}

export interface ClaimRow {
  readonly claim: Row<'claim'>;
  readonly organisationName: string;
  readonly contractNo: string | null;
  readonly fundIds: readonly string[];
  readonly invoiceNumbers: readonly string[];
  readonly voucherNos: readonly string[];
  readonly attachmentHashes: readonly string[];
  readonly words: (text: string) => string;
}

/** Claims whose opening entry is opened, by id. */
export async function* claims(source: PackageSource): AsyncGenerator<ClaimRow> {
  const { db, bookId, scope, keys, isRedacted } = source;
  const { input } = scope;
  let last = '';
  for (;;) {
    let page = db
      .selectFrom('claim')
      .innerJoin('organisation', 'organisation.id', 'claim.organisationId')
      .leftJoin('contract', 'contract.id', 'claim.contractId')
      .selectAll('claim')
      .select(['organisation.name as organisationName', 'contract.contractNo as contractNo'])
      .where('claim.bookId', '=', bookId)
      .where('claim.id', '>', last);
    if (input.kind === 'claim') page = page.where('claim.id', '=', input.id);
    if (input.kind === 'project') page = page.where('claim.contractId', '=', input.id);
    if (input.kind === 'period') {
      page = page
        .where('claim.businessDate', '>=', input.from)
        .where('claim.businessDate', '<=', input.until);
    }
    if (input.kind === 'fund') {
      page = page.where('claim.id', 'in', (where) =>
        where.selectFrom('claimFund').select('claimId').where('fundId', '=', input.id),
      );
    }
    const rows = await page.orderBy('claim.id').limit(PAGE).execute();
    if (rows.length === 0) return;
    const parts = await partsOf(
      source,
      rows.map((row) => row.id),
    );
    const words = await wordsFor(
      db,
      keys,
      isRedacted,
      rows.flatMap((row) => [row.title, row.payeeName]),
    );
    for (const { organisationName, contractNo, ...claim } of rows) {
      yield { claim, organisationName, contractNo, words, ...parts(claim.id) };
    }
    if (rows.length < PAGE) return;
    last = rows.at(-1)?.id as string;
  }
}

/** What hangs on some claims: funds, invoices, vouchers, files. */
async function partsOf({ db }: PackageSource, ids: readonly string[]) {
  const lines = await db
    .selectFrom('spendingLine')
    .selectAll()
    .where('ownerId', 'in', ids)
    .orderBy('seq')
    .execute();
  const linesBy = groupBy(lines, (line) => line.ownerId);
  const payments = await db
    .selectFrom('payment')
    .selectAll()
    .where('claimId', 'in', ids)
    .orderBy('id')
    .execute();
  const paymentsBy = groupBy(payments, (payment) => payment.claimId);
  const attached = lines.flatMap((line) => attachmentIds(line));
  const files =
    attached.length === 0
      ? []
      : await db
          .selectFrom('attachment')
          .select(['id', 'contentSha256'])
          .where('id', 'in', [...new Set(attached)])
          .execute();
  const hashOf = new Map(files.map((file) => [file.id, file.contentSha256]));
  return (id: string) => {
    const own = linesBy.get(id) ?? [];
    const invoices = own.flatMap((line) => (line.invoice ? [JSON.parse(line.invoice).number as string] : []));
    return {
      fundIds: [...new Set(own.map((line) => line.fundId))],
      invoiceNumbers: [...new Set(invoices)],
      voucherNos: (paymentsBy.get(id) ?? []).map((payment) => payment.voucherNo),
      attachmentHashes: own.flatMap(attachmentIds).flatMap((file) => hashOf.get(file) ?? []),
    };
  };
}

const attachmentIds = (line: Pick<Row<'spendingLine'>, 'evidence'>): string[] =>
  (JSON.parse(line.evidence) as { attachmentId: string }[]).map((item) => item.attachmentId);

export type VoucherRow = Row<'payment'>;

export async function* vouchers({ db, bookId, scope }: PackageSource): AsyncGenerator<VoucherRow> {
  const breather = new Breather();
  for (let from = 0; from < scope.opened.size; from += 10 * PAGE) {
    if (breather.isDue) await breather.rest();
    const rows = await db
      .selectFrom('payment')
      .selectAll()
      .where('bookId', '=', bookId)
      .where('logIndex', '>=', from)
      .where('logIndex', '<', from + 10 * PAGE)
      .orderBy('logIndex')
      .execute();
    for (const row of rows) if (scope.opened.has(row.logIndex)) yield row;
  }
}
