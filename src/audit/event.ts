/**
 * What one command did, as its log entry tells it (D5). Together with the entries before it, it is enough to
 * rebuild every row, balance and decision. Free text and personal data appear only as commitments.
 */
export interface AuditEvent {
  readonly action: string;
  readonly subject: { readonly type: string; readonly id: string };
  /** What no row holds: a note, a choice, a figure of the moment. Amounts under keys that end in `Fen`. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** A policy decision and the facts it was made from; `verify` makes it again. */
  readonly decision?: { readonly outcome: string };
  readonly facts?: unknown;
  /** Set when the command was refused; then nothing else of it remains. */
  readonly refusal?: { readonly code: string };
}

/** The exact members of a log entry's canonical JSON, version 2 (docs/evidence-package.md §1). */
export interface LogBody extends AuditEvent {
  readonly v: 2;
  readonly book: string;
  readonly index: number;
  readonly at: string;
  readonly actor: string;
  readonly request: string;
  readonly entries?: readonly LoggedEntry[];
  readonly rows?: readonly LoggedRow[];
  readonly seals?: readonly LoggedSeal[];
}

/** A ledger entry inside a log entry. Postings: fund, from layer, from subject, to layer, to subject, Fen. */
export interface LoggedEntry {
  readonly id: string;
  readonly kind: string;
  readonly effectiveDate: string;
  readonly reverses: string | null;
  readonly subject: { readonly type: string; readonly id: string };
  readonly postings: readonly (readonly [string, string, string, string, string, string])[];
}

/** What became of a row: a new one with all its columns, a changed one with those that changed, a removed one null. */
export type LoggedRow = readonly [table: string, key: string, columns: Record<string, unknown> | null];

/** A commitment made by the entry, and the data subject whose key protects its value. */
export type LoggedSeal = readonly [digest: string, subject: string];
