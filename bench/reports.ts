import Sqlite from 'better-sqlite3';
import { statements as accountMoves } from '../migrations/0016_account_moves.js';
import { addDays } from '../src/core/dates.js';
import { createFund } from '../src/ledger/index.js';
import { executionOverTime, ledgerDetail, trialBalance, usageReport } from '../src/reports/index.js';
import { report } from './report.js';
import { caller, openWorld, type World } from './world.js';

const SMALL = 10_000;
const LARGE = 1_000_000;
const FIRST_YEAR = 2018;
const YEARS = 5;
const FUNDS_A_YEAR = 5;
const STATIONS = 30;
const ROUNDS = 15;
const AMOUNTS_FEN: Readonly<Record<string, bigint>> = { grant: 1_000_000_000n, split: 20_000_000n };

type Query = (world: World, fundIds: readonly string[]) => Promise<unknown>;
const auditor = ({ finance }: World) => finance;
const usage =
  (asOf?: string): Query =>
  (world) =>
    usageReport(world.store, auditor(world), world.bookId, { asOf });
const trial =
  (from?: string, asOf?: string): Query =>
  (world) =>
    trialBalance(world.store, auditor(world), world.bookId, { from, asOf, detail: 'subject' });
const ledger =
  (from: string | undefined, layer?: 'available' | 'allotted'): Query =>
  (world, fundIds) =>
    ledgerDetail(world.store, auditor(world), world.bookId, {
      fundId: fundIds[fundIds.length >> 1] as string,
      from,
      layer,
      limit: 50,
    });

const QUERIES: Readonly<Record<string, Query>> = {
  'usage, now': usage(),
  'usage as of the middle of a month': usage('2020-06-17'),
  'usage as of the end of a month': usage('2022-11-30'),
  'usage as of one of the last days': usage('2022-12-30'),
  'trial balance, all of it': trial(),
  'trial balance of days within a year': trial('2020-03-05', '2020-11-11'),
  'trial balance of a year': trial('2021-01-01', '2021-12-31'),
  'ledger of a fund, first page': ledger(undefined),
  'ledger of a fund from a day': ledger('2020-08-19'),
  'ledger of a layer that seldom moves': ledger(undefined, 'allotted'),
  'execution of a year': (world) =>
    executionOverTime(world.store, auditor(world), world.bookId, { year: 2020, asOf: '2020-10-10' }),
};

/** Reports of past days in a book of a million claims against one of ten thousand. */
export async function reports(): Promise<void> {
  const small = await measured(SMALL);
  const large = await measured(LARGE);
  for (const [name, ours] of large) {
    const other = small.get(name) as number;
    report(`${name}, 1 M claims`, `${ours.toFixed(1)} ms`, '10 k', `${other.toFixed(1)} ms`, ours / other);
  }
}

async function measured(claims: number): Promise<Map<string, number>> {
  const world = await openWorld();
  try {
    const fundIds: string[] = [];
    for (let n = 0; n < YEARS * FUNDS_A_YEAR; n += 1) fundIds.push(await fundOf(world, n));
    const started = performance.now();
    fill(world, fundIds, claims);
    console.log(
      `${claims} claims posted and added up in ${((performance.now() - started) / 1000).toFixed(0)} s`,
    );
    const found = new Map<string, number>();
    for (const [name, query] of Object.entries(QUERIES)) {
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const since = performance.now();
        await query(world, fundIds);
        times.push(performance.now() - since);
      }
      found.set(name, times.sort((a, b) => a - b)[ROUNDS >> 1] as number);
    }
    return found;
  } finally {
    await world.close();
  }
}

async function fundOf(world: World, n: number): Promise<string> {
  const year = FIRST_YEAR + Math.floor(n / FUNDS_A_YEAR);
  const fund = await createFund(world.store, caller(world.finance), world.bookId, {
    level: 'county',
    year,
    name: `社工站经费第${n + 1}批`,
    documentNo: `泸县财预〔${year}〕${n + 1}号`,
    documentDate: `${year}-01-10`,
    programme: null,
    isExample: true,
    terms: { type: 'local_budget', budgetCode: `${year}-SW-${n}` },
  });
  return fund.id;
}

/**
 * Grants split among stations, then claims drawn on their pools: held, spent, paid out. Written past the service and its
 * triggers; what they would have carried is added up at the end, as the migration does it.
 */
function fill(world: World, fundIds: readonly string[], claims: number): void {
  const db = new Sqlite(world.url.replace('sqlite:', ''));
  db.pragma('synchronous = OFF');
  db.pragma('temp_store = MEMORY');
  db.pragma('cache_size = -400000');
  const kept = db
    .prepare(
      `select name, sql from sqlite_master where type = 'trigger' and tbl_name in ('posting', 'ledgerEntry')`,
    )
    .all() as { name: string; sql: string }[];
  for (const { name } of kept) db.exec(`drop trigger "${name}"`);
  let { logSize } = db.prepare('select logSize from book where id = ?').get(world.bookId) as {
    logSize: number;
  };
  const entry = db.prepare(
    `insert into ledgerEntry (id, bookId, logIndex, kind, effectiveDate, recordedAt, subjectType, subjectId)
     values (?, ?, ?, ?, ?, ?, 'bench', ?)`,
  );
  const move = db.prepare('insert into posting values (?, ?, ?, ?, ?, ?, ?, ?)');
  const post = (
    kind: string,
    day: string,
    fundId: string,
    moves: (readonly [string, string, string, string])[],
  ) => {
    const id = `bench-${logSize}`;
    entry.run(id, world.bookId, logSize, kind, day, `${day}T08:00:00.000Z`, id);
    for (const [seq, [from, own, to, other]] of moves.entries())
      move.run(id, seq, fundId, from, own, to, other, AMOUNTS_FEN[kind] ?? 12_34n);
    logSize += 1;
  };
  db.transaction(() => {
    for (const [n, fundId] of fundIds.entries()) {
      const day = `${FIRST_YEAR + Math.floor(n / FUNDS_A_YEAR)}-01-15`;
      post('grant', day, fundId, [
        ['allotted', '', 'available', ''],
        ['received', '', 'bank', ''],
      ]);
      for (let station = 0; station < STATIONS; station += 1)
        post('split', day, fundId, [['available', '', 'available', `station-${station}`]]);
    }
    for (let n = 0; n < claims; n += 1) {
      const day = Math.floor((n / claims) * YEARS * 365);
      const year = Math.min(YEARS - 1, Math.floor(day / 365));
      const fundId = fundIds[year * FUNDS_A_YEAR + (n % FUNDS_A_YEAR)] as string;
      const at = addDays(`${FIRST_YEAR}-01-16`, day);
      const station = `station-${Math.floor(n / FUNDS_A_YEAR) % STATIONS}`;
      post('claim.submit', at, fundId, [['available', station, 'reserved', '']]);
      post('claim.pay', addDays(at, n % 20), fundId, [
        ['reserved', '', 'spent', ''],
        ['bank', '', 'paid_out', ''],
      ]);
    }
  })();
  for (const { sql } of kept) db.exec(sql);
  db.prepare('update book set logSize = ? where id = ?').run(logSize, world.bookId);
  for (const table of ['accountDay', 'accountMonth', 'account']) db.exec(`delete from ${table}`);
  for (const statement of accountMoves('sqlite').filter((each) => each.startsWith('insert')))
    db.exec(statement);
  db.exec(
    `insert into account select fundId, layer, subject, sum(inFen - outFen) from accountMonth group by 1, 2, 3`,
  );
  db.close();
}
