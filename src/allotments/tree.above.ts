import { formatYuan } from '../core/money.js';
import type { Db } from '../db/store.js';
import { type Actor, may } from '../organisations/index.js';
import { bureausOf, type Item, itemsInto } from './tree.repository.js';
import type { TreeNodeView } from './tree.schema.js';

type Step = TreeNodeView['above'][number];
/** Bureaus above a county: prefecture and province; one more for whatever else a tree of bureaus holds. */
const MOST_LEVELS = 4;

/** May the actor read the book of the bureau at this path? */
export const mayRead = (actor: Actor, path: string): boolean =>
  may(actor, 'book.read', { bureauPath: path, organisationPath: path }).allowed;

/**
 * The way of the money to each fund, from the top down. Of a book that the actor may not read only what it issued to
 * the next one is shown, and the way ends there.
 */
export async function waysTo(db: Db, actor: Actor, items: readonly Item[]): Promise<Map<string, Step[]>> {
  const ways = new Map<string, Step[]>();
  /** The funds below that each fund on this level leads to. */
  let level = new Map<string, Set<string>>();
  for (const { takenFundId } of items) level.set(takenFundId as string, new Set([takenFundId as string]));
  let rows = items;
  for (let height = 0; rows.length > 0 && height < MOST_LEVELS; height += 1) {
    const bureaus = await bureausOf(
      db,
      rows.map(({ bookId }) => bookId),
    );
    const next = new Map<string, Set<string>>();
    for (const item of rows) {
      const bureau = bureaus.get(item.bookId);
      if (!bureau) continue;
      const isRead = mayRead(actor, bureau.path);
      const leadsTo = level.get(item.takenFundId as string) ?? new Set<string>();
      for (const fundId of leadsTo)
        ways.set(fundId, [
          {
            bureauName: bureau.name,
            bookId: isRead ? item.bookId : null,
            fundId: isRead ? item.fundId : null,
            documentNo: item.documentNo,
            effectiveDate: item.effectiveDate,
            amount: formatYuan(item.amountFen),
            logIndex: isRead ? item.logIndex : null,
          },
          ...(ways.get(fundId) ?? []),
        ]);
      if (!isRead) continue;
      const above = next.get(item.fundId) ?? new Set<string>();
      for (const fundId of leadsTo) above.add(fundId);
      next.set(item.fundId, above);
    }
    level = next;
    rows = await itemsInto(db, [...next.keys()]);
  }
  return ways;
}
