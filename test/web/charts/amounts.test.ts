import fc from 'fast-check';
import t from 'tap';
import { formatYuan, MAX_FEN, parseWan } from '../../../src/core/money.js';
import { niceTicks, showAmount, showShare, showTick, toPixels } from '../../../src/web/charts/amounts.js';
import { lettersOf, textWidth, truncate, wrap, wrapAmount } from '../../../src/web/charts/text.js';

const fens = fc.bigInt({ min: -MAX_FEN, max: MAX_FEN });

t.test('an amount is written in either unit to the 分', async (t) => {
  t.equal(showAmount(468_000_000n, '万元'), '468.00');
  t.equal(showAmount(1_234_567_890n, '万元'), '1,234.56789');
  t.equal(showAmount(-1n, '万元'), '-0.000001');
  t.equal(showAmount(99_999_999_999_999_900n, '元'), '999,999,999,999,999.00');
  fc.assert(
    fc.property(fens, (fen) => {
      t.equal(parseWan(showAmount(fen, '万元').replaceAll(',', '')), fen);
      return showAmount(fen, '元').replaceAll(',', '') === formatYuan(fen);
    }),
  );
});

t.test('rounding never says that a limit is met when it is not', async (t) => {
  t.equal(showShare(100_000n, 100_000n), '100.00%');
  t.equal(showShare(99_999n, 100_000n), '<100%');
  t.equal(showShare(100_001n, 100_000n), '>100%');
  t.equal(showShare(99_990n, 100_000n), '99.99%');
  t.equal(showShare(5n, 0n), '—');
});

t.test('ticks enclose the amounts at even, round steps', async (t) => {
  t.same(niceTicks(0n, 468_000_000n), [
    0n,
    100_000_000n,
    200_000_000n,
    300_000_000n,
    400_000_000n,
    500_000_000n,
  ]);
  t.same(niceTicks(0n, 0n).at(-1), 100n);
  fc.assert(
    fc.property(fens, fens, (a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      const ticks = niceTicks(low, high);
      const step = ticks[1]! - ticks[0]!;
      t.ok(ticks[0]! <= low && ticks.at(-1)! >= high && ticks.length <= 7, `${low} … ${high}: ${ticks}`);
      t.match(String(step), /^[125]0*$/);
      return ticks.every((tick, at) => tick === ticks[0]! + step * BigInt(at) && tick % step === 0n);
    }),
  );
});

t.test('ticks are named in the size that suits the axis', async (t) => {
  t.equal(showTick(200_000_000n, 500_000_000n), '200万');
  t.equal(showTick(2_000_000_000n, 10_000_000_000n), '0.2亿');
  t.equal(showTick(50_000_000n, 50_000_000n), '50万');
  t.equal(showTick(123_400n, 200_000n), '1,234元');
  t.equal(showTick(-5_000_000_000_000_000n, 10_000_000_000_000_000n), '-500,000亿');
});

t.test('pixels keep the proportion of amounts that no float holds', async (t) => {
  t.equal(toPixels(MAX_FEN, MAX_FEN, 880), 880);
  t.equal(toPixels(-1n, 2n, 100), -50);
  t.equal(toPixels(1n, 0n, 100), 0);
  t.equal(toPixels(99_999_999_999_999_900n / 4n, 99_999_999_999_999_900n, 400), 100);
});

t.test('labels fit, and amounts lose no digit', async (t) => {
  const labels = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(labels, fc.integer({ min: 30, max: 200 }), (label, width) => {
      t.ok(textWidth(truncate(label, width, 12), 12) <= width);
      const lines = wrap(label, width, 12, 2);
      t.ok(lines.length <= 2 && lines.every((line) => textWidth(line, 12) <= width));
      const joined = lines.join('');
      return joined === label || (joined.endsWith('…') && label.startsWith(joined.slice(0, -1)));
    }),
  );
  t.same(lettersOf('e\u0301👨‍👩‍👧'), ['e\u0301', '👨‍👩‍👧']);
  const lines = wrapAmount('999,999,999,999,999.00', 76, 12);
  t.equal(lines.join(''), '999,999,999,999,999.00');
  t.ok(lines.length > 1 && lines.every((line) => textWidth(line, 12) <= 76));
});
