import type { Engine } from '../src/db/store.js';
import { table } from './dialect.js';

/**
 * What payments, less refunds and reversals, made of a fund's spending in each month of their 业务日期, summed over their
 * shares of lines that agree in all that reports tell apart ('': left open): a report between two days reads whole
 * months from these rows and only the days beside them from the payments. Kept by triggers of payments alone, so that no
 * other step of a claim pays for it; a row is there as long as shares are in it. Who edits a returned claim whose
 * payments were all reversed takes their lines away, and with them their shares.
 */
export function statements(engine: Engine): string[] {
  return [
    table(
      engine,
      'spendingMonth',
      `"fundId" TEXT not null references "fund"("id"),
       ${KEYS.slice(1)
         .map((key) => `"${key}" TEXT not null,`)
         .join(' ')}
       "shares" INTEGER not null,
       "netFen" FEN not null,
       primary key (${quoted(KEYS)})`,
      { isByKey: true },
    ),
    fill(engine),
    ...carry(engine),
  ];
}

const KEYS = [
  'fundId',
  'month',
  'organisationId',
  'stationId',
  'economicCode',
  'serviceItem',
  'contractId',
  'payeeType',
  'payeeId',
] as const;
const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

const keysOf = (payment: string, line: string) => `${line}."fundId", substr(${payment}."effectiveDate", 1, 7),
  c."organisationId", coalesce(${line}."stationId", ''), coalesce(${line}."economicCode", ''),
  coalesce(${line}."serviceItem", ''), coalesce(c."contractId", ''), c."payeeType", coalesce(c."payeeId", '')`;

/** A payment's shares as rows of a `value` [line id, Fen as text]. */
const sharesOf = (engine: Engine, payment: string) =>
  engine === 'sqlite'
    ? `json_each(${payment}."lines") e`
    : `jsonb_array_elements(${payment}."lines"::jsonb) e("value")`;
const netFen = (payment: string) =>
  `case ${payment}."kind" when 'payment' then 1 else -1 end * cast(e."value" ->> 1 as bigint)`;

const into = `insert into "spendingMonth" (${quoted([...KEYS, 'shares', 'netFen'])})`;
const add = `on conflict (${quoted(KEYS)}) do update set
  "shares" = "spendingMonth"."shares" + excluded."shares", "netFen" = "spendingMonth"."netFen" + excluded."netFen";`;

/** All payments as they stand. Joined in this order by SQLite. */
export const fill = (engine: Engine) => `${into}
  select ${keysOf('p', 'l')}, count(*), sum(${netFen('p')})
    from "payment" p cross join ${sharesOf(engine, 'p')} cross join "spendingLine" l cross join "claim" c
    where l."id" = e."value" ->> 0 and l."ownerId" = p."claimId" and c."id" = p."claimId"
    group by ${keysOf('p', 'l')}`;

/** Shares of one key come as one, as PostgreSQL asks; SQLite adds one after another and needs no sorting for it. */
const summed = (engine: Engine, keys: string, sign: 1 | -1, payment: string, from: string) =>
  engine === 'sqlite'
    ? `${into} select ${keys}, ${sign}, ${sign} * ${netFen(payment)} ${from} ${add}`
    : `${into} select ${keys}, ${sign} * count(*), ${sign} * sum(${netFen(payment)}) ${from} group by ${keys} ${add}`;

const recorded = (engine: Engine) =>
  summed(
    engine,
    keysOf('new', 'l'),
    1,
    'new',
    `from ${sharesOf(engine, 'new')} cross join "spendingLine" l cross join "claim" c
      where l."id" = e."value" ->> 0 and l."ownerId" = new."claimId" and c."id" = new."claimId"`,
  );

const removed = (engine: Engine) => `${summed(
  engine,
  keysOf('p', 'old'),
  -1,
  'p',
  `from "payment" p cross join ${sharesOf(engine, 'p')} cross join "claim" c
      where p."claimId" = old."ownerId" and e."value" ->> 0 = old."id" and c."id" = old."ownerId"`,
)}
  delete from "spendingMonth" where "shares" = 0 and "fundId" = old."fundId"
    and "month" in (select substr(p."effectiveDate", 1, 7) from "payment" p where p."claimId" = old."ownerId");`;

function carry(engine: Engine): string[] {
  const steps = [
    ['payment', 'insert on "payment"', '1 = 1', recorded(engine)],
    ['line', 'delete on "spendingLine"', `old."ownerType" = 'claim'`, removed(engine)],
  ] as const;
  return steps.flatMap(([name, event, when, work]) =>
    engine === 'sqlite'
      ? [`create trigger "spendingMonth_${name}" after ${event} when ${when} begin ${work} end`]
      : [
          `create function spending_month_${name}() returns trigger language plpgsql as $$ begin
             ${work} return null; end $$`,
          `create trigger "spendingMonth_${name}" after ${event} for each row when (${when})
             execute function spending_month_${name}()`,
        ],
  );
}
