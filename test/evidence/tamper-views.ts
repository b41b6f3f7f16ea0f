import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { cosignCheckpoint } from '../../src/cli/evidence.js';
import { DomainError } from '../../src/core/errors.js';
import type { Row } from '../../src/db/database.js';
import {
  Checkpoints,
  getCheckpoint,
  importCosignatures,
  listKeys,
  OutsideFile,
  proveConsistency,
} from '../../src/evidence/index.js';
import { by, openClaim, refused } from '../fixture.js';
import { temporaryFolder } from './outside.js';
import type { Installation } from './tamper-clone.js';
import { differencesOf, type Tally } from './tamper-trial.js';
import { lengthen, NOW } from './tamper-world.js';

const ANOTHER_HISTORY = /^checkpoint \d+ outside the database$/;

/** Goes on working in a copy, and signs it by the file that it is given. */
async function goOn(
  { store, world }: Installation,
  outside: OutsideFile,
  amount: string,
): Promise<Row<'checkpoint'>> {
  await openClaim(world, 'draft', [{ fundId: world.fundId, amount }]);
  return new Checkpoints(store, outside).sign(world.county.bookId, NOW);
}

/** A witness on a machine of its own: what it says to a checkpoint, or why it refuses. */
function witnessOf(t: Test, { name, seed }: { name: string; seed: Buffer }, log: string) {
  const folder = temporaryFolder(t);
  const [key, checkpoint, consistency] = ['key', 'checkpoint', 'consistency'].map((file) =>
    join(folder, file),
  ) as [string, string, string];
  writeFileSync(key, JSON.stringify({ name, seed: seed.toString('hex') }));
  return (note: string, proof?: { readonly proof: readonly string[] }): string => {
    writeFileSync(checkpoint, note);
    if (proof) writeFileSync(consistency, JSON.stringify(proof));
    const printed = t.capture(process.stdout, 'write', () => true);
    try {
      cosignCheckpoint({
        key,
        checkpoint,
        log,
        state: join(folder, 'state'),
        ...(proof ? { consistency } : {}),
      });
    } catch (error) {
      if (error instanceof DomainError) return error.code;
      throw error;
    } finally {
      printed.restore();
    }
    return printed()
      .map(({ args }) => String(args[0]))
      .join('');
  };
}

/** Two copies of one installation go on differently, signed by the same key at the same size. */
export async function splitView(
  t: Test,
  one: Installation,
  other: Installation,
  tally: Tally,
): Promise<void> {
  const { bookId, auditor } = one.world.county;
  const base = await getCheckpoint(one.store, auditor, bookId);
  const { items } = await listKeys(one.store, auditor, bookId);
  const active = items.find((key) => key.retiredAt === null);
  const show = witnessOf(t, one.world.witness, active?.verifierKey as string);
  const proofOf = ({ store }: Installation, from: number, until: number) =>
    proveConsistency(store, auditor, bookId, from, until);

  t.match(show(base.note), base.note, 'the witness cosigns what both have in common');
  const first = await goOn(one, one.outside, '1.00');
  const second = await goOn(other, other.outside, '2.00');
  t.equal(first.size, second.size, 'both branches are of one size');
  t.not(first.root, second.root);
  for (const branch of [one, other])
    t.strictSame(await differencesOf(branch.store.read, branch.store, branch.world, branch.outside), []);

  const cosigned = show(first.note, await proofOf(one, base.size, first.size));
  t.match(cosigned, first.note, 'and the one branch that it is shown first');
  const tried = (name: string, answer: string, code: RegExp) => tally.count(name, [answer], code);
  tried('the other branch', show(second.note), /^not_consistent$/);
  const own = await proofOf(other, base.size, second.size);
  tried('the other branch with its own proof', show(second.note, own), /^not_consistent$/);
  const grown = await goOn(other, other.outside, '3.00');
  for (const from of [base.size, second.size]) {
    const proof = await proofOf(other, from, grown.size);
    tried(`the other branch grown, proved from ${from}`, show(grown.note, proof), /^not_consistent$/);
  }
  tried('an older checkpoint', show(base.note), /^rolled_back$/);

  const answerOf = async (at: Installation, note: string) => {
    try {
      await importCosignatures(at.store, by(at.world.county.finance), bookId, note);
      return 'taken';
    } catch (error) {
      if (error instanceof DomainError) return error.code;
      throw error;
    }
  };
  tried('its cosignature in the other branch', await answerOf(other, cosigned), /^checkpoint_unknown$/);
  tried(
    'the other branch’s checkpoint in the first',
    await answerOf(one, second.note),
    /^checkpoint_unknown$/,
  );
  t.equal(await answerOf(one, cosigned), 'taken', 'where it belongs it is taken');

  for (const [branch, file] of [
    [one, other.file],
    [other, one.file],
  ] as const) {
    const outside = OutsideFile.open(file);
    const places = await differencesOf(branch.store.read, branch.store, branch.world, outside);
    tally.count('one branch by what is known of the other', places, ANOTHER_HISTORY);
    await refused(t, new Checkpoints(branch.store, outside).demandExtended(), 'log_not_extended');
  }
  t.strictSame(tally.takeFaults(), [], 'all refused');
}

