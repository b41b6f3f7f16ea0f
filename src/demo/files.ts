import { crc32, deflateSync } from 'node:zlib';
import { type MediaType, uploadAttachment } from '../attachments/index.js';
import type { BusinessDate } from '../core/dates.js';
import { sha256Hex } from '../core/ids.js';
import type { EvidenceKind } from '../core/vocabulary.js';
import type { Demo } from './context.js';
import type { Team } from './people.js';

/** Small files that are what they say they are: a picture for a photograph, a page for a paper. */

export interface Evidence {
  readonly kind: EvidenceKind;
  readonly attachmentId: string;
}

const PICTURES: readonly EvidenceKind[] = ['lottery_sign_photo'];

/** Uploads one sample file of a kind to the team's book. */
export async function attach(
  demo: Demo,
  team: Team,
  personId: string,
  on: BusinessDate,
  kind: EvidenceKind,
  title: string,
): Promise<Evidence> {
  const isPicture = PICTURES.includes(kind);
  const mediaType: MediaType = isPicture ? 'image/png' : 'application/pdf';
  const bytes = isPicture ? samplePicture(title) : samplePage(`${kind} ${sha256Hex(title).slice(0, 12)}`);
  const fileName = `${title}【示例】.${isPicture ? 'png' : 'pdf'}`;
  const caller = await demo.as(personId, on);
  const upload = { fileName, mediaType, bytes };
  const { id } = await uploadAttachment(
    demo.store,
    demo.attachmentsFolder,
    caller,
    team.bureau.bookId,
    upload,
  );
  return { kind, attachmentId: id };
}

const WIDTH = 96;
const HEIGHT = 64;

/** A PNG of coloured bands that differ by title. */
function samplePicture(title: string): Buffer {
  const colours = Buffer.from(sha256Hex(title), 'hex');
  const rows: Buffer[] = [];
  for (let y = 0; y < HEIGHT; y += 1) {
    const row = Buffer.alloc(1 + WIDTH * 3);
    const band = Math.floor((y * 8) / HEIGHT) * 3;
    for (let x = 0; x < WIDTH; x += 1) colours.copy(row, 1 + x * 3, band, band + 3);
    rows.push(row);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** A one-page PDF with one line of ASCII. */
function samplePage(line: string): Buffer {
  const stream = `BT /F1 14 Tf 40 90 Td (SAMPLE ${line}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 160] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets: string[] = [];
  for (const [index, body] of objects.entries()) {
    offsets.push(`${String(text.length).padStart(10, '0')} 00000 n \n`);
    text += `${index + 1} 0 obj\n${body}\nendobj\n`;
  }
  const count = objects.length + 1;
  const table = `xref\n0 ${count}\n0000000000 65535 f \n${offsets.join('')}`;
  text += `${table}trailer << /Size ${count} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}
