import type { MediaType } from '../attachments/index.js';
import { isSealed } from '../audit/index.js';
import { isBusinessDate } from '../core/dates.js';
import { DomainError } from '../core/errors.js';
import { type Fen, formatYuan, parseYuan } from '../core/money.js';
import { Archive } from '../core/unzip.js';
import { decodeXml, parseXml, type XmlElement } from '../core/xml.js';
import type { ReadInvoice } from './invoices.schema.js';

/*
 * 全面数字化的电子发票 as XML: EInvoice / Header (EIid), EInvoiceData (SellerInformation, BuyerInformation,
 * BasicInformation, IssuItemInformation), TaxSupervisionInfo (InvoiceNumber, IssueTime); and the invoice inside an OFD
 * (original_invoice.xml), whose older form has InvoiceCode, InvoiceNo, Seller, TaxInclusiveTotalAmount. A field that is
 * missing, or said twice in two ways, ends the reading: nothing is guessed.
 */

const MAX_XML_BYTES = 2 * 1024 * 1024;
const MAX_ELEMENTS = 50_000;
const MAX_ITEMS = 2000;
const ROOTS = ['EInvoice', 'Invoice', 'eInvoice'];

const unreadable = (why: string) =>
  new DomainError('invoice_unreadable', `${why}，请核对文件，或手工填写发票信息`);

/** Where a field may stand, best first: within the nearest element of a name, or anywhere (null). */
type Places = readonly (readonly [within: string | null, name: string])[];
const PLACES = {
  number: [
    ['TaxSupervisionInfo', 'InvoiceNumber'],
    [null, 'InvoiceNumber'],
    ['Header', 'EIid'],
  ],
  oldCode: [[null, 'InvoiceCode']],
  oldNumber: [[null, 'InvoiceNo']],
  issued: [
    ['TaxSupervisionInfo', 'IssueTime'],
    [null, 'IssueTime'],
    ['BasicInformation', 'RequestTime'],
    [null, 'RequestTime'],
    [null, 'IssueDate'],
  ],
  sellerName: [
    ['SellerInformation', 'SellerName'],
    ['Seller', 'SellerName'],
  ],
  sellerTaxId: [
    ['SellerInformation', 'SellerIdNum'],
    ['Seller', 'SellerTaxID'],
  ],
  buyerName: [
    ['BuyerInformation', 'BuyerName'],
    ['Buyer', 'BuyerName'],
  ],
  buyerTaxId: [
    ['BuyerInformation', 'BuyerIdNum'],
    ['Buyer', 'BuyerTaxID'],
  ],
  total: [
    ['BasicInformation', 'TotalTax-includedAmount'],
    [null, 'TaxInclusiveTotalAmount'],
  ],
  net: [
    ['BasicInformation', 'TotalAmWithoutTax'],
    [null, 'TaxExclusiveTotalAmount'],
  ],
  tax: [
    ['BasicInformation', 'TotalTaxAm'],
    [null, 'TaxTotalAmount'],
  ],
} satisfies Record<string, Places>;

/**
 * What an invoice file says. @throws DomainError `invoice_unreadable`, `xml_unreadable`, `archive_unreadable`, each in
 * words for people
 */
export function readInvoice(bytes: Buffer, mediaType: MediaType): ReadInvoice {
  if (mediaType === 'application/ofd') return readXml(xmlOfOfd(bytes));
  if (mediaType === 'application/xml' || mediaType === 'text/xml') return readXml(bytes);
  throw unreadable('只能读取数电票的 XML 或 OFD 文件，PDF 和图片不能自动读取');
}

function xmlOfOfd(bytes: Buffer): Buffer {
  const archive = new Archive(bytes, { entries: 1000, sizeBytes: MAX_XML_BYTES });
  const found = archive.names.filter((name) => /(^|\/)original_invoice\.xml$/i.test(name));
  const xml = found.length === 1 ? archive.read(found[0] as string) : null;
  if (!xml) throw unreadable('这个 OFD 文件里没有可以读取的发票数据');
  return xml;
}

function readXml(bytes: Buffer): ReadInvoice {
  if (bytes.length > MAX_XML_BYTES) throw unreadable('文件过大，不像一张发票');
  const root = parseXml(decodeXml(bytes), MAX_ELEMENTS);
  if (!ROOTS.includes(root.name)) throw unreadable('这个 XML 文件不是数电票');
  const faceFen = demandSum(root, positive(needed(root, 'total', '价税合计'), '价税合计'));
  return {
    number: numberOf(root),
    sellerName: nameOf(needed(root, 'sellerName', '销售方名称')),
    sellerTaxId: taxIdOf(textOf(root, PLACES.sellerTaxId)),
    buyerName: maybe(textOf(root, PLACES.buyerName), nameOf),
    buyerTaxId: taxIdOf(textOf(root, PLACES.buyerTaxId)),
    issuedDate: dateOf(needed(root, 'issued', '开票日期')),
    faceAmount: formatYuan(faceFen),
    items: itemsOf(root),
  };
}

