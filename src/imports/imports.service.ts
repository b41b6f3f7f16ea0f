import type { CommandContext } from '../audit/index.js';
import { createClaim, type NewClaim, previewClaim } from '../claims/index.js';
import { canonicalJson } from '../core/canonical-json.js';
import { DomainError } from '../core/errors.js';
import { sha256Hex } from '../core/ids.js';
import { formatYuan, parseYuan, sumFen } from '../core/money.js';
import type { Db, Store } from '../db/store.js';
import type { Actor, Caller } from '../organisations/index.js';
import type { PackSet } from '../policy/index.js';
import { choicesFor } from './choices.js';
import type { ImportPreview, ImportResult } from './imports.schema.js';
import { noteInvoiceFaults } from './invoice-faults.js';
import { type PlannedClaim, planClaims } from './plan.js';
import { type ClaimSheet, readClaimSheet } from './read-sheet.js';

/** How a long import says where it is and is told to stop. */
export interface ImportProgress {
  /** After each step of `total`: every claim is judged once and, when it is imported, made once. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Looked at between two claims. What was made stays; the same key goes on where it stopped. */
  readonly signal?: AbortSignal;
  /** After each draft that there is, also one that was made before. */
  readonly onMade?: (claim: ImportResult['claims'][number]) => void;
}

const MAX_FAULTS = 2000;
const MAX_REASONS = 3;

interface Plan {
  readonly sheet: ClaimSheet;
  readonly claims: readonly PlannedClaim[];
}

const claimAmount = ({ lines }: NewClaim): string =>
  formatYuan(sumFen(lines.map((line) => parseYuan(line.amount))));

async function planOf(store: Store, { actor }: Caller, bookId: string, bytes: Buffer): Promise<Plan> {
  const choices = await choicesFor(store.read, actor, bookId);
  const sheet = readClaimSheet(bytes);
  return { sheet, claims: planClaims(sheet, choices) };
}

/** What was judged of a claim, or why it cannot even be a draft. */
type Judged = Pick<ImportPreview['claims'][number], 'outcome' | 'reasons'>;
const UNJUDGED: Judged = { outcome: null, reasons: [] };

/**
 * The claims that a sheet makes, every fault of every cell at once, and what the rules say of each claim that can be
 * read, or of the first `mostJudged` of them. Nothing is written.
 * @throws DomainError `sheet_unreadable`, `archive_unreadable`, `xml_unreadable`, `too_large`, `forbidden`, `not_found`
 */
export async function previewImport(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  bytes: Buffer,
  mostJudged = Number.POSITIVE_INFINITY,
): Promise<ImportPreview> {
  const plan = await planOf(store, caller, bookId, bytes);
  return judge(store, packs, caller, bookId, plan, {}, plan.claims.length, mostJudged);
}

async function judge(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  { sheet, claims }: Plan,
  { onProgress, signal }: ImportProgress,
  total: number,
  mostJudged = Number.POSITIVE_INFINITY,
): Promise<ImportPreview> {
  await noteInvoiceFaults(store.read, caller.actor, bookId, sheet, claims);
  const shown: ImportPreview['claims'] = [];
  let judgedCount = 0;
  for (const [index, claim] of claims.entries()) {
    signal?.throwIfAborted();
    const isJudged = claim.input !== null && judgedCount < mostJudged;
    if (isJudged) judgedCount += 1;
    const judged =
      claim.input && isJudged
        ? await judgedOf(store, packs, caller, bookId, sheet, claim, claim.input)
        : UNJUDGED;
    shown.push({
      group: claim.group,
      row: claim.rows[0]?.number ?? 0,
      title: claim.input?.title ?? '',
      lines: claim.rows.length,
      amount: claim.input && claimAmount(claim.input),
      ...judged,
    });
    onProgress?.(index + 1, total);
  }
  const faults = [...sheet.faults].sort((one, other) => one.row - other.row);
  return {
    sheet: sheet.name,
    lines: sheet.rows.length,
    isImportable: faults.every((fault) => fault.gravity === 'warning'),
    faults: faults.slice(0, MAX_FAULTS),
    faultCount: faults.length,
    ignoredColumns: [...sheet.ignored],
    judgedCount,
    claims: shown,
  };
}

