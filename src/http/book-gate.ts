import { demandRelated } from '../contracts/index.js';
import { type App, actorOf, type Dependencies } from './context.js';
import { bookParams } from './schemas.js';

/**
 * The one door of every route under a book, before its body is read: whoever has nothing to do with the book gets the
 * answer of a book that does not exist. A malformed id names no book and is left to the validation.
 */
export function registerBookGate(app: App, { store }: Dependencies): void {
  app.addHook('onRequest', async (request) => {
    const params = bookParams.safeParse(request.params);
    if (params.success) await demandRelated(store.read, actorOf(request), params.data.bookId);
  });
}
