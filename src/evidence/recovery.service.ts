import { runCommand } from '../audit/index.js';
import { refuse } from '../core/errors.js';
import type { Store } from '../db/store.js';
import { bureauSubject } from '../ledger/index.js';
import { type Caller, demand } from '../organisations/index.js';
import type { Checkpoints } from './checkpoints.service.js';

/**
 * After a disaster, when nothing newer than this database can be had: the log goes on from here, though more is known
 * outside. It first says so itself, with what was lost, so that every later package shows it; then the file outside takes
 * the database's state as the new beginning, keeping the lines of before.
 * @throws DomainError `forbidden`, `wrong_status` where nothing was lost.
 */
export async function recordAcceptedHead(
  store: Store,
  checkpoints: Checkpoints,
  caller: Caller,
  bookId: string,
  reason: string,
): Promise<{ readonly size: number }> {
  const bureau = await bureauSubject(store.read, bookId);
  const lost = checkpoints.known(bookId);
  const target = { bookId, action: 'checkpoint.accept', subject: { type: 'book', id: bookId } };
  await runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'key.manage', bureau);
    if (!lost || (await checkpoints.isExtended(bookId))) {
      throw refuse('wrong_status', '日志与库外检查点相符，不需要恢复');
    }
    const data = {
      lostSize: lost.size,
      lostCheckpoint: lost.note,
      foundSize: unit.book.logSize,
      reason: await unit.seal(reason, `recovery/${bookId}`),
    };
    await unit.append({ action: target.action, subject: target.subject, data });
    return null;
  });
  await checkpoints.accept(bookId, { reason, at: caller.context.now.toISOString() });
  return { size: lost?.size ?? 0 };
}
