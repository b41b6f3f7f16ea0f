import { listContracts } from '../../../contracts/index.js';
import type { OrganisationKind } from '../../../core/vocabulary.js';
import { type Actor, listOrganisations, type OrganisationView } from '../../../organisations/index.js';
import { listWaivers, type WaiverView } from '../../../waivers/index.js';
import type { Choice } from '../../components/field.js';
import { type Found, findChoices } from '../../components/picker.js';
import type { PageContext } from '../../context.js';
import { rowsAt, type Tree, valueAt } from '../../tree.js';

type Reader = Pick<PageContext, 'deps' | 'actor'>;
type Typing = Pick<PageContext, 'deps' | 'actor' | 'said'>;
const isIdentifier = (text: string) => /^[0-9a-f-]{36}$/.test(text);
const MOST = 200;

const STATIONS = [
  'station_prefecture',
  'station_county',
  'station_township',
  'station_village',
] as const satisfies readonly OrganisationKind[];

/** Open organisations of some kinds, kind by kind, so that those of one do not crowd out another's; chosen ones first. */
async function openOnes(
  page: Typing,
  of: string,
  kinds: readonly OrganisationKind[],
  chosen: readonly string[],
  show: (one: OrganisationView) => Choice = named,
): Promise<Found> {
  const { deps, actor } = page;
  const read = async (asked: { readonly text?: string; readonly limit: number }) => {
    const pages = await Promise.all(
      kinds.map((kind) => listOrganisations(deps.store, actor, { ...asked, kind })),
    );
    return {
      items: pages.flatMap(({ items }) => items.filter(({ closedDate }) => closedDate === null)),
      nextCursor: pages.find(({ nextCursor }) => nextCursor !== null)?.nextCursor ?? null,
    };
  };
  const ids = chosen.filter((id) => isIdentifier(id));
  const kept = (await listOrganisations(deps.store, actor, { ids, limit: MOST })).items;
  const isOffered = ({ kind }: OrganisationView) => kinds.includes(kind);
  return findChoices(page, of, read, { chosen: kept.filter(isOffered), show });
}

const named = ({ id, name }: OrganisationView): Choice => [id, name];

/** Who may buy, whom from, and for which stations. */
export async function partyChoices(page: Typing, buyer: Choice | null, providerId: string | undefined) {
  const typed = page.said?.typed ?? {};
  const one = (name: string) => [valueAt(typed, name)].flat().filter((id) => typeof id === 'string');
  const chosenProvider = page.said ? one('providerId') : providerId ? [providerId] : [];
  const chosenStations = rowsAt(typed, 'lines').flatMap((line) =>
    [valueAt(line as Tree, 'stationId')].flat(),
  );
  const [providers, buyers, stations] = await Promise.all([
    openOnes(page, 'providers', ['provider'], chosenProvider, ({ id, name, creditCode }) => [
      id,
      `${name}（${creditCode ?? '无代码'}）`,
    ]),
    openOnes(page, 'buyers', ['township', ...STATIONS], one('buyerId')),
    openOnes(
      page,
      'stations',
      STATIONS,
      chosenStations.filter((id) => typeof id === 'string'),
    ),
  ]);
  return {
    providers,
    buyers: { ...buyers, choices: [...(buyer ? [buyer] : []), ...buyers.choices] },
    stations,
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
