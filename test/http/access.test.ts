import { createClaim, reviewClaim, submitClaim } from '../../src/claims/index.js';
import { prepareContract } from '../../src/contracts/index.js';
import type { Store } from '../../src/db/store.js';
import { type Actor, ROLES } from '../../src/organisations/index.js';
import {
  by,
  claimInput,
  contractInput,
  fundInput,
  NO_PACKS,
  openClaim,
  openContract,
  openFund,
  outcomesOf,
  seedActor,
  seedWorld,
  TODAY,
  tell,
  verifyClean,
} from '../fixture.js';
import { forEachEngine, seedTree } from '../helper.js';
import { PACKS } from '../waivers/scene.js';
import { type Document, type Json, type Operation, operationsOf, sampleOf } from './document.js';
import { type KnownIds, withKnownIds } from './malformed.js';
import { type Answer, type Ask, type Method, serve } from './service.js';

const PDF = Buffer.from('%PDF-1.7\n1 0 obj');
type Given = { readonly path: string; readonly method: string; readonly operation: Operation };

/** A well-formed request to an operation under a book, on things that exist there. */
function requestTo(document: Document, known: KnownIds, { path, method, operation }: Given) {
  const thing = /\{bookId\}\/(\w[\w-]*)\/\{id\}/.exec(path)?.[1] ?? '';
  const url = path
    .replace('/api/v1', '')
    .replaceAll(
      /\{(\w+)\}/g,
      (_, name: string) => (known[name === 'id' ? thing : name] ?? ['x'])[0] as string,
    );
  const queries = (operation.parameters ?? [])
    .filter((one) => one.in === 'query' && one.required)
    .map((one) => `${one.name}=${sampleOf(document, { ...one.schema, ...(one as unknown as Json) })}`);
  const content = operation.requestBody?.content ?? {};
  const schema = content['application/json']?.schema;
  const file: Ask = { raw: PDF, headers: { 'content-type': 'application/pdf', 'x-file-name': 'a.pdf' } };
  const ifMatch = operation.parameters?.some((one) => one.name === 'if-match');
  const ask: Ask = {
    ...(schema ? { body: withKnownIds(sampleOf(document, schema), known) } : {}),
    ...(content['application/pdf'] ? file : {}),
    ...(ifMatch ? { headers: { 'if-match': '"1"' } } : {}),
  };
  return {
    method: method.toUpperCase() as Method,
    url: `${url}${queries.length > 0 ? `?${queries.join('&')}` : ''}`,
    ask,
  };
}

/** What a request could leave behind in any book. */
async function tracesOf(store: Store) {
  const books = await store.read.selectFrom('book').select(['id', 'logSize']).orderBy('id').execute();
  const kept = await store.read.selectFrom('idempotency').select('key').execute();
  const entries = await store.read.selectFrom('logEntry').select(['bookId', 'logIndex']).execute();
  return { books, kept: kept.length, entries: entries.length };
}

const said = ({ status, body: { instance: _instance, ...body } }: Answer) => ({ status, body });

