import type { Engine } from '../src/db/store.js';
import { table } from './dialect.js';

/**
 * Lists of claims from fewer indexes: one that begins with a status is written anew at every step of a claim. So one that
 * holds all sorted columns serves every order where claims are few enough to be sorted: within a unit, a fund, or what
 * is under way in a status. What is done grows without end and keeps an index for each order, which only the last step
 * of a claim enters. `claimFund` becomes one tree, whose rows are found by what their claim said before.
 */
export function statements(engine: Engine): string[] {
  return [
    ...SORTS.flatMap((sort) => [`drop index "claim_status_${sort}"`, `drop index "claim_unit_${sort}"`]),
    `create index "claim_status" on "claim"("bookId", "status", "createdAt", "id", "businessDate", "amountFen")`,
    `create index "claim_unit" on "claim"
       ("bookId", "organisationId", "status", "createdAt", "id", "businessDate", "amountFen")`,
    ...['businessDate', 'amountFen'].map(
      (sort) => `create index "claim_done_${sort}" on "claim"("bookId", "status", "${sort}", "id")
        where "status" in ('rejected', 'paid', 'closed')`,
    ),
    `drop index "claim_contract"`,
    `create index "claim_contract" on "claim"("contractId") where "contractId" is not null`,
    ...TRIGGERS.map(({ name, on }) => drop(engine, name, on)),
    `drop table "claimFund"`,
    table(
      engine,
      'claimFund',
      `"bookId" TEXT not null,
       "fundId" TEXT not null,
       "claimId" TEXT not null,
       "status" TEXT not null,
       "createdAt" TEXT not null,
       "businessDate" TEXT not null,
       "amountFen" FEN not null,
       primary key ("fundId", "status", "createdAt", "claimId")
         ${engine === 'postgres' ? 'include ("businessDate", "amountFen")' : ''}`,
      { isByKey: true },
    ),
    `insert into "claimFund" (${COLUMNS})
       select distinct c."bookId", l."fundId", c."id", c."status", c."createdAt", c."businessDate", c."amountFen"
         from "spendingLine" l join "claim" c on c."id" = l."ownerId" where l."ownerType" = 'claim'`,
    ...TRIGGERS.flatMap((trigger) => create(engine, trigger)),
  ];
}

const SORTS = ['createdAt', 'businessDate', 'amountFen'] as const;
const COLUMNS = '"bookId", "fundId", "claimId", "status", "createdAt", "businessDate", "amountFen"';

/** Its lines lead to a claim's rows, and what it said before tells where they are: no index by claim is kept for it. */
const TRIGGERS = [
  {
    name: 'line_enters',
    on: 'spendingLine',
    event: 'insert',
    when: `new."ownerType" = 'claim'`,
    work: `insert into "claimFund" (${COLUMNS})
      select c."bookId", new."fundId", c."id", c."status", c."createdAt", c."businessDate", c."amountFen"
        from "claim" c where c."id" = new."ownerId"
      on conflict ("fundId", "status", "createdAt", "claimId") do nothing;`,
  },
  {
    name: 'line_leaves',
    on: 'spendingLine',
    event: 'delete',
    when: `old."ownerType" = 'claim'`,
    work: `delete from "claimFund" where "fundId" = old."fundId" and "claimId" = old."ownerId"
        and "status" = (select c."status" from "claim" c where c."id" = old."ownerId")
        and "createdAt" = (select c."createdAt" from "claim" c where c."id" = old."ownerId")
        and not exists (select 1 from "spendingLine" l
          where l."ownerId" = old."ownerId" and l."fundId" || '' = old."fundId");`,
  },
  {
    name: 'claim_changes',
    on: 'claim',
    event: 'update of "status", "businessDate", "amountFen"',
    when: '1 = 1',
    work: `update "claimFund"
        set "status" = new."status", "businessDate" = new."businessDate", "amountFen" = new."amountFen"
      where "fundId" in (select l."fundId" from "spendingLine" l where l."ownerId" = new."id")
        and "status" = old."status" and "createdAt" = old."createdAt" and "claimId" = new."id";`,
  },
] as const;

const drop = (engine: Engine, name: string, on: string) =>
  `drop trigger "claimFund_${name}"${engine === 'postgres' ? ` on "${on}"` : ''}`;

function create(engine: Engine, { name, on, event, when, work }: (typeof TRIGGERS)[number]): string[] {
  if (engine === 'sqlite')
    return [`create trigger "claimFund_${name}" after ${event} on "${on}" when ${when} begin ${work} end`];
  return [
    `create or replace function claim_fund_${name}() returns trigger language plpgsql as $$ begin
       ${work} return null; end $$`,
    `create trigger "claimFund_${name}" after ${event} on "${on}" for each row when (${when})
       execute function claim_fund_${name}()`,
  ];
}
