import { Breather } from '../core/breather.js';
import type { Store } from '../db/store.js';
import { bureauSubject, demandBookRead } from '../ledger/index.js';
import { type Actor, demand } from '../organisations/index.js';
import type { PackSet } from '../policy/index.js';
import { DecisionReplayer, loggedDecisions } from './decisions.js';
import { readPolicyHistory } from './policy-history.js';
import { MAX_REPLAYED, type ReplayQuery, type ReplayView } from './replay.schema.js';

/** Makes the decisions of a part of a book's log again. @throws DomainError `not_found`, `forbidden` */
export async function replayBookFor(
  store: Store,
  packs: PackSet,
  actor: Actor,
  bookId: string,
  { from, to }: ReplayQuery,
): Promise<ReplayView> {
  await demandBookRead(store.read, actor, bookId);
  demand(actor, 'book.verify', await bureauSubject(store.read, bookId));
  const { logSize } = await store.read
    .selectFrom('book')
    .select('logSize')
    .where('id', '=', bookId)
    .executeTakeFirstOrThrow();
  const until = Math.min(from + MAX_REPLAYED, logSize, to === undefined ? logSize : to + 1);
  const replayer = new DecisionReplayer(await readPolicyHistory(store.read, packs));
  const breather = new Breather();
  for await (const one of loggedDecisions(store.read, bookId, { from, until })) {
    replayer.add(one);
    if (breather.isDue) await breather.rest();
  }
  const { unjudged, differences, ...counts } = replayer.result();
  return {
    ...counts,
    unjudged: [...unjudged],
    differences: differences.map(({ paths, ...difference }) => ({ ...difference, paths: [...paths] })),
    nextFrom: until < logSize && until < (to ?? logSize) ? until : null,
  };
}
