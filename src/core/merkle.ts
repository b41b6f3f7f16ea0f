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

/** The root of a list of leaf hashes of any length (RFC 6962 §2.1 MTH); `EMPTY_ROOT` for none. */
export function rootOfRange(leaves: readonly string[]): string {
  if (leaves.length === 0) return EMPTY_ROOT;
  let level = leaves;
  while (level.length > 1) {
    const above: string[] = [];
    for (let place = 0; place < level.length; place += 2) {
      const left = level[place] as string;
      const right = level[place + 1];
      // A node without a neighbour moves up as it is: that is what splitting at the largest power of two amounts to.
      above.push(right === undefined ? left : nodeHash(left, right));
    }
    level = above;
  }
  return level[0] as string;
}

// Proofs: that the tree has a leaf at an index (RFC 9162 §2.1.3), and that it extends an older state of itself (§2.1.4);
// they are those of RFC 6962 §2.1.1 and §2.1.2. Indexes and sizes are safe integers, so no operation on them is one of
// 32 bits.

/** Why a proof, or a demand for one, was refused. */
export type ProofErrorCode =
  /** An index or a size that is no safe integer, is negative, or not below (or not above) the other one. */
  | 'out_of_range'
  /** A proof of consistency with the empty tree, which tells nothing. */
  | 'empty_tree'
  /** A leaf, root or proof hash that is not 64 lower-case hex digits. */
  | 'malformed_hash'
  /** The proof has more or fewer hashes than one of these index and sizes. */
  | 'wrong_length'
  /** Inclusion: the proof leads to another root. Consistency: the same of the newer root. */
  | 'wrong_root'
  /** Consistency: the proof leads to another root for the older size. */
  | 'wrong_first_root';

export class ProofError extends Error {
  override readonly name = 'ProofError';
  constructor(
    readonly code: ProofErrorCode,
    expected: string,
    got: string | number,
  ) {
    super(`expected ${expected}, got ${got}`);
  }
}

/** The leaves from `from` up to, not including, `until`. */
export type LeafRange = readonly [from: number, until: number];

/**
 * Gives the root of the leaves [from, until) of a log, `from` < `until`. A range that is asked for is either a perfect
 * subtree or, at the right edge of the log, what is there of one.
 */
export type SubtreeReader = (from: number, until: number) => string | Promise<string>;

/**
 * The subtrees whose roots prove that leaf `index` is in a log of `size` leaves, from the leaf's sibling up
 * (RFC 9162 §2.1.3.1 PATH).
 * @throws ProofError `out_of_range` unless 0 ≤ `index` < `size`
 */
export function inclusionPath(index: number, size: number): readonly LeafRange[] {
  demandIndex(index, size);
  const path: LeafRange[] = [];
  let from = 0;
  let until = size;
  while (until - from > 1) {
    const middle = from + leftWidth(until - from);
    if (index < middle) {
      path.push([middle, until]);
      until = middle;
    } else {
      path.push([from, middle]);
      from = middle;
    }
  }
  return path.reverse();
}

/**
 * The subtrees whose roots prove that a log of `second` leaves extends itself at `first` leaves
 * (RFC 9162 §2.1.4.1 PROOF); none when the sizes are equal, and none from the empty log, where nothing is to be proven.
 * @throws ProofError `out_of_range` unless 0 ≤ `first` ≤ `second`
 */
export function consistencyPath(first: number, second: number): readonly LeafRange[] {
  demandSizes(first, second);
  if (first === 0) return [];
  const path: LeafRange[] = [];
  let from = 0;
  let until = second;
  while (until !== first) {
    const middle = from + leftWidth(until - from);
    if (first <= middle) {
      path.push([middle, until]);
      until = middle;
    } else {
      path.push([from, middle]);
      from = middle;
    }
  }
  // What is left is the end of the older tree. Only when it is all of it does the verifier know it: it is the older root.
  if (from > 0) path.push([from, until]);
  return path.reverse();
}

/** The proof that leaf `index` is in a log of `size` leaves. @throws ProofError as `inclusionPath` */
export async function inclusionProof(read: SubtreeReader, index: number, size: number): Promise<string[]> {
  return rootsOf(read, inclusionPath(index, size));
}

/** The proof that a log of `second` leaves extends itself at `first`. @throws ProofError as `consistencyPath` */
export async function consistencyProof(
  read: SubtreeReader,
  first: number,
  second: number,
): Promise<string[]> {
  return rootsOf(read, consistencyPath(first, second));
}

async function rootsOf(read: SubtreeReader, path: readonly LeafRange[]): Promise<string[]> {
  const roots: string[] = [];
  for (const [from, until] of path) roots.push(await read(from, until));
  return roots;
}

export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  /** The hash of the leaf, not its content. */
  readonly leafHash: string;
  readonly proof: readonly string[];
  readonly root: string;
}

