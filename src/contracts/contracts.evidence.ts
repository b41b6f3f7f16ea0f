import type { z } from 'zod';
import { demandAttachments } from '../attachments/index.js';
import { runCommand, type Unit } from '../audit/index.js';
import { refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import type { Row } from '../db/database.js';
import type { Store } from '../db/store.js';
import { bureauSubject } from '../ledger/index.js';
import { type Caller, demand } from '../organisations/index.js';
import type { ContractView, newEvaluation, newEvidence } from './contracts.schema.js';
import { contractOfBook } from './contracts.sign.js';
import { contractViews } from './contracts.views.js';

/** Adds a document of the procedure; it counts from its own date. */
export async function addEvidence(
  store: Store,
  caller: Caller,
  bookId: string,
  id: string,
  input: z.infer<typeof newEvidence>,
): Promise<ContractView> {
  return addToContract(store, caller, bookId, id, 'contract.evidence', async (unit, contract) => {
    await demandAttachments(unit.trx, contract.bookId, input.attachmentId ? [input.attachmentId] : []);
    await unit.insert('contractEvidence', { id: newId(), contractId: id, ...input });
  });
}

/** Records an evaluation. @throws DomainError `evaluation_outside_term` */
export async function addEvaluation(
  store: Store,
  caller: Caller,
  bookId: string,
  id: string,
  input: z.infer<typeof newEvaluation>,
): Promise<ContractView> {
  return addToContract(store, caller, bookId, id, 'contract.evaluate', async (unit, contract) => {
    if (input.date < contract.startDate) throw refuse('evaluation_outside_term', '评估日期早于合同开始日期');
    await unit.insert('evaluation', { id: newId(), contractId: id, ...input });
  });
}

async function addToContract(
  store: Store,
  caller: Caller,
  bookId: string,
  id: string,
  action: string,
  write: (unit: Unit, contract: Row<'contract'>) => Promise<void>,
): Promise<ContractView> {
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action, subject: { type: 'contract', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'contract.evidence', subject);
    const contract = await contractOfBook(unit, id, null);
    await write(unit, contract);
    const changed = await unit.update('contract', contract, { version: contract.version + 1 });
    await unit.append({ action, subject: target.subject });
    const [view] = await contractViews(unit.trx, [changed]);
    return view as ContractView;
  });
}
