import type { Db } from '../db/store.js';

/** Names by id. Whoever may see a thing may see who had a hand in it: ask only for ids out of such things. */
export type Names = Readonly<Record<string, string>>;

const CHUNK = 500;

/** Names of organisations. */
export const organisationNames = (db: Db, ids: Iterable<string | null>): Promise<Names> =>
  namesIn(ids, (chunk) =>
    db.selectFrom('organisation').select(['id', 'name']).where('id', 'in', chunk).execute(),
  );

/** Names of people, sealed as all personal data. */
export const personNames = (db: Db, ids: Iterable<string | null>): Promise<Names> =>
  namesIn(ids, (chunk) =>
    db.selectFrom('person').select(['id', 'displayName as name']).where('id', 'in', chunk).execute(),
  );

async function namesIn(
  ids: Iterable<string | null>,
  read: (chunk: string[]) => Promise<{ id: string; name: string }[]>,
): Promise<Names> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  const names: Record<string, string> = {};
  for (let start = 0; start < wanted.length; start += CHUNK)
    for (const { id, name } of await read(wanted.slice(start, start + CHUNK))) names[id] = name;
  return names;
}
