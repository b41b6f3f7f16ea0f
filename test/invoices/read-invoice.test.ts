import t from 'tap';
import { DomainError } from '../../src/core/errors.js';
import { readInvoice } from '../../src/invoices/index.js';
import { invoiceXml, OLD_XML, type ZipPart, zipOf } from './files.js';

const xml = (text: string) => readInvoice(Buffer.from(text), 'application/xml');
const ofd = (...parts: (readonly [string, ZipPart | string])[]) =>
  readInvoice(zipOf([['OFD.xml', '<OFD/>'], ...parts]), 'application/ofd');
const PLACE = 'Doc_0/Attachs/original_invoice.xml';

const READ = {
  number: '24512000000012345678',
  sellerName: '泸县某文具店',
  sellerTaxId: '92510521MA6TEST00K',
  buyerName: '泸县民政局',
  buyerTaxId: '11510521008600000X',
  issuedDate: '2022-06-01',
  faceAmount: '113.00',
  items: [{ name: '*纸制品*打印纸 A4 & A3', amount: '100.00', tax: '13.00' }],
};

t.test('a 数电票 in its forms', async (t) => {
  t.strictSame(xml(invoiceXml()), READ);
  t.strictSame(xml(`\ufeff${invoiceXml()}`), READ, 'with a byte order mark');
  t.strictSame(xml(invoiceXml().replaceAll('EInvoice>', 'Invoice>')), READ, 'with the root Invoice');
  t.strictSame(
    xml(
      invoiceXml()
        .replaceAll(/<(\/?)(\w)/g, '<$1ei:$2')
        .replace('<?ei:xml', '<?xml'),
    ),
    READ,
    'with prefixes',
  );
  for (const issued of [
    '2022-06-01 09:30:00',
    '2022-06-01T09:30:00',
    '20220601093000',
    '2022/6/1',
    '2022年06月01日',
  ])
    t.equal(xml(invoiceXml({ issued })).issuedDate, '2022-06-01', issued);
  const late = invoiceXml().replace(/<IssueTime>.*<\/IssueTime>/, '');
  t.equal(xml(late).issuedDate, '2022-06-02', 'RequestTime where there is no IssueTime');
  t.equal(xml(invoiceXml({ total: '113.000000' })).faceAmount, '113.00');
  t.strictSame(ofd([PLACE, invoiceXml()]), READ, 'inside an OFD');
  const latin = Buffer.from(
    invoiceXml({ seller: 'S' })
      .replace('UTF-8', 'GBK')
      .replaceAll(/[^ -~\n]/g, 'x'),
  );
  // 文 in GBK, in the place of the seller.
  const gbk = Buffer.from(
    latin.toString('latin1').replace('<SellerName>S<', '<SellerName>\xce\xc4<'),
    'latin1',
  );
  t.equal(readInvoice(gbk, 'text/xml').sellerName, '文');
  t.match(ofd([PLACE, OLD_XML]), {
    number: '05100220011101234567',
    sellerName: '泸县某文具店',
    buyerTaxId: null,
    issuedDate: '2022-06-01',
    faceAmount: '113.00',
    items: [{ name: '打印纸', amount: '100.00', tax: '13.00' }],
  });
});

