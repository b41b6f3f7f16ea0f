import type { Writable } from 'node:stream';
import { createBag } from '../../archive/index.js';
import { runCommand } from '../../audit/index.js';
import { today } from '../../core/dates.js';
import { notFound } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import { signNote } from '../../core/note.js';
import type { Row } from '../../db/database.js';
import type { Store } from '../../db/store.js';
import { bureauOfBook } from '../../ledger/index.js';
import { type Caller, demand } from '../../organisations/index.js';
import type { PackSet } from '../../policy/index.js';
import type { Checkpoints } from '../checkpoints.service.js';
import type { NewExport } from '../evidence.schema.js';
import { originOf, signersOf } from '../signing-keys.service.js';
import { writeContents } from './contents.js';
import { chooseScope } from './scope.js';
import { fundNamesOf, subjectNamesOf } from './source.js';

/** What an export needs of the installation. */
export interface ExportTools {
  readonly store: Store;
  readonly packs: PackSet;
  readonly checkpoints: Checkpoints;
  readonly attachmentsFolder: string;
}

/** An export that is allowed, recorded and ready to be written. */
export interface PreparedExport {
  readonly fileName: string;
  /** Writes the zip to `output` as it is read. Fails as a whole: a package that ends early has no directory and opens nowhere. */
  write(output: Writable): Promise<{ readonly openedEntries: number; readonly size: number }>;
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
  const bureau = await bureauOfBook(store.read, bookId);
  const subject = { bureauPath: bureau.bureauPath, organisationPath: bureau.bureauPath };
  const id = newId();
  const target = { bookId, action: 'evidence.export', subject: { type: 'evidence', id } };
  const { now } = caller.context;
  const exportIndex = await runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, input.isRedacted ? 'evidence.export' : 'evidence.export_clear', subject);
    await demandRoot(unit.trx, bookId, input);
    const { kind, from, until, isRedacted } = input;
    const data = {
      scope: { kind, id: input.id, from, until },
      isRedacted,
      recipient: await unit.sealNote(input.recipient, `evidence/${id}`),
      reason: await unit.sealNote(input.reason, `evidence/${id}`),
    };
    await unit.append({ action: target.action, subject: target.subject, data });
    return unit.logIndex;
  });
  return {
    fileName: `evidence-${bureau.divisionCode}-${input.kind}-${exportIndex}.zip`,
    write: (output) =>
      tools.checkpoints.signedSnapshot(bookId, now, async (db, checkpoint) => {
        const bag = createBag(output, `evidence-${bureau.divisionCode}-${exportIndex}`);
        try {
          const scope = await chooseScope(db, bookId, checkpoint.size, input);
          const book = await db
            .selectFrom('book')
            .selectAll()
            .where('id', '=', bookId)
            .executeTakeFirstOrThrow();
          await writeContents(bag, tools, {
            db,
            keys: store.keys,
            packs: tools.packs,
            bookId,
            divisionCode: bureau.divisionCode,
            checkpoint,
            scope,
            isRedacted: input.isRedacted,
            now,
            fundNames: await fundNamesOf(db, bookId),
            subjectNames: await subjectNamesOf(db, bookId),
            book,
            exportIndex,
          });
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
          return { openedEntries: scope.opened.count, size: checkpoint.size };
        } catch (error) {
          bag.fail(error as Error);
          throw error;
        }
      }),
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
