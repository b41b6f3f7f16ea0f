import type { Bag } from '../../archive/index.js';
import { gzipLines } from '../../archive/index.js';
import { MEDIA_TYPES, type MediaType, openAttachment, storedAttachment } from '../../attachments/index.js';
import { keptValues, type LogBody, openKept } from '../../audit/index.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { today } from '../../core/dates.js';
import type { Row } from '../../db/database.js';
import type { Decision } from '../../policy/index.js';
import type { Table, TableTotals } from '../../sheets/index.js';
import { csvOf, workbookOf } from '../../sheets/index.js';
import { offlineVerifierPage, offlineVerifierScript } from '../../verifier/html.js';
import { subtreeReader } from '../blocks.js';
import { checkpointAt } from '../checkpoints.repository.js';
import { entryProof } from '../proofs.service.js';
import { originOf, signingKeysOf } from '../signing-keys.service.js';
import { timestampsOf } from '../timestamps.service.js';
import { cosignedNote, witnessesOf } from '../witnesses.service.js';
import { coverPage } from './cover.js';
import { leafBytes, openedEntries } from './log.js';
import type { ExportTools } from './package.service.js';
import type { PackageSource } from './source.js';
import { standardTables } from './standard.js';
import { packageTables } from './tables.js';
import { wordsFor } from './words.js';

export interface PackageContents extends PackageSource {
  readonly book: Row<'book'>;
  readonly exportIndex: number;
}

/** With more opened entries than this, single proofs are left to the API: the leaves prove all of them at once. */
const MAX_PROOFS = 200;

/** Writes everything under data/ (docs/evidence-package.md §3), in an order in which each file can be streamed. */
export async function writeContents(bag: Bag, tools: ExportTools, contents: PackageContents): Promise<void> {
  const { db, bookId, checkpoint, scope } = contents;
  await bag.addFile('data/checkpoint.txt', await cosignedNote(db, checkpoint));
  await bag.addFile('data/keys.json', canonicalJson(await keysOf(contents)));
  await bag.addFile('data/log/leaves.bin', leafBytes(db, bookId, checkpoint.size));
  const seen = new Seen();
  await bag.addFile('data/log/entries.jsonl.gz', gzipLines(entryLines(contents, seen)));
  if (scope.opened.count <= MAX_PROOFS) await writeProofs(bag, contents);
  const files = await writeAttachments(bag, tools, contents);
  if (!contents.isRedacted) {
    await bag.addFile('data/log/openings.jsonl.gz', gzipLines(openingLines(contents, files.openings)));
  }
  for (const [sha256, text] of await packTexts(contents, seen.packs)) {
    await bag.addFile(`data/packs/${sha256}.yaml`, text);
  }
  const tables = await writeTables(bag, contents);
  await writeTimestamps(bag, contents);
  const description = describe(contents, seen, files.count, tables);
  await bag.addFile('data/package.json', canonicalJson(description));
  await bag.addFile('data/cover.html', coverPage(description, contents));
  await bag.addFile('data/verify.mjs', offlineVerifierScript());
  await bag.addFile('data/verify.html', offlineVerifierPage());
}

/** The packs that decisions were made under: the loaded ones, and those of the past as they were kept. */
async function packTexts({ db, packs }: PackageSource, named: ReadonlySet<string>) {
  const texts = new Map(packs.packs.map(({ sha256, text }) => [sha256, text]));
  const past = [...named].filter((sha256) => !texts.has(sha256));
  if (past.length > 0) {
    const kept = await db
      .selectFrom('policyPack')
      .select(['sha256', 'body'])
      .where('sha256', 'in', past)
      .execute();
    for (const { sha256, body } of kept) texts.set(sha256, body);
  }
  return [...texts].filter(([sha256]) => named.has(sha256)).sort();
}

/** What is learned of the opened entries while they pass. */
class Seen {
  readonly packs = new Set<string>();
  decisions = 0;
}

async function* entryLines({ db, bookId, scope }: PackageSource, seen: Seen): AsyncGenerator<string> {
  for await (const { body } of openedEntries(db, bookId, scope.opened)) {
    if (body.includes('"decision":')) {
      const { decision } = JSON.parse(body) as LogBody;
      if (decision) {
        seen.decisions += 1;
        for (const pack of (decision as Decision).packs) seen.packs.add(pack.sha256);
      }
    }
    yield body;
  }
}

async function keysOf({ db, keys, bookId, isRedacted }: PackageSource) {
  const signing = await signingKeysOf(db, bookId);
  const words = await wordsFor(
    db,
    keys,
    isRedacted,
    signing.flatMap((key) => key.revokedReason ?? []),
  );
  const witnesses = await witnessesOf(db, bookId);
  return {
    keys: signing.map((key) => ({
      vkey: key.verifierKey,
      createdIndex: key.createdIndex,
      retiredAt: key.retiredAt,
      revokedAt: key.revokedAt,
      revokedReason: key.revokedReason && words(key.revokedReason),
    })),
    witnesses: witnesses.map(({ name, verifierKey }) => ({ name, vkey: verifierKey })),
  };
}

async function writeProofs(bag: Bag, { db, bookId, checkpoint, scope }: PackageSource): Promise<void> {
  const read = await subtreeReader(db, bookId, checkpoint.size);
  for (let index = 0; index < checkpoint.size; index += 1) {
    if (!scope.opened.has(index)) continue;
    await bag.addFile(`data/proofs/${index}.tlog-proof`, await entryProof(db, checkpoint, index, read));
  }
}

