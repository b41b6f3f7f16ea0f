import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBag } from '../../archive/index.js';
import { runCommand } from '../../audit/index.js';
import { Breather } from '../../core/breather.js';
import { today } from '../../core/dates.js';
import { notFound } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import { signNote } from '../../core/note.js';
import type { Row } from '../../db/database.js';
import type { Db, Store, Trx } from '../../db/store.js';
import { bureauOfBook } from '../../ledger/index.js';
import { type Actor, type Caller, demand } from '../../organisations/index.js';
import type { PackSet } from '../../policy/index.js';
import { type Table, workbookOf } from '../../sheets/index.js';
import type { Checkpoints } from '../checkpoints.service.js';
import type { NewExport } from '../evidence.schema.js';
import { originOf, signersOf } from '../signing-keys.service.js';
import { watermarkOf, writeContents } from './contents.js';
import { chooseScope } from './scope.js';
import { fundNamesOf, type PackageSource, subjectNamesOf } from './source.js';
import { packageTables } from './tables.js';

/** What an export needs of the installation. */
export interface ExportTools {
  readonly store: Store;
  readonly packs: PackSet;
  readonly checkpoints: Checkpoints;
  readonly attachmentsFolder: string;
}

/** How an export is watched while it is written. */
export interface ExportWatch {
  /** Told before each file of the package or each sheet: how many are written, and which is next. */
  readonly onProgress?: (written: number, next: string) => void;
  /** Ends it early: the output is destroyed. */
  readonly signal?: AbortSignal;
}

/** An export that is allowed, recorded and ready to be written. */
export interface PreparedExport {
  readonly fileName: string;
  /** Writes the zip to `output` as it is read. Fails as a whole: a package that ends early has no directory and opens nowhere. */
  write(
    output: Writable,
    watch?: ExportWatch,
  ): Promise<{ readonly openedEntries: number; readonly size: number }>;
}

/** @throws DomainError `forbidden`, `not_found` (book) */
export async function demandExport(
  db: Db | Trx,
  actor: Actor,
  bookId: string,
  { isRedacted }: Pick<NewExport, 'isRedacted'>,
): Promise<void> {
  const { bureauPath } = await bureauOfBook(db, bookId);
  const subject = { bureauPath, organisationPath: bureauPath };
  demand(actor, isRedacted ? 'evidence.export' : 'evidence.export_clear', subject);
}

/**
 * Records an export and prepares its package (docs/evidence-package.md). The log entry comes first, so that no
 * package exists that the log does not know of.
 * @throws DomainError `forbidden`, `not_found` (fund, contract or claim), `log_not_extended`.
 */
export async function prepareExport(
  tools: ExportTools,
  caller: Caller,
  bookId: string,
  input: NewExport,
): Promise<PreparedExport> {
  const { store } = tools;
  const { divisionCode } = await bureauOfBook(store.read, bookId);
  const { now } = caller.context;
  const exportIndex = await recordExport(store, caller, bookId, input, 'evidence.export');
  return {
    fileName: `evidence-${divisionCode}-${input.kind}-${exportIndex}.zip`,
    write: (output, watch = {}) =>
      tools.checkpoints.signedSnapshot(bookId, now, async (db, checkpoint) => {
        const { signal, onProgress } = watch;
        const breather = new Breather(signal);
        const bag = createBag(output, `evidence-${divisionCode}-${exportIndex}`, {
          onPiece: async () => {
            if (breather.isDue) await breather.rest();
          },
          ...(onProgress ? { onFile: onProgress } : {}),
        });
        try {
          const source = await sourceOf(tools, db, { bookId, checkpoint, now, divisionCode, input, signal });
          const book = await db
            .selectFrom('book')
            .selectAll()
            .where('id', '=', bookId)
            .executeTakeFirstOrThrow();
          await writeContents(bag, tools, { ...source, book, exportIndex });
          const origin = originOf(bookId);
          await bag.finish({
            info: {
              sourceOrganization: book.name,
              baggingDate: today(now),
              softwareAgent: 'station-funds-ledger',
              externalDescription: `evidence package, scope ${input.kind}`,
              externalIdentifier: `${origin}/evidence/${exportIndex}`,
            },
            sign: async (tagManifestSha256) =>
              signNote(
                `${origin}/evidence\n${exportIndex}\nsha256:${tagManifestSha256}\n`,
                await signersOf(store, bookId),
              ),
          });
          return { openedEntries: source.scope.opened.count, size: checkpoint.size };
        } catch (error) {
          bag.fail(error as Error);
          throw error;
        }
      }),
  };
}

