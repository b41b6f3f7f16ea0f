/** One page of a list, as the API shows it. */
export interface Page<Item> {
  readonly items: Item[];
  /** Asks for the next page; null at the end. */
  readonly nextCursor: string | null;
}

/**
 * A page from rows read with one more than it holds: the row too many says that there is a next page, which begins
 * after the last one shown.
 */
export async function pageOf<Row extends { readonly id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  show: (shown: Row[]) => Promise<Item[]>,
): Promise<Page<Item>> {
  const shown = rows.slice(0, limit);
  return { items: await show(shown), nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
}
