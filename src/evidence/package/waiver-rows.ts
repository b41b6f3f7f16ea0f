import { type Fen, sumFen } from '../../core/money.js';
import type { Row } from '../../db/database.js';
import { usesOf } from '../../waivers/index.js';
import type { PackageSource } from './source.js';
import { wordsFor } from './words.js';

export interface WaiverRow {
  readonly waiver: Row<'waiver'>;
  /** By all cases of the book, whatever the package is of. */
  readonly usedFen: Fen;
  /** The cases within the scope that it was applied to, by id: "claim/…", "contract/…". */
  readonly appliedTo: readonly string[];
  readonly attachmentHashes: readonly string[];
  readonly words: (text: string) => string;
}

/** Exceptions within the scope, by id; of a period, those whose term meets it. */
export async function* waivers(source: PackageSource): AsyncGenerator<WaiverRow> {
  const { db, bookId, keys, isRedacted } = source;
  const { input, related } = source.scope;
  let chosen = db.selectFrom('waiver').selectAll().where('bookId', '=', bookId);
  if (input.kind === 'period')
    chosen = chosen
      .where('fromDate', '<=', input.until as string)
      .where('untilDate', '>=', input.from as string);
  const rows = (await chosen.orderBy('id').execute()).filter(({ id }) => related === null || related.has(id));
  const uses = await usesOf(db, rows);
  const files = await db
    .selectFrom('attachment')
    .select(['id', 'contentSha256'])
    .where('bookId', '=', bookId)
    .execute();
  const hashOf = new Map(files.map((file) => [file.id, file.contentSha256]));
  const words = await wordsFor(
    db,
    keys,
    isRedacted,
    rows.flatMap((row) => [row.reason, row.decisionReason ?? '', row.revokedReason ?? '']),
  );
  for (const waiver of rows) {
    const own = uses.get(waiver.id) ?? [];
    yield {
      waiver,
      usedFen: sumFen(own.map(({ amountFen }) => amountFen)),
      appliedTo: own
        .filter(({ subjectId }) => related === null || related.has(subjectId))
        .map(({ subjectType, subjectId }) => `${subjectType}/${subjectId}`),
      attachmentHashes: (JSON.parse(waiver.evidence) as string[]).flatMap((id) => hashOf.get(id) ?? []),
      words,
    };
  }
}
