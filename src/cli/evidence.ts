import { createWriteStream, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cosign, parseCheckpoint } from '../core/checkpoint.js';
import { DomainError } from '../core/errors.js';
import { type ConsistencyClaim, verifyConsistency } from '../core/merkle.js';
import {
  addSignatureLines,
  COSIGNATURE,
  generateSeed,
  parseNote,
  parseVerifierKey,
  verifierKeyOf,
  verifyNote,
} from '../core/note.js';
import {
  getCheckpoint,
  importCosignatures,
  newExport,
  prepareExport,
  proveConsistency,
  proveEntry,
  recordAcceptedHead,
  signGrown,
} from '../evidence/index.js';
import { offlineVerifierPage, offlineVerifierScript } from '../verifier/html.js';
import { type Environment, withSession } from './session.js';

/** What every command of a book is told. */
export interface BookOptions {
  readonly book?: string;
  readonly as?: string;
}

/** Writes an evidence package; a file that could not be finished is taken away. */
export async function exportEvidence(
  environment: Environment,
  options: BookOptions & {
    readonly out?: string;
    readonly fund?: string;
    readonly project?: string;
    readonly claim?: string;
    readonly from?: string;
    readonly until?: string;
    readonly clear: boolean;
    readonly recipient?: string;
    readonly reason?: string;
  },
): Promise<void> {
  const kind = options.fund
    ? 'fund'
    : options.project
      ? 'project'
      : options.claim
        ? 'claim'
        : options.from
          ? 'period'
          : 'book';
  const input = newExport.safeParse({
    kind,
    id: options.fund ?? options.project ?? options.claim ?? null,
    from: options.from ?? null,
    until: options.until ?? null,
    isRedacted: !options.clear,
    recipient: options.recipient ?? null,
    reason: options.reason ?? null,
  });
  if (!input.success)
    throw new DomainError('validation_failed', input.error.issues.map((issue) => issue.message).join('；'));
  await withSession(environment, async ({ store, config, packs, checkpoints, callerOf, bookOf }) => {
    const tools = { store, packs: packs(), checkpoints, attachmentsFolder: config.attachmentsDir };
    await checkpoints.demandExtended();
    const prepared = await prepareExport(
      tools,
      await callerOf(options.as),
      await bookOf(options.book),
      input.data,
    );
    const file = options.out ?? prepared.fileName;
    try {
      const { openedEntries, size } = await prepared.write(createWriteStream(file, { flags: 'wx' }));
      console.log(`已导出 ${file}：日志 ${size} 条，打开 ${openedEntries} 条`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') rmSync(file, { force: true });
      throw error;
    }
  });
}

/** Writes the two offline verifiers, for auditors to keep as their own copy. */
export function writeVerifiers(folder: string): void {
  writeFileSync(join(folder, 'verify.mjs'), offlineVerifierScript());
  writeFileSync(join(folder, 'verify.html'), offlineVerifierPage());
  console.log(`已写出 ${join(folder, 'verify.mjs')} 和 ${join(folder, 'verify.html')}`);
}

/** Signs what was written since the last checkpoints and prints the newest one of a book. */
export async function printCheckpoint(environment: Environment, options: BookOptions): Promise<void> {
  await withSession(environment, async ({ store, checkpoints, callerOf, bookOf }) => {
    const { actor } = await callerOf(options.as);
    await checkpoints.demandExtended();
    await signGrown(store, checkpoints, new Date());
    process.stdout.write((await getCheckpoint(store, actor, await bookOf(options.book))).note);
  });
}

/** After a disaster: the service goes on from what the database has. The log and the file outside say so for ever. */
export async function acceptHead(
  environment: Environment,
  options: BookOptions & { readonly reason: string },
): Promise<void> {
  await withSession(environment, async ({ store, checkpoints, callerOf, bookOf }) => {
    const caller = await callerOf(options.as);
    const bookId = await bookOf(options.book);
    const lost = await recordAcceptedHead(store, checkpoints, caller, bookId, options.reason);
    console.log(
      `已从数据库现有的日志继续。库外检查点曾记录 ${lost.size} 条；这一情况已写入日志，今后每个证据包都会带上`,
    );
  });
}

export async function printProof(
  environment: Environment,
  index: number,
  options: BookOptions & { readonly size?: number },
): Promise<void> {
  await withSession(environment, async ({ store, callerOf, bookOf }) => {
    const { actor } = await callerOf(options.as);
    process.stdout.write(await proveEntry(store, actor, await bookOf(options.book), index, options.size));
  });
}

export async function printConsistency(
  environment: Environment,
  from: number,
  until: number,
  options: BookOptions,
): Promise<void> {
  await withSession(environment, async ({ store, callerOf, bookOf }) => {
    const { actor } = await callerOf(options.as);
    const proof = await proveConsistency(store, actor, await bookOf(options.book), from, until);
    console.log(JSON.stringify(proof, null, 2));
  });
}

/** A witness's key pair: the seed to a file of the witness, the public key to be given to the bureau. */
export function makeWitnessKey(name: string, file: string): void {
  const seed = generateSeed();
  writeFileSync(file, `${JSON.stringify({ name, seed: seed.toString('hex') })}\n`, {
    flag: 'wx',
    mode: 0o600,
  });
  console.log(verifierKeyOf(name, seed, COSIGNATURE));
}

interface Seen {
  readonly size: number;
  readonly rootHash: string;
}

/**
 * What a witness does, on its own machine and without this service: checks the book's signature and that the checkpoint
 * continues the one it cosigned last, then cosigns it.
 */
export function cosignCheckpoint(options: {
  readonly key: string;
  readonly checkpoint: string;
  readonly log: string;
  readonly state: string;
  readonly consistency?: string;
}): void {
  const { name, seed } = JSON.parse(readFileSync(options.key, 'utf8')) as { name: string; seed: string };
  const note = readFileSync(options.checkpoint, 'utf8');
  const { text } = verifyNote(note, [parseVerifierKey(options.log)]);
  const checkpoint = parseCheckpoint(text);
  const states = readStates(options.state);
  const seen = states[checkpoint.origin];
  if (seen) demandContinues(seen, checkpoint, options.consistency);
  states[checkpoint.origin] = { size: checkpoint.size, rootHash: checkpoint.rootHash };
  // What was seen is on disk before the signature is out: a witness never signs two histories.
  writeFileSync(options.state, `${JSON.stringify(states, null, 2)}\n`);
  const line = cosign(
    parseNote(note).text,
    { name, seed: Buffer.from(seed, 'hex') },
    Math.floor(Date.now() / 1000),
  );
  process.stdout.write(addSignatureLines(note, [line]));
}

function readStates(file: string): Record<string, Seen> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Seen>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

function demandContinues(seen: Seen, next: Seen, proofFile: string | undefined): void {
  if (next.size < seen.size)
    throw new DomainError(
      'rolled_back',
      `检查点只有 ${next.size} 条，上次联署时已有 ${seen.size} 条：拒绝联署`,
    );
  const proof =
    next.size === seen.size || proofFile === undefined
      ? []
      : (JSON.parse(readFileSync(proofFile, 'utf8')) as { proof: string[] }).proof.map((hash) =>
          Buffer.from(hash, 'base64').toString('hex'),
        );
  const claim: ConsistencyClaim = {
    firstSize: seen.size,
    firstRoot: seen.rootHash,
    secondSize: next.size,
    secondRoot: next.rootHash,
    proof,
  };
  try {
    verifyConsistency(claim);
  } catch {
    throw new DomainError(
      'not_consistent',
      `检查点不能证明是上次联署的 ${seen.size} 条日志的延续（用 --consistency 给出一致性证明）：拒绝联署`,
    );
  }
}

/** Takes in a checkpoint that came back from a witness. */
export async function importCosigned(
  environment: Environment,
  file: string,
  options: BookOptions,
): Promise<void> {
  await withSession(environment, async ({ store, callerOf, bookOf }) => {
    const caller = await callerOf(options.as);
    const { items } = await importCosignatures(
      store,
      caller,
      await bookOf(options.book),
      readFileSync(file, 'utf8'),
    );
    for (const { name, signedAt } of items) console.log(`已登记 ${name} 于 ${signedAt} 的联署`);
  });
}
