import type { Test } from 'tap';
import { parseCheckpoint } from '../../src/core/checkpoint.js';
import { consistencyPath, rootOfRange, verifyConsistency } from '../../src/core/merkle.js';
import { generateSeed, noteSigner, parseNote, verifierKeyOf } from '../../src/core/note.js';
import type { Row } from '../../src/db/database.js';
import type { Trx } from '../../src/db/store.js';
import { Checkpoints, proveConsistency } from '../../src/evidence/index.js';
import { originOf, signersOf } from '../../src/evidence/signing-keys.service.js';
import { refused } from '../fixture.js';
import type { Installation } from './tamper-clone.js';
import { tablesOf, undone, unguarded } from './tamper-guards.js';
import { forgeriesOf, logOf, rewriteLog } from './tamper-log.js';
import { differencesOf, surroundingsOf, type Tally, Trial } from './tamper-trial.js';
import { NOW, type TamperWorld } from './tamper-world.js';

type Edit = (row: Row<'logEntry'>) => string;

/** Every member of a log entry changed or taken out, with all hashes made to fit. */
export async function forgeEntries(t: Test, base: Installation, tally: Tally): Promise<void> {
  const { store, world, outside } = base;
  const { bookId } = world.county;
  await unguarded(store, await tablesOf(store), async (trx) => {
    const trial = new Trial(trx, store, world, outside, await surroundingsOf(trx), tally);
    const log = await logOf(trx, bookId);
    const forgeries = forgeriesOf(log);
    t.ok(forgeries.length > 150, `${forgeries.length} forgeries`);
    for (const { name, logIndex, body } of forgeries) {
      const edit: Edit = (row) => (row.logIndex === logIndex ? body : row.body);
      // What the tables, the rules or the entry itself contradict is named there; the rest, by the signature.
      const place = new RegExp(
        `^(logEntry ${logIndex} |logEntry \\d+ account |ledgerEntry |posting |checkpoint \\d+ note$)`,
      );
      await trial.try(name, [bookId], () => rewriteLog(trx, log, edit), place);
    }
  });
  t.strictSame(tally.takeFaults(), [], 'all found');
}

/** The upper level's book has the checkpoint that was signed before. */
const UPPER = /^logEntry \d+ of book \S+ checkpoint of book \S+ at \d+$/;
const OUTSIDE = /^checkpoint \d+ outside the database$/;

/** One amount changed everywhere it stands: log, document, posting, balances; all hashes made to fit. */
export async function rewriteEverything(t: Test, base: Installation, tally: Tally): Promise<void> {
  const { store, world, outside } = base;
  const { bookId } = world.county;
  const signers = await signersOf(store, bookId);
  await unguarded(store, await tablesOf(store), async (trx) => {
    const log = await logOf(trx, bookId);
    const forget = (size: number) =>
      trx.deleteFrom('checkpoint').where('bookId', '=', bookId).where('size', '<>', size).execute();
    const differences = () => differencesOf(trx, store, world, outside);
    const inside = () => differencesOf(trx, store, world);

    await undone(trx, async () => {
      await rewriteLog(trx, log, await moreCash(trx, world, log));
      tally.count('rewritten without the key', await differences(), /^checkpoint \d+ note$/);
      tally.count('the same, nothing known outside', await inside(), /^checkpoint \d+ note$/);
      await forget(-1);
      tally.count('rewritten without the key, checkpoints taken away', await differences(), OUTSIDE);
      tally.count('the same, but for what the upper book recorded', await inside(), UPPER);
      t.equal((await inside()).length, 1, 'which nothing else in the database tells: the rewriting is whole');
    });
    await undone(trx, async () => {
      const edit = await moreCash(trx, world, log);
      const own = await ownKey(trx, bookId);
      const signer = noteSigner(originOf(bookId), own.seed);
      await rewriteLog(trx, log, (row) => edit(row).replaceAll(own.before, own.verifierKey), [signer]);
      tally.count('rewritten and signed by a key of one’s own', await differences(), OUTSIDE);
      const place = new RegExp(`^signingKey ${own.id} verifierKey$`);
      tally.count('the same, nothing known outside', await inside(), place);
    });
    await undone(trx, async () => {
      await rewriteLog(trx, log, await moreCash(trx, world, log), signers);
      tally.count('rewritten and signed by the book’s key', await differences(), OUTSIDE);
      tally.count('the same, but for what the upper book recorded', await inside(), UPPER);
      t.equal((await inside()).length, 1, 'which nothing else in the database tells');
      const service = new Checkpoints({ ...store, read: trx }, outside);
      await refused(t, service.demandExtended(), 'log_not_extended', 'the service does not start on it');
      await refused(t, service.sign(bookId, NOW), 'log_not_extended', 'nor sign it');
      await askAuditor(t, base, trx, log);
      await forget(log.length);
      tally.count('the same, older checkpoints taken away', await differences(), OUTSIDE);
    });
  });
  t.strictSame(tally.takeFaults(), [], 'all found');
}

