import fc from 'fast-check';
import { test } from 'tap';
import { groupBy } from '../../src/core/collections.js';

test('groups keep the order of first appearance and of members', async (t) => {
  t.strictSame(
    [...groupBy([3, 1, 4, 1, 5, 9, 2, 6], (n) => n % 3)],
    [
      [0, [3, 9, 6]],
      [1, [1, 4, 1]],
      [2, [5, 2]],
    ],
  );
  t.equal(groupBy([], String).size, 0);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5 })), (values) => {
      const groups = groupBy(values, (value) => value);
      return (
        [...groups.values()].flat().length === values.length &&
        [...groups].every(([key, all]) => all.every((v) => v === key))
      );
    }),
  );
});
