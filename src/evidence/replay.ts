import {
  LOGGED_TABLE_NAMES,
  type LogBody,
  type LoggedEntry,
  type LoggedRow,
  type LoggedTable,
} from '../audit/index.js';
import { canonicalJson, isCanonical } from '../core/canonical-json.js';
import { appendLeaf, type Frontier, leafHash } from '../core/merkle.js';
import type { Fen } from '../core/money.js';
import type { Row } from '../db/database.js';
import { isSource } from '../ledger/index.js';
import { type Decision, type PolicyHistory, reviveFacts, type Unjudged } from '../policy/index.js';
import { same } from './difference.js';

/** A row as the log tells it: amounts as decimal text. */
export type ToldRow = Record<string, unknown>;

/** What moved on an account on one business day. */
export interface DayMoves {
  inFen: Fen;
  outFen: Fen;
  withinFen: Fen;
}

/** The state that a log rebuilds, one entry at a time. */
export class Replay {
  size = 0;
  frontier: Frontier = [];
  postings = 0;
  decisions = 0;
  /** Decisions that cannot be made again, by why. */
  readonly unchecked = new Map<string, Unjudged & { count: number }>();
  refusals = 0;
  readonly balances = new Map<string, Fen>();
  /** What moved on each account (`fund/day/layer/subject`) by business day. */
  readonly moves = new Map<string, DayMoves>();
  /** What the rows of each table are at the end, by key. */
  readonly rows: ReadonlyMap<LoggedTable, Map<string, ToldRow>> = new Map(
    LOGGED_TABLE_NAMES.map((table) => [table, new Map()]),
  );
  /** Commitments whose values must be in the vault, with their data subjects. */
  readonly seals = new Map<string, string>();
  #entries: { logged: LoggedEntry; logIndex: number; at: string }[] = [];

  constructor(
    private readonly policy: PolicyHistory,
    private readonly bookId: string,
  ) {}

  entry(row: Row<'logEntry'>): void {
    const place = `logEntry ${row.logIndex}`;
    same(`${place} logIndex`, this.size, row.logIndex);
    same(`${place} leafHash`, leafHash(row.body), row.leafHash);
    const body = JSON.parse(row.body) as LogBody;
    if (!isCanonical(row.body, body)) same(`${place} canonical form`, canonicalJson(body), row.body);
    same(`${place} book`, body.book, this.bookId);
    same(`${place} index`, body.index, row.logIndex);
    same(`${place} recordedAt`, body.at, row.recordedAt);
    same(`${place} action`, body.action, row.action);
    same(`${place} subjectType`, body.subject.type, row.subjectType);
    same(`${place} subjectId`, body.subject.id, row.subjectId);
    same(`${place} outcome`, outcomeOf(body), row.outcome);
    same(`${place} actorId`, body.actor, row.actorId);
    this.frontier = appendLeaf(this.frontier, this.size, row.leafHash);
    this.size += 1;
    if (body.refusal) this.#refusal(place, body);
    if (body.decision) this.#decision(place, body);
    for (const logged of body.entries ?? []) this.#ledgerEntry(place, body, logged);
    for (const told of body.rows ?? []) this.#row(place, told);
    for (const [digest, subject] of body.seals ?? []) this.seals.set(digest, subject);
    if (body.action === ERASE && !body.refusal) this.#erase(body.subject.id);
  }

  /** Hands over the ledger entries since the last call, for comparison with the tables. */
  takeEntries() {
    const taken = this.#entries;
    this.#entries = [];
    return taken;
  }

  #refusal(place: string, body: LogBody): void {
    this.refusals += 1;
    const left = ['entries', 'rows', 'seals'].filter((member) => member in body);
    same(
      `${place} refusal`,
      'a refusal that left nothing',
      left.length > 0 ? left : 'a refusal that left nothing',
    );
  }

  #decision(place: string, body: LogBody): void {
    const recorded = body.decision as Decision;
    this.decisions += 1;
    const again = this.policy.decideAgain(recorded, reviveFacts(body.facts));
    if (!('reason' in again)) {
      same(`${place} decision`, canonicalJson(again), canonicalJson(recorded));
      return;
    }
    if (again.reason === 'pack_damaged')
      same(`policyPack ${again.what}`, 'the text of this SHA-256', 'another text');
    const key = `${again.reason} ${again.what}`;
    this.unchecked.set(key, { ...again, count: (this.unchecked.get(key)?.count ?? 0) + 1 });
  }

  #ledgerEntry(place: string, body: LogBody, logged: LoggedEntry): void {
    const touched = new Set<string>();
    for (const [fundId, fromLayer, fromSubject, toLayer, toSubject, amount] of logged.postings) {
      const amountFen = BigInt(amount);
      if (amountFen <= 0n) same(`${place} posting amount`, 'above zero', amount);
      touched.add(this.#move(`${fundId}/${fromLayer}/${fromSubject}`, -amountFen));
      touched.add(this.#move(`${fundId}/${toLayer}/${toSubject}`, amountFen));
      const day = `${fundId}/${logged.effectiveDate}`;
      this.#dayOf(`${day}/${fromLayer}/${fromSubject}`).outFen += amountFen;
      const into = this.#dayOf(`${day}/${toLayer}/${toSubject}`);
      into.inFen += amountFen;
      if (fromLayer === toLayer) into.withinFen += amountFen;
      this.postings += 1;
    }
    for (const key of touched) this.#checkSign(place, key);
    this.#entries.push({ logged, logIndex: body.index, at: body.at });
  }

  #move(key: string, amountFen: Fen): string {
    this.balances.set(key, (this.balances.get(key) ?? 0n) + amountFen);
    return key;
  }

  #dayOf(key: string): DayMoves {
    const known = this.moves.get(key);
    if (known) return known;
    const none = { inFen: 0n, outFen: 0n, withinFen: 0n };
    this.moves.set(key, none);
    return none;
  }

  #checkSign(place: string, key: string): void {
    const balanceFen = this.balances.get(key) as Fen;
    const isWrong = isSource(key.split('/')[1] as string) ? balanceFen > 0n : balanceFen < 0n;
    if (isWrong) same(`${place} account ${key}`, 'a balance of its sign', balanceFen.toString());
  }

  #row(place: string, [table, key, columns]: LoggedRow): void {
    const rows = this.rows.get(table as LoggedTable);
    if (!rows) {
      same(`${place} row`, 'a table that the log tells', table);
      return;
    }
    const known = rows.get(key);
    if (columns === null) {
      if (!rows.delete(key)) same(`${place} row ${table} ${key}`, 'a row to remove', 'none');
    } else rows.set(key, known ? Object.assign(known, columns) : { ...columns });
  }

  #erase(subject: string): void {
    for (const [digest, owner] of this.seals) if (owner === subject) this.seals.delete(digest);
  }
}

/** The action of an entry that records the erasure of a data subject, which is its subject's id. */
export const ERASE = 'data.erase';

const outcomeOf = (body: LogBody): string | null =>
  body.refusal ? `refused:${body.refusal.code}` : (body.decision?.outcome ?? null);
