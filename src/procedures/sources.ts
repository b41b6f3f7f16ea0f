import { type RawBuilder, sql } from 'kysely';
import type { BusinessDate } from '../core/dates.js';
import { EVIDENCE_LABELS, type EvidenceKind, type SourceType } from '../core/vocabulary.js';
import { PROCEDURES, type Procedure } from '../policy/index.js';

/** What of a book is asked about: a year of it, as far as it has come by `asOf`. */
export interface Span {
  readonly bookId: string;
  readonly year: number;
  readonly from: BusinessDate;
  readonly until: BusinessDate;
  readonly asOf: BusinessDate;
}
export type ShownKind = Procedure | EvidenceKind;
export type Per = 'fund' | 'contract' | 'year';

const isProcedure = (kind: ShownKind): kind is Procedure => kind in PROCEDURES;
/** Documents of a contract's file are shown for each contract. */
export const perOf = (kind: ShownKind): Per => (isProcedure(kind) ? PROCEDURES[kind].per : 'contract');
export const labelOf = (kind: ShownKind): string =>
  isProcedure(kind) ? PROCEDURES[kind].label : EVIDENCE_LABELS[kind];

/** One live row that shows a duty done, as every source selects it. */
export interface SourceRow {
  readonly subjectId: string;
  readonly id: string;
  readonly date: BusinessDate;
  readonly documentNo: string | null;
  readonly what: string;
  /** Sealed; of recorded duties only. */
  readonly title: string | null;
}

type Query = RawBuilder<unknown>;
const NONE = sql`cast(null as text)`;
const columns = (subjectId: Query, id: Query, date: Query, documentNo: Query, what: string, title = NONE) =>
  sql`select ${subjectId} as "subjectId", ${id} as "id", ${date} as "date", ${documentNo} as "documentNo",
    cast(${what} as text) as "what", ${title} as "title"`;
const col = (name: string) => sql.ref(name);

/** Duties that only some sources of money have. */
const FUND_TYPES: Partial<Record<Procedure, readonly SourceType[]>> = {
  declaration: ['provincial_subsidy'],
  announcement: ['welfare_lottery'],
  donation_register: ['charity'],
};

/** Whom a kind must be shown for: the ids, and a number and title for people. */
export function subjectsOf(kind: ShownKind, { bookId, year, from, until }: Span): Query {
  if (perOf(kind) === 'fund') {
    const types = isProcedure(kind) ? FUND_TYPES[kind] : undefined;
    const ofTypes = types ? sql` and "type" in (${sql.join(types)})` : sql``;
    return sql`select "id", "documentNo" as "no", "name" as "title" from "fund"
      where "bookId" = ${bookId} and "year" = ${year}${ofTypes}`;
  }
  // Only a provider that left has an exit to show.
  const left =
    kind === 'exit'
      ? sql` and "providerId" in (select "providerId" from "sanction"
          where "bookId" = ${bookId} and "kind" = 'exit' and "fromDate" <= ${until})`
      : sql``;
  return sql`select "id", "contractNo" as "no", "title" from "contract"
    where "bookId" = ${bookId} and "status" <> 'pending' and "startDate" <= ${until} and "endDate" >= ${from}${left}`;
}

/** Everything that shows a kind for its funds or contracts, besides what is worked out in figures. */
export function rowsOf(kind: ShownKind, span: Span): Query {
  const sources = isProcedure(kind) ? [...(SOURCES[kind]?.(span) ?? []), records(kind, span)] : [];
  if (!isProcedure(kind)) sources.push(contractFile([kind], span), lineFile(kind, span));
  return sql.join(sources, sql` union all `);
}

/** Duties recorded by hand count for every kind. */
function records(kind: Procedure, { bookId, year }: Span): Query {
  const per = PROCEDURES[kind].per;
  const subject = per === 'year' ? sql`cast(${String(year)} as text)` : col(`${per}Id`);
  return sql`${columns(subject, col('id'), col('date'), col('documentNo'), PROCEDURES[kind].label, col('title'))}
    from "procedureRecord" where "bookId" = ${bookId} and "kind" = ${kind} and "year" = ${year}
    and "withdrawnAt" is null`;
}

