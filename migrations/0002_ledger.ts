import type { Engine } from '../src/db/store.js';
import { appendOnly, table } from './dialect.js';

/**
 * Books, their logs, funds and the double-entry ledger. A posting moves one amount from one account of a fund to
 * another, so every row is zero-sum by its shape; triggers carry it into the balances, and the balance's
 * sign check is what no race can get past.
 */
export function statements(engine: Engine): string[] {
  return [
    table(
      engine,
      'book',
      `"id" TEXT primary key,
       "bureauId" TEXT not null unique references "organisation"("id"),
       "name" TEXT not null,
       "createdAt" TEXT not null,
       "logSize" INTEGER not null default 0,
       "logFrontier" TEXT not null default ''`,
    ),
    table(
      engine,
      'logEntry',
      `"bookId" TEXT not null references "book"("id"),
       "logIndex" INTEGER not null check ("logIndex" >= 0),
       "leafHash" TEXT not null,
       "body" TEXT not null,
       "recordedAt" TEXT not null,
       "action" TEXT not null,
       "subjectType" TEXT not null,
       "subjectId" TEXT not null,
       "outcome" TEXT,
       primary key ("bookId", "logIndex")`,
    ),
    ...appendOnly(engine, 'logEntry', ['bookId', 'logIndex']),
    `create index "logEntry_subject" on "logEntry"("subjectId", "logIndex")`,
    `create index "logEntry_outcome" on "logEntry"("bookId", "outcome", "logIndex")`,
    table(
      engine,
      'commitment',
      `"digest" TEXT primary key,
       "bookId" TEXT not null references "book"("id"),
       "salt" TEXT not null,
       "value" TEXT not null`,
    ),
    table(
      engine,
      'fund',
      `"id" TEXT primary key,
       "bookId" TEXT not null references "book"("id"),
       "type" TEXT not null,
       "level" TEXT not null,
       "year" INTEGER not null,
       "name" TEXT not null,
       "documentNo" TEXT not null,
       "documentDate" TEXT not null,
       "programme" TEXT,
       "terms" TEXT not null,
       "isExample" INTEGER not null default 0 check ("isExample" in (0, 1)),
       "createdAt" TEXT not null,
       "version" INTEGER not null default 1,
       unique ("bookId", "documentNo", "type", "level", "name")`,
    ),
    `create index "fund_type" on "fund"("bookId", "type", "year")`,
    table(
      engine,
      'account',
      `"fundId" TEXT not null references "fund"("id"),
       "layer" TEXT not null,
       "subject" TEXT not null,
       "balanceFen" FEN not null default 0,
       primary key ("fundId", "layer", "subject"),
       constraint "account_sign" check (
         case when "layer" in ('planned', 'allotted', 'received', 'entrusted', 'service_quota')
              then "balanceFen" <= 0 else "balanceFen" >= 0 end)`,
    ),
    table(
      engine,
      'period',
      `"bookId" TEXT not null references "book"("id"),
       "month" TEXT not null,
       "closedAt" TEXT not null,
       "closedBy" TEXT not null,
       primary key ("bookId", "month")`,
    ),
    ...appendOnly(engine, 'period', ['bookId', 'month']),
    table(
      engine,
      'ledgerEntry',
      `"id" TEXT primary key,
       "bookId" TEXT not null references "book"("id"),
       "logIndex" INTEGER not null,
       "kind" TEXT not null,
       "effectiveDate" TEXT not null,
       "recordedAt" TEXT not null,
       "subjectType" TEXT not null,
       "subjectId" TEXT not null,
       "reversesId" TEXT references "ledgerEntry"("id")`,
    ),
    ...appendOnly(engine, 'ledgerEntry', ['id']),
    `create index "ledgerEntry_subject" on "ledgerEntry"("subjectId")`,
    `create index "ledgerEntry_reverses" on "ledgerEntry"("reversesId") where "reversesId" is not null`,
    `create index "ledgerEntry_log" on "ledgerEntry"("bookId", "logIndex")`,
    table(
      engine,
      'posting',
      `"entryId" TEXT not null references "ledgerEntry"("id"),
       "seq" INTEGER not null,
       "fundId" TEXT not null references "fund"("id"),
       "fromLayer" TEXT not null,
       "fromSubject" TEXT not null,
       "toLayer" TEXT not null,
       "toSubject" TEXT not null,
       "amountFen" FEN not null check ("amountFen" > 0),
       primary key ("entryId", "seq")`,
    ),
    ...appendOnly(engine, 'posting', ['entryId', 'seq']),
    `create index "posting_fund" on "posting"("fundId")`,
    ...guards(engine),
  ];
}

const openAccounts = `
  insert into "account" ("fundId", "layer", "subject", "balanceFen")
    values (new."fundId", new."fromLayer", new."fromSubject", 0),
           (new."fundId", new."toLayer", new."toSubject", 0)
    on conflict ("fundId", "layer", "subject") do nothing;`;
const moveAmount = `
  update "account" set "balanceFen" = "balanceFen" - new."amountFen"
    where "fundId" = new."fundId" and "layer" = new."fromLayer" and "subject" = new."fromSubject";
  update "account" set "balanceFen" = "balanceFen" + new."amountFen"
    where "fundId" = new."fundId" and "layer" = new."toLayer" and "subject" = new."toSubject";`;
/** Months close in order, so a closed month closes all before it, also those that nobody closed one by one. */
const closedPeriod = `select 1 from "period"
  where "bookId" = new."bookId" and "month" >= substr(new."effectiveDate", 1, 7)`;
const foreignFund = `select 1 from "ledgerEntry" e, "fund" f
  where e."id" = new."entryId" and f."id" = new."fundId" and e."bookId" <> f."bookId"`;

function guards(engine: Engine): string[] {
  if (engine === 'postgres') {
    return [
      `create function carry_posting() returns trigger language plpgsql as $$ begin
         if exists (${foreignFund}) then raise exception 'posting_foreign_fund'; end if;
         ${openAccounts} ${moveAmount} return null; end $$`,
      `create trigger "posting_carry" after insert on "posting" for each row execute function carry_posting()`,
      `create function refuse_closed_period() returns trigger language plpgsql as $$ begin
         if exists (${closedPeriod}) then raise exception 'period_closed' using errcode = '23001'; end if;
         return new; end $$`,
      `create trigger "ledgerEntry_period" before insert on "ledgerEntry"
         for each row execute function refuse_closed_period()`,
    ];
  }
  return [
    `create trigger "posting_foreign_fund" before insert on "posting" when exists (${foreignFund})
       begin select raise(abort, 'posting_foreign_fund'); end`,
    `create trigger "posting_carry" after insert on "posting" begin ${openAccounts} ${moveAmount} end`,
    `create trigger "ledgerEntry_period" before insert on "ledgerEntry" when exists (${closedPeriod})
       begin select raise(abort, 'period_closed'); end`,
  ];
}
