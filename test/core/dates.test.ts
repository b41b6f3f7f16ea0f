import fc from 'fast-check';
import { test } from 'tap';
import { addDays, addMonths, daysBetween, isBusinessDate, today } from '../../src/core/dates.js';

test('a business date is one that the calendar has', async (t) => {
  for (const good of ['2022-07-31', '2024-02-29', '2000-02-29', '2023-12-31'])
    t.ok(isBusinessDate(good), good);
  const hostile = [
    ...[
      '2023-02-29',
      '1900-02-29',
      '2022-04-31',
      '2022-02-30',
      '2022-13-01',
      '2022-00-10',
      '2022-01-00',
      '2022-01-32',
    ],
    ...[
      '2022-7-31',
      '22-07-31',
      '2022/07/31',
      '20220731',
      ' 2022-07-31',
      '2022-07-31 ',
      '2022-07-31\n',
      '2022-07-31T00:00:00Z',
    ],
    ...['', '２０２２-07-31', '-2022-07-31', '+002022-07-31', '2022年7月31日'],
  ];
  for (const bad of hostile) t.notOk(isBusinessDate(bad), JSON.stringify(bad));
});

test('months keep the day or take the last one', async (t) => {
  t.equal(addMonths('2023-01-31', 1), '2023-02-28');
  t.equal(addMonths('2024-01-31', 1), '2024-02-29');
  t.equal(addMonths('2024-02-29', 12), '2025-02-28');
  t.equal(addMonths('2024-02-29', 48), '2028-02-29');
  t.equal(addMonths('2022-08-31', 1), '2022-09-30');
  t.equal(addMonths('2022-12-31', 2), '2023-02-28');
  t.equal(addMonths('2023-02-28', 36), '2026-02-28');
  t.equal(addMonths('2022-03-31', -1), '2022-02-28');
  t.equal(addMonths('2022-01-15', -1), '2021-12-15');
  t.equal(addMonths('2022-07-31', 0), '2022-07-31');
});

const date = fc
  .date({ min: new Date('1950-01-01T00:00:00Z'), max: new Date('2100-12-31T00:00:00Z'), noInvalidDate: true })
  .map((value) => value.toISOString().slice(0, 10));

test('dates add up', async (t) => {
  t.equal(addDays('2024-02-28', 1), '2024-02-29');
  t.equal(addDays('2023-02-28', 1), '2023-03-01');
  t.equal(daysBetween('2022-07-01', '2022-07-31'), 30);
  t.equal(daysBetween('2024-02-28', '2024-03-01'), 2);
  fc.assert(
    fc.property(date, fc.integer({ min: -3000, max: 3000 }), (from, days) => {
      const until = addDays(from, days);
      return isBusinessDate(until) && daysBetween(from, until) === days && (days <= 0 || from < until);
    }),
  );
  fc.assert(
    fc.property(date, fc.integer({ min: 0, max: 600 }), (from, months) => {
      const until = addMonths(from, months);
      const [y1, m1, d1] = from.split('-').map(Number) as [number, number, number];
      const [y2, m2, d2] = until.split('-').map(Number) as [number, number, number];
      return (
        isBusinessDate(until) && (y2 - y1) * 12 + m2 - m1 === months && d2 <= d1 && (d2 === d1 || d2 >= 28)
      );
    }),
  );
});

test('today is the day in China', async (t) => {
  t.equal(today(new Date('2022-07-31T15:59:59.999Z')), '2022-07-31');
  t.equal(today(new Date('2022-07-31T16:00:00.000Z')), '2022-08-01');
});
