import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillPages, type PagesBook } from './pages-data.js';
import { openWorld, reopenWorld, type World } from './world.js';

/** A book of so many claims; with `keep` the one that was kept there, or one to be kept. */
export async function bookOf(
  claims: number,
  keep: string | undefined,
): Promise<{ world: World; book: PagesBook }> {
  if (keep === undefined) {
    const world = await openWorld();
    return { world, book: await fillPages(world, claims) };
  }
  const folder = join(keep, `pages-${claims}`);
  const about = join(folder, 'book.json');
  if (existsSync(about)) {
    const book = JSON.parse(readFileSync(about, 'utf8')) as PagesBook;
    const world = await reopenWorld(folder, book.world);
    return { world, book: { ...book, world } };
  }
  mkdirSync(folder, { recursive: true });
  const world = await openWorld(folder);
  const book = await fillPages(world, claims);
  const { bookId, fundId, stationId, operator, finance } = world;
  writeFileSync(about, JSON.stringify({ ...book, world: { bookId, fundId, stationId, operator, finance } }));
  return { world, book };
}