forEachEngine('for those who have nothing to do with a book, no route under it exists', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour } = world;
  const { app, ask, tokenOf } = await serve(t, store, { packs: PACKS });
  const fundId = await openFund(world);
  const contractId = await openContract(world, [{ fundId, amount: '100.00' }]);
  const claim = await openClaim(world, 'submitted', [{ fundId, amount: '10.00' }]);
  const otherProvider = (await seedWorld(store, { province: '52' })).providerOperator;
  const upload = { raw: PDF, headers: { 'content-type': 'application/pdf', 'x-file-name': 'a.pdf' } };
  const file = await ask(county.finance, 'POST', `/books/${county.bookId}/attachments`, upload);
  const exception = {
    clause: 'BB-01',
    fundId,
    reason: '洪灾',
    evidence: [file.body.id],
    from: TODAY,
    until: TODAY,
  };
  const waiver = await ask(county.finance, 'POST', `/books/${county.bookId}/waivers`, { body: exception });
  const duty = { kind: 'finding', year: 2022, date: TODAY, documentNo: '问〔2022〕1号', title: '问题单' };
  const record = await ask(county.finance, 'POST', `/books/${county.bookId}/procedures`, { body: duty });
  const known: KnownIds = {
    bookId: [county.bookId],
    fundId: [fundId],
    contractId: [contractId],
    contracts: [contractId],
    claims: [claim.id],
    attachments: [file.body.id],
    waivers: [waiver.body.id],
    procedures: [record.body.id],
    organisationId: [world.station.id],
    providerId: [world.provider.id],
    index: ['0'],
    year: ['2022'],
  };
  const strangers: Readonly<Record<string, Actor>> = {
    'finance of the sibling county': neighbour.finance,
    'operator of a station of the sibling county': world.neighbourOperator,
    'admin of the sibling county': await seedActor(store, neighbour, 'admin'),
    'operator of a provider without a contract': otherProvider,
    'somebody without any role': await seedActor(store, world.station),
  };
  const document = app.swagger() as unknown as Document;
  const routes = operationsOf(document).filter(({ path }) => path.includes('{bookId}'));
  t.ok(routes.length > 50, `${routes.length} routes`);
  // Their tokens are logged when they are made, and that is before.
  for (const stranger of Object.values(strangers)) await tokenOf(stranger);
  const before = await tracesOf(store);
  const faults: string[] = [];
  for (const route of routes) {
    const { method, url, ask: given } = requestTo(document, known, route);
    const nowhere = said(
      await ask(neighbour.finance, method, url.replace(county.bookId, 'no-such-book'), given),
    );
    t.match(nowhere, { status: 404, body: { code: 'not_found' } }, `${route.name} of no book`);
    for (const [who, stranger] of Object.entries(strangers)) {
      const keyed = { ...given, headers: { ...given.headers, 'idempotency-key': 'outside' } };
      for (const [what, sent] of [
        ['well-formed', given],
        ['with a key', keyed],
        ['malformed', { raw: '{', headers: { 'content-type': 'application/json' } }],
      ] as const) {
        const answer = said(await ask(stranger, method, url, method === 'GET' ? given : sent));
        if (JSON.stringify(answer) !== JSON.stringify(nowhere))
          faults.push(`${route.name} by ${who}, ${what}: ${answer.status} ${answer.body.code}`);
      }
    }
    const nobody = await ask(null, method, url, given);
    if (nobody.status !== 401) faults.push(`${route.name} by nobody: ${nobody.status}`);
  }
  t.same(faults, [], 'the same answer as for a book that does not exist');
  t.same(await tracesOf(store), before, 'and nothing was written anywhere');

  // The same requests do get through for those who belong here: the auditor, who may write nothing.
  const statuses: Record<number, number> = {};
  for (const route of routes) {
    const { method, url, ask: given } = requestTo(document, known, route);
    const { status } = await ask(county.auditor, method, url, given);
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  t.comment(JSON.stringify(statuses));
  t.ok((statuses[200] ?? 0) > 15 && (statuses[403] ?? 0) > 15, 'reads pass, writes want another duty');
  await verifyClean(t, world);
});

forEachEngine('who belongs to a book and lacks the duty is refused, and that is logged', async (t, store) => {
  const world = await seedWorld(store);
  const { county, province } = world;
  const { ask } = await serve(t, store);
  const fundId = await openFund(world);
  const body = fundInput();
  const wanted: string[] = await outcomesOf(world, county.bookId);
  const related: Readonly<Record<string, () => Promise<Actor>>> = {
    'the auditor': async () => county.auditor,
    'a station': async () => world.stationOperator,
    'the province': async () => province.finance,
    'a provider with a contract': async () => {
      await openContract(world, [{ fundId, amount: '100.00' }]);
      wanted.push('contract.prepare allow', 'contract.sign allow');
      return world.providerOperator;
    },
  };
  for (const [who, actor] of Object.entries(related)) {
    const answer = await ask(await actor(), 'POST', `/books/${county.bookId}/funds`, { body });
    t.match(answer, { status: 403, body: { code: 'forbidden' } }, who);
    wanted.push('fund.create refused:forbidden');
  }
  const file = { raw: PDF, headers: { 'content-type': 'application/pdf', 'x-file-name': 'a.pdf' } };
  t.match(await ask(world.stationReviewer, 'POST', `/books/${county.bookId}/attachments`, file), {
    status: 403,
  });
  wanted.push('attachment.upload refused:forbidden');
  t.same(await outcomesOf(world, county.bookId), wanted);
  // A station belongs to the books above it, too; what it sends there is refused in the open.
  t.match(await ask(world.stationOperator, 'POST', `/books/${province.bookId}/funds`, { body }), {
    status: 403,
  });
});

