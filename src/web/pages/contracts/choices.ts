import { listContracts } from '../../../contracts/index.js';
import type { OrganisationKind } from '../../../core/vocabulary.js';
import { type Actor, listOrganisations, type OrganisationView } from '../../../organisations/index.js';
import { listWaivers, type WaiverView } from '../../../waivers/index.js';
import type { Choice } from '../../components/field.js';
import type { PageContext } from '../../context.js';

type Reader = Pick<PageContext, 'deps' | 'actor'>;
const MOST = 200;

const STATIONS = [
  'station_prefecture',
  'station_county',
  'station_township',
  'station_village',
] as const satisfies readonly OrganisationKind[];

/** Open organisations of some kinds, kind by kind, so that those of one do not crowd out another's. */
async function openOnes(
  { deps, actor }: Reader,
  kinds: readonly OrganisationKind[],
): Promise<OrganisationView[]> {
  const pages = await Promise.all(
    kinds.map((kind) => listOrganisations(deps.store, actor, { kind, limit: MOST })),
  );
  return pages.flatMap(({ items }) => items.filter(({ closedDate }) => closedDate === null));
}

const named = ({ id, name }: OrganisationView): Choice => [id, name];

/** Who may buy, whom from, and for which stations. */
export async function partyChoices(page: Reader, buyer: Choice | null) {
  const [providers, townships, stations] = await Promise.all([
    openOnes(page, ['provider']),
    openOnes(page, ['township']),
    openOnes(page, STATIONS),
  ]);
  return {
    providers: providers.map(
      ({ id, name, creditCode }): Choice => [id, `${name}（${creditCode ?? '无代码'}）`],
    ),
    buyers: [...(buyer ? [buyer] : []), ...townships.map(named), ...stations.map(named)],
    stations: stations.map(named),
  };
}

/** Contracts that another one may renew. Their titles are sealed until the page is shown, so they are left out. */
export async function renewableChoices({ deps, actor }: Reader, bookId: string): Promise<Choice[]> {
  const { items } = await listContracts(deps.store, actor, bookId, { limit: MOST });
  return items
    .filter(({ status }) => status !== 'pending')
    .map(({ id, contractNo, providerName }) => [id, `${contractNo}（${providerName}）`]);
}

/** Approved exceptions that hold today and are not meant for another case; `id` is the contract's, null while it is new. */
export async function waiverChoices(
  { deps, actor, today }: Pick<PageContext, 'deps' | 'actor' | 'today'>,
  bookId: string,
  id: string | null,
): Promise<Choice[]> {
  const asked = { status: 'approved', validOn: today, limit: MOST } as const;
  const { items } = await listWaivers(deps.store, actor, bookId, asked);
  return items
    .filter((waiver) => isFor(waiver, id) && !isOwnApproval(waiver, actor))
    .map(({ id: waiverId, clause, documentNo, until }) => [
      waiverId,
      `条款 ${clause}：${documentNo}（至 ${until}）`,
    ]);
}

const isFor = ({ subject }: WaiverView, id: string | null) =>
  subject === null || (subject.type === 'contract' && subject.id === id);
const isOwnApproval = ({ decidedBy }: WaiverView, { personId }: Actor) => decidedBy === personId;