/** The files of the opened upload entries: as stored, and, unredacted, in clear with the salt of their commitment. */
async function writeAttachments(
  bag: Bag,
  { attachmentsFolder }: ExportTools,
  { db, keys, bookId, scope, isRedacted }: PackageSource,
): Promise<{ count: number; openings: string[] }> {
  const rows = await db
    .selectFrom('attachment')
    .selectAll()
    .where('bookId', '=', bookId)
    .orderBy('logIndex')
    .execute();
  const openings: string[] = [];
  let count = 0;
  for (const row of rows.filter(({ logIndex }) => scope.opened.has(logIndex))) {
    count += 1;
    const path = `data/attachments/${row.contentSha256}`;
    await bag.addFile(`${path}.enc`, await storedAttachment(attachmentsFolder, row));
    const clear = isRedacted ? null : await openAttachment(db, keys, attachmentsFolder, row);
    if (!clear) continue;
    await bag.addFile(`${path}.${MEDIA_TYPES[row.mediaType as MediaType]}`, clear.bytes);
    openings.push(canonicalJson([clear.salt.toString('hex'), { attachment: row.contentSha256 }]));
  }
  return { count, openings };
}

/** The preimages of the commitments that the opened entries made and that were not erased since. */
async function* openingLines(
  { db, keys, bookId, scope }: PackageSource,
  ofAttachments: readonly string[],
): AsyncGenerator<string> {
  for await (const { body } of openedEntries(db, bookId, scope.opened)) {
    const { action, seals = [] } = JSON.parse(body) as LogBody;
    // A password's hash or a signing key's seed is no evidence of anything.
    if (SECRET.test(action)) continue;
    const digests = seals.map(([digest]) => digest);
    const kept = await keptValues(db, digests);
    for (const digest of digests) {
      const row = kept.get(digest);
      if (row) yield openKept(keys, row);
    }
  }
  yield* ofAttachments;
}

const SECRET = /^(key\.(create|rotate|revoke)|person\.|setup\.|token\.)/;

type DescribedTable = TableTotals & Pick<Table<never>, 'file' | 'sheet' | 'basis'>;

async function writeTables(bag: Bag, contents: PackageContents): Promise<DescribedTable[]> {
  const tables = packageTables(contents);
  const watermark = watermarkOf(contents);
  const written: DescribedTable[] = [];
  for (const table of tables) {
    await bag.addFile(`data/tables/${table.file}`, csvOf(table, { ...watermark, onTotals: keep(table) }));
  }
  for (const table of standardTables(contents)) {
    await bag.addFile(`data/standard/${table.file}`, csvOf(table, watermark));
  }
  const { name } = contents.book;
  await bag.addFile(
    'data/workpapers.xlsx',
    workbookOf(tables as Table<unknown>[], {
      title: `${name} 证据包`,
      ...watermark,
      createdAt: contents.now.toISOString(),
    }),
  );
  return written;

  function keep({ file, sheet, basis }: Table<never>) {
    return (counted: TableTotals) => {
      written.push({ file, sheet, basis, ...counted });
    };
  }
}

export function watermarkOf({ isRedacted, scope, now }: PackageSource): { watermark?: string } {
  if (isRedacted) return {};
  const { recipient, reason } = scope.input;
  const watermark = `未脱敏：仅供${recipient}用于“${reason}”，${today(now)} 导出，不得另作他用`;
  return { watermark };
}

async function writeTimestamps(bag: Bag, { db, bookId }: PackageSource): Promise<void> {
  const rows = await timestampsOf(db, bookId);
  const written = new Set<number>();
  for (const { size, token, renewsId, id } of rows) {
    const name = renewsId === null && !written.has(size) ? `${size}` : `${size}-${id}`;
    await bag.addFile(`data/timestamps/${name}.tsr`, Buffer.from(token, 'base64'));
    if (written.has(size)) continue;
    written.add(size);
    const { note } = await checkpointAt(db, bookId, size);
    await bag.addFile(`data/timestamps/${size}.txt`, note);
  }
}

export type PackageDescription = ReturnType<typeof describe>;

function describe(
  { book, scope, checkpoint, now, exportIndex, isRedacted }: PackageContents,
  seen: Seen,
  attachments: number,
  tables: readonly DescribedTable[],
) {
  const { kind, id, from, until, recipient, reason } = scope.input;
  const rowsOf = (file: string) => tables.find((table) => table.file === file)?.rows ?? 0;
  return {
    format: 2,
    book: { id: book.id, name: book.name, origin: originOf(book.id) },
    scope: { kind, id, from, until },
    exportedAt: now.toISOString(),
    exportIndex,
    size: checkpoint.size,
    root: checkpoint.root,
    opened: { count: scope.opened.count, isWhole: scope.opened.isWhole },
    isRedacted,
    recipient,
    reason,
    balances: { isWhole: scope.isBalanceWhole, funds: scope.fundIds },
    counts: {
      funds: scope.fundIds.length,
      claims: rowsOf('evidence-sheets.csv'),
      payments: rowsOf('vouchers.csv'),
      attachments,
      decisions: seen.decisions,
      waivers: rowsOf('waivers.csv'),
    },
    tables,
  };
}
