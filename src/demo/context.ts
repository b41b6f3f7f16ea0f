import type { BusinessDate } from '../core/dates.js';
import type { Store } from '../db/store.js';
import { type Actor, actorOfPerson, type Caller } from '../organisations/index.js';
import type { PackSet } from '../policy/index.js';
import { CaseBook } from './cases.js';

/** What every part of the demonstration works with. */
export interface Demo {
  readonly store: Store;
  readonly packs: PackSet;
  readonly say: (line: string) => void;
  readonly cases: CaseBook;
  /** Where the contents of attachments lie. */
  readonly attachmentsFolder: string;
  /** The person as caller of a command that is given on `date`, nine in the morning and later. */
  readonly as: (personId: string, date: BusinessDate) => Promise<Caller>;
  /** The clock of a command on `date`: the year is worked through in its own time. */
  readonly at: (date: BusinessDate) => Date;
}

export function createDemo(
  store: Store,
  packs: PackSet,
  say: (line: string) => void,
  attachmentsFolder: string,
): Demo {
  const actors = new Map<string, Promise<Actor>>();
  let commands = 0;
  const at = (date: BusinessDate) => {
    commands += 1;
    return new Date(Date.parse(`${date}T01:00:00Z`) + commands * 100);
  };
  const actorOf = (personId: string) => {
    let actor = actors.get(personId);
    if (!actor) {
      actor = actorOfPerson(store.read, personId);
      actors.set(personId, actor);
    }
    return actor;
  };
  return {
    store,
    packs,
    say,
    cases: new CaseBook(say),
    attachmentsFolder,
    at,
    as: async (personId, date) => {
      const actor = await actorOf(personId);
      const now = at(date);
      return { actor, context: { actorId: personId, requestId: `demo-${commands}`, now, idempotency: null } };
    },
  };
}

/** Runs the same work for many things, some at a time, so that durable writes share commits. */
export async function forAll<T, R>(
  values: readonly T[],
  work: (value: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const size = 64;
  for (let start = 0; start < values.length; start += size) {
    const chunk = values.slice(start, start + size);
    results.push(...(await Promise.all(chunk.map((value, offset) => work(value, start + offset)))));
  }
  return results;
}
