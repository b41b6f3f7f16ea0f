import { createHash } from 'node:crypto';
import { test } from 'tap';
import {
  appendLeaf,
  EMPTY_ROOT,
  type Frontier,
  frontierFromText,
  frontierToText,
  leafHash,
  nodeHash,
  rootOf,
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
