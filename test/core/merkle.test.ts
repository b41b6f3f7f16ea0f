import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type Test, test } from 'tap';
import {
  appendLeaf,
  type ConsistencyClaim,
  consistencyPath,
  consistencyProof,
  EMPTY_ROOT,
  type Frontier,
  frontierFromText,
  frontierToText,
  type InclusionClaim,
  inclusionPath,
  inclusionProof,
  type LeafRange,
  leafHash,
  nodeHash,
  ProofError,
  type ProofErrorCode,
  rootOf,
  rootOfRange,
  verifyConsistency,
  verifyInclusion,
} from '../../src/core/merkle.js';

/** RFC 6962 §2.1, word for word: k is the largest power of two smaller than n. */
function naive(leaves: readonly Buffer[]): Buffer {
  const hash = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  if (leaves.length === 0) return hash();
  if (leaves.length === 1) return hash(Buffer.of(0), leaves[0] as Buffer);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return hash(Buffer.of(1), naive(leaves.slice(0, k)), naive(leaves.slice(k)));
}

test('the frontier root is the RFC 6962 tree head at every size from 0 to 200', async (t) => {
  const leaves: Buffer[] = [];
  let frontier: Frontier = [];
  let wrong = 0;
  for (let size = 0; size <= 200; size += 1) {
    if (rootOf(frontier) !== naive(leaves).toString('hex')) wrong += 1;
    // The number of perfect subtrees is the number of ones in the size.
    if (frontier.length !== size.toString(2).replaceAll('0', '').length) wrong += 1;
    if (frontierToText(frontierFromText(frontierToText(frontier))) !== frontierToText(frontier)) wrong += 1;
    const body = `第 ${size} 条 ${'x'.repeat(size % 7)}`;
    leaves.push(Buffer.from(body, 'utf8'));
    frontier = appendLeaf(frontier, size, leafHash(body));
  }
  t.equal(wrong, 0);
});

/** The reference test data of Certificate Transparency: eight leaves and the tree head at each size. */
const RFC_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const RFC_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('known tree heads', async (t) => {
  t.equal(EMPTY_ROOT, RFC_ROOTS[0]);
  const raw = RFC_LEAVES.map((hex) => Buffer.from(hex, 'hex'));
  for (let size = 0; size <= raw.length; size += 1)
    t.equal(naive(raw.slice(0, size)).toString('hex'), RFC_ROOTS[size]);
  // The seventh leaf and the first are text as well, so our own functions are compared on the bytes they take.
  t.equal(leafHash(''), RFC_ROOTS[1]);
  let frontier: Frontier = [];
  raw.forEach((leaf, size) => {
    frontier = appendLeaf(frontier, size, leafHash(leaf.toString('latin1')));
    t.equal(rootOf(frontier), RFC_ROOTS[size + 1], `size ${size + 1}`);
  });
});

test('a leaf can never pass for a node, and order matters', async (t) => {
  const [a, b] = [leafHash('a'), leafHash('b')];
  t.not(nodeHash(a, b), nodeHash(b, a));
  t.not(nodeHash(a, b), leafHash(a + b));
  t.not(leafHash(''), EMPTY_ROOT);
});

const LEAVES = Array.from({ length: 300 }, (_, index) => leafHash(`leaf ${index}`));