async function judgedOf(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  sheet: ClaimSheet,
  { rows }: PlannedClaim,
  input: NewClaim,
): Promise<Judged> {
  try {
    const { outcome, reasons } = await previewClaim(store, packs, caller, bookId, input);
    const told = reasons.filter((reason) => reason.effect !== 'pass').map((reason) => reason.message);
    return { outcome, reasons: [...new Set(told)].slice(0, MAX_REASONS) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    // What createClaim would refuse, told of the claim as a whole.
    sheet.fault(rows[0]?.number ?? 0, 'title', error.message);
    return UNJUDGED;
  }
}

/** What an import demands of whoever asks for it, whatever the sheet says. @throws DomainError `forbidden`, `not_found` */
export async function demandImport(db: Db, actor: Actor, bookId: string): Promise<void> {
  await choicesFor(db, actor, bookId);
}

/**
 * Makes a draft of every claim of a sheet, or none when anything is wrong with it. Under the idempotency key, which it
 * needs, the same sheet makes none twice: sent again, also after it was stopped half-way, it makes what is missing and
 * answers as it did the first time.
 * @throws DomainError `precondition_required` (no key), `import_faulty` with all faults, `idempotency_conflict`, and as
 * `previewImport`
 */
export async function importClaims(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  bytes: Buffer,
  progress: ImportProgress = {},
): Promise<ImportResult> {
  const contextOf = contextsFor(store, caller, bytes);
  const plan = await planOf(store, caller, bookId, bytes);
  const { claims } = plan;
  const total = claims.length * 2;
  // Begun before: its own claims may have been submitted since, and must not count against it.
  if (!(await isBegun(store, contextOf(0)))) {
    const preview = await judge(store, packs, caller, bookId, plan, progress, total);
    if (!preview.isImportable) throw faulty(preview);
  }
  const made: ImportResult['claims'] = [];
  for (const [index, { group, rows, input }] of claims.entries()) {
    progress.signal?.throwIfAborted();
    if (!input) throw faulty({ faults: plan.sheet.faults, faultCount: plan.sheet.faults.length });
    const { id } = await createClaim(store, { ...caller, context: contextOf(index) }, bookId, input);
    const claim = { group, row: rows[0]?.number ?? 0, id, amount: claimAmount(input) };
    made.push(claim);
    progress.onMade?.(claim);
    progress.onProgress?.(claims.length + index + 1, total);
  }
  return importResultOf(made);
}

export const importResultOf = (claims: ImportResult['claims']): ImportResult => ({
  claims,
  amount: formatYuan(sumFen(claims.map(({ amount }) => parseYuan(amount)))),
});

const faulty = ({ faults, faultCount }: Pick<ImportPreview, 'faults' | 'faultCount'>) =>
  new DomainError('import_faulty', `表格有 ${faultCount} 处需要修改，没有生成任何报账单`, {
    details: { faults: faults.slice(0, MAX_FAULTS) },
  });

/** Each claim has a key of its own, made of the import's; all are bound to the whole sheet. */
function contextsFor(store: Store, { context }: Caller, bytes: Buffer): (index: number) => CommandContext {
  const { idempotency } = context;
  if (!idempotency) {
    throw new DomainError('precondition_required', '导入须带 Idempotency-Key，以免重复生成报账单');
  }
  const name = sha256Hex(idempotency.key);
  const asked = [idempotency.requestHash, sha256Hex(bytes)];
  return (index) => ({
    ...context,
    idempotency: {
      key: `import-${name}-${index}`,
      requestHash: store.keys.index('request', canonicalJson([...asked, index])),
    },
  });
}

async function isBegun(store: Store, { actorId, idempotency }: CommandContext): Promise<boolean> {
  const kept = await store.read
    .selectFrom('idempotency')
    .select('requestHash')
    .where('actorId', '=', actorId)
    .where('key', '=', idempotency?.key ?? '')
    .executeTakeFirst();
  return kept !== undefined;
}
