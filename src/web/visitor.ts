import type { FastifyRequest } from 'fastify';
import { reveal } from '../audit/index.js';
import { DomainError } from '../core/errors.js';
import type { Dependencies } from '../http/context.js';
import { type BookView, getBook } from '../ledger/index.js';
import { getMe } from '../organisations/index.js';
import type { Visitor } from './context.js';
import { workspacesOf } from './workspaces.js';

/** Who is at the page and where they work now; null for whoever is not signed in. */
export async function visitorOf(
  { store }: Dependencies,
  request: FastifyRequest,
  bookId: string | null,
): Promise<Visitor | null> {
  const { actor } = request;
  if (!actor) return null;
  const me = await reveal(store.read, store.keys, await getMe(store, actor));
  const workspaces = await workspacesOf(store, actor, me);
  const chosen = request.cookies['workspace'];
  const workspace = workspaces.find(({ id }) => id === chosen) ?? workspaces[0] ?? null;
  const shownBookId = bookId ?? workspace?.bookId ?? null;
  const book = shownBookId === null ? null : await bookOrNull(getBook(store, actor, shownBookId));
  return { me, workspaces, workspace, book };
}

/** What the visitor may not see is no book of theirs; the page itself says so. */
async function bookOrNull(book: Promise<BookView>): Promise<BookView | null> {
  try {
    return await book;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'not_found') return null;
    throw error;
  }
}
