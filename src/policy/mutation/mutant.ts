import type { Rule } from '../kinds/index.js';
import type { Pack, PackContent } from '../pack.schema.js';

/** One small slip in one pack, such as a person makes who types a document into it. */
export interface Mutant {
  readonly pack: Pack;
  /** What sort of slip; the report counts by it. */
  readonly operator: string;
  /** Where and what, for a person. */
  readonly what: string;
  /** The content of the pack with the slip in it; may be one that no longer loads. */
  readonly content: unknown;
  /** The rules, or packs, whose cases can tell. */
  readonly asked: readonly string[];
  /** Set where no case can tell: why the packs decide the same with and without the slip. */
  readonly equivalent: string | null;
}

/** Content of a pack without what loading adds to it. */
export function contentOf({ file: _file, text: _text, sha256: _sha256, ...content }: Pack): PackContent {
  return content;
}

/** A copy of the content with one rule replaced, or left out. */
export const withRule = (pack: Pack, rule: Rule, changed: unknown): unknown => ({
  ...contentOf(pack),
  rules: pack.rules.flatMap((one) => (one === rule ? (changed === null ? [] : [changed]) : [one])),
});
