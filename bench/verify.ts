import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import Sqlite from 'better-sqlite3';
import { canonicalJson } from '../src/core/canonical-json.js';
import { appendLeaf, type Frontier, frontierFromText, frontierToText, leafHash } from '../src/core/merkle.js';
import { formatYuan } from '../src/core/money.js';
import { verifyBook } from '../src/evidence/index.js';
import type { PackSet } from '../src/policy/index.js';
import { report } from './report.js';
import { openWorld, type World } from './world.js';

const POSTINGS = 1_000_000;
/** As many as a payment on a contract makes: authority, cash, what the provider holds, the 5%. */
const PER_ENTRY = 4;
const NO_PACKS = { packs: [], terms: [], index: undefined } as unknown as PackSet;

/**
 * A book of a million postings verified from its log, rows and balances included, against hashing the same bytes alone
 * and, where `ledger` is installed, against `ledger bal` over the same postings as a journal.
 */
export async function verification(): Promise<void> {
  const world = await openWorld();
  fill(world);
  const journal = join(tmpdir(), 'funds-bench.journal');
  await writeJournal(world, journal);
  const plain = hashing(world);
  const started = performance.now();
  const result = await verifyBook(world.store.read, world.store.keys, NO_PACKS, world.bookId);
  const ours = (performance.now() - started) / 1000;
  if (result.difference) throw new Error(`${result.difference.place}`);
  const size = `${result.postings} postings, ${result.logEntries} entries`;
  report(
    `verify (${size})`,
    `${ours.toFixed(2)} s`,
    'SHA-256 of the same bytes',
    `${plain.toFixed(2)} s`,
    ours / plain,
  );
  if (spawnSync('ledger', ['--version']).status === 0) {
    const begun = performance.now();
    const run = spawnSync('ledger', ['-f', journal, 'bal'], { maxBuffer: 1 << 28 });
    const theirs = (performance.now() - begun) / 1000;
    if (run.status !== 0) throw new Error(run.stderr.toString());
    report('verify', `${ours.toFixed(2)} s`, 'ledger bal', `${theirs.toFixed(2)} s`, ours / theirs);
  } else console.log('ledger is not installed: no comparison with ledger bal');
  rmSync(journal, { force: true });
  await world.close();
}

/** Entries written as commands write them, in one transaction: log, ledger entries, postings, head. */
function fill(world: World): void {
  const db = new Sqlite(world.url.slice('sqlite:'.length));
  db.pragma('synchronous = OFF');
  const head = db.prepare('select logSize, logFrontier from book where id = ?').get(world.bookId) as {
    logSize: number;
    logFrontier: string;
  };
  const log = db.prepare(
    `insert into logEntry (bookId, logIndex, leafHash, body, recordedAt, action, subjectType, subjectId)
     values (?, ?, ?, ?, ?, 'bench.move', 'bench', ?)`,
  );
  const entry = db.prepare(
    `insert into ledgerEntry (id, bookId, logIndex, kind, effectiveDate, recordedAt, subjectType, subjectId)
     values (?, ?, ?, 'bench.move', '2022-06-30', ?, 'bench', ?)`,
  );
  const move = db.prepare(
    `insert into posting (entryId, seq, fundId, fromLayer, fromSubject, toLayer, toSubject, amountFen)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  let frontier: Frontier = frontierFromText(head.logFrontier);
  const at = '2022-06-30T01:00:00.000Z';
  const count = POSTINGS / PER_ENTRY;
  db.transaction(() => {
    for (let n = 0; n < count; n += 1) {
      const index = head.logSize + n;
      const id = `bench-${String(n).padStart(9, '0')}`;
      const subject = `claim-${n % 1000}`;
      const steps = ['available', 'reserved', 'encumbered', 'reserved', 'spent'] as const;
      const postings = Array.from({ length: PER_ENTRY }, (_, step) => [
        world.fundId,
        steps[step] as string,
        step === 0 ? '' : subject,
        steps[step + 1] as string,
        subject,
        '1',
      ]);
      const subjectOf = { type: 'bench', id };
      const body = canonicalJson({
        v: 2,
        book: world.bookId,
        index,
        at,
        actor: 'bench',
        request: 'bench',
        action: 'bench.move',
        subject: subjectOf,
        entries: [
          {
            id,
            kind: 'bench.move',
            effectiveDate: '2022-06-30',
            reverses: null,
            subject: subjectOf,
            postings,
          },
        ],
      });
      const leaf = leafHash(body);
      frontier = appendLeaf(frontier, index, leaf);
      log.run(world.bookId, index, leaf, body, at, id);
      entry.run(id, world.bookId, index, at, id);
      for (const [seq, [fund, from, fromSubject, to, toSubject]] of postings.entries())
        move.run(id, seq, fund, from, fromSubject, to, toSubject, 1n);
    }
    db.prepare('update book set logSize = ?, logFrontier = ? where id = ?').run(
      head.logSize + count,
      frontierToText(frontier),
      world.bookId,
    );
  })();
  db.close();
}

/** Reading every body and hashing it, and nothing else. Seconds. */
function hashing(world: World): number {
  const db = new Sqlite(world.url.slice('sqlite:'.length), { readonly: true });
  const started = performance.now();
  for (const row of db.prepare('select body from logEntry where bookId = ?').iterate(world.bookId)) {
    createHash('sha256')
      .update((row as { body: string }).body)
      .digest();
  }
  const seconds = (performance.now() - started) / 1000;
  db.close();
  return seconds;
}

/** The same postings in the format of ledger: two lines each. */
async function writeJournal(world: World, file: string): Promise<void> {
  const db = new Sqlite(world.url.slice('sqlite:'.length), { readonly: true });
  const out = createWriteStream(file);
  let entryId = '';
  let text = '';
  for (const row of db.prepare('select * from posting order by entryId, seq').iterate()) {
    const {
      entryId: id,
      fromLayer,
      fromSubject,
      toLayer,
      toSubject,
      amountFen,
    } = row as Record<string, string>;
    if (id !== entryId) text += `\n2022-06-30 ${id}\n`;
    entryId = id as string;
    const amount = formatYuan(BigInt(amountFen as string));
    text += `  ${toLayer}:${toSubject || 'pool'}  ${amount} CNY\n  ${fromLayer}:${fromSubject || 'pool'}  -${amount} CNY\n`;
    if (text.length < 1_000_000) continue;
    if (!out.write(text)) await once(out, 'drain');
    text = '';
  }
  out.end(text);
  await finished(out);
  db.close();
}