const SOURCES: Partial<Record<Procedure, (span: Span) => Query[]>> = {
  allotment_chain: (span) => [
    fundPaper('grant', '下达文件', span),
    fundPaper('arrival', '到账凭证', span),
    moved('intake', 'documentNo', '收文、到账', span),
    moved('allotment', 'documentNo', '向下级下达', span),
    moved('disbursement', 'voucherNo', '向下级拨付', span),
  ],
  spending_report: ({ asOf, bookId, year }) => [
    sql`${columns(col('id'), col('id'), sql`cast(${asOf} as text)`, NONE, '资金四列金额')} from "fund"
      where "bookId" = ${bookId} and "year" = ${year}
      and exists (select 1 from "account" where "account"."fundId" = "fund"."id")`,
  ],
  declaration: (span) => [fundTerm('%"declarationConfirmed":true%', '县申报、市审核、省确认', span)],
  donation_register: (span) => [
    fundTerm('%"agreementNo":"%', '捐赠协议', span),
    fundTerm('%"filingNo":"%', '募捐方案备案', span),
    fundPaper('valuation', '物资估值', span),
    fundPaper('arrival', '捐赠到账', span),
    sql`${columns(col('fundId'), col('id'), col('fromDate'), col('documentNo'), '捐赠人同意书')}
      from "consent" where "bookId" = ${span.bookId}`,
  ],
  supervision: (span) => [
    contractFile(['supervision_record', 'supervision_evaluation'], span),
    evaluations(span),
  ],
  performance: (span) => [
    contractFile(['performance_targets'], span),
    contractFile(['interim_evaluation', 'third_party_evaluation'], span),
    evaluations(span),
  ],
  staffing: (span) => [
    sql`${columns(col('id'), col('id'), col('signedDate'), col('contractNo'), '合同约定的人员配备')}
      from "contract" where "bookId" = ${span.bookId}
      and ("certifiedWorkersPerStation" is not null or "fulltimeWorkersPerStation" is not null)`,
    contractFile(['staff_roster'], span),
    lineFile('staff_roster', span),
  ],
  // The decision alone does not show that the provider's affairs were settled and taken over.
  exit: ({ bookId, until }) => [
    sql`${columns(col('contract.id'), col('sanction.id'), col('sanction.settledDate'), col('sanction.documentNo'), '退出已清算')}
      from "sanction" join "contract" on "contract"."providerId" = "sanction"."providerId"
        and "contract"."bookId" = "sanction"."bookId"
      where "sanction"."bookId" = ${bookId} and "sanction"."kind" = 'exit' and "settledDate" is not null
        and "fromDate" <= ${until}`,
  ],
  blacklist: ({ bookId, year, from, until }) => [
    sql`${columns(sql`cast(${String(year)} as text)`, col('id'), col('fromDate'), col('documentNo'), '列入黑名单')}
      from "sanction" where "bookId" = ${bookId} and "kind" = 'blacklist' and "fromDate" <= ${until}
      and ("untilDate" is null or "untilDate" >= ${from})`,
  ],
};

const fundPaper = (kind: string, what: string, { bookId }: Span): Query =>
  sql`${columns(col('fundId'), col('id'), col('effectiveDate'), col('documentNo'), what)} from "fundDocument"
    where "bookId" = ${bookId} and "kind" = ${kind}`;

const moved = (table: string, number: string, what: string, { bookId }: Span): Query =>
  sql`${columns(col('fundId'), col('id'), col('effectiveDate'), col(number), what)} from ${sql.table(table)}
    where "bookId" = ${bookId}`;

/** Terms are canonical JSON, so a member and its value stand side by side. */
const fundTerm = (pattern: string, what: string, { bookId, year }: Span): Query =>
  sql`${columns(col('id'), col('id'), col('documentDate'), col('documentNo'), what)} from "fund"
    where "bookId" = ${bookId} and "year" = ${year} and "terms" like ${pattern}`;

/** Kinds that a year's work makes anew; the others count from their own day on. */
const YEARLY: readonly EvidenceKind[] = [
  'supervision_record',
  'supervision_evaluation',
  'interim_evaluation',
  'third_party_evaluation',
  'service_record',
];

function contractFile(
  kinds: readonly [EvidenceKind, ...EvidenceKind[]],
  { bookId, from, until }: Span,
): Query {
  const since = YEARLY.includes(kinds[0]) ? from : '0000';
  const what = kinds.map((kind) => EVIDENCE_LABELS[kind]).join('、');
  return sql`${columns(col('contractId'), col('id'), col('date'), col('documentNo'), what)} from "contractEvidence"
    where "bookId" = ${bookId} and "kind" in (${sql.join(kinds)}) and "date" between ${since} and ${until}`;
}

const evaluations = ({ bookId, from, until }: Span): Query =>
  sql`${columns(col('contractId'), col('id'), col('date'), NONE, '评估记录')} from "evaluation"
    where "bookId" = ${bookId} and "date" between ${from} and ${until}`;

/** Files attached to the lines of claims that were made and not turned down. */
const lineFile = (kind: EvidenceKind, { bookId, from, until }: Span): Query =>
  sql`${columns(col('claim.contractId'), col('line.id'), col('claim.businessDate'), NONE, `报账附件：${EVIDENCE_LABELS[kind]}`)}
    from "claim" join "spendingLine" as "line" on "line"."ownerId" = "claim"."id"
    where "claim"."bookId" = ${bookId} and "claim"."contractId" is not null
      and "claim"."status" not in ('draft', 'returned', 'rejected')
      and "claim"."businessDate" between ${from} and ${until} and "line"."evidence" like ${`%"kind":"${kind}"%`}`;
