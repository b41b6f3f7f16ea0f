import type { SelectQueryBuilder } from 'kysely';
import type { z } from 'zod';
import { revealTexts } from '../audit/index.js';
import { groupBy } from '../core/collections.js';
import { notFound } from '../core/errors.js';
import { formatYuan } from '../core/money.js';
import { type ListPage, MAX_COUNT } from '../core/page.js';
import type { EvidenceKind, Grade, Pricing } from '../core/vocabulary.js';
import type { Database, Row } from '../db/database.js';
import { countUpTo, keyset, listPage, type SortKey, within } from '../db/keyset.js';
import type { Db, Store, Trx } from '../db/store.js';
import { bureauSubject } from '../ledger/index.js';
import { type Actor, may } from '../organisations/index.js';
import type { Decision } from '../policy/index.js';
import { appliedWaivers } from '../waivers/index.js';
import { contractedProviders } from './access.js';
import type { CONTRACT_SORTS, ContractView, contractQuery } from './contracts.schema.js';
import { linesOf, lineView } from './lines.repository.js';
import type { DecisionView } from './lines.schema.js';

/** A decision as the API shows it: amounts in yuan. */
export function decisionView(decision: Decision): DecisionView {
  return {
    outcome: decision.outcome,
    engine: decision.engine,
    packs: decision.packs.map((pack) => ({ ...pack })),
    reasons: decision.reasons.map(({ headroomFen, headroomAfterFen, remedies, figures, ...reason }) => ({
      ...reason,
      figures: figures.map((figure) => [...figure]),
      headroom: headroomFen === null ? null : formatYuan(headroomFen),
      headroomAfter: headroomAfterFen === null ? null : formatYuan(headroomAfterFen),
      remedies: remedies.map((remedy) =>
        remedy.kind === 'smaller_amount'
          ? { kind: remedy.kind, amount: formatYuan(remedy.amountFen) }
          : { ...remedy },
      ),
    })),
  };
}

export async function contractViews(
  db: Db | Trx,
  contracts: readonly Row<'contract'>[],
): Promise<ContractView[]> {
  if (contracts.length === 0) return [];
  const ids = contracts.map((contract) => contract.id);
  const lines = groupBy(await linesOf(db, ids), (line) => line.ownerId);
  const evidence = groupBy(
    await db
      .selectFrom('contractEvidence')
      .selectAll()
      .where('contractId', 'in', ids)
      .orderBy('date')
      .execute(),
    (item) => item.contractId,
  );
  const evaluations = groupBy(
    await db.selectFrom('evaluation').selectAll().where('contractId', 'in', ids).orderBy('date').execute(),
    (item) => item.contractId,
  );
  const waivers = await appliedWaivers(db, ids);
  const providers = await db
    .selectFrom('organisation')
    .select(['id', 'name'])
    .where('id', 'in', [...new Set(contracts.map((contract) => contract.providerId))])
    .execute();
  return contracts.map((contract) => ({
    id: contract.id,
    bookId: contract.bookId,
    contractNo: contract.contractNo,
    title: contract.title,
    buyerId: contract.buyerId,
    providerId: contract.providerId,
    providerName: providers.find((provider) => provider.id === contract.providerId)?.name ?? '',
    signedDate: contract.signedDate,
    startDate: contract.startDate,
    endDate: contract.endDate,
    pricing: contract.pricing as Pricing | null,
    budgetCode: contract.budgetCode,
    renewsId: contract.renewsId,
    unitLabourCost: contract.unitLabourCostFen === null ? null : formatYuan(contract.unitLabourCostFen),
    certifiedWorkersPerStation: contract.certifiedWorkersPerStation,
    fulltimeWorkersPerStation: contract.fulltimeWorkersPerStation,
    schedule: JSON.parse(contract.schedule),
    status: contract.status,
    makerId: contract.makerId,
    amount: formatYuan(contract.amountFen),
    paid: formatYuan(contract.paidFen),
    lines: (lines.get(contract.id) ?? []).map(lineView),
    evidence: (evidence.get(contract.id) ?? []).map(
      ({ id: _id, contractId: _contract, bookId: _book, kind, ...item }) => ({
        ...item,
        kind: kind as EvidenceKind,
      }),
    ),
    evaluations: (evaluations.get(contract.id) ?? []).map(
      ({ id: _id, contractId: _contract, bookId: _book, grade, ...item }) => ({
        ...item,
        grade: grade as Grade,
      }),
    ),
    waivers: [...(waivers.get(contract.id) ?? [])],
    version: contract.version,
  }));
}

/** Ids ascend with time. */
const SORTS: Readonly<Record<(typeof CONTRACT_SORTS)[number], SortKey>> = {
  preparedAt: { column: 'id' },
  signedDate: { column: 'signedDate' },
  endDate: { column: 'endDate' },
  amount: { column: 'amountFen', isInteger: true },
};

