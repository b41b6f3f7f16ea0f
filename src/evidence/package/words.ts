import { isSealed, revealTexts } from '../../audit/index.js';
import type { KeyRing } from '../../core/keys.js';
import type { Db } from '../../db/store.js';

export const REDACTED = '〔已脱敏〕';

/** How a package shows the texts of some rows: opened, or as redacted. Text that is not sealed shows as it is. */
export async function wordsFor(
  db: Db,
  keys: KeyRing,
  isRedacted: boolean,
  texts: Iterable<string>,
): Promise<(text: string) => string> {
  if (isRedacted) return (text) => (isSealed(text) ? REDACTED : text);
  return revealTexts(db, keys, texts);
}
