import { canonicalJson } from '../core/canonical-json.js';

/** The first thing that does not agree, and where: `logEntry 17 decision`, `account … balanceFen`. */
export interface Difference {
  readonly place: string;
  readonly expected: string;
  readonly got: string;
}

export class Found extends Error {
  constructor(readonly difference: Difference) {
    super(difference.place);
  }
}

/** @throws Found when the two differ, values compared as canonical JSON. */
export function same(place: string, expected: unknown, got: unknown): void {
  if (expected === got) return;
  const [wanted, found] = [show(expected), show(got)];
  if (wanted !== found) throw new Found({ place, expected: wanted, got: found });
}

/** @throws Found when a row of this place was met before: its key is no longer one. */
export function once(seen: Set<string>, place: string): void {
  if (seen.has(place)) same(place, 'one row', 'several');
  seen.add(place);
}

const show = (value: unknown): string => (typeof value === 'string' ? value : canonicalJson(value ?? null));
