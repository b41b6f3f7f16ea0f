import { randomBytes } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.js';
import { sha256Hex } from '../core/ids.js';
import { appendLeaf, frontierFromText, frontierToText, leafHash } from '../core/merkle.js';
import type { Row } from '../db/database.js';
import { prepared } from '../db/prepared.js';
import type { Trx } from '../db/store.js';
import type { AuditEvent, LogBody, LoggedEntry } from './event.js';

/** Who asks, when, and under which request: the same for the web, the API and the command line. */
export interface CommandContext {
  readonly actorId: string;
  readonly requestId: string;
  readonly now: Date;
  /** The caller's Idempotency-Key and the hash of what was asked under it. */
  readonly idempotency: { readonly key: string; readonly requestHash: string } | null;
}

const insertLogEntry = prepared<Row<'logEntry'>>((db, value) =>
  db.insertInto('logEntry').values({
    bookId: value('bookId'),
    logIndex: value('logIndex'),
    leafHash: value('leafHash'),
    body: value('body'),
    recordedAt: value('recordedAt'),
    action: value('action'),
    subjectType: value('subjectType'),
    subjectId: value('subjectId'),
    outcome: value('outcome'),
  }),
);
const insertCommitment = prepared<Row<'commitment'>>((db, value) =>
  db.insertInto('commitment').values({
    digest: value('digest'),
    bookId: value('bookId'),
    salt: value('salt'),
    value: value('value'),
  }),
);
const moveHead = prepared<Pick<Row<'book'>, 'id' | 'logSize' | 'logFrontier'>>((db, value) =>
  db
    .updateTable('book')
    .set({ logSize: value('logSize'), logFrontier: value('logFrontier') })
    .where('id', '=', value('id')),
);

/**
 * One command at work on one book, whose row it has locked. Everything that it records carries `logIndex`, the
 * place its log entry will take.
 */
export class Unit {
  readonly #entries: LoggedEntry[] = [];
  #isAppended = false;

  constructor(
    readonly trx: Trx,
    readonly book: Row<'book'>,
    readonly context: CommandContext,
  ) {}

  get logIndex(): number {
    return this.book.logSize;
  }

  get recordedAt(): string {
    return this.context.now.toISOString();
  }

  /** Called by the ledger for every entry it posts, so that none can be missing from the log. */
  addEntry(entry: LoggedEntry): void {
    this.#entries.push(entry);
  }

  /**
   * A salted commitment to a text that the log must not hold (a person's name, free text): SHA-256 of
   * 128 random bits and the text. The pair is kept beside the log, so it can be opened or erased.
   */
  async commit(value: string): Promise<{ commitment: string }> {
    const salt = randomBytes(16).toString('hex');
    const digest = sha256Hex(`${salt}${value}`);
    await insertCommitment(this.trx, { digest, bookId: this.book.id, salt, value });
    return { commitment: `sha256:${digest}` };
  }

  /** Writes the command's one log entry and moves the book's tree head. Must come last. */
  async append(event: AuditEvent): Promise<{ logIndex: number; leafHash: string }> {
    if (this.#isAppended) throw new Error('a command writes exactly one log entry');
    this.#isAppended = true;
    const { trx, book, logIndex, recordedAt } = this;
    const body: LogBody = {
      v: 1,
      book: book.id,
      index: logIndex,
      at: recordedAt,
      actor: this.context.actorId,
      request: this.context.requestId,
      ...event,
      ...(this.#entries.length > 0 ? { entries: this.#entries } : {}),
    };
    const text = canonicalJson(body);
    const leaf = leafHash(text);
    await insertLogEntry(trx, {
      bookId: book.id,
      logIndex,
      leafHash: leaf,
      body: text,
      recordedAt,
      action: event.action,
      subjectType: event.subject.type,
      subjectId: event.subject.id,
      outcome: event.refusal ? `refused:${event.refusal.code}` : (event.decision?.outcome ?? null),
    });
    const frontier = appendLeaf(frontierFromText(book.logFrontier), book.logSize, leaf);
    await moveHead(trx, { id: book.id, logSize: logIndex + 1, logFrontier: frontierToText(frontier) });
    return { logIndex, leafHash: leaf };
  }

  get isAppended(): boolean {
    return this.#isAppended;
  }
}
