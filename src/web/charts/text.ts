/**
 * What a text measures, estimated: there is no font on the server. Estimates err on the wide side, so that a label
 * which is said to fit does.
 */

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });
export const lettersOf = (text: string): string[] =>
  Array.from(graphemes.segment(text), (part) => part.segment);

function emsOf(letter: string): number {
  const code = letter.codePointAt(0) ?? 0;
  if (code >= 0x2018) return 1;
  if (/[0-9 .,:;()/'!|il-]/.test(letter)) return /[0-9]/.test(letter) ? 0.64 : 0.4;
  return /[%@mwMW]/.test(letter) ? 1 : 0.72;
}

export const textWidth = (text: string, fontSize: number): number =>
  lettersOf(text).reduce((sum, letter) => sum + emsOf(letter), 0) * fontSize;

/** The text if it fits the width, or else its beginning and an ellipsis. */
export function truncate(text: string, width: number, fontSize: number): string {
  if (textWidth(text, fontSize) <= width) return text;
  let room = width - fontSize;
  let kept = '';
  for (const letter of lettersOf(text)) {
    room -= emsOf(letter) * fontSize;
    if (room < 0) break;
    kept += letter;
  }
  return `${kept}…`;
}

/** The text in at most `most` lines of the width; the last one is truncated. */
export function wrap(text: string, width: number, fontSize: number, most: number): readonly string[] {
  const lines: string[] = [];
  let rest = lettersOf(text);
  while (rest.length > 0 && lines.length < most - 1) {
    let used = 0;
    let count = 0;
    for (const letter of rest) {
      used += emsOf(letter) * fontSize;
      if (used > width && count > 0) break;
      count++;
    }
    lines.push(rest.slice(0, count).join(''));
    rest = rest.slice(count);
  }
  if (rest.length > 0) lines.push(truncate(rest.join(''), width, fontSize));
  return lines;
}

/** An amount in as many lines as it needs, broken after a separator only: a shortened figure would be a wrong one. */
export function wrapAmount(text: string, width: number, fontSize: number): readonly string[] {
  const lines: string[] = [];
  for (const piece of text.split(/(?<=,)/)) {
    const line = `${lines.at(-1) ?? ''}${piece}`;
    if (lines.length > 0 && textWidth(line, fontSize) <= width) lines[lines.length - 1] = line;
    else lines.push(piece);
  }
  return lines;
}
