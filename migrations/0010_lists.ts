import type { Engine } from '../src/db/store.js';
import { appendOnly, table } from './dialect.js';

/**
 * What lists and counts are read from at a million claims: an index for every order of claims, alone, within a status
 * and within a unit; `claimFund`, which says the same of a fund's claims and is kept by triggers; and who acted, beside
 * each log entry, as the entry itself says.
 */
export function statements(engine: Engine): string[] {
  return [
    `drop index "claim_list"`,
    ...SORTS.flatMap((sort) => [
      `create index "claim_by_${sort}" on "claim"("bookId", "${sort}", "id")`,
      `create index "claim_status_${sort}" on "claim"("bookId", "status", "${sort}", "id")`,
      `create index "claim_unit_${sort}" on "claim"("bookId", "organisationId", "status", "${sort}", "id")`,
    ]),
    ...['makerId', 'reviewerId', 'approverId', 'outcome'].map(
      (column) => `create index "claim_${column}" on "claim"("bookId", "${column}")`,
    ),
    `create index "claim_payeeName" on "claim"("payeeName")`,
    `create index "waiverUse_book" on "waiverUse"("bookId", "subjectType", "subjectId")`,
    `create index "waiver_status" on "waiver"("bookId", "status", "requestedAt")`,
    `create index "contract_status" on "contract"("bookId", "status")`,
    `create index "allotment_date" on "allotment"("bookId", "effectiveDate", "id")`,
    `create index "disbursement_item" on "disbursement"("allotmentItemId")`,
    table(
      engine,
      'claimFund',
      `"bookId" TEXT not null references "book"("id"),
       "fundId" TEXT not null references "fund"("id"),
       "claimId" TEXT not null references "claim"("id"),
       "status" TEXT not null,
       "createdAt" TEXT not null,
       "businessDate" TEXT not null,
       "amountFen" FEN not null,
       primary key ("fundId", "claimId")`,
    ),
    `insert into "claimFund" (${COLUMNS})
       select distinct c."bookId", l."fundId", c."id", c."status", c."createdAt", c."businessDate", c."amountFen"
         from "spendingLine" l join "claim" c on c."id" = l."ownerId" where l."ownerType" = 'claim'`,
    `create index "claimFund_claim" on "claimFund"("claimId")`,
    ...SORTS.map(
      (sort) =>
        `create index "claimFund_${sort}" on "claimFund"("bookId", "fundId", "status", "${sort}", "claimId")`,
    ),
    ...carry(engine),
    `alter table "logEntry" add column "actorId" TEXT not null default ''`,
    ...withoutGuard(engine, [`update "logEntry" set "actorId" = ${actorOf(engine)}`]),
    `create index "logEntry_actor" on "logEntry"("bookId", "actorId", "recordedAt")`,
    `create index "logEntry_action" on "logEntry"("bookId", "action", "logIndex")`,
    `create index "logEntry_type" on "logEntry"("bookId", "subjectType", "logIndex")`,
    `create index "logEntry_recorded" on "logEntry"("bookId", "recordedAt", "logIndex")`,
  ];
}

const SORTS = ['createdAt', 'businessDate', 'amountFen'] as const;
const COLUMNS = '"bookId", "fundId", "claimId", "status", "createdAt", "businessDate", "amountFen"';

const actorOf = (engine: Engine) =>
  engine === 'sqlite' ? `json_extract("body", '$.actor')` : `"body"::json->>'actor'`;

/** The one change of a log's table that is no tampering: a column that repeats what the entry says. */
function withoutGuard(engine: Engine, work: readonly string[]): string[] {
  const guard = engine === 'sqlite' ? 'logEntry_append_only_update' : 'logEntry_append_only';
  const drop = `drop trigger "${guard}"${engine === 'postgres' ? ' on "logEntry"' : ''}`;
  const [again] = appendOnly(engine, 'logEntry', ['bookId', 'logIndex']);
  return [drop, ...work, again as string];
}

const enter = `insert into "claimFund" (${COLUMNS})
  select c."bookId", new."fundId", c."id", c."status", c."createdAt", c."businessDate", c."amountFen"
    from "claim" c where c."id" = new."ownerId"
  on conflict ("fundId", "claimId") do nothing;`;
const leave = `delete from "claimFund" where "fundId" = old."fundId" and "claimId" = old."ownerId"
  and not exists (select 1 from "spendingLine" l where l."ownerId" = old."ownerId" and l."fundId" = old."fundId");`;
const follow = `update "claimFund" set "status" = new."status", "businessDate" = new."businessDate",
    "amountFen" = new."amountFen" where "claimId" = new."id";`;
const FOLLOWED = '"status", "businessDate", "amountFen"';

function carry(engine: Engine): string[] {
  const steps = [
    ['line_enters', `insert on "spendingLine"`, `new."ownerType" = 'claim'`, enter],
    ['line_leaves', `delete on "spendingLine"`, `old."ownerType" = 'claim'`, leave],
    ['claim_changes', `update of ${FOLLOWED} on "claim"`, '1 = 1', follow],
  ] as const;
  return steps.flatMap(([name, event, when, work]) =>
    engine === 'sqlite'
      ? [`create trigger "claimFund_${name}" after ${event} when ${when} begin ${work} end`]
      : [
          `create function claim_fund_${name}() returns trigger language plpgsql as $$ begin
             ${work} return null; end $$`,
          `create trigger "claimFund_${name}" after ${event} for each row when (${when})
             execute function claim_fund_${name}()`,
        ],
  );
}
