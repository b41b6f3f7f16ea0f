import { createInterface } from 'node:readline';
import { submitClaim } from '../../src/claims/index.js';
import { DomainError } from '../../src/core/errors.js';
import type { Store } from '../../src/db/store.js';
import type { Actor } from '../../src/organisations/index.js';
import { loadPacks, type PackSet } from '../../src/policy/index.js';
import { by, NO_PACKS } from '../fixture.js';
import { openAt } from '../keys.js';

/** One caller of a race: a draft of one's own, ready to be submitted. */
export interface Racer {
  readonly actor: Actor;
  readonly bookId: string;
  readonly claimId: string;
}
export interface Race {
  readonly url: string;
  readonly withPacks: boolean;
  readonly racers: readonly Racer[];
}

/** Submits all at once; `won`, the code of the refusal, or `unexpected: …`. */
export function runRace(store: Store, packs: PackSet, racers: readonly Racer[]): Promise<string[]> {
  return Promise.all(
    racers.map(async ({ actor, bookId, claimId }) => {
      try {
        await submitClaim(store, packs, by(actor), bookId, claimId, null);
        return 'won';
      } catch (error) {
        return error instanceof DomainError ? error.code : `unexpected: ${(error as Error).stack}`;
      }
    }),
  );
}

/** As a process: reads one race per line, says `ready`, starts on `go`, and writes the outcomes as one line. */
async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const race: Race = JSON.parse((await lines.next()).value as string);
  const store = await openAt(race.url);
  const packs = race.withPacks ? loadPacks() : NO_PACKS;
  process.stdout.write('ready\n');
  await lines.next();
  process.stdout.write(`${JSON.stringify(await runRace(store, packs, race.racers))}\n`);
  await store.close();
  process.exit(0);
}

if (process.argv[2] === 'race') await main();
