import { crc32, deflateRawSync } from 'node:zlib';

/** A 数电票 as the tax platform delivers it, but for what `given` changes. */
export function invoiceXml(given: Partial<Record<string, string>> = {}): string {
  const said = {
    number: '24512000000012345678',
    issued: '2022-06-01',
    seller: '泸县某文具店',
    total: '113.00',
    net: '100.00',
    tax: '13.00',
    head: '',
    more: '',
    ...given,
  };
  return `<?xml version="1.0" encoding="UTF-8"?>${said.head}
<EInvoice><Header><EIid>${said.number}</EIid><EInvoiceTag>SWEI3200</EInvoiceTag></Header><EInvoiceData>
<SellerInformation><SellerIdNum>92510521MA6TEST00K</SellerIdNum><SellerName>${said.seller}</SellerName></SellerInformation>
<BuyerInformation><BuyerIdNum>11510521008600000X</BuyerIdNum><BuyerName>泸县民政局</BuyerName></BuyerInformation>
<BasicInformation><TotalAmWithoutTax>${said.net}</TotalAmWithoutTax><TotalTaxAm>${said.tax}</TotalTaxAm>
<TotalTax-includedAmount>${said.total}</TotalTax-includedAmount><RequestTime>2022-06-02 08:00:00</RequestTime></BasicInformation>
<IssuItemInformation><ItemName>*纸制品*打印纸 A4 &amp; A3</ItemName><Amount>100</Amount><ComTaxAm>13.0000</ComTaxAm></IssuItemInformation>
</EInvoiceData><TaxSupervisionInfo><InvoiceNumber>${said.number}</InvoiceNumber><IssueTime>${said.issued}</IssueTime></TaxSupervisionInfo>${said.more}</EInvoice>`;
}

/** The XML inside an OFD of the form before 数电票. */
export const OLD_XML = `<?xml version="1.0" encoding="utf-8"?><fp:eInvoice xmlns:fp="http://www.edrm.org.cn/schema/e-invoice/2019">
<fp:InvoiceCode>051002200111</fp:InvoiceCode><fp:InvoiceNo>01234567</fp:InvoiceNo><fp:IssueDate>2022年06月01日</fp:IssueDate>
<fp:TaxInclusiveTotalAmount>113.00</fp:TaxInclusiveTotalAmount>
<fp:Buyer><fp:BuyerName>泸县民政局</fp:BuyerName></fp:Buyer>
<fp:Seller><fp:SellerName>泸县某文具店</fp:SellerName><fp:SellerTaxID>92510521MA6TEST00K</fp:SellerTaxID></fp:Seller>
<fp:GoodsInfos><fp:GoodsInfo><fp:Item>打印纸</fp:Item><fp:Amount>100.00</fp:Amount><fp:TaxAmount>13.00</fp:TaxAmount></fp:GoodsInfo></fp:GoodsInfos>
</fp:eInvoice>`;

export interface ZipPart {
  readonly content: string | Buffer;
  /** What the archive says of the size, instead of the truth. Unit: bytes */
  readonly saidBytes?: number;
  readonly flags?: number;
}

/** An archive of the given files, for what our own writer would never write. */
export function zipOf(parts: readonly (readonly [name: string, part: ZipPart | string])[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, given] of parts) {
    const {
      content,
      saidBytes,
      flags = 0x800,
    } = typeof given === 'string' ? ({ content: given } as ZipPart) : given;
    const plain = Buffer.from(content);
    const packed = deflateRawSync(plain);
    const path = Buffer.from(name);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(flags, 2);
    head.writeUInt16LE(8, 4);
    head.writeUInt32LE(crc32(plain), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(saidBytes ?? plain.length, 18);
    head.writeUInt16LE(path.length, 22);
    const start = Buffer.concat([Buffer.from('PK\u0003\u0004'), head, path, packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    local.push(start);
    central.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0000'), head, place, path]));
    offset += start.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}
