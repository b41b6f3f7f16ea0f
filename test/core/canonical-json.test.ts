import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'tap';
import { canonicalJson } from '../../src/core/canonical-json.js';
import { repositoryRoot } from '../fixture.js';

test('RFC 8785 vectors', async (t) => {
  const folder = join(repositoryRoot(), '..', 'shared', 'vectors', 'jcs');
  if (!existsSync(folder)) {
    t.comment(`NOT RUN: the RFC 8785 vectors are not at ${folder}`);
    return;
  }
  for (const name of readdirSync(join(folder, 'input'))) {
    const input = JSON.parse(readFileSync(join(folder, 'input', name), 'utf8'));
    t.equal(canonicalJson(input), readFileSync(join(folder, 'output', name), 'utf8').trimEnd(), name);
  }
});

test('numbers as ECMAScript writes them (RFC 8785 appendix B)', async (t) => {
  const bits = (hex: string) => Buffer.from(hex, 'hex').readDoubleBE();
  const cases: readonly [string, string][] = [
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ];
  for (const [hex, text] of cases) t.equal(canonicalJson(bits(hex)), text, hex);
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    t.throws(() => canonicalJson({ bad }), TypeError, String(bad));
  }
});

test('members are sorted by UTF-16 code units, not by code points', async (t) => {
  // U+1F600 is D83D DE00 in UTF-16: before U+FB33, though its code point is greater.
  const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 };
  t.equal(canonicalJson(keys), '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}');
  t.equal(
    canonicalJson({ b: 1, a: 2, '': 3, aa: 4, 'a\u0000': 5 }),
    '{"":3,"a":2,"a\\u0000":5,"aa":4,"b":1}',
  );
  t.equal(canonicalJson({ '10': 1, '9': 2 }), '{"10":1,"9":2}', 'integer keys sort as text');
});

test('what JSON cannot hold is refused', async (t) => {
  const hostile: readonly [string, unknown][] = [
    ['lone high surrogate', '\ud800'],
    ['lone low surrogate', 'a\udc00b'],
    ['surrogates the wrong way round', '\udc00\ud800'],
    ['lone surrogate in a key', { '\ud800': 1 }],
    ['undefined', undefined],
    ['undefined in an array', [undefined]],
    ['a hole in an array', new Array(1)],
    ['a function', { f: () => 1 }],
    ['a symbol', [Symbol('s')]],
  ];
  for (const [name, value] of hostile) t.throws(() => canonicalJson(value), TypeError, name);
});

test('our two additions: bigint as text, undefined members left out', async (t) => {
  t.equal(
    canonicalJson({ aFen: 9_007_199_254_740_993n, b: undefined, c: -1n }),
    '{"aFen":"9007199254740993","c":"-1"}',
  );
  t.equal(canonicalJson({ a: undefined }), '{}');
  t.equal(canonicalJson(JSON.parse('{"__proto__":1,"a":2}')), '{"__proto__":1,"a":2}');
});

test('the text is a fixed point, whatever the order of members', async (_t) => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain = JSON.parse(JSON.stringify(value));
      const text = canonicalJson(plain);
      return canonicalJson(JSON.parse(text)) === text && canonicalJson(reversed(plain)) === text;
    }),
  );
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