/** Ten yuan more came in than did: in the tables at once, in the log by the edit that is given back. */
async function moreCash(trx: Trx, world: TamperWorld, log: readonly Row<'logEntry'>[]): Promise<Edit> {
  const { fundId } = world;
  const extraFen = 1000n;
  const document = await trx
    .selectFrom('fundDocument')
    .selectAll()
    .where('fundId', '=', fundId)
    .where('kind', '=', 'arrival')
    .executeTakeFirstOrThrow();
  const { id: entryId } = await trx
    .selectFrom('ledgerEntry')
    .select('id')
    .where('subjectId', '=', document.id)
    .executeTakeFirstOrThrow();
  const amountFen = document.amountFen + extraFen;
  await trx.updateTable('fundDocument').set({ amountFen }).where('id', '=', document.id).execute();
  await trx.updateTable('posting').set({ amountFen }).where('entryId', '=', entryId).execute();
  for (const [layer, sign] of [
    ['received', -1n],
    ['bank', 1n],
  ] as const) {
    const account = trx.updateTable('account').where('fundId', '=', fundId).where('layer', '=', layer);
    await account
      .set((column) => ({ balanceFen: column('balanceFen', '+', sign * extraFen) }))
      .where('subject', '=', '')
      .execute();
    const amount = sign < 0n ? 'outFen' : 'inFen';
    for (const [table, column, period] of [
      ['accountDay', 'day', document.effectiveDate],
      ['accountMonth', 'month', document.effectiveDate.slice(0, 7)],
    ] as const)
      await trx
        .updateTable(table as 'accountDay')
        .set((each) => ({ [amount]: each(amount, '+', extraFen) }))
        .where('fundId', '=', fundId)
        .where('layer', '=', layer)
        .where(column as 'day', '=', period)
        .execute();
  }
  const { body } = log[document.logIndex] as Row<'logEntry'>;
  const forged = body.replaceAll(`"${document.amountFen}"`, `"${amountFen}"`);
  if (forged === body) throw new Error('the log does not tell the amount');
  return (row) => (row.logIndex === document.logIndex ? forged : row.body);
}

/** A key pair of the forger's put in the place of the book's newest; its private half he cannot seal. */
async function ownKey(trx: Trx, bookId: string) {
  const { id, verifierKey: before } = await trx
    .selectFrom('signingKey')
    .selectAll()
    .where('bookId', '=', bookId)
    .where('retiredAt', 'is', null)
    .executeTakeFirstOrThrow();
  const seed = generateSeed();
  const verifierKey = verifierKeyOf(originOf(bookId), seed);
  await trx.updateTable('signingKey').set({ verifierKey }).where('id', '=', id).execute();
  return { id, before, seed, verifierKey };
}

/**
 * An auditor holds older checkpoints. The server that was rewritten can answer with any hashes: its own, those of the tree
 * as it was, and every mixture of them; none leads from an older root to a new one.
 */
async function askAuditor(
  t: Test,
  { store, world, outside }: Installation,
  trx: Trx,
  before: readonly Row<'logEntry'>[],
): Promise<void> {
  const { bookId, auditor } = world.county;
  const trees = [before, await logOf(trx, bookId)].map((log) => log.map((row) => row.leafHash));
  let answers = 0;
  let accepted = 0;
  const isAccepted = (claim: Parameters<typeof verifyConsistency>[0]) => {
    answers += 1;
    try {
      verifyConsistency(claim);
      accepted += 1;
    } catch {}
  };
  const held = outside.headsOf(bookId).map(({ note }) => parseCheckpoint(parseNote(note as string).text));
  const newer = await trx.selectFrom('checkpoint').selectAll().where('bookId', '=', bookId).execute();
  for (const { size: firstSize, rootHash: firstRoot } of held) {
    for (const { size: secondSize, root: secondRoot } of newer.filter((each) => each.size >= firstSize)) {
      const claim = { firstSize, firstRoot, secondSize, secondRoot };
      const given = await proveConsistency({ ...store, read: trx }, auditor, bookId, firstSize, secondSize);
      isAccepted({ ...claim, proof: given.proof.map((hash) => Buffer.from(hash, 'base64').toString('hex')) });
      const choices = consistencyPath(firstSize, secondSize).map(([from, until]) =>
        trees.map((leaves) => rootOfRange(leaves.slice(from, until))),
      );
      for (let mixture = 0; mixture < 2 ** choices.length; mixture += 1) {
        const proof = choices.map((roots, bit) => roots[(mixture >> bit) & 1] as string);
        isAccepted({ ...claim, proof });
      }
    }
  }
  t.ok(held.length > 2 && answers > 50, `${answers} answers to an auditor`);
  t.equal(accepted, 0, 'none of them is accepted');
}