forEachEngine('a station reads what it needs to make and review a claim', async (t, store) => {
  const world = await seedWorld(store);
  const { county, stationReviewer, stationOperator } = world;
  const { ask } = await serve(t, store);
  const book = `/books/${county.bookId}`;
  const fundId = await openFund(world);
  const claim = await openClaim(world, 'submitted', [{ fundId, amount: '10.00' }]);
  // Another unit of the county, beside the station.
  const aside = await createClaim(
    store,
    by(county.operator),
    county.bookId,
    claimInput(county.id, [{ fundId, amount: '1.00' }]),
  );
  for (const actor of [stationOperator, stationReviewer]) {
    const who = actor.displayName;
    t.match(
      (await ask(actor, 'GET', '/books')).body.items,
      [{ id: county.bookId, access: 'unit' }],
      `${who}: books`,
    );
    t.match((await ask(actor, 'GET', `${book}/claims/${claim.id}`)).body, { status: 'submitted' }, who);
    t.equal((await ask(actor, 'GET', `${book}/claims/${aside.id}`)).status, 404, who);
    const claims = (await ask(actor, 'GET', `${book}/claims`)).body.items;
    t.same(
      claims.map((item: { id: string }) => item.id),
      [claim.id],
      `${who}: claims`,
    );
    t.match(await ask(actor, 'GET', `${book}/decisions/${claim.decisionIndex}`), { status: 200 }, who);
    const funds = (await ask(actor, 'GET', `${book}/funds`)).body.items;
    t.match(funds, [{ id: fundId, amounts: { available: '99990.00' } }], `${who}: funds`);
    t.match(
      (await ask(actor, 'GET', `${book}/funds/${fundId}`)).body.amounts,
      { available: '99990.00' },
      who,
    );
    for (const path of [`/funds/${fundId}/documents`, '/contracts', '/log', '/relief-bases', '/figures'])
      t.equal((await ask(actor, 'GET', `${book}${path}`)).status, 404, `${who}: ${path}`);
  }
  t.match(
    await ask(stationReviewer, 'POST', `${book}/claims/${claim.id}/review`, { body: { note: '属实' } }),
    {
      status: 200,
      body: { status: 'reviewed' },
    },
  );
  // A role above the bureau widens nothing: the list holds what each claim's own page shows.
  await tell(store, world.province.bookId, (unit) =>
    unit.insert('roleGrant', {
      id: 'second-grant',
      personId: stationOperator.personId,
      organisationId: world.province.id,
      role: 'operator',
      grantedBy: 'seed',
      grantedAt: '2022-01-01T00:00:00.000Z',
      revokedAt: null,
    }),
  );
  const listed = (await ask(stationOperator, 'GET', `${book}/claims`)).body.items;
  t.same(
    listed.map((item: { id: string }) => item.id),
    [claim.id],
  );
});

forEachEngine(
  'a provider reads its own contracts, claims and reports, and nothing else',
  async (t, store) => {
    const world = await seedWorld(store);
    const other = await seedWorld(store, { province: '52' });
    const { county, neighbour, provider } = world;
    const { ask } = await serve(t, store);
    const book = `/books/${county.bookId}`;
    const fundId = await openFund(world);
    const line = { fundId, amount: '100.00' };
    const own = await openContract(world, [line]);
    const foreign = await openContract(world, [line], { providerId: other.provider.id });
    const draft = await createClaim(
      store,
      by(world.providerOperator),
      county.bookId,
      claimInput(provider.id, [{ fundId, amount: '5.00' }], {
        contractId: own,
        payeeType: 'provider',
        payeeId: provider.id,
      }),
    );
    await openClaim(world, 'draft', [{ fundId, amount: '1.00' }]);
    const reviewer = await seedActor(store, provider, 'reviewer');
    const ids = (answer: Answer) => answer.body.items.map((item: { id: string }) => item.id);
    for (const actor of [world.providerOperator, reviewer]) {
      const who = actor.displayName;
      const books = await ask(actor, 'GET', '/books');
      t.match(books.body.items, [{ id: county.bookId, access: 'unit' }], `${who}: books`);
      t.equal(books.body.items.length, 1);
      t.same(ids(await ask(actor, 'GET', `${book}/contracts`)), [own], `${who}: contracts`);
      t.same(ids(await ask(actor, 'GET', `${book}/contracts?providerId=${other.provider.id}`)), [], who);
      t.match(
        (await ask(actor, 'GET', `${book}/contracts/${own}`)).body,
        { id: own, providerId: provider.id, lines: [{ fundId }] },
        `${who}: contract`,
      );
      t.equal((await ask(actor, 'GET', `${book}/contracts/${foreign}`)).status, 404, who);
      t.same(ids(await ask(actor, 'GET', `${book}/claims`)), [draft.id], `${who}: claims`);
      t.equal((await ask(actor, 'GET', `${book}/contracts/${own}/provider-reports`)).status, 200, who);
      t.equal((await ask(actor, 'GET', `${book}/contracts/${foreign}/provider-reports`)).status, 404, who);
      for (const path of ['/funds', `/funds/${fundId}`, `/funds/${fundId}/documents`, '/log', '/allotments'])
        t.equal((await ask(actor, 'GET', `${book}${path}`)).status, 404, `${who}: ${path}`);
    }
    t.same(ids(await ask(other.providerOperator, 'GET', `${book}/contracts`)), [foreign]);
    t.same(ids(await ask(county.auditor, 'GET', `${book}/contracts`)), [foreign, own]);
    const claimed = await submitClaim(
      store,
      NO_PACKS,
      by(world.providerOperator),
      county.bookId,
      draft.id,
      null,
    );
    const reviewed = await reviewClaim(store, by(reviewer), county.bookId, claimed.claim.id, null, {
      note: '属实',
    });
    t.equal(reviewed.status, 'reviewed');

    // A contract in another book opens that one as well: prepared is enough, as it is to be read before it is signed.
    const farFund = await openFund(world, { bureau: neighbour });
    const input = contractInput(world, [{ fundId: farFund, amount: '1.00' }], { buyerId: neighbour.id });
    await prepareContract(store, NO_PACKS, by(neighbour.finance), neighbour.bookId, input);
    t.same(
      new Set(ids(await ask(world.providerOperator, 'GET', '/books'))),
      new Set([county.bookId, neighbour.bookId]),
    );
    t.equal(ids(await ask(world.providerOperator, 'GET', `/books/${neighbour.bookId}/contracts`)).length, 1);
  },
);

