import type { Store } from '../db/store.js';
import type { Actor } from '../organisations/index.js';
import type { PackSet } from '../policy/index.js';
import type { ShownItem } from './coverage.schema.js';
import type { LogRange } from './decisions.js';
import type { Span } from './sources.js';

/** All that a year's figures are worked out from. */
export interface YearScope extends Span {
  readonly store: Store;
  readonly packs: PackSet;
  readonly actor: Actor;
  readonly range: LogRange;
}

/** What a domain shows of the year; `fault` says why it does not count as done. */
export interface Live {
  readonly items: ShownItem[];
  /** How many rows there are, when more than are shown. */
  readonly count?: number;
  readonly fault?: string;
}

export const figure = (
  what: string,
  date: string | null = null,
  documentNo: string | null = null,
): ShownItem => ({ what, title: null, date, documentNo, id: null });
