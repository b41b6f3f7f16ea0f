import type { Engine } from '../src/db/store.js';
import { table } from './dialect.js';

/**
 * What claims hold and have spent of a fund, summed over the lines that agree in all that reports tell apart ('' where a
 * line leaves something open), so that reports and overviews read these few rows and never a million lines. Kept by
 * triggers; a row is there as long as lines are in it. It takes the place of an index of lines by fund.
 */
export function statements(engine: Engine): string[] {
  return [
    table(
      engine,
      'spendingSum',
      `"fundId" TEXT not null references "fund"("id"),
       ${KEYS.slice(1)
         .map((key) => `"${key}" TEXT not null,`)
         .join(' ')}
       "lines" INTEGER not null,
       "claims" INTEGER not null,
       "heldFen" FEN not null,
       "spentFen" FEN not null,
       primary key (${quoted(KEYS)})`,
      { isByKey: true },
    ),
    FILL,
    ...carry(engine),
    `drop index "spendingLine_fund"`,
  ];
}

const KEYS = [
  'fundId',
  'organisationId',
  'stationId',
  'economicCode',
  'serviceItem',
  'contractId',
  'payeeType',
  'payeeId',
] as const;
const SUMS = ['lines', 'claims', 'heldFen', 'spentFen'] as const;
const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

const keysOf = (line: string, claim: string) => `${line}."fundId", ${claim}."organisationId",
  coalesce(${line}."stationId", ''), coalesce(${line}."economicCode", ''), coalesce(${line}."serviceItem", ''),
  coalesce(${claim}."contractId", ''), ${claim}."payeeType", coalesce(${claim}."payeeId", '')`;

/** Compared one by one: for a list of words SQLite would build a table at every step of a claim. */
const oneOf = (claim: string, statuses: readonly string[], then: 0 | 1) =>
  `case ${claim}."status" ${statuses.map((status) => `when '${status}' then ${then}`).join(' ')} else ${1 - then} end`;
/** 1 or 0: a claim that is under way or done; and one that holds what is not paid yet. */
const isCounted = (claim: string) => oneOf(claim, ['draft', 'returned', 'rejected'], 0);
const isHolding = (claim: string) => oneOf(claim, ['submitted', 'reviewed', 'approved', 'partly_paid'], 1);

/** A claim counts once for each unit and budget year: with the first of its lines for them. */
const isFirst = (claim: string) => `case when exists (
    select 1 from "spendingLine" e join "fund" ef on ef."id" = e."fundId" join "fund" f on f."id" = l."fundId"
      where e."ownerId" = l."ownerId" and e."seq" < l."seq" and ef."year" = f."year"
        and coalesce(e."stationId", ${claim}."organisationId") = coalesce(l."stationId", ${claim}."organisationId"))
  then 0 else 1 end`;

/** Sums of claims and lines as they stand; rows of one key come as one, as PostgreSQL asks. */
export const FILL = `insert into "spendingSum" (${quoted([...KEYS, ...SUMS])})
  select ${keysOf('l', 'c')}, count(*), sum(${isFirst('c')}),
      sum(${isHolding('c')} * (l."amountFen" - l."paidFen")), sum(l."paidFen" - l."refundedFen")
    from "spendingLine" l join "claim" c on c."id" = l."ownerId"
    where l."ownerType" = 'claim' and ${isCounted('c')} = 1
    group by ${keysOf('l', 'c')}`;

const add = `on conflict (${quoted(KEYS)}) do update set
  ${SUMS.map((sum) => `"${sum}" = "spendingSum"."${sum}" + excluded."${sum}"`).join(', ')};`;

const change = (of: (claim: string) => string) => `(${of('new')} - ${of('old')})`;

/** SQLite adds rows of one key one after another and needs no sorting for it. */
const total = (engine: Engine, amount: string, of: (claim: string) => string) =>
  engine === 'postgres' ? `sum(${amount}) * ${change(of)}` : `(${amount}) * ${change(of)}`;

/** A claim begins or ceases to count or to hold. Its keys change only where it does neither. */
const claimChanges = (engine: Engine) => `insert into "spendingSum" (${quoted([...KEYS, ...SUMS])})
  select ${keysOf('l', 'new')}, ${total(engine, '1', isCounted)}, ${total(engine, isFirst('new'), isCounted)},
      ${total(engine, `l."amountFen" - l."paidFen"`, isHolding)},
      ${total(engine, `l."paidFen" - l."refundedFen"`, isCounted)}
    from "spendingLine" l
    where l."ownerId" = new."id" and (${change(isCounted)} <> 0 or l."amountFen" <> l."paidFen")
    ${engine === 'postgres' ? `group by ${keysOf('l', 'new')}` : ''}
  ${add}`;
const claimCeases = `delete from "spendingSum" where "lines" = 0 and ${isCounted('new')} = 0
  and "organisationId" = new."organisationId"
  and "fundId" in (select l."fundId" from "spendingLine" l where l."ownerId" = new."id");`;

const linePaid = `insert into "spendingSum" (${quoted([...KEYS, ...SUMS])})
  select ${keysOf('new', 'c')}, 0, 0, ${isHolding('c')} * (old."paidFen" - new."paidFen"),
      new."paidFen" - new."refundedFen" - old."paidFen" + old."refundedFen"
    from "claim" c where c."id" = new."ownerId" and ${isCounted('c')} = 1
  ${add}`;

function carry(engine: Engine): string[] {
  const steps = [
    [
      'claim',
      `update of "status" on "claim"`,
      `${isCounted('new')} <> ${isCounted('old')} or ${isHolding('new')} <> ${isHolding('old')}`,
      `${claimChanges(engine)} ${claimCeases}`,
    ],
    [
      'line',
      `update of "paidFen", "refundedFen" on "spendingLine"`,
      `new."ownerType" = 'claim' and (new."paidFen" <> old."paidFen" or new."refundedFen" <> old."refundedFen")`,
      linePaid,
    ],
  ] as const;
  return steps.flatMap(([name, event, when, work]) =>
    engine === 'sqlite'
      ? [`create trigger "spendingSum_${name}" after ${event} when ${when} begin ${work} end`]
      : [
          `create function spending_sum_${name}() returns trigger language plpgsql as $$ begin
             ${work} return null; end $$`,
          `create trigger "spendingSum_${name}" after ${event} for each row when (${when})
             execute function spending_sum_${name}()`,
        ],
  );
}