forEachEngine('a provider registered under a bureau is not a unit of it', async (t, store) => {
  const { actors, county } = await seedTree(store);
  const { ask } = await serve(t, store);
  t.same((await ask(actors.providerOperator, 'GET', '/books')).body.items, []);
  for (const path of ['', '/funds', '/contracts', '/claims', '/log'])
    t.equal((await ask(actors.providerOperator, 'GET', `/books/${county.bookId}${path}`)).status, 404, path);
  for (const actor of [actors.stationOperator, actors.stationReviewer])
    t.equal((await ask(actor, 'GET', `/books/${county.bookId}/funds`)).status, 200);
});

forEachEngine('role × own, sibling, upper and foreign book', async (t, store) => {
  const world = await seedWorld(store);
  const elsewhere = await seedWorld(store, { province: '52' });
  const { ask } = await serve(t, store);
  const bureaus = {
    own: world.county,
    sibling: world.neighbour,
    upper: world.province,
    foreign: elsewhere.county,
  };
  type BookName = keyof typeof bureaus;
  const reads: Record<BookName, Record<string, string>> = {} as never;
  for (const [name, bureau] of Object.entries(bureaus)) {
    const fundId = await openFund(world, { bureau });
    reads[name as BookName] = {
      book: '',
      funds: '/funds',
      fund: `/funds/${fundId}`,
      documents: `/funds/${fundId}/documents`,
      contracts: '/contracts',
      claims: '/claims',
      log: '/log',
    };
    if (name === 'own') await openContract(world, [{ fundId, amount: '1.00' }]);
  }
  const ALL = 'book funds fund documents contracts claims log';
  const UNIT = 'book funds fund claims';
  const BUYER = 'book funds fund contracts claims';
  const PROVIDER = 'book contracts claims';
  const isUnitRole = (role: string) => role === 'operator' || role === 'reviewer';
  const places = {
    county: [world.county, (role: string) => ({ own: role === 'operator' ? BUYER : ALL })],
    station: [world.station, (role: string) => ({ own: isUnitRole(role) ? UNIT : '' })],
    provider: [world.provider, (role: string) => ({ own: isUnitRole(role) ? PROVIDER : '' })],
    'sibling station': [
      world.neighbourStation,
      (role: string) => ({ sibling: isUnitRole(role) ? UNIT : '' }),
    ],
    province: [
      world.province,
      (role: string) => (role === 'operator' ? { upper: BUYER } : { own: ALL, sibling: ALL, upper: ALL }),
    ],
  } as const;
  for (const [place, [organisation, expected]] of Object.entries(places)) {
    for (const role of ROLES) {
      const actor = await seedActor(store, organisation, role);
      const wanted: Partial<Record<BookName, string>> = expected(role);
      for (const name of Object.keys(bureaus) as BookName[]) {
        const open: string[] = [];
        for (const [what, path] of Object.entries(reads[name])) {
          const { status } = await ask(actor, 'GET', `/books/${bureaus[name].bookId}${path}`);
          if (status === 200) open.push(what);
          else if (status !== 404) t.fail(`${role} of ${place}, ${name} ${what}: ${status}`);
        }
        t.equal(open.join(' '), wanted[name] ?? '', `${role} of ${place} in the ${name} book`);
      }
    }
  }
});
