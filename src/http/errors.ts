import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { decisionSchema } from '../contracts/index.js';
import { DomainError } from '../core/errors.js';
import { inYuan } from './yuan.js';

/** Statuses of domain codes; anything not named is 422 (a refusal) or 400 (a mistake of form). */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  unauthenticated: 401,
  login_failed: 401,
  forbidden: 403,
  separation_of_duties: 403,
  not_found: 404,
  already_exists: 409,
  voucher_taken: 409,
  idempotency_conflict: 409,
  insufficient_balance: 409,
  invoice_overused: 409,
  period_closed: 409,
  wrong_status: 409,
  too_many_unfinished: 409,
  append_only: 409,
  stale_version: 412,
  precondition_required: 428,
  archive_unreadable: 422,
  xml_unreadable: 422,
  invoice_unreadable: 422,
  sheet_unreadable: 422,
  import_faulty: 422,
  too_large: 413,
  media_type_unsupported: 415,
  too_many_attempts: 429,
  backtests_busy: 429,
  jobs_busy: 429,
  attachment_damaged: 500,
  not_ready: 503,
};

/** RFC 9457 problem document; `code` is stable, `title` and `detail` are Chinese. */
export const problemSchema = z
  .object({
    type: z.string().describe('Always about:blank; `code` tells the kind').meta({ example: 'about:blank' }),
    title: z.string().describe('Short Chinese summary').meta({ example: '请求未予受理' }),
    status: z.number().int().describe('HTTP status').meta({ example: 422 }),
    code: z.string().describe('Stable machine code').meta({ example: 'policy_blocked' }),
    detail: z
      .string()
      .describe('Chinese explanation for people')
      .meta({ example: '省级奖补不能投入硬件建设' }),
    instance: z.string().describe('Request id, as in the service log').meta({ example: 'req-1' }),
    errors: z
      .array(
        z.object({
          in: z
            .enum(['body', 'query', 'path', 'header'])
            .describe('Part of the request that the pointer points into')
            .meta({ example: 'body' }),
          path: z
            .string()
            .describe('JSON pointer of the field; empty means the whole part')
            .meta({ example: '/lines/0/amount' }),
          code: z.string().describe('Kind of fault').meta({ example: 'invalid_format' }),
          message: z.string().describe('Chinese message').meta({ example: '金额应为元，最多两位小数' }),
        }),
      )
      .optional()
      .describe('Every faulty field at once'),
    details: z
      .looseObject({ decision: decisionSchema.optional().describe('Decision with every reason at once') })
      .optional()
      .describe('What the refusal was decided on. Amounts in yuan (元), as text'),
  })
  .describe('Problem document (RFC 9457)')
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;

const TITLES: Readonly<Record<number, string>> = {
  400: '请求内容有误',
  401: '请先登录',
  403: '没有权限',
  404: '没有找到',
  409: '与现有记录冲突',
  412: '内容已被他人修改',
  413: '内容过大',
  415: '不支持的内容类型',
  422: '请求未予受理',
  428: '缺少前提条件',
  429: '操作过于频繁',
  500: '系统内部错误',
  503: '服务尚未就绪',
};

/** What Fastify itself refuses before a route is reached. */
const FRAMEWORK: Readonly<Record<string, readonly [code: string, detail: string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['media_type_unsupported', '不支持这一内容类型（Content-Type）'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['too_large', '提交的内容过大'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['json_malformed', '内容类型为 JSON，但没有内容'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['json_malformed', '提交的内容不是有效的 JSON'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['request_malformed', '内容长度与声明的不符'],
  FST_ERR_BAD_URL: ['url_malformed', '网址含有无法识别的编码'],
  FST_ERR_MAX_PARAM_LENGTH: ['url_malformed', '网址中的编号过长'],
};

/** What the engines say to values that no schema should have let through: the backstop that keeps it a 400. */
const UNSTORABLE_CODES: ReadonlySet<unknown> = new Set(['22003', '22021', '22P05']);
const UNKNOWN_REFERENCE_CODES: ReadonlySet<unknown> = new Set(['23503', 'SQLITE_CONSTRAINT_FOREIGNKEY']);

/** The one place where an error becomes an answer. Anything unforeseen is a plain 500 that leaks nothing. */
export function problemOf(error: unknown, requestId: string): Problem {
  const build = (status: number, code: string, detail: string, extra: Partial<Problem> = {}): Problem => ({
    type: 'about:blank',
    title: TITLES[status] ?? '请求未予受理',
    status,
    code,
    detail,
    instance: requestId,
    ...extra,
  });
  if (error instanceof DomainError) {
    const status = STATUS_BY_CODE[error.code] ?? (error.options.refusal ? 422 : 400);
    const { errors, ...details } = error.options.details ?? {};
    return build(status, error.code, error.message, {
      ...(errors ? { errors: errors as Problem['errors'] } : {}),
      ...(Object.keys(details).length > 0 ? { details: inYuan(details) as Problem['details'] } : {}),
    });
  }
  const { statusCode = 500, code: kind } = (error ?? {}) as Partial<FastifyError>;
  if (UNSTORABLE_CODES.has(kind))
    return build(400, 'value_unstorable', '有的值超出可以保存的范围，未作任何记录');
  if (UNKNOWN_REFERENCE_CODES.has(kind))
    return build(422, 'reference_unknown', '引用的编号不存在，未作任何记录');
  if (statusCode >= 400 && statusCode < 500) {
    const malformed = error instanceof SyntaxError ? FRAMEWORK['FST_ERR_CTP_INVALID_JSON_BODY'] : undefined;
    const said = FRAMEWORK[kind ?? ''] ?? malformed ?? ['request_malformed', '请求格式有误，服务器无法读取'];
    return build(statusCode, ...said);
  }
  return build(
    500,
    'internal_error',
    `系统出错。请刷新核对是否已经记录（带同一 Idempotency-Key 重试不会重复记账），并把编号 ${requestId} 告诉管理员`,
  );
}

export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error, request.id);
  if (problem.status >= 500) request.log.error({ err: error }, 'unexpected error');
  void reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem));
}
