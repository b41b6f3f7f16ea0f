import type { Engine } from '../src/db/store.js';
import { appendOnly, table } from './dialect.js';

/**
 * The text of every policy pack that was ever in force here, under the SHA-256 of its bytes, which decisions name; and
 * which packs were in force together.
 */
export function statements(engine: Engine): string[] {
  return [
    table(
      engine,
      'policyPack',
      `"sha256" TEXT primary key,
       "packId" TEXT not null,
       "documentNo" TEXT not null,
       "body" TEXT not null,
       "engine" TEXT not null,
       "firstLoadedAt" TEXT not null,
       "seal" TEXT not null`,
    ),
    table(
      engine,
      'policyPackSet',
      `"sha256" TEXT primary key,
       "packs" TEXT not null,
       "firstLoadedAt" TEXT not null,
       "seal" TEXT not null`,
    ),
    ...['policyPack', 'policyPackSet'].flatMap((name) => appendOnly(engine, name, ['sha256'])),
  ];
}
