import fc from 'fast-check';
import t from 'tap';
import { formatYuan, parseYuan } from '../../src/core/money.js';
import { amountOf, dateOf, digitsOf } from '../../src/imports/values.js';

const fen = fc.bigInt({ min: 1n, max: 999_999_999_999_999n });
const text = (value: string) => ({ kind: 'text', text: value }) as const;
const number = (value: string) => ({ kind: 'number', text: value }) as const;
const fenOf = (read: ReturnType<typeof amountOf>) => ('value' in read ? parseYuan(read.value) : null);

t.test('every amount is read exactly, however a spreadsheet writes it', async () => {
  fc.assert(
    fc.property(fen, (amountFen) => {
      const yuan = formatYuan(amountFen);
      const [whole = '', cents] = yuan.split('.');
      const grouped = `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents}`;
      const wide = grouped.replaceAll(/[0-9,.]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
      for (const typed of [yuan, grouped, wide, `￥${grouped}`, ` ${yuan}元　`])
        if (fenOf(amountOf(text(typed))) !== amountFen) return false;
      // What Excel writes: 17 digits of the double that is nearest.
      const double = Number(yuan);
      const digits = [String(double), double.toPrecision(17), double.toExponential(16).replace('e', 'E')];
      return digits.every((raw) => fenOf(amountOf(number(raw))) === amountFen);
    }),
    { numRuns: 2000 },
  );
});

t.test('what is no amount in 分 is refused, and nothing is rounded', async (t) => {
  for (const typed of [
    '12.345',
    '12.340',
    '1e3',
    '1,23.00',
    '12,345,6',
    '一百',
    '1.2.3',
    '',
    '$5',
    '--1',
    '0x10',
    '=1+1',
    'Infinity',
  ])
    t.ok('fault' in amountOf(text(typed)), typed);
  for (const raw of ['12.345', '0.001', '9007199254740993', '1E+300', '1e999', '10000000000000', 'NaN'])
    t.ok('fault' in amountOf(number(raw)), raw);
  t.same(amountOf(number('1E3')), { value: '1000' }, 'a number is a number');
  t.same(amountOf(number('1.1000000000000001')), { value: '1.1' });
  t.same(amountOf(number('-5')), { value: '-5' }, 'the sign is left to the schema');
});

t.test('dates as serials and as text', async (t) => {
  for (const typed of [
    '2022-07-15',
    '2022/7/15',
    '2022.7.15',
    '2022年7月15日',
    '２０２２－０７－１５',
    '20220715',
    '2022-07-15 00:00:00',
  ])
    t.same(dateOf(text(typed), false), { value: '2022-07-15' }, typed);
  t.same(dateOf(number('44757'), false), { value: '2022-07-15' });
  t.same(dateOf(number('44757.5'), false), { value: '2022-07-15' });
  t.same(dateOf(number('43295'), true), { value: '2022-07-15' }, 'counted from 1904');
  t.same(dateOf(number('20220715'), false), { value: '2022-07-15' });
  for (const typed of ['2022-02-30', '2022-13-01', '7月15日', '15/7/2022', '22-7-15', '昨天'])
    t.ok('fault' in dateOf(text(typed), false), typed);
  for (const raw of ['-1', '0', '1', '99999', '44757e2']) t.ok('fault' in dateOf(number(raw), false), raw);
});

t.test('an invoice number that a spreadsheet took for a quantity is not believed', async (t) => {
  t.same(digitsOf(text(' ２４５12000000012345678 ')), { value: '24512000000012345678' });
  t.same(digitsOf(number('12345678')), { value: '12345678' });
  for (const raw of ['2.4512000000012345E+19', '24512000000012300000', '1234567.8'])
    t.ok('fault' in digitsOf(number(raw)), raw);
});
