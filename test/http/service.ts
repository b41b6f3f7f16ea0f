import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DestinationStream } from 'pino';
import type { Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { newId, sha256Hex } from '../../src/core/ids.js';
import type { Store } from '../../src/db/store.js';
import { Checkpoints, OutsideFile } from '../../src/evidence/index.js';
import { createLogger } from '../../src/http/logging.js';
import type { Actor } from '../../src/organisations/index.js';
import type { PackSet, PolicySource } from '../../src/policy/index.js';
import { NO_PACKS, standing, tell } from '../fixture.js';

export const NOW = '2022-07-31T02:00:00.000Z';

export interface Ask {
  readonly body?: unknown;
  /** Sent as it is, with the content type of `headers`. */
  readonly raw?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  /** Parsed JSON, which tests look into freely, or the text. */
  readonly body: ReturnType<typeof JSON.parse>;
  readonly bytes: Buffer;
}
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';

/** The whole application on a store, and `ask`, which sends a request as somebody (or as nobody). */
export async function serve(
  t: Test,
  store: Store,
  given: {
    packs?: PackSet;
    policy?: PolicySource;
    log?: DestinationStream;
    settings?: Record<string, string>;
    tsaRoots?: readonly string[];
  } = {},
) {
  const attachmentsDir = mkdtempSync(join(tmpdir(), 'station-files-'));
  t.teardown(() => rmSync(attachmentsDir, { recursive: true, force: true }));
  const app = await buildApp({
    store,
    config: readConfig({
      ATTACHMENTS_DIR: attachmentsDir,
      JOBS_DIR: join(attachmentsDir, 'jobs'),
      ...given.settings,
    }),
    policy: given.policy ?? standing(given.packs ?? NO_PACKS),
    checkpoints: new Checkpoints(store, OutsideFile.open(join(attachmentsDir, 'checkpoints.log'))),
    tsaRoots: given.tsaRoots ?? [],
    logger: given.log ? createLogger('trace', given.log) : createLogger('silent'),
    now: () => new Date(NOW),
  });
  await app.ready();
  t.teardown(() => app.close());
  const tokens = new Map<string, string>();

  async function tokenOf(actor: Actor): Promise<string> {
    const known = tokens.get(actor.personId);
    if (known) return known;
    const token = `sfl_${newId()}`;
    const { bookId } = await store.admin
      .selectFrom('person')
      .select('bookId')
      .where('id', '=', actor.personId)
      .executeTakeFirstOrThrow();
    await tell(store, bookId, async (unit) =>
      unit.insert('apiToken', {
        id: newId(),
        tokenHash: sha256Hex(token),
        personId: actor.personId,
        name: await unit.seal('test', `person/${actor.personId}`),
        createdAt: NOW,
        expiresAt: '2099-01-01T00:00:00.000Z',
        revokedAt: null,
      }),
    );
    tokens.set(actor.personId, token);
    return token;
  }

  async function ask(
    actor: Actor | null,
    method: Method,
    path: string,
    { body, raw, headers }: Ask = {},
  ): Promise<Answer> {
    const reply = await app.inject({
      method,
      url: path.startsWith('//') ? path.slice(1) : `/api/v1${path}`,
      headers: { ...(actor ? { authorization: `Bearer ${await tokenOf(actor)}` } : {}), ...headers },
      ...(raw !== undefined ? { payload: raw } : body !== undefined ? { payload: body as object } : {}),
    });
    const isJson = String(reply.headers['content-type']).includes('json');
    return {
      status: reply.statusCode,
      headers: reply.headers,
      body: isJson ? reply.json() : reply.body,
      bytes: reply.rawPayload,
    };
  }
  return { app, ask, attachmentsDir, tokenOf };
}
