import { createHash } from 'node:crypto';

/** RFC 6962 §2.1 hashing; all hashes are lower-case hex of 32 bytes. */
export const EMPTY_ROOT = createHash('sha256').digest('hex');

export function leafHash(body: string): string {
  return createHash('sha256').update('\x00').update(body).digest('hex');
}

export function nodeHash(left: string, right: string): string {
  return createHash('sha256').update(`01${left}${right}`, 'hex').digest('hex');
}

/**
 * The roots of the perfect subtrees that a tree of some size consists of, largest first: all that appending
 * needs. A tree of 6 leaves has two, of 4 and of 2 leaves.
 */
export type Frontier = readonly string[];

/** The frontier after one more leaf on a tree that had `size` leaves. */
export function appendLeaf(frontier: Frontier, size: number, leaf: string): Frontier {
  const roots = [...frontier];
  let node = leaf;
  for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2))
    node = nodeHash(roots.pop() as string, node);
  roots.push(node);
  return roots;
}

/** The tree's root (RFC 6962 MTH): the subtrees folded from the right. */
export function rootOf(frontier: Frontier): string {
  if (frontier.length === 0) return EMPTY_ROOT;
  return frontier.reduceRight((right, left) => nodeHash(left, right));
}

export const frontierToText = (frontier: Frontier): string => frontier.join('.');
export const frontierFromText = (text: string): Frontier => (text === '' ? [] : text.split('.'));