/** Titles are sealed, so that they have to be opened to be searched. */
const MAX_SEARCHED = 5_000;
/** As many hits as one statement asks for. */
const MAX_HITS = 1_000;

/** The newest contracts in whose number or title the text stands. */
async function idsNaming(
  { read, keys }: Store,
  rows: SelectQueryBuilder<Database, 'contract', Row<'contract'>>,
  text: string,
): Promise<string[]> {
  const candidates = await rows
    .clearSelect()
    .select(['id', 'contractNo', 'title'])
    .orderBy('id', 'desc')
    .limit(MAX_SEARCHED)
    .execute();
  const open = await revealTexts(
    read,
    keys,
    candidates.map(({ title }) => title),
  );
  const wanted = text.toLowerCase();
  const isNamed = (name: string) => name.toLowerCase().includes(wanted);
  return candidates
    .filter(({ contractNo, title }) => isNamed(contractNo) || isNamed(open(title)))
    .slice(0, MAX_HITS)
    .map(({ id }) => id);
}

/** Contracts of a book, those prepared last first unless asked otherwise: all of them, or those of the providers where the actor works. */
export async function listContracts(
  store: Store,
  actor: Actor,
  bookId: string,
  query: z.infer<typeof contractQuery>,
): Promise<ListPage<ContractView>> {
  const bureau = await bureauSubject(store.read, bookId);
  let rows = store.read.selectFrom('contract').selectAll().where('bookId', '=', bookId);
  if (!may(actor, 'contract.read', bureau).allowed) {
    const own = actor.grants.filter(
      ({ organisationPath }) => may(actor, 'contract.read', { ...bureau, organisationPath }).allowed,
    );
    const providerIds = await contractedProviders(store.read, own, bookId);
    if (providerIds.length === 0) throw notFound('账套');
    rows = rows.where('providerId', 'in', providerIds);
  }
  if (query.status) rows = rows.where('status', '=', query.status);
  if (query.providerId) rows = rows.where('providerId', '=', query.providerId);
  if (query.year)
    rows = rows
      .where('signedDate', '>=', `${query.year}-01-01`)
      .where('signedDate', '<=', `${query.year}-12-31`);
  const set = keyset(SORTS, query);
  const nothing = () => listPage([], set, query.count ? { count: 0, isCapped: false } : null, async () => []);
  if (query.text) {
    const ids = await idsNaming(store, rows, query.text);
    if (ids.length === 0) return nothing();
    rows = rows.where('id', 'in', ids);
  }
  if (query.toSign) {
    if (!may(actor, 'contract.sign', bureau).allowed) return nothing();
    rows = rows.where('status', '=', 'pending').where('makerId', '<>', actor.personId);
  }
  const total = query.count ? await countUpTo(store.read, rows) : null;
  return listPage(await within(rows, set).execute(), set, total, (shown) => contractViews(store.read, shown));
}

/**
 * When each draft was prepared that the actor may sign, oldest first, one more than are counted; null without the duty.
 * @throws DomainError `not_found`
 */
export async function contractsToSign(store: Store, actor: Actor, bookId: string): Promise<string[] | null> {
  if (!may(actor, 'contract.sign', await bureauSubject(store.read, bookId)).allowed) return null;
  const rows = await store.read
    .selectFrom('contract')
    .select(({ selectFrom }) =>
      // Its first entry; by its id alone, of which there are few.
      selectFrom('logEntry')
        .select(({ fn }) => fn.min('recordedAt').as('at'))
        .whereRef('subjectId', '=', 'contract.id')
        .as('preparedAt'),
    )
    .where('bookId', '=', bookId)
    .where('status', '=', 'pending')
    .where('makerId', '<>', actor.personId)
    .orderBy('id')
    .limit(MAX_COUNT + 1)
    .execute();
  return rows.flatMap(({ preparedAt }) => preparedAt ?? []).sort();
}

/** @throws DomainError `not_found` */
export async function getContract(
  store: Store,
  actor: Actor,
  bookId: string,
  id: string,
): Promise<ContractView> {
  const bureau = await bureauSubject(store.read, bookId);
  const found = await store.read
    .selectFrom('contract')
    .innerJoin('organisation as provider', 'provider.id', 'contract.providerId')
    .selectAll('contract')
    .select('provider.path as providerPath')
    .where('contract.id', '=', id)
    .where('contract.bookId', '=', bookId)
    .executeTakeFirst();
  if (!found) throw notFound('合同');
  const { providerPath, ...row } = found;
  if (!may(actor, 'contract.read', { ...bureau, organisationPath: providerPath }).allowed)
    throw notFound('合同');
  const [view] = await contractViews(store.read, [row]);
  return view as ContractView;
}
