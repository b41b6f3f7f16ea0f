import fc from 'fast-check';
import { test } from 'tap';
import { creditCheckCharacter, isCreditCode } from '../../src/organisations/credit-code.js';

const ALPHABET = [...'0123456789ABCDEFGHJKLMNPQRTUWXY'];
const content = fc
  .array(fc.constantFrom(...ALPHABET), { minLength: 17, maxLength: 17 })
  .map((characters) => characters.join(''));
const code = content.map((text) => text + creditCheckCharacter(text));

test('known codes', async (t) => {
  // The first is the example of GB 32100-2015 itself; the next two are printed on public licences.
  for (const known of ['91350100M000100Y43', '9144030071526726XG', '91110000802100433B'])
    t.ok(isCreditCode(known));
});

test('a check value of 31 is written 0, and codes of agriculture departments begin with N', async (t) => {
  const zero = fc.sample(content, 2000).find((text) => creditCheckCharacter(text) === '0') as string;
  t.ok(isCreditCode(`${zero}0`));
  const agricultural = 'N2510521MF0000001';
  t.ok(isCreditCode(agricultural + creditCheckCharacter(agricultural)));
});

test('malformed codes', async (t) => {
  const cases: [string, string][] = [
    ['empty', ''],
    ['17 characters', '91350100M000100Y4'],
    ['19 characters', '91350100M000100Y433'],
    ['lower case', '91350100m000100y43'],
    ['a space', '91350100M000100Y43 '],
    ['wrong check character', '91350100M000100Y44'],
    ...[...'IOSVZ'].map((letter): [string, string] => [`letter ${letter}`, `91350100M000100${letter}43`]),
    ['full-width digits', '９1350100M000100Y43'],
  ];
  for (const [name, text] of cases) t.notOk(isCreditCode(text), name);
});

test('every single-character change is found', async () => {
  fc.assert(
    fc.property(code, fc.nat(17), fc.constantFrom(...ALPHABET), (valid, at, character) => {
      const changed = valid.slice(0, at) + character + valid.slice(at + 1);
      return isCreditCode(changed) === (changed === valid);
    }),
    { numRuns: 3000 },
  );
});

test('every transposition of neighbours is found', async () => {
  fc.assert(
    fc.property(code, fc.nat(16), (valid, at) => {
      const swapped = valid.slice(0, at) + valid[at + 1] + valid[at] + valid.slice(at + 2);
      return isCreditCode(swapped) === (swapped === valid);
    }),
    { numRuns: 3000 },
  );
});
