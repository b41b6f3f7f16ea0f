import { z } from 'zod';

const { localeError } = z.locales.zhCN();
const TYPES: Readonly<Record<string, string>> = {
  string: '文字（编码、日期、金额写在引号内）',
  array: '列表（[…] 或逐行以 - 开头）',
  object: '键和值',
  record: '键和值',
  number: '数字',
  int: '整数',
  boolean: 'true 或 false',
};

/** What is wrong with one value of a pack, for the person who wrote it. */
export const packIssueText: z.core.$ZodErrorMap = (issue) => {
  const { input } = issue;
  switch (issue.code) {
    case 'invalid_type':
      if (input === undefined || input === null) return '须填写';
      return `应为${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value': {
      const words = issue.values.map(String).join('、');
      return input === undefined || input === null ? `须填写，为 ${words} 之一` : `应为 ${words} 之一`;
    }
    case 'invalid_union': {
      const by = issue.discriminator;
      if (by === undefined || typeof input !== 'object' || input === null) break;
      const word = (input as Readonly<Record<string, unknown>>)[by];
      return word === undefined || word === null ? '须填写' : `不认识的 ${by}：${String(word)}`;
    }
    case 'too_small':
      if (typeof input === 'string') return `至少 ${issue.minimum} 个字`;
      if (Array.isArray(input)) return `至少 ${issue.minimum} 项`;
      break;
    case 'too_big':
      if (typeof input === 'string') return `最多 ${issue.maximum} 个字`;
  }
  return localeError(issue);
};