/**
 * Records an export of the workpapers alone and prepares the workbook: the tables of a package, without its proofs.
 * @throws DomainError as `prepareExport`
 */
export async function prepareWorkbook(
  tools: ExportTools,
  caller: Caller,
  bookId: string,
  input: NewExport,
): Promise<PreparedExport> {
  const { store } = tools;
  const { divisionCode } = await bureauOfBook(store.read, bookId);
  const { now } = caller.context;
  const exportIndex = await recordExport(store, caller, bookId, input, 'evidence.export_tables');
  return {
    fileName: `workpapers-${divisionCode}-${input.kind}-${exportIndex}.xlsx`,
    write: (output, { signal, onProgress } = {}) =>
      tools.checkpoints.signedSnapshot(bookId, now, async (db, checkpoint) => {
        const source = await sourceOf(tools, db, { bookId, checkpoint, now, divisionCode, input, signal });
        const { name } = await db
          .selectFrom('book')
          .select('name')
          .where('id', '=', bookId)
          .executeTakeFirstOrThrow();
        const breather = new Breather(signal);
        const tables = packageTables(source) as Table<unknown>[];
        const watched = tables.map((table, index) => ({
          ...table,
          async *rows() {
            onProgress?.(index, table.sheet);
            for await (const row of table.rows()) {
              if (breather.isDue) await breather.rest();
              yield row;
            }
          },
        }));
        const title = `${name} 工作底稿`;
        const options = { title, ...watermarkOf(source), createdAt: now.toISOString() };
        await pipeline(workbookOf(watched, options), output);
        return { openedEntries: source.scope.opened.count, size: checkpoint.size };
      }),
  };
}

/** @returns its place in the log */
async function recordExport(
  store: Store,
  caller: Caller,
  bookId: string,
  input: NewExport,
  action: string,
): Promise<number> {
  const id = newId();
  const target = { bookId, action, subject: { type: 'evidence', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    await demandExport(unit.trx, caller.actor, bookId, input);
    await demandRoot(unit.trx, bookId, input);
    const { kind, from, until, isRedacted } = input;
    const data = {
      scope: { kind, id: input.id, from, until },
      isRedacted,
      recipient: await unit.sealNote(input.recipient, `evidence/${id}`),
      reason: await unit.sealNote(input.reason, `evidence/${id}`),
    };
    await unit.append({ action, subject: target.subject, data });
    return unit.logIndex;
  });
}

async function sourceOf(
  { store, packs }: ExportTools,
  db: Db,
  given: Pick<PackageSource, 'bookId' | 'checkpoint' | 'now' | 'divisionCode'> & {
    readonly input: NewExport;
    readonly signal: AbortSignal | undefined;
  },
): Promise<PackageSource> {
  const { input, signal, ...rest } = given;
  const { bookId, checkpoint } = rest;
  return {
    db,
    keys: store.keys,
    packs,
    ...rest,
    scope: await chooseScope(db, bookId, checkpoint.size, input, signal),
    isRedacted: input.isRedacted,
    fundNames: await fundNamesOf(db, bookId),
    subjectNames: await subjectNamesOf(db, bookId),
  };
}

/** A fund, contract or claim of another book must not become an entry of this one's log. */
async function demandRoot(
  db: Parameters<typeof bureauOfBook>[0],
  bookId: string,
  input: NewExport,
): Promise<void> {
  const table = { fund: 'fund', project: 'contract', claim: 'claim' }[input.kind as string] as
    | 'fund'
    | 'contract'
    | 'claim'
    | undefined;
  if (!table) return;
  const row: Pick<Row<'fund'>, 'id'> | undefined = await db
    .selectFrom(table as 'fund')
    .select('id')
    .where('id', '=', input.id)
    .where('bookId', '=', bookId)
    .executeTakeFirst();
  if (!row) throw notFound({ fund: '资金批次', contract: '合同', claim: '报账单' }[table]);
}
