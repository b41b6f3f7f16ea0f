import { z } from 'zod';

const TYPES: Readonly<Record<string, string>> = {
  string: '文本',
  number: '数字',
  int: '整数',
  boolean: 'true 或 false',
  array: '列表',
  object: '对象',
  record: '对象',
  null: 'null',
};

const { localeError } = z.locales.zhCN();

/**
 * zod's Chinese messages, with those that people meet most said in words of a form. Schemas that state their own
 * message keep it. Set once for the process.
 */
export function speakChinese(): void {
  z.config({ localeError: (issue) => formMessage(issue) ?? localeError(issue) });
}

function formMessage(issue: z.core.$ZodRawIssue): string | null {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return '必须填写';
      if (typeof issue.input === 'number' && !Number.isFinite(issue.input)) return '不是有效的数字';
      return `应为${TYPES[issue.expected as string] ?? issue.expected}`;
    case 'too_small':
      return `${boundOf(issue.origin)}不能小于 ${issue.minimum}`;
    case 'too_big':
      return `${boundOf(issue.origin)}不能大于 ${issue.maximum}`;
    case 'invalid_union':
      return issue.discriminator === undefined
        ? '不符合任何一种允许的形式'
        : '没有这一类型，请从允许的类型中选择';
    case 'unrecognized_keys':
      return `不认识的字段：${(issue.keys as string[]).join('、')}`;
    default:
      return null;
  }
}

const boundOf = (origin: unknown) => (origin === 'string' ? '字数' : origin === 'array' ? '项数' : '数值');