/**
 * Returns when `proof` shows that the tree of `size` leaves under `root` has `leafHash` at `index`. It is RFC 9162
 * §2.1.3.2 step by step, so it shares nothing with what makes proofs. A root does not fix the size (trees of 3 and of 4
 * leaves may have paths of one shape), so `size` and `root` must come out of one signed checkpoint.
 * @throws ProofError otherwise
 */
export function verifyInclusion({ index, size, leafHash, proof, root }: InclusionClaim): void {
  demandIndex(index, size);
  demandHashes([leafHash, root, ...proof]);
  let at = index;
  let last = size - 1;
  let node = leafHash;
  for (const sibling of proof) {
    if (last === 0) throw wrongLength(proof);
    if (isOdd(at) || at === last) {
      node = nodeHash(sibling, node);
      [at, last] = upWhileEven(at, last);
    } else {
      node = nodeHash(node, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  if (last !== 0) throw wrongLength(proof);
  if (node !== root) throw wrongRoot('wrong_root', root, node);
}

export interface ConsistencyClaim {
  readonly firstSize: number;
  readonly secondSize: number;
  readonly firstRoot: string;
  readonly secondRoot: string;
  readonly proof: readonly string[];
}

/**
 * Returns when `proof` shows that the tree of `secondSize` leaves under `secondRoot` begins with the very leaves of the
 * tree of `firstSize` under `firstRoot` (RFC 9162 §2.1.4.2, step by step). Equal sizes need equal roots and an empty
 * proof. A `firstSize` of 0 is always refused, even 0 → 0: every log extends the empty one, so such a proof would tell
 * nothing, and whoever has no older state to compare with must see that it was not compared.
 * @throws ProofError otherwise
 */
export function verifyConsistency(claim: ConsistencyClaim): void {
  const { firstSize, secondSize, firstRoot, secondRoot, proof } = claim;
  demandSizes(firstSize, secondSize);
  if (firstSize === 0) throw new ProofError('empty_tree', 'an older size above 0', firstSize);
  demandHashes([firstRoot, secondRoot, ...proof]);
  if (firstSize === secondSize) {
    if (proof.length > 0) throw wrongLength(proof);
    if (firstRoot !== secondRoot) throw wrongRoot('wrong_root', secondRoot, firstRoot);
    return;
  }
  let at = firstSize - 1;
  let last = secondSize - 1;
  while (isOdd(at)) [at, last] = [half(at), half(last)];
  // Only for a power of two does the way up from its last leaf end at 0: then the older root itself is where to begin.
  const [start, ...rest] = at === 0 ? [firstRoot, ...proof] : proof;
  if (start === undefined) throw wrongLength(proof);
  let first = start;
  let second = start;
  for (const sibling of rest) {
    if (last === 0) throw wrongLength(proof);
    if (isOdd(at) || at === last) {
      first = nodeHash(sibling, first);
      second = nodeHash(sibling, second);
      [at, last] = upWhileEven(at, last);
    } else {
      second = nodeHash(second, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  if (last !== 0) throw wrongLength(proof);
  if (first !== firstRoot) throw wrongRoot('wrong_first_root', firstRoot, first);
  if (second !== secondRoot) throw wrongRoot('wrong_root', secondRoot, second);
}

const half = (number: number): number => Math.floor(number / 2);
const isOdd = (number: number): boolean => number % 2 === 1;

/** Above a right edge that has no sibling: up to where the node is a right child, or the very left of its level. */
function upWhileEven(at: number, last: number): [number, number] {
  let [place, edge] = [at, last];
  while (place !== 0 && !isOdd(place)) [place, edge] = [half(place), half(edge)];
  return [place, edge];
}

/** The largest power of two below `width`, which is above 1. */
function leftWidth(width: number): number {
  let left = 1;
  while (left * 2 < width) left *= 2;
  return left;
}

function demandIndex(index: number, size: number): void {
  if (Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size) return;
  throw new ProofError('out_of_range', '0 ≤ index < size < 2^53', `index ${index}, size ${size}`);
}

function demandSizes(first: number, second: number): void {
  if (Number.isSafeInteger(first) && Number.isSafeInteger(second) && first >= 0 && first <= second) return;
  throw new ProofError('out_of_range', '0 ≤ first ≤ second < 2^53', `first ${first}, second ${second}`);
}

function demandHashes(hashes: readonly string[]): void {
  for (const hash of hashes) {
    if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash))
      throw new ProofError('malformed_hash', '64 lower-case hex digits', `"${hash}"`);
  }
}

const wrongLength = (proof: readonly string[]): ProofError =>
  new ProofError('wrong_length', 'as many hashes as index and sizes ask for', proof.length);

const wrongRoot = (code: 'wrong_root' | 'wrong_first_root', root: string, got: string): ProofError =>
  new ProofError(code, `root ${root}`, got);