const maybe = <Value>(text: string | null, read: (text: string) => Value): Value | null =>
  text === null ? null : read(text);

function* descendants(element: XmlElement): Generator<XmlElement> {
  for (const child of element.children) {
    yield child;
    yield* descendants(child);
  }
}

const named = (element: XmlElement, name: string): XmlElement[] =>
  [...descendants(element)].filter((each) => each.name === name);

/** The one text that stands at the best place where there is one. @throws DomainError when it stands there in two ways */
function textOf(root: XmlElement, places: Places): string | null {
  for (const [within, name] of places) {
    const around = within === null ? [root] : named(root, within);
    const texts = around.flatMap((each) => named(each, name).map(({ text }) => text.trim())).filter(Boolean);
    const different = new Set(texts);
    if (different.size > 1) throw unreadable(`发票文件里的 ${name} 前后不一致`);
    if (texts[0] !== undefined) return texts[0];
  }
  return null;
}

function needed(root: XmlElement, field: keyof typeof PLACES, label: string): string {
  const text = textOf(root, PLACES[field]);
  if (text === null) throw unreadable(`发票文件里没有${label}`);
  return text;
}

function numberOf(root: XmlElement): string {
  const code = textOf(root, PLACES.oldCode);
  const oldNumber = textOf(root, PLACES.oldNumber);
  if (code !== null && oldNumber !== null) {
    if (/^(\d{10}|\d{12})$/.test(code) && /^\d{8}$/.test(oldNumber)) return code + oldNumber;
    throw unreadable('发票代码或号码不合规');
  }
  const number = textOf(root, PLACES.number) ?? oldNumber;
  if (number === null) throw unreadable('发票文件里没有发票号码');
  if (!/^\d{20}$/.test(number)) throw unreadable('发票号码不是 20 位数字');
  return number;
}

function nameOf(text: string): string {
  const name = text.replaceAll(/\s+/g, ' ');
  if (name.length > 100 || isSealed(name)) throw unreadable('发票文件里的名称不合规');
  return name;
}

function taxIdOf(text: string | null): string | null {
  if (text === null) return null;
  if (!/^[0-9A-Za-z*-]{6,30}$/.test(text)) throw unreadable('发票文件里的纳税人识别号不合规');
  return text;
}

/** "2024-03-05", with a time or not, "20240305…", "2024年03月05日". */
function dateOf(text: string): string {
  const [, year, month, day] =
    /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T].*)?$/.exec(text) ??
    /^(\d{4})年(\d{1,2})月(\d{1,2})日/.exec(text) ??
    /^(\d{4})(\d\d)(\d\d)(?:\d*)$/.exec(text) ??
    [];
  const date = `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`;
  if (!isBusinessDate(date)) throw unreadable('发票文件里的开票日期不合规');
  return date;
}

/** Exact: zeros behind the second decimal are left off, anything else there is refused. */
function amountOf(text: string): Fen | null {
  const [, plain] = /^(-?(?:0|[1-9]\d{0,12})(?:\.\d{1,2})?)0*$/.exec(text) ?? [];
  return plain === undefined || (!text.includes('.') && plain !== text) ? null : parseYuan(plain);
}

function positive(text: string, label: string): Fen {
  const fen = amountOf(text);
  if (fen === null) throw unreadable(`发票文件里的${label}不合规`);
  if (fen < 0n) throw unreadable('这是红字发票，不能作为报销凭证');
  if (fen === 0n) throw unreadable(`发票文件里的${label}为零`);
  return fen;
}

/** The total, when it is what the file says of its parts. */
function demandSum(root: XmlElement, totalFen: Fen): Fen {
  const netFen = maybe(textOf(root, PLACES.net), amountOf);
  const taxFen = maybe(textOf(root, PLACES.tax), amountOf);
  if (netFen !== null && taxFen !== null && netFen + taxFen !== totalFen) {
    throw unreadable('发票文件里的金额与税额之和不等于价税合计');
  }
  return totalFen;
}

function itemsOf(root: XmlElement): ReadInvoice['items'] {
  const items = [...named(root, 'IssuItemInformation'), ...named(root, 'GoodsInfo')];
  if (items.length > MAX_ITEMS) throw unreadable('发票明细过多');
  return items.flatMap((item) => {
    const name = textOf(item, [
      [null, 'ItemName'],
      [null, 'Item'],
    ]);
    if (name === null) return [];
    const amountFen = maybe(textOf(item, [[null, 'Amount']]), amountOf);
    const taxFen = maybe(
      textOf(item, [
        [null, 'ComTaxAm'],
        [null, 'TaxAmount'],
      ]),
      amountOf,
    );
    const shown = (fen: Fen | null) => (fen === null ? null : formatYuan(fen));
    return [{ name: nameOf(name), amount: shown(amountFen), tax: shown(taxFen) }];
  });
}
