import { runCommand } from '../audit/index.js';
import { refuse } from '../core/errors.js';
import type { Store } from '../db/store.js';
import { bureauSubject } from '../ledger/index.js';
import { type Caller, demand } from '../organisations/index.js';
import { applyWaivers } from '../waivers/index.js';
import type { ContractView } from './contracts.schema.js';
import { contractOfBook } from './contracts.sign.js';
import { contractViews } from './contracts.views.js';
import { contractCase } from './facts.js';
import { fundsOf, linesOf } from './lines.repository.js';

/**
 * Says under which exceptions a contract is to be signed, in place of those said before.
 * @throws DomainError `waiver_unfit`, `wrong_status` once it is signed, `stale_version`, `not_found`.
 */
export async function applyToContract(
  store: Store,
  caller: Caller,
  bookId: string,
  id: string,
  version: number | null,
  waiverIds: readonly string[],
): Promise<ContractView> {
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'contract.waivers', subject: { type: 'contract', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const contract = await contractOfBook(unit, id, version);
    demand(caller.actor, 'contract.prepare', subject);
    if (contract.status !== 'pending') throw refuse('wrong_status', '这份合同不在待签状态');
    const fundIds = fundsOf(await linesOf(unit.trx, [id]));
    await applyWaivers(unit, contractCase(id), { makerId: contract.makerId, fundIds }, waiverIds);
    const changed = await unit.update('contract', contract, { version: contract.version + 1 });
    await unit.append({ action: target.action, subject: target.subject });
    const [view] = await contractViews(unit.trx, [changed]);
    return view as ContractView;
  });
}
