import fc from 'fast-check';
import { test } from 'tap';
import { DomainError } from '../../src/core/errors.js';
import {
  floorShare,
  formatYuan,
  parseRatio,
  parseWan,
  parseYuan,
  showPercent,
  showYuan,
  sumFen,
  YUAN_PATTERN,
} from '../../src/core/money.js';

/** What the pattern admits: 15 digits of yuan and two decimals. */
const MAX = 999_999_999_999_999_99n;
const fen = fc.bigInt({ min: -MAX, max: MAX });

test('money survives parsing and formatting exactly', async (_t) => {
  fc.assert(fc.property(fen, (amount) => parseYuan(formatYuan(amount)) === amount));
  fc.assert(
    fc.property(fen, (amount) => {
      const text = formatYuan(amount);
      return YUAN_PATTERN.test(text) && /\.\d\d$/.test(text) && showYuan(amount).replaceAll(',', '') === text;
    }),
  );
  fc.assert(fc.property(fc.array(fen), (amounts) => sumFen(amounts) === amounts.reduce((a, b) => a + b, 0n)));
});

test('known amounts', async (t) => {
  t.equal(parseYuan('4680000'), 468_000_000n);
  t.equal(parseYuan('4680000.00'), 468_000_000n);
  t.equal(parseYuan('0.1') + parseYuan('0.2'), parseYuan('0.3'));
  t.equal(parseYuan('0'), 0n);
  t.equal(parseYuan('-0.01'), -1n);
  t.equal(parseYuan('-0'), 0n);
  t.equal(parseYuan('90071992547409.93'), 9_007_199_254_740_993n, '2^53 + 1 分');
  t.equal(formatYuan(1n), '0.01');
  t.equal(formatYuan(-10n), '-0.10');
  t.equal(formatYuan(468_000_000n), '4680000.00');
  t.equal(showYuan(468_000_000n), '4,680,000.00');
  t.equal(showYuan(-100_000n), '-1,000.00');
  t.equal(showYuan(99_999n), '999.99');
  t.equal(parseWan('4680'), 4_680_000_000n);
  t.equal(parseWan('345.5'), 345_500_000n);
  t.equal(parseWan('0.000001'), 1n);
  t.throws(() => parseWan('0.0000001'), { code: 'amount_malformed' });
});

test('what is not an amount is refused, not rounded', async (t) => {
  const hostile = [
    ...[
      '1.234',
      '0.001',
      '1e3',
      '1E3',
      ' 1',
      '1 ',
      '1\n',
      '\t1',
      '+1',
      '--1',
      '-',
      '',
      '.',
      '.5',
      '5.',
      '1.2.3',
    ],
    ...[
      '１２',
      '１.00',
      '1，000',
      '1,000',
      '1_000',
      '1 000',
      "1'000",
      '01',
      '007',
      '0x10',
      '1n',
      '元1',
      '1元',
      '￥1',
    ],
    ...[
      'NaN',
      'Infinity',
      '-Infinity',
      'null',
      '١٢',
      '1000000000000000',
      '1e400',
      '1.0000000000000000000000',
    ],
    ...['1\u0000', '\u200b1', '−1', '1．00'],
  ];
  for (const text of hostile) {
    t.throws(() => parseYuan(text), { code: 'amount_malformed' }, JSON.stringify(text));
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        return formatYuan(parseYuan(text)).replace(/\.00$|0$/, '').length > 0 && YUAN_PATTERN.test(text);
      } catch (error) {
        return error instanceof DomainError && error.code === 'amount_malformed';
      }
    }),
  );
});

test('a cap is exact: what is at 5% passes and one 分 more does not', async (t) => {
  t.strictSame(parseRatio('0.05'), [5n, 100n]);
  t.strictSame(parseRatio('1'), [1n, 1n]);
  t.strictSame(parseRatio('0'), [0n, 1n]);
  for (const bad of ['-0.05', 'NaN', 'Infinity'])
    t.throws(() => parseRatio(bad), { code: 'ratio_malformed' }, bad);
  t.equal(floorShare(2_000n, [5n, 100n]), 100n);
  t.equal(floorShare(1_999n, [5n, 100n]), 99n);
  t.equal(floorShare(31_000_000_000n, parseRatio('0.05')), 1_550_000_000n, '3.1 亿 × 5% = 1550 万');
  const whole = fc.bigInt({ min: 0n, max: 9_223_372_036_854_775_807n });
  fc.assert(
    fc.property(whole, fc.integer({ min: 0, max: 100_000 }), (base, thousandths) => {
      const ratio = parseRatio((thousandths / 100_000).toFixed(5));
      const share = floorShare(base, ratio);
      const within = (part: bigint) => part * ratio[1] <= base * ratio[0];
      return ratio[0] * 100_000n === BigInt(thousandths) * ratio[1] && within(share) && !within(share + 1n);
    }),
  );
});

test('percentages for people', async (t) => {
  t.equal(showPercent(1n, 3n), '33.33%');
  t.equal(showPercent(5n, 100n), '5.00%');
  t.equal(showPercent(1n, 0n), '—');
});
