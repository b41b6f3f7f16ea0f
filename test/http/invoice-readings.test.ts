import { invoiceOf, openClaim, openFund, seedActor, seedWorld, verifyClean } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { invoiceXml } from '../invoices/files.js';
import { serve } from './service.js';

forEachEngine('an uploaded invoice is read, with what is used of it', async (t, store) => {
  const world = await seedWorld(store);
  const { county, stationOperator, neighbour } = world;
  const { ask } = await serve(t, store);
  const book = `/books/${county.bookId}`;
  const upload = async (text: string) =>
    (
      await ask(stationOperator, 'POST', `${book}/attachments`, {
        raw: Buffer.from(text),
        headers: { 'content-type': 'application/xml', 'x-file-name': 'a.xml' },
      })
    ).body.id as string;
  const read = (who: typeof stationOperator, attachmentId: string) =>
    ask(who, 'POST', `${book}/invoice-readings`, { body: { attachmentId } });
  const file = await upload(invoiceXml());
  t.match(await read(stationOperator, file), {
    status: 200,
    body: {
      attachmentId: file,
      invoice: { number: '24512000000012345678', faceAmount: '113.00', issuedDate: '2022-06-01' },
      isUsed: false,
      uses: [],
      room: '113.00',
    },
  });

  const fundId = await openFund(world);
  const invoice = invoiceOf('24512000000012345678', '113.00', { sellerName: '泸县某文具店' });
  const { id } = await openClaim(world, 'submitted', [{ fundId, amount: '100.50', invoice }]);
  await openClaim(world, 'draft', [{ fundId, amount: '12.50', invoice }]);
  const used = { isUsed: true, room: '12.50' };
  const own = { owner: 'claim', claimId: id, amount: '100.50' };
  t.match((await read(stationOperator, file)).body, { ...used, uses: [own] }, 'a draft uses nothing yet');
  t.match((await read(county.auditor, file)).body, { ...used, uses: [own] });

  const elsewhere = await seedActor(store, world.office, 'operator');
  t.match(await read(elsewhere, file), { status: 404 }, 'the file of another unit');
  t.match(await read(neighbour.finance, file), { status: 404 });
  t.match(await read(stationOperator, 'x'), { status: 404 });
  const officeFile = await ask(elsewhere, 'POST', `${book}/attachments`, {
    raw: Buffer.from(invoiceXml()),
    headers: { 'content-type': 'text/xml', 'x-file-name': 'a.xml' },
  });
  const hidden = await read(elsewhere, officeFile.body.id);
  t.match(
    hidden.body,
    { ...used, uses: [{ owner: 'claim', claimId: null, amount: '100.50' }] },
    'of whom is not told',
  );
  t.notMatch(JSON.stringify(hidden.body), new RegExp(id));

  const bad = await read(stationOperator, await upload('<Receipt/>'));
  t.match(bad, { status: 422, body: { code: 'invoice_unreadable', detail: /不是数电票/ } });
  await verifyClean(t, world);
});

forEachEngine('an earlier claim as a new one', async (t, store) => {
  const world = await seedWorld(store);
  const { county, stationOperator, stationReviewer } = world;
  const { ask } = await serve(t, store);
  const fundId = await openFund(world);
  const invoice = invoiceOf('24512000000012345678', '113.00');
  const { id } = await openClaim(world, 'paid', [
    { fundId, amount: '100.50', invoice },
    { fundId, amount: '2.00' },
  ]);
  const path = `/books/${county.bookId}/claims`;
  const copy = await ask(stationOperator, 'GET', `${path}/${id}/copy`);
  t.match(copy, {
    status: 200,
    body: {
      title: '社工站服务费',
      payeeName: '某文具店',
      businessDate: '2022-07-31',
      lines: [
        { amount: '100.50', invoice: null, evidence: [], description: '社工站服务' },
        { amount: '2.00' },
      ],
    },
  });
  t.match(
    await ask(stationOperator, 'POST', path, { body: copy.body }),
    {
      status: 201,
      body: { status: 'draft', amount: '102.50', title: '社工站服务费' },
    },
    'and it is a claim as it stands',
  );
  t.equal((await ask(stationReviewer, 'GET', `${path}/${id}/copy`)).status, 200);
  const office = await seedActor(store, world.office, 'operator');
  for (const who of [office, world.neighbour.finance])
    t.equal((await ask(who, 'GET', `${path}/${id}/copy`)).status, 404);
});
