import type { MediaType } from './attachments.schema.js';

const startsWith = (bytes: Buffer, ...magic: number[]) => magic.every((byte, index) => bytes[index] === byte);

/** Text in UTF-8 that begins with markup, after an optional byte order mark and white space. */
function looksLikeXml(bytes: Buffer): boolean {
  const head = bytes
    .subarray(0, 1024)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  return /^\s*<[?!A-Za-z_]/.test(head) && !bytes.includes(0);
}

/** How the content of each type begins. An OFD file (GB/T 33190) is a ZIP archive with the entry OFD.xml. */
const CHECKS: Readonly<Record<MediaType, (bytes: Buffer) => boolean>> = {
  'application/pdf': (bytes) => bytes.subarray(0, 5).toString('latin1') === '%PDF-',
  'image/jpeg': (bytes) => startsWith(bytes, 0xff, 0xd8, 0xff),
  'image/png': (bytes) => startsWith(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
  'application/xml': looksLikeXml,
  'text/xml': looksLikeXml,
  'application/ofd': (bytes) => startsWith(bytes, 0x50, 0x4b, 0x03, 0x04) && bytes.includes('OFD.xml'),
};

/** Whether the content is what its declared type says. */
export const isOfType = (bytes: Buffer, mediaType: MediaType): boolean => CHECKS[mediaType](bytes);