/** RFC 9162 §2.1.1, §2.1.3.1 and §2.1.4.1 word for word, on lists: nothing of it is shared with what is tested. */
const split = (size: number): number => 2 ** (Math.ceil(Math.log2(size)) - 1);
function mth(leaves: readonly string[]): string {
  if (leaves.length < 2) return leaves[0] ?? EMPTY_ROOT;
  const k = split(leaves.length);
  return nodeHash(mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}
function path(m: number, leaves: readonly string[]): string[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return m < k ? [...path(m, left), mth(right)] : [...path(m - k, right), mth(left)];
}
function subproof(m: number, leaves: readonly string[], isWhole: boolean): string[] {
  if (m === leaves.length) return isWhole ? [] : [mth(leaves)];
  const k = split(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return m <= k ? [...subproof(m, left, isWhole), mth(right)] : [...subproof(m - k, right, false), mth(left)];
}

const roots = new Map<string, string>();
/** The root of a range of LEAVES, each computed once. */
function subtree(from: number, until: number): string {
  const key = `${from}-${until}`;
  const root = roots.get(key) ?? rootOfRange(LEAVES.slice(from, until));
  roots.set(key, root);
  return root;
}
const hashes = (ranges: readonly LeafRange[]): string[] =>
  ranges.map(([from, until]) => subtree(from, until));

const inclusionOf = (index: number, size: number): InclusionClaim => ({
  index,
  size,
  leafHash: LEAVES[index] as string,
  proof: hashes(inclusionPath(index, size)),
  root: subtree(0, size),
});
const consistencyOf = (firstSize: number, secondSize: number): ConsistencyClaim => ({
  firstSize,
  secondSize,
  firstRoot: subtree(0, firstSize),
  secondRoot: subtree(0, secondSize),
  proof: hashes(consistencyPath(firstSize, secondSize)),
});

/** The code of the refusal, or null when it holds. */
function codeOf(verify: () => void): ProofErrorCode | null {
  try {
    verify();
    return null;
  } catch (error) {
    if (error instanceof ProofError) return error.code;
    throw error;
  }
}
const inclusionCode = (claim: InclusionClaim) => codeOf(() => verifyInclusion(claim));
const consistencyCode = (claim: ConsistencyClaim) => codeOf(() => verifyConsistency(claim));

function flip(hash: string, bit: number): string {
  const bytes = Buffer.from(hash, 'hex');
  bytes.writeUInt8(bytes.readUInt8(Math.floor(bit / 8)) ^ (1 << (bit % 8)), Math.floor(bit / 8));
  return bytes.toString('hex');
}
const replaced = (proof: readonly string[], place: number, hash: string): string[] => [
  ...proof.slice(0, place),
  hash,
  ...proof.slice(place + 1),
];

test('the root of a list of leaves is the RFC 6962 tree head and that of the frontier', async (t) => {
  let frontier: Frontier = [];
  const wrong: number[] = [];
  for (let size = 0; size <= LEAVES.length; size += 1) {
    const leaves = LEAVES.slice(0, size);
    if (rootOfRange(leaves) !== mth(leaves) || rootOfRange(leaves) !== rootOf(frontier)) wrong.push(size);
    frontier = appendLeaf(frontier, size, LEAVES[size] ?? '');
  }
  t.same(wrong, []);
  t.equal(rootOfRange([]), EMPTY_ROOT);
});

test('every leaf of every tree of up to 300 leaves is proven', async (t) => {
  const wrong: string[] = [];
  for (let size = 1; size <= LEAVES.length; size += 1) {
    for (let index = 0; index < size; index += 1) {
      if (inclusionCode(inclusionOf(index, size)) !== null) wrong.push(`${index} of ${size}`);
    }
  }
  t.same(wrong, []);
});

test('every tree of up to 130 leaves is proven to extend every smaller one', async (t) => {
  const wrong: string[] = [];
  for (let second = 1; second <= 130; second += 1) {
    for (let first = 1; first <= second; first += 1) {
      const claim = consistencyOf(first, second);
      if (consistencyCode(claim) !== null) wrong.push(`${first} to ${second}`);
      if (first === second) continue;
      const hostile: [string, Partial<ConsistencyClaim>][] = [
        ['truncated', { proof: claim.proof.slice(0, -1) }],
        ['without its beginning', { proof: claim.proof.slice(1) }],
        ['with one more', { proof: [...claim.proof, claim.secondRoot] }],
        ['with one before', { proof: [claim.firstRoot, ...claim.proof] }],
        ['empty', { proof: [] }],
        ['other older root', { firstRoot: flip(claim.firstRoot, 0) }],
        ['other newer root', { secondRoot: flip(claim.secondRoot, 255) }],
        ['roots swapped', { firstRoot: claim.secondRoot, secondRoot: claim.firstRoot }],
        ['sizes swapped', { firstSize: second, secondSize: first }],
      ];
      for (const [name, change] of hostile) {
        if (consistencyCode({ ...claim, ...change }) === null) wrong.push(`${first} to ${second}, ${name}`);
      }
    }
  }
  t.same(wrong, []);
});

test('proofs are those of the recursive definition, and hold', async (t) => {
  const sizes = fc.integer({ min: 1, max: 3000 });
  const property = fc.property(sizes, fc.nat(), fc.nat(), (size, one, other) => {
    const leaves = Array.from({ length: size }, (_, index) => leafHash(`${size}/${index}`));
    const read = ([from, until]: LeafRange) => rootOfRange(leaves.slice(from, until));
    const root = mth(leaves);
    const index = one % size;
    const included = inclusionPath(index, size).map(read);
    const first = 1 + (other % size);
    const consistent = consistencyPath(first, size).map(read);
    const isAsDefined =
      JSON.stringify(included) === JSON.stringify(path(index, leaves)) &&
      JSON.stringify(consistent) === JSON.stringify(subproof(first, leaves, true));
    verifyInclusion({ index, size, leafHash: leaves[index] as string, proof: included, root });
    const firstRoot = mth(leaves.slice(0, first));
    verifyConsistency({ firstSize: first, secondSize: size, firstRoot, secondRoot: root, proof: consistent });
    return isAsDefined;
  });
  fc.assert(property, { numRuns: 60 });
  t.pass();
});

/**
 * A log of any size where all leaves are the same but the one at `special`, so that the root of a range depends on its
 * length only, or on that and the place of the special leaf.
 */
function sparseLog(special: number) {
  const plain = new Map<number, string>([[1, leafHash('plain')]]);
  return function root(from: number, until: number): string {
    const count = until - from;
    const isSpecial = from <= special && special < until;
    if (isSpecial && count === 1) return leafHash('special');
    const known = isSpecial ? undefined : plain.get(count);
    if (known) return known;
    let left = 1;
    while (left * 2 < count) left *= 2;
    const hash = nodeHash(root(from, from + left), root(from + left, until));
    if (!isSpecial) plain.set(count, hash);
    return hash;
  };
}

test('sizes far beyond 32 bits', async (t) => {
  const sizes = fc.oneof(
    fc.integer({ min: 2 ** 31 - 2, max: 2 ** 33 + 2 }),
    fc.maxSafeInteger().filter((size) => size > 2 ** 33),
    fc.constant(Number.MAX_SAFE_INTEGER),
  );
  const property = fc.asyncProperty(sizes, fc.double({ min: 0, max: 1, noNaN: true }), async (size, part) => {
    const index = Math.min(Math.floor(size * part), size - 1);
    const read = sparseLog(index);
    const proof = await inclusionProof(read, index, size);
    const claim = { index, size, leafHash: leafHash('special'), proof, root: read(0, size) };
    verifyInclusion(claim);
    if (inclusionCode({ ...claim, root: flip(claim.root, 7) }) !== 'wrong_root') return false;
    const neighbour = index % 2 === 0 ? index + 1 : index - 1;
    if (neighbour < size && inclusionCode({ ...claim, index: neighbour }) === null) return false;
    const first = index + 1;
    const [firstRoot, secondRoot] = [read(0, first), claim.root];
    const steps = await consistencyProof(read, first, size);
    const extension = { firstSize: first, secondSize: size, firstRoot, secondRoot, proof: steps };
    verifyConsistency(extension);
    return consistencyCode({ ...extension, firstRoot: flip(firstRoot, 9) }) !== null;
  });
  await fc.assert(property, { numRuns: 200 });
  t.pass();
});

test('no bit of a small proof can be changed', async (t) => {
  const held: string[] = [];
  for (let size = 1; size <= 8; size += 1) {
    for (let index = 0; index < size; index += 1) {
      const claim = inclusionOf(index, size);
      for (let bit = 0; bit < 256; bit += 1) {
        const changes: Partial<InclusionClaim>[] = [
          { leafHash: flip(claim.leafHash, bit) },
          { root: flip(claim.root, bit) },
          ...claim.proof.map((hash, place) => ({ proof: replaced(claim.proof, place, flip(hash, bit)) })),
        ];
        for (const change of changes) {
          if (inclusionCode({ ...claim, ...change }) !== 'wrong_root')
            held.push(`${index} of ${size}, bit ${bit}`);
        }
      }
    }
  }
  t.same(held, []);
});

test('no bit of any proof can be changed', async (t) => {
  const bits = fc.integer({ min: 0, max: 255 });
  const sizes = fc.integer({ min: 1, max: LEAVES.length });
  const inclusion = fc.property(sizes, fc.nat(), fc.nat(), bits, (size, one, other, bit) => {
    const claim = inclusionOf(one % size, size);
    const place = other % (claim.proof.length + 2);
    const hash = claim.proof[place];
    if (hash !== undefined)
      return (
        inclusionCode({ ...claim, proof: replaced(claim.proof, place, flip(hash, bit)) }) === 'wrong_root'
      );
    return place === claim.proof.length
      ? inclusionCode({ ...claim, root: flip(claim.root, bit) }) === 'wrong_root'
      : inclusionCode({ ...claim, leafHash: flip(claim.leafHash, bit) }) === 'wrong_root';
  });
  fc.assert(inclusion, { numRuns: 3000 });
  const consistency = fc.property(sizes, fc.nat(), fc.nat(), bits, (second, one, other, bit) => {
    const claim = consistencyOf(1 + (one % second), second);
    const place = other % (claim.proof.length + 2);
    const hash = claim.proof[place];
    if (hash !== undefined)
      return consistencyCode({ ...claim, proof: replaced(claim.proof, place, flip(hash, bit)) }) !== null;
    return place === claim.proof.length
      ? consistencyCode({ ...claim, firstRoot: flip(claim.firstRoot, bit) }) !== null
      : consistencyCode({ ...claim, secondRoot: flip(claim.secondRoot, bit) }) !== null;
  });
  fc.assert(consistency, { numRuns: 3000 });
  t.pass();
});

test('a leaf is proven at its own index only, and consistency with one older size only', async (t) => {
  const held: string[] = [];
  for (let size = 2; size <= 40; size += 1) {
    for (let index = 0; index < size; index += 1) {
      const claim = inclusionOf(index, size);
      for (let other = 0; other < size; other += 1) {
        if (other !== index && inclusionCode({ ...claim, index: other }) === null)
          held.push(`${index} at ${other} of ${size}`);
      }
      const older = consistencyOf(index + 1, size);
      for (let first = 0; first <= size; first += 1) {
        if (first !== index + 1 && consistencyCode({ ...older, firstSize: first }) === null)
          held.push(`${index + 1} as ${first} to ${size}`);
      }
    }
  }
  t.same(held, []);
});

/** Each hostile change of a good claim, and the code that must answer it. */
function refusals<Claim>(
  t: Test,
  good: Claim,
  check: (claim: Claim) => ProofErrorCode | null,
  table: readonly (readonly [string, Partial<Claim>, ProofErrorCode])[],
): void {
  t.equal(check(good), null, 'the good one holds');
  for (const [name, change, code] of table) t.equal(check({ ...good, ...change }), code, name);
}

test('hostile inclusion proofs', async (t) => {
  const good = inclusionOf(5, 11);
  const [a = '', b = '', ...rest] = good.proof;
  refusals(t, good, inclusionCode, [
    ['one hash less at the end', { proof: good.proof.slice(0, -1) }, 'wrong_length'],
    ['one hash less at the start', { proof: good.proof.slice(1) }, 'wrong_length'],
    ['no hash', { proof: [] }, 'wrong_length'],
    ['one hash more at the end', { proof: [...good.proof, good.root] }, 'wrong_length'],
    ['one hash more at the start', { proof: [good.leafHash, ...good.proof] }, 'wrong_length'],
    ['two hashes swapped', { proof: [b, a, ...rest] }, 'wrong_root'],
    ['another leaf', { leafHash: LEAVES[6] as string }, 'wrong_root'],
    ['another index', { index: 4 }, 'wrong_root'],
    ['another size', { size: 300 }, 'wrong_length'],
    ['another root', { root: subtree(0, 12) }, 'wrong_root'],
    ['the empty root', { root: EMPTY_ROOT }, 'wrong_root'],
    ['an index at the size', { index: 11 }, 'out_of_range'],
    ['an index below zero', { index: -1 }, 'out_of_range'],
    ['half an index', { index: 4.5 }, 'out_of_range'],
    ['an index that is not a number', { index: Number.NaN }, 'out_of_range'],
    ['the empty tree', { index: 0, size: 0 }, 'out_of_range'],
    ['a size of 2^53', { size: 2 ** 53 }, 'out_of_range'],
    ['an infinite size', { size: Number.POSITIVE_INFINITY }, 'out_of_range'],
    ['an index of 64 bits', { index: 2 ** 64 - 1, size: 2 ** 64 }, 'out_of_range'],
    ['a short leaf hash', { leafHash: good.leafHash.slice(2) }, 'malformed_hash'],
    ['no leaf hash', { leafHash: '' }, 'malformed_hash'],
    ['a root in upper case', { root: good.root.toUpperCase() }, 'malformed_hash'],
    ['a root and a newline', { root: `${good.root}\n` }, 'malformed_hash'],
    ['a proof hash with more after it', { proof: [`${a}00`, b, ...rest] }, 'malformed_hash'],
    ['a proof hash that is no hex', { proof: ['z'.repeat(64), b, ...rest] }, 'malformed_hash'],
    ['an empty proof hash', { proof: ['', b, ...rest] }, 'malformed_hash'],
  ]);
});

test('hostile consistency proofs', async (t) => {
  const good = consistencyOf(6, 11);
  const [a = '', b = '', ...rest] = good.proof;
  refusals(t, good, consistencyCode, [
    ['one hash less', { proof: good.proof.slice(0, -1) }, 'wrong_length'],
    ['no hash', { proof: [] }, 'wrong_length'],
    ['one hash more', { proof: [...good.proof, a] }, 'wrong_length'],
    ['two hashes swapped', { proof: [b, a, ...rest] }, 'wrong_first_root'],
    ['another older root', { firstRoot: subtree(0, 7) }, 'wrong_first_root'],
    ['another newer root', { secondRoot: subtree(0, 12) }, 'wrong_root'],
    ['a fork of the older tree', { firstRoot: rootOfRange(LEAVES.slice(1, 7)) }, 'wrong_first_root'],
    ['an older size of another shape', { firstSize: 4 }, 'wrong_length'],
    ['sizes swapped', { firstSize: 11, secondSize: 6 }, 'out_of_range'],
    ['a size below zero', { firstSize: -1 }, 'out_of_range'],
    ['half a size', { firstSize: 5.5 }, 'out_of_range'],
    ['a size of 2^53', { secondSize: 2 ** 53 }, 'out_of_range'],
    ['from the empty tree', { firstSize: 0, firstRoot: EMPTY_ROOT, proof: [] }, 'empty_tree'],
    ['equal sizes with a proof', { firstSize: 11, firstRoot: good.secondRoot }, 'wrong_length'],
    ['equal sizes, other roots', { firstSize: 11, proof: [] }, 'wrong_root'],
    ['a short root', { firstRoot: good.firstRoot.slice(2) }, 'malformed_hash'],
    ['a proof hash that is no hex', { proof: ['z'.repeat(64), b, ...rest] }, 'malformed_hash'],
  ]);
  t.equal(
    consistencyCode({ ...good, firstSize: 11, firstRoot: good.secondRoot, proof: [] }),
    null,
    'equal sizes',
  );
  const empty = { firstSize: 0, secondSize: 0, firstRoot: EMPTY_ROOT, secondRoot: EMPTY_ROOT, proof: [] };
  t.equal(consistencyCode(empty), 'empty_tree', 'nothing is said of 0 to 0');
});

test('which subtrees a proof consists of', async (t) => {
  t.same(inclusionPath(0, 1), []);
  t.same(inclusionPath(5, 7), [
    [4, 5],
    [6, 7],
    [0, 4],
  ]);
  // The example of RFC 9162 §2.1.5: 7 leaves, older sizes 3, 4 and 6.
  t.same(consistencyPath(3, 7), [
    [2, 3],
    [3, 4],
    [0, 2],
    [4, 7],
  ]);
  t.same(consistencyPath(4, 7), [[4, 7]]);
  t.same(consistencyPath(6, 7), [
    [4, 6],
    [6, 7],
    [0, 4],
  ]);
  t.same(consistencyPath(7, 7), []);
  t.same(consistencyPath(0, 7), [], 'from the empty log nothing is to be proven');
  for (const [index, size] of [
    [1, 1],
    [0, 0],
    [-1, 3],
    [0.5, 3],
    [0, 2 ** 53],
  ] as const) {
    t.equal(
      codeOf(() => inclusionPath(index, size)),
      'out_of_range',
      `${index} of ${size}`,
    );
  }
  for (const [first, second] of [
    [3, 2],
    [-1, 2],
    [1, 2 ** 53],
    [1, Number.NaN],
  ] as const) {
    t.equal(
      codeOf(() => consistencyPath(first, second)),
      'out_of_range',
      `${first} to ${second}`,
    );
  }
});

test('proofs are read from a reader that answers later as well', async (t) => {
  const read = async (from: number, until: number) => subtree(from, until);
  t.same(await inclusionProof(read, 100, 257), inclusionOf(100, 257).proof);
  t.same(await consistencyProof(subtree, 100, 257), consistencyOf(100, 257).proof);
  await t.rejects(inclusionProof(read, 257, 257), { code: 'out_of_range' });
});
