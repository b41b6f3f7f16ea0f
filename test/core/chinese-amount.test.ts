import fc from 'fast-check';
import { test } from 'tap';
import { chineseAmount } from '../../src/core/chinese-amount.js';
import { MAX_FEN, parseYuan } from '../../src/core/money.js';

/**
 * Reads 大写 back, by another way than it is written: a sum of sections. Each 亿 lifts everything before it, a 万 what
 * stands behind the last 亿.
 */
function read(text: string): bigint {
  if (text.startsWith('负')) return -read(text.slice(1));
  const match = /^(?:(.+)元)?零?(?:(.)角)?(?:(.)分)?整?$/.exec(text);
  if (!match) throw new Error(`unreadable: ${text}`);
  const [, yuan = '', jiao = '零', cents = '零'] = match;
  let above = 0n;
  let section = 0n;
  let pending = 0n;
  for (const character of yuan) {
    const value = '零壹贰叁肆伍陆柒捌玖'.indexOf(character);
    if (value >= 0) pending = BigInt(value);
    else if (character === '亿') {
      above = (above + section + pending) * 100_000_000n;
      section = pending = 0n;
    } else if (character === '万') {
      section = (section + pending) * 10_000n;
      pending = 0n;
    } else {
      section += pending * 10n ** BigInt('拾佰仟'.indexOf(character) + 1);
      pending = 0n;
    }
  }
  const one = (character: string) => BigInt('零壹贰叁肆伍陆柒捌玖'.indexOf(character));
  return (above + section + pending) * 100n + one(jiao) * 10n + one(cents);
}

test('人民币大写 as the payment rules write it', async (t) => {
  const cases: readonly [yuan: string, written: string][] = [
    ['0', '零元整'],
    ['0.01', '壹分'],
    ['0.10', '壹角整'],
    ['0.15', '壹角伍分'],
    ['1', '壹元整'],
    ['10', '壹拾元整'],
    ['10.05', '壹拾元零伍分'],
    ['123.45', '壹佰贰拾叁元肆角伍分'],
    ['1409.50', '壹仟肆佰零玖元伍角整'],
    ['6007.14', '陆仟零柒元壹角肆分'],
    ['1680.32', '壹仟陆佰捌拾元叁角贰分'],
    ['16409.02', '壹万陆仟肆佰零玖元零贰分'],
    ['107000.53', '壹拾万柒仟元伍角叁分'],
    ['100001', '壹拾万零壹元整'],
    ['10000', '壹万元整'],
    ['9999.99', '玖仟玖佰玖拾玖元玖角玖分'],
    ['99999999', '玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元整'],
    ['100000000', '壹亿元整'],
    ['100000001', '壹亿零壹元整'],
    ['100010000', '壹亿零壹万元整'],
    ['110000000', '壹亿壹仟万元整'],
    ['1000000000000', '壹万亿元整'],
    ['1000000000000.01', '壹万亿元零壹分'],
    ['1000100000000', '壹万零壹亿元整'],
    ['4680000', '肆佰陆拾捌万元整'],
    ['-0.50', '负伍角整'],
    ['-1020', '负壹仟零贰拾元整'],
  ];
  for (const [yuan, written] of cases) t.equal(chineseAmount(parseYuan(yuan)), written, yuan);
});

test('every amount reads back as itself, without a 零 too many', async (t) => {
  const amounts = fc.oneof(
    fc.bigInt({ min: -MAX_FEN, max: MAX_FEN }),
    // Mostly zeros, where the rules are.
    fc
      .array(fc.constantFrom('0', '0', '0', '1', '9'), { minLength: 1, maxLength: 18 })
      .map((digits) => BigInt(digits.join(''))),
  );
  fc.assert(
    fc.property(amounts, (fen) => {
      const written = chineseAmount(fen);
      return (
        read(written) === fen &&
        !/零零|零[拾佰仟万亿角分]|[元角零]$/.test(written) &&
        (fen === 0n || !written.includes('零元')) &&
        // 拾 never stands without its digit.
        !/(^|[^壹贰叁肆伍陆柒捌玖])[拾佰仟]/.test(written)
      );
    }),
    { numRuns: 5000, examples: [[MAX_FEN], [-MAX_FEN], [0n]] },
  );
  t.pass('5000 amounts');
});
