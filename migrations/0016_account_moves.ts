import type { Engine } from '../src/db/store.js';
import { table } from './dialect.js';

/**
 * What moved on every account, by business day and by month: balances of a past day and moves of a period are read from
 * whole months and the days beside them, never from the postings. Carried by the trigger that carries the balances.
 */
export function statements(engine: Engine): string[] {
  return [
    ...PERIODS.map(({ name, column, key }) =>
      table(
        engine,
        name,
        `"fundId" TEXT not null references "fund"("id"),
         "${column}" TEXT not null,
         "layer" TEXT not null,
         "subject" TEXT not null,
         "inFen" FEN not null,
         "outFen" FEN not null,
         "withinFen" FEN not null,
         primary key (${key})`,
        { isByKey: true },
      ),
    ),
    `insert into "accountDay" ("fundId", "day", "layer", "subject", "inFen", "outFen", "withinFen")
       select "fundId", "day", "layer", "subject", sum("inFen"), sum("outFen"), sum("withinFen") from (
         select p."fundId", e."effectiveDate" as "day", p."toLayer" as "layer", p."toSubject" as "subject",
             p."amountFen" as "inFen", 0 as "outFen",
             case when p."fromLayer" = p."toLayer" then p."amountFen" else 0 end as "withinFen"
           from "posting" p join "ledgerEntry" e on e."id" = p."entryId"
         union all
         select p."fundId", e."effectiveDate", p."fromLayer", p."fromSubject", 0, p."amountFen", 0
           from "posting" p join "ledgerEntry" e on e."id" = p."entryId") moved
       group by "fundId", "day", "layer", "subject"`,
    `insert into "accountMonth" ("fundId", "month", "layer", "subject", "inFen", "outFen", "withinFen")
       select "fundId", substr("day", 1, 7), "layer", "subject", sum("inFen"), sum("outFen"), sum("withinFen")
         from "accountDay" group by "fundId", substr("day", 1, 7), "layer", "subject"`,
    ...carry(engine),
  ];
}

/** Days of a fund are read by range of days, months by account: keys in the order of the reading. */
const PERIODS = [
  { name: 'accountDay', column: 'day', key: '"fundId", "day", "layer", "subject"' },
  { name: 'accountMonth', column: 'month', key: '"fundId", "layer", "subject", "month"' },
] as const;

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

const moves = PERIODS.flatMap(({ name, column, key }) => {
  const period = column === 'day' ? 'e."effectiveDate"' : 'substr(e."effectiveDate", 1, 7)';
  const insert = (side: 'from' | 'to', amounts: string, changes: string) => `
    insert into "${name}" ("fundId", "${column}", "layer", "subject", "inFen", "outFen", "withinFen")
      select new."fundId", ${period}, new."${side}Layer", new."${side}Subject", ${amounts}
        from "ledgerEntry" e where e."id" = new."entryId"
      on conflict (${key}) do update set ${changes};`;
  const grown = (amount: string) => `"${amount}" = "${name}"."${amount}" + excluded."${amount}"`;
  return [
    insert('from', `0, new."amountFen", 0`, grown('outFen')),
    insert(
      'to',
      `new."amountFen", 0, case when new."fromLayer" = new."toLayer" then new."amountFen" else 0 end`,
      `${grown('inFen')}, ${grown('withinFen')}`,
    ),
  ];
}).join('');

function carry(engine: Engine): string[] {
  if (engine === 'postgres')
    return [
      `create or replace function carry_posting() returns trigger language plpgsql as $$ begin
         if exists (select 1 from "ledgerEntry" e, "fund" f
           where e."id" = new."entryId" and f."id" = new."fundId" and e."bookId" <> f."bookId")
           then raise exception 'posting_foreign_fund'; end if;
         ${openAccounts} ${moveAmount} ${moves} return null; end $$`,
    ];
  return [
    `drop trigger "posting_carry"`,
    `create trigger "posting_carry" after insert on "posting" begin ${openAccounts} ${moveAmount} ${moves} end`,
  ];
}