t.test('what is not understood is refused in words', async (t) => {
  const bomb = '0'.repeat(3 * 1024 * 1024);
  const entities = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>';
  const cases: Readonly<Record<string, [code: string, work: () => unknown]>> = {
    'a PDF': ['invoice_unreadable', () => readInvoice(Buffer.from('%PDF-1.7'), 'application/pdf')],
    'another document': ['invoice_unreadable', () => xml('<Receipt/>')],
    'no XML': ['xml_unreadable', () => xml('发票')],
    'cut off': ['xml_unreadable', () => xml(invoiceXml().slice(0, -30))],
    'two roots': ['xml_unreadable', () => xml(`${invoiceXml()}<EInvoice/>`)],
    'crossed tags': ['xml_unreadable', () => xml('<EInvoice><a></EInvoice></a>')],
    'an attribute twice': ['xml_unreadable', () => xml('<EInvoice a="1" a="2"/>')],
    'an entity of its own': ['xml_unreadable', () => xml(invoiceXml({ head: entities, seller: '&x;' }))],
    'an unknown entity': ['xml_unreadable', () => xml(invoiceXml({ seller: '&x;' }))],
    'a character there is not': ['xml_unreadable', () => xml(invoiceXml({ seller: '&#0;' }))],
    'a surrogate': ['xml_unreadable', () => xml(invoiceXml({ seller: '&#xD800;' }))],
    'too deep': ['xml_unreadable', () => xml(`${'<a>'.repeat(80)}${'</a>'.repeat(80)}`)],
    'too many elements': ['xml_unreadable', () => xml(`<EInvoice>${'<a/>'.repeat(60_000)}</EInvoice>`)],
    'too long': ['invoice_unreadable', () => xml(invoiceXml({ more: `<a>${bomb}</a>` }))],
    'an encoding nobody uses': ['xml_unreadable', () => xml(invoiceXml().replace('UTF-8', 'utf-7'))],
    'bytes that are no UTF-8': [
      'xml_unreadable',
      () => readInvoice(Buffer.from('<EInvoice>\xff</EInvoice>', 'latin1'), 'text/xml'),
    ],
    'no seller': ['invoice_unreadable', () => xml(invoiceXml({ seller: '' }))],
    'a number of 19 digits': ['invoice_unreadable', () => xml(invoiceXml({ number: '2451200000001234567' }))],
    'a day there is not': ['invoice_unreadable', () => xml(invoiceXml({ issued: '2022-02-30' }))],
    'half a 分': ['invoice_unreadable', () => xml(invoiceXml({ total: '113.005' }))],
    'an exponent': ['invoice_unreadable', () => xml(invoiceXml({ total: '1.13e2' }))],
    'a separator': ['invoice_unreadable', () => xml(invoiceXml({ total: '1,130.00' }))],
    'a red invoice': [
      'invoice_unreadable',
      () => xml(invoiceXml({ total: '-113.00', net: '-100.00', tax: '-13.00' })),
    ],
    'parts that are not the whole': ['invoice_unreadable', () => xml(invoiceXml({ total: '113.01' }))],
    'two totals': [
      'invoice_unreadable',
      () =>
        xml(
          invoiceXml({
            more: '<BasicInformation><TotalTax-includedAmount>1.00</TotalTax-includedAmount></BasicInformation>',
          }),
        ),
    ],
    'a commitment for a name': [
      'invoice_unreadable',
      () => xml(invoiceXml({ seller: `sealed:${'0'.repeat(64)}` })),
    ],
    'an OFD without data': ['invoice_unreadable', () => ofd()],
    'an OFD with two': [
      'invoice_unreadable',
      () => ofd([PLACE, invoiceXml()], ['Doc_1/Attachs/original_invoice.xml', invoiceXml()]),
    ],
    'names that differ in case': [
      'archive_unreadable',
      () => ofd([PLACE, invoiceXml()], [PLACE.toUpperCase(), invoiceXml()]),
    ],
    'a bomb': ['archive_unreadable', () => ofd([PLACE, bomb])],
    'a bomb that lies': ['archive_unreadable', () => ofd([PLACE, { content: bomb, saidBytes: 1000 }])],
    'a password': ['archive_unreadable', () => ofd([PLACE, { content: invoiceXml(), flags: 1 }])],
    'no archive': [
      'archive_unreadable',
      () => readInvoice(Buffer.from('PK\u0003\u0004 OFD.xml'), 'application/ofd'),
    ],
    'half an archive': [
      'archive_unreadable',
      () => readInvoice(zipOf([[PLACE, invoiceXml()]]).subarray(100), 'application/ofd'),
    ],
  };
  for (const [what, [code, work]] of Object.entries(cases)) {
    try {
      t.fail(`${what}: ${JSON.stringify(work())}`);
    } catch (error) {
      t.ok(error instanceof DomainError, `${what}: ${(error as Error).stack}`);
      t.equal((error as DomainError).code, code, `${what}: ${(error as DomainError).message}`);
      t.match((error as DomainError).message, /\p{Script=Han}/u);
    }
  }
});
