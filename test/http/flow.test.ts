import {
  claimInput,
  contractInput,
  fundInput,
  invoiceOf,
  LOCAL,
  nextNo,
  seedWorld,
  verifyClean,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { type Answer, serve } from './service.js';

forEachEngine('fund → allotment → intake → contract → claim → payment, over HTTP', async (t, store) => {
  const world = await seedWorld(store);
  const { province, county, provider, station } = world;
  const { ask } = await serve(t, store);
  const ok = (answer: Answer, status: number, what: string) => {
    t.equal(answer.status, status, `${what}: ${JSON.stringify(answer.body?.detail ?? '')}`);
    return answer.body;
  };
  const upper = `/books/${province.bookId}`;
  const lower = `/books/${county.bookId}`;

  const books = ok(await ask(province.finance, 'GET', '/books'), 200, 'books');
  t.same(
    books.items.map((book: { access: string }) => book.access),
    ['book', 'book', 'book'],
  );
  const own = ok(await ask(world.stationOperator, 'GET', '/books'), 200, 'books of a station');
  t.match(own.items, [{ id: county.bookId, access: 'unit' }]);
  t.equal(own.items.length, 1);
  t.match(ok(await ask(county.auditor, 'GET', lower), 200, 'book'), { bureauName: '泸县民政局' });

  const created = await ask(province.finance, 'POST', `${upper}/funds`, {
    body: fundInput({ terms: LOCAL }),
  });
  const fund = ok(created, 201, 'fund');
  t.equal(created.headers['etag'], '"1"');
  const document = { effectiveDate: '2022-02-01', counterparty: '省财政厅' };
  for (const kind of ['plan', 'grant', 'arrival']) {
    const body = { ...document, kind, documentNo: nextNo(kind), amount: '500000.00' };
    ok(await ask(province.finance, 'POST', `${upper}/funds/${fund.id}/documents`, { body }), 201, kind);
  }
  const documents = ok(
    await ask(province.auditor, 'GET', `${upper}/funds/${fund.id}/documents`),
    200,
    'documents',
  );
  t.same(
    documents.items.map((item: { kind: string }) => item.kind),
    ['plan', 'grant', 'arrival'],
  );

  const allotment = ok(
    await ask(province.finance, 'POST', `${upper}/allotments`, {
      body: {
        fundId: fund.id,
        documentNo: nextNo('川财社'),
        effectiveDate: '2022-03-01',
        documentTotal: '300000.00',
        documentRecipients: 1,
        items: [{ recipientId: county.id, amount: '300000.00' }],
      },
    }),
    201,
    'allotment',
  );
  const [item] = allotment.items;
  const transit = ok(await ask(county.finance, 'GET', `${lower}/transit?asOf=2022-04-01`), 200, 'transit');
  t.match(transit.items, [{ kind: 'allotment', issueId: item.id, amount: '300000.00', ageDays: 31 }]);

  const takeIn = (kind: string, issueId: string) =>
    ask(county.finance, 'POST', `${lower}/intakes`, {
      body: { kind, issueId, documentNo: nextNo('收文'), effectiveDate: '2022-03-05' },
    });
  const intake = ok(await takeIn('allotment', item.id), 201, 'intake');
  const disbursement = ok(
    await ask(province.payer, 'POST', `${upper}/disbursements`, {
      body: {
        allotmentItemId: item.id,
        voucherNo: nextNo('拨付'),
        effectiveDate: '2022-03-04',
        amount: '300000.00',
      },
    }),
    201,
    'disbursement',
  );
  ok(await takeIn('disbursement', disbursement.id), 201, 'cash intake');
  ok(
    await ask(province.finance, 'POST', `${upper}/disbursements/${disbursement.id}/acknowledge`, {
      body: { effectiveDate: '2022-03-06' },
    }),
    200,
    'acknowledge',
  );
  t.same(ok(await ask(county.finance, 'GET', `${lower}/transit`), 200, 'transit').items, []);
  const { fundId } = intake;
  const line = { fundId, amount: '60000.00', stationId: station.id };

  const draft = contractInput(world, [line]);
  t.match(
    ok(await ask(county.finance, 'POST', `${lower}/contracts/preview`, { body: draft }), 200, 'preview'),
    {
      outcome: 'allow',
    },
  );
  const prepared = await ask(county.finance, 'POST', `${lower}/contracts`, { body: draft });
  const { contract } = ok(prepared, 201, 'contract');
  const contractPath = `${lower}/contracts/${contract.id}`;
  const signing = { headers: { 'if-match': '"1"' }, body: { note: null } };
  t.match(await ask(county.finance, 'POST', `${contractPath}/sign`, signing), {
    status: 403,
    body: { code: 'separation_of_duties' },
  });
  const signed = await ask(county.finance2, 'POST', `${contractPath}/sign`, signing);
  t.equal(ok(signed, 200, 'sign').contract.status, 'signed');
  t.equal(signed.headers['etag'], '"2"');

  const lines = [{ ...line, amount: '20000.00', invoice: invoiceOf('24512000000012345678', '20000.00') }];
  const claimBody = claimInput(station.id, lines, {
    contractId: contract.id,
    payeeType: 'provider',
    payeeId: provider.id,
    payeeName: '某社会工作服务中心',
  });
  const preview = await ask(world.stationOperator, 'POST', `${lower}/claims/preview`, { body: claimBody });
  t.equal(ok(preview, 200, 'claim preview').outcome, 'allow');
  const claim = ok(
    await ask(world.stationOperator, 'POST', `${lower}/claims`, { body: claimBody }),
    201,
    'claim',
  );
  const path = `${lower}/claims/${claim.id}`;
  ok(await ask(world.stationOperator, 'POST', `${path}/submit`), 200, 'submit');
  ok(await ask(world.stationReviewer, 'POST', `${path}/review`, { body: { note: '属实' } }), 200, 'review');
  ok(await ask(county.finance, 'POST', `${path}/approve`, { body: {} }), 200, 'approve');
  const payment = { voucherNo: nextNo('付字'), effectiveDate: '2022-07-20', amount: '15000.00' };
  const paid = ok(await ask(county.payer, 'POST', `${path}/pay`, { body: payment }), 200, 'pay');
  t.match(paid.claim, { status: 'partly_paid', paid: '15000.00' });
  ok(await ask(county.finance, 'POST', `${path}/close`, { body: { note: null } }), 200, 'close');

  const view = ok(await ask(county.auditor, 'GET', `${lower}/funds/${fundId}`), 200, 'fund');
  t.match(view.amounts, {
    allotted: '300000.00',
    received: '300000.00',
    spent: '15000.00',
    encumbered: '45000.00',
    reserved: '0.00',
    bank: '285000.00',
  });
  const before = ok(
    await ask(county.auditor, 'GET', `${lower}/funds/${fundId}?effectiveBy=2022-03-31`),
    200,
    'as of',
  );
  t.match(before.amounts, { spent: '0.00', encumbered: '60000.00' });
  const decided = ok(
    await ask(county.auditor, 'GET', `${lower}/claims/${claim.id}`),
    200,
    'claim',
  ).decisionIndex;
  t.match(ok(await ask(world.stationOperator, 'GET', `${lower}/decisions/${decided}`), 200, 'decision'), {
    action: 'claim.approve',
    decision: { outcome: 'allow' },
  });
  t.match(ok(await ask(county.auditor, 'GET', `${lower}/verification`), 200, 'verification'), {
    isClean: true,
  });
  t.match(await ask(county.payer, 'GET', `${lower}/verification`), { status: 403 });
  await verifyClean(t, world);
});
