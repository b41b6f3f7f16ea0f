import { DomainError } from './errors.js';

/** One page of a list, as the API shows it. */
export interface Page<Item> {
  readonly items: Item[];
  /** Asks for the next page; null at the end. */
  readonly nextCursor: string | null;
}

/** A count that stops at a bound, so that its cost does: `isCapped` says that there are more than `count`. */
export interface BoundedCount {
  readonly count: number;
  readonly isCapped: boolean;
}
/** Where counting stops: a page then shows "10000+ 条". */
export const MAX_COUNT = 10_000;

/** A page that can be left in both directions. */
export interface ListPage<Item> extends Page<Item> {
  /** Asks for the page before; null at the beginning. */
  readonly prevCursor: string | null;
  /** How many rows the whole list has; null where it was not asked for. */
  readonly total: BoundedCount | null;
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

/** A place between two rows of an order, and in which direction to go on from it. */
export interface Cursor {
  /** The order that the place is in: `amount.desc`. */
  readonly order: string;
  readonly isBackwards: boolean;
  /** Sort key and id of the row at the place. */
  readonly key: string;
  readonly id: string;
}

export const cursorText = ({ order, isBackwards, key, id }: Cursor): string =>
  Buffer.from(JSON.stringify([order, isBackwards ? 1 : 0, key, id])).toString('base64url');

const PART = /^[\x20-\x7e]{1,64}$/;

/** @throws DomainError `cursor_invalid` for what no list gave out, or gave out for another order. */
export function readCursor(text: string, order: string): Cursor {
  const [given, direction, key, id] = partsOf(text);
  const isOurs = [given, key, id].every((part) => typeof part === 'string' && PART.test(part));
  if (!isOurs || given !== order || (direction !== 0 && direction !== 1)) throw cursorInvalid();
  return { order, isBackwards: direction === 1, key: key as string, id: id as string };
}

export const cursorInvalid = () =>
  new DomainError('cursor_invalid', '翻页位置无效，或排序已经改变，请从第一页重新查询');

function partsOf(text: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(parts) && parts.length === 4 ? parts : [];
  } catch {
    return [];
  }
}
