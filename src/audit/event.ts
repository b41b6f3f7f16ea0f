/**
 * What one command did, as its log entry tells it (D5). Together with the entries before it, it is enough to
 * rebuild balances and decisions. Free text and personal data appear only as commitments.
 */
export interface AuditEvent {
  readonly action: string;
  readonly subject: { readonly type: string; readonly id: string };
  /** What was recorded: amounts under keys that end in `Fen`. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** A policy decision and the facts it was made from; `verify` makes it again. */
  readonly decision?: { readonly outcome: string };
  readonly facts?: unknown;
  /** Set when the command was refused; then nothing else of it remains. */
  readonly refusal?: { readonly code: string };
}

/** The exact members of a log entry's canonical JSON, version 1. */
export interface LogBody extends AuditEvent {
  readonly v: 1;
  readonly book: string;
  readonly index: number;
  readonly at: string;
  readonly actor: string;
  readonly request: string;
  readonly entries?: readonly LoggedEntry[];
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
