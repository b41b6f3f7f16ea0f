import { attachmentNames } from '../../../attachments/index.js';
import { contractProgress, listClaims, listProviderReports } from '../../../claims/index.js';
import { contractTitles, type DecisionView, getContract } from '../../../contracts/index.js';
import { getLoggedDecision, listLog } from '../../../evidence/index.js';
import { inYuan } from '../../../http/yuan.js';
import { bureauSubject, fundTitles } from '../../../ledger/index.js';
import { may, organisationNames, personNames } from '../../../organisations/index.js';
import type { PageContext } from '../../context.js';
import { waiverChoices } from './choices.js';

/** What a person may do with a contract: buttons are made of it, and the API asks again. */
function allowedOf(
  actor: PageContext['actor'],
  subject: Awaited<ReturnType<typeof bureauSubject>>,
  makerId: string,
) {
  const signing = may(actor, 'contract.sign', { ...subject, makerId });
  return {
    isReader: may(actor, 'book.read', subject).allowed,
    sign: signing.allowed,
    /** The duty is there, and only the same hand is in the way. */
    isOwn: !signing.allowed && signing.code === 'separation_of_duties',
    close: may(actor, 'contract.sign', subject).allowed,
    prepare: may(actor, 'contract.prepare', subject).allowed,
    addEvidence: may(actor, 'contract.evidence', subject).allowed,
    funds: may(actor, 'fund.read', subject).allowed,
    files: may(actor, 'book.read', subject).allowed || may(actor, 'unit.read', subject).allowed,
  };
}

/** Everything that the page of one contract shows, for whoever may see the contract. */
export async function loadContract(page: PageContext, bookId: string, id: string) {
  const { deps, actor } = page;
  const { store } = deps;
  const contract = await getContract(store, actor, bookId, id);
  const allowed = allowedOf(actor, await bureauSubject(store.read, bookId), contract.makerId);
  const { lines, evidence, renewsId } = contract;
  const claims = await listClaims(store, actor, bookId, { contractId: id, limit: 50, count: true });
  const organisationIds = [
    contract.buyerId,
    ...lines.map(({ stationId }) => stationId),
    ...claims.items.map(({ organisationId }) => organisationId),
  ];
  return {
    contract,
    allowed,
    claims,
    reports: (await listProviderReports(store, actor, bookId, id)).items,
    progress: await contractProgress(store.read, contract),
    funds: await fundTitles(
      store.read,
      lines.map(({ fundId }) => fundId),
    ),
    organisations: await organisationNames(store.read, organisationIds),
    makerName: (await personNames(store.read, [contract.makerId]))[contract.makerId] ?? null,
    files: await attachmentNames(
      store.read,
      bookId,
      evidence.flatMap(({ attachmentId }) => attachmentId ?? []),
    ),
    renewed: renewsId === null ? null : ((await contractTitles(store.read, [renewsId]))[renewsId] ?? null),
    history: allowed.isReader ? await historyOf(page, bookId, id) : null,
    waivers: contract.status === 'pending' && allowed.prepare ? await waiverChoices(page, bookId, id) : [],
  };
}
export type ContractData = Awaited<ReturnType<typeof loadContract>>;

const DECIDED = /^(allow|review|block|refused:(policy_blocked|review_note_required))$/;

/** What was done to it, newest first, and the newest decision in full. */
async function historyOf({ deps: { store }, actor }: PageContext, bookId: string, id: string) {
  const asked = { subjectId: id, order: 'desc', limit: 50 } as const;
  const { items } = await listLog(store, actor, bookId, asked);
  const decided = items.find(({ outcome }) => outcome !== null && DECIDED.test(outcome));
  const logged = decided ? await getLoggedDecision(store, actor, bookId, decided.logIndex) : null;
  return {
    entries: items,
    decision: logged
      ? { index: logged.logIndex, action: logged.action, view: inYuan(logged.decision) as DecisionView }
      : null,
  };
}
