/**
 * Numbers that a clause's words set or state, found by a rule that a reader can follow:
 * - every run of Arabic digits, with its unit;
 * - a Chinese numeral before one of UNITS (两名, 三年), and 百分之;
 * - a word that sets a limit, with or without a number (不低于当地平均工资).
 *
 * Passed over are names that only look like numbers: 文号 and numbers of articles (〔2023〕11号, 第102号, 第十八条),
 * calendar years (2021年, but not 2025年底前), and words such as 一次性, 统一, 每一年度. “一” is taken for a
 * number before a unit of measure alone (一年, 一名), not in 一个 or 一项, unless a limit word stands before it.
 */
export function numbersIn(text: string): string[] {
  const plain = NAMES.reduce((rest, name) => rest.replaceAll(name, '　'), text.replaceAll(/\s+/g, ''));
  return [...new Set(plain.match(NUMBER) ?? [])];
}

const NAMES: readonly RegExp[] = [
  /[〔[（(](19|20)\d{2}[〕\]）)]\d+号?/g,
  /第[\d一二三四五六七八九十百千零〇]+/g,
  /(?<![\d到至])(19|20)\d{2}年度?(?![\d底末前内])/g,
  /一次性|千家万户|一元化|[上下前后]半年/g,
];

const DIGITS = String.raw`\d[\d,.]*`;
const NUMERAL = '[一二两三四五六七八九十百千万亿半零〇]';
const UNITS =
  '个?工作日|个月|小时|万?亿?元|千?百?元|倍|岁|天|周(?!边|围|期)|年(?!度|级)|月|日(?!常)|名(?!称|册|单|义)|人(?!员|才|民|均)|次(?!性)';
const COUNTED = '家|所|户|项|个|批|期|轮|条(?!线|件)|份|套|台|间|处|成';
const LIMITS = '不得?超过|不得?少于|不得?低于|不得?高于|以内|至少|至多|最长|最多';
const NUMBER = new RegExp(
  [
    `(?:${LIMITS})(?:百分之${NUMERAL}+|${NUMERAL}+(?:${UNITS}|${COUNTED})?|${DIGITS}[%％‰]?(?:${NUMERAL}*余?(?:${UNITS}|${COUNTED}))?)?`,
    `百分之${NUMERAL}+`,
    `${DIGITS}[%％‰]?(?:${NUMERAL}*余?(?:${UNITS}|${COUNTED}))?`,
    // 统一、每一、之一 and the like are no numbers.
    `(?<![统唯单同任每某逐之进专${NUMERAL.slice(1, -1)}])一(?:${UNITS})`,
    `(?:${NUMERAL}{2,}|[二两三四五六七八九十百千万亿半零〇])余?(?:${UNITS}|${COUNTED})`,
  ].join('|'),
  'g',
);
