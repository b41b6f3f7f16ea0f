import type { PackSet } from './load.js';

/**
 * The packs' keywords that occur in a text, in code point order. Width, case, spaces and invisible characters do
 * not hide a word: “笔 记 本 电 脑” is found.
 */
export function matchTerms(packs: Pick<PackSet, 'terms'>, text: string): string[] {
  const plain = normalise(text);
  return packs.terms.filter((term) => plain.includes(normalise(term)));
}

const normalise = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{Cf}]+/gu, '');
