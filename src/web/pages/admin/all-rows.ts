import type { Page } from '../../../core/page.js';

/** Every row of a list, a page at a time, for files. */
export async function* allRows<Item>(
  read: (cursor: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await read(cursor);
    yield* items;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** As many as one page of a list shows, and as many as one query reads. */
export const SHOWN = 50;
export const MOST = 200;
