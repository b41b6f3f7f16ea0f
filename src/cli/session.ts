import type { CommandContext } from '../audit/index.js';
import { type Config, readConfig } from '../config.js';
import { DomainError } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { readTsaRoots } from '../core/tsa-roots.js';
import { openInstallation } from '../db/installation.js';
import type { Store } from '../db/store.js';
import { Checkpoints, OutsideFile } from '../evidence/index.js';
import { actorOfLogin, type Caller } from '../organisations/index.js';
import { loadPacks, type PackSet } from '../policy/index.js';

export type Environment = Parameters<typeof readConfig>[0];

/** An installation opened by the command line, with all that its commands need. */
export interface Session {
  readonly config: Config;
  readonly store: Store;
  readonly migrated: readonly string[];
  readonly outside: OutsideFile;
  readonly checkpoints: Checkpoints;
  readonly tsaRoots: readonly string[];
  /** The packs that the service would load. @throws DomainError `policy_packs_invalid` */
  packs(): PackSet;
  /** The person of a login name, as caller: what the command line does is done by somebody. */
  callerOf(loginName: string | undefined): Promise<Caller>;
  /** The book of this id, or the only one there is. */
  bookOf(id: string | undefined): Promise<string>;
}

export async function withSession<T>(
  environment: Environment,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const config = readConfig(environment);
  const { store, migrated } = await openInstallation(config);
  const outside = OutsideFile.open(config.checkpointsFile);
  try {
    return await work({
      config,
      store,
      migrated,
      outside,
      checkpoints: new Checkpoints(store, outside),
      tsaRoots: readTsaRoots(config.tsaRootsFile),
      packs: () => loadPacks(config.policyPacksDir ?? undefined),
      callerOf: (loginName) => callerOf(store, loginName),
      bookOf: (id) => bookOf(store, id),
    });
  } finally {
    await store.close();
  }
}

async function callerOf(store: Store, loginName: string | undefined): Promise<Caller> {
  if (!loginName) throw new DomainError('actor_missing', '请用 --as 登录名 说明由谁办理');
  const actor = await actorOfLogin(store, loginName);
  const context: CommandContext = {
    actorId: actor.personId,
    requestId: `cli-${newId()}`,
    now: new Date(),
    idempotency: null,
  };
  return { actor, context };
}

async function bookOf(store: Store, id: string | undefined): Promise<string> {
  const books = await store.read.selectFrom('book').select(['id', 'name']).orderBy('id').execute();
  if (id !== undefined) {
    if (books.some((book) => book.id === id)) return id;
    throw new DomainError('not_found', `没有账套 ${id}`);
  }
  const [only, ...others] = books;
  if (only && others.length === 0) return only.id;
  const list = books.map((book) => `  ${book.id}  ${book.name}`).join('\n');
  throw new DomainError('book_missing', `请用 --book 编号 说明是哪个账套：\n${list}`);
}
