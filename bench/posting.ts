import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { statements as peopleStatements } from '../migrations/0001_people.js';
import { statements as ledgerStatements } from '../migrations/0002_ledger.js';
import { runCommand } from '../src/audit/index.js';
import { newId } from '../src/core/ids.js';
import { pool, post } from '../src/ledger/index.js';
import { perSecond, report } from './report.js';
import { caller, openWorld } from './world.js';

const COMMANDS = 20_000;
const WAITING = 128;

/** In-process posting of one entry a command, 128 waiting at a time, against bare inserts of the same rows. */
export async function posting(): Promise<void> {
  const ours = await ourPostings();
  const bare = bareRows();
  report(
    'in-process posting',
    `${ours.toFixed(0)}/s`,
    'bare better-sqlite3 loop',
    `${bare.toFixed(0)}/s`,
    ours / bare,
  );
}

async function ourPostings(): Promise<number> {
  const world = await openWorld();
  const one = (n: number) => {
    const target = { bookId: world.bookId, action: 'bench.post', subject: { type: 'bench', id: String(n) } };
    return runCommand(world.store, target, caller(world.finance).context, async (unit) => {
      const postings = [
        { fundId: world.fundId, from: pool('available'), to: pool('reserved'), amountFen: 1n },
      ];
      await post(unit, {
        kind: target.action,
        effectiveDate: '2022-06-30',
        subject: target.subject,
        postings,
      });
      await unit.append({ action: target.action, subject: target.subject });
      return null;
    });
  };
  const rate = await perSecond(COMMANDS, WAITING, one);
  await world.close();
  return rate;
}

/** As many rows of the same size into the same tables (their triggers too), in transactions of the same size. */
function bareRows(): number {
  const folder = mkdtempSync(join(tmpdir(), 'funds-bench-'));
  const db = new Sqlite(join(folder, 'bare.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('temp_store = MEMORY');
  for (const statement of [...peopleStatements('sqlite'), ...ledgerStatements('sqlite')]) db.exec(statement);
  db.exec(`insert into organisation (id, kind, name, path, divisionCode, openedDate, createdAt)
             values ('o', 'bureau_county', 'n', 'o/', '510521', '2020-01-01', '2020-01-01');
           insert into book (id, bureauId, name, createdAt) values ('b', 'o', 'n', '2020-01-01');
           insert into fund (id, bookId, type, level, year, name, documentNo, documentDate, terms, createdAt)
             values ('f', 'b', 'local_budget', 'county', 2022, 'n', 'd', '2022-01-01', '{}', '2022-01-01');
           insert into account (fundId, layer, subject, balanceFen) values ('f', 'available', '', 90000000000);`);
  const entry =
    db.prepare(`insert into ledgerEntry (id, bookId, logIndex, kind, effectiveDate, recordedAt, subjectType, subjectId)
    values (?, 'b', ?, 'bench.post', '2022-06-30', ?, 'bench', ?)`);
  const move =
    db.prepare(`insert into posting (entryId, seq, fundId, fromLayer, fromSubject, toLayer, toSubject, amountFen)
    values (?, 0, 'f', 'available', '', 'reserved', '', 1)`);
  const log =
    db.prepare(`insert into logEntry (bookId, logIndex, leafHash, body, recordedAt, action, subjectType, subjectId)
    values ('b', ?, ?, ?, ?, 'bench.post', 'bench', ?)`);
  const head = db.prepare(`update book set logSize = ?, logFrontier = ? where id = 'b'`);
  const body = 'x'.repeat(480);
  const hash = 'a'.repeat(64);
  const started = performance.now();
  for (let from = 0; from < COMMANDS; from += WAITING) {
    db.exec('begin immediate');
    for (let n = from; n < Math.min(from + WAITING, COMMANDS); n += 1) {
      const id = newId();
      const at = new Date().toISOString();
      entry.run(id, n, at, String(n));
      move.run(id);
      log.run(n, hash, body, at, String(n));
      head.run(n + 1, hash);
    }
    db.exec('commit');
  }
  const rate = (COMMANDS / (performance.now() - started)) * 1000;
  db.close();
  rmSync(folder, { recursive: true, force: true });
  return rate;
}
