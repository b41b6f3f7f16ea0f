import { runCommand } from '../audit/index.js';
import { notFound, refuse } from '../core/errors.js';
import { newId, newSecret, sha256Hex } from '../core/ids.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import type { Actor, Caller } from './may.js';
import { bookOf } from './organisations.service.js';
import { findPerson } from './people.repository.js';
import type { CreatedTokenView, NewToken, TokenView } from './sessions.schema.js';
import { TOKEN_PREFIX } from './sessions.service.js';

/**
 * Makes an API token for the actor; its secret is in this answer and nowhere else.
 * @throws DomainError `forbidden` when a token asks: a stolen one must not outlive its revocation.
 */
export async function createToken(store: Store, caller: Caller, input: NewToken): Promise<CreatedTokenView> {
  const id = newId();
  const secret = `${TOKEN_PREFIX}${newSecret()}`;
  const event = { action: 'token.create', subject: { type: 'apiToken', id } };
  const bookId = await homeBookId(store.read, caller.actor);
  // A secret must not be kept as an answer, so this knows no idempotency key.
  const context = { ...caller.context, idempotency: null };
  return runCommand(store, { bookId, ...event }, context, async (unit) => {
    if (caller.actor.via === 'token') throw refuse('forbidden', '不能用访问令牌再创建令牌，请登录后操作');
    const row = await unit.insert('apiToken', {
      id,
      tokenHash: sha256Hex(secret),
      personId: caller.actor.personId,
      name: await unit.seal(input.name, `person/${caller.actor.personId}`),
      createdAt: unit.recordedAt,
      expiresAt: new Date(unit.context.now.getTime() + input.days * 86_400_000).toISOString(),
      revokedAt: null,
    });
    await unit.append(event);
    return { ...toView(row), secret };
  });
}

/** Ends one of the actor's tokens, from the next request on. @throws DomainError `not_found`, `wrong_status`. */
export async function revokeToken(store: Store, caller: Caller, id: string): Promise<TokenView> {
  const bookId = await homeBookId(store.read, caller.actor);
  const event = { action: 'token.revoke', subject: { type: 'apiToken', id } };
  return runCommand(store, { bookId, ...event }, caller.context, async (unit) => {
    const row = await unit.trx.selectFrom('apiToken').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row || row.personId !== caller.actor.personId) throw notFound('该令牌');
    if (row.revokedAt) throw refuse('wrong_status', '该令牌已吊销');
    const revoked = await unit.update('apiToken', row, { revokedAt: unit.recordedAt });
    await unit.append(event);
    return toView(revoked);
  });
}

/** The actor's own tokens, newest first, without their secrets. */
export async function listTokens(store: Store, actor: Actor): Promise<{ items: TokenView[] }> {
  const rows = await store.read
    .selectFrom('apiToken')
    .selectAll()
    .where('personId', '=', actor.personId)
    .orderBy('id', 'desc')
    .execute();
  return { items: rows.map(toView) };
}

async function homeBookId(db: Db, actor: Actor): Promise<string> {
  const person = (await findPerson(db, actor.personId)) as Row<'person'>;
  return (await bookOf(db, person.organisationId)).bookId;
}

function toView({ id, name, createdAt, expiresAt, revokedAt }: Row<'apiToken'>): TokenView {
  return { id, name, createdAt, expiresAt, revokedAt };
}