/** Yesterday's backup: once grown again by its owner, who has the key; once given the true log, but not its rows. */
export async function rollBack(
  t: Test,
  base: Installation,
  [regrown, mended]: readonly [Installation, Installation],
  tally: Tally,
): Promise<void> {
  const { bookId } = base.world.county;
  for (const amount of ['5.00', '6.00'])
    await openClaim(base.world, 'paid', [{ fundId: base.world.fundId, amount }]);
  await new Checkpoints(base.store, base.outside).sign(bookId, NOW);
  const known = readFileSync(base.file, 'utf8');
  const differences = ({ store, world }: Installation, outside?: OutsideFile) =>
    differencesOf(store.read, store, world, outside);

  tally.count('yesterday’s backup', await differences(regrown, base.outside), /^checkpoint \d+/);
  for (let entry = 0; entry < 20; entry += 1) await goOn(regrown, regrown.outside, '0.01');
  t.strictSame(await differences(regrown, regrown.outside), [], 'grown again it agrees with itself');
  tally.count('a backup with another tail', await differences(regrown, base.outside), ANOTHER_HISTORY);
  const service = new Checkpoints(regrown.store, base.outside);
  await refused(t, service.demandExtended(), 'log_not_extended', 'the service does not start on it');
  await refused(t, service.sign(bookId, NOW), 'log_not_extended', 'nor sign it');

  for (const table of ['logEntry', 'checkpoint'] as const) {
    const rows = await base.store.admin.selectFrom(table).selectAll().where('bookId', '=', bookId).execute();
    const had = await mended.store.admin.selectFrom(table).selectAll().where('bookId', '=', bookId).execute();
    for (const row of rows.slice(had.length))
      await mended.store.admin
        .insertInto(table)
        .values(row as never)
        .execute();
  }
  const head = await base.store.admin
    .selectFrom('book')
    .select(['logSize', 'logFrontier'])
    .where('id', '=', bookId)
    .executeTakeFirstOrThrow();
  await mended.store.admin.updateTable('book').set(head).where('id', '=', bookId).execute();
  await new Checkpoints(mended.store, base.outside).demandExtended();
  t.pass('the true log is what is known of it');
  const places = await differences(mended, base.outside);
  tally.count('a backup with the true tail of the log', places, /^(ledgerEntry|claim) /);
  t.equal(readFileSync(base.file, 'utf8'), known, 'and nothing was signed');

  const far = regrown.world.neighbour.bookId;
  await lengthen(regrown.store, far, 300);
  const recovered = new Checkpoints(regrown.store, regrown.outside);
  await recovered.accept(far, { reason: '磁盘损坏', at: NOW.toISOString() });
  await recovered.sign(far, NOW);
  t.strictSame(
    await differences(regrown, regrown.outside),
    [],
    'blocks are kept of what a recovery went on from',
  );
  t.strictSame(tally.takeFaults(), [], 'all found');
}
