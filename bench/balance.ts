import Sqlite from 'better-sqlite3';
import { getFund } from '../src/ledger/index.js';
import { report } from './report.js';
import { openWorld, type World } from './world.js';

const SMALL = 10_000;
const LARGE = 1_000_000;
const QUERIES = 3_000;

/** A fund's balances at a million postings against ten thousand, same file, same run. */
export async function balance(): Promise<void> {
  const world = await openWorld();
  try {
    addPostings(world, 0, SMALL);
    const small = await median(world);
    addPostings(world, SMALL, LARGE);
    const large = await median(world);
    report(
      'balance query at 1 M postings',
      `${(large * 1000).toFixed(0)} µs`,
      'at 10 k',
      `${(small * 1000).toFixed(0)} µs`,
      large / small,
    );
  } finally {
    await world.close();
  }
}

/** Postings like those of claims: held, then spent and paid out, spread over 200 contracts. */
function addPostings(world: World, from: number, until: number): void {
  const db = new Sqlite(world.url.replace('sqlite:', ''));
  db.pragma('synchronous = OFF');
  db.pragma('temp_store = MEMORY');
  const entry = db.prepare(
    `insert into ledgerEntry (id, bookId, logIndex, kind, effectiveDate, recordedAt, subjectType, subjectId)
     values (?, ?, ?, 'bench', '2022-06-30', '2022-06-30T00:00:00.000Z', 'bench', ?)`,
  );
  const move = db.prepare(
    `insert into posting (entryId, seq, fundId, fromLayer, fromSubject, toLayer, toSubject, amountFen)
     values (?, 0, ?, ?, ?, ?, ?, ?)`,
  );
  db.transaction(() => {
    for (let n = from; n < until; n += 1) {
      const id = `bench-${n}`;
      entry.run(id, world.bookId, 1_000_000 + n, id);
      const contract = `contract-${n % 200}`;
      if (n % 2 === 0) move.run(id, world.fundId, 'available', '', 'encumbered', contract, 2n);
      else move.run(id, world.fundId, 'encumbered', `contract-${(n - 1) % 200}`, 'spent', '', 2n);
    }
  })();
  db.close();
}

async function median(world: World): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < QUERIES; n += 1) {
    const started = performance.now();
    await getFund(world.store, world.finance, world.bookId, world.fundId, {});
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[QUERIES / 2] as number;
}
