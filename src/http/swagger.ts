import { readFileSync } from 'node:fs';
import fastifySwagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { projectFile } from '../core/project.js';
import { SESSION_COOKIE } from './auth.js';
import type { App } from './context.js';

const TAGS = {
  session: '登录、首次设置、访问令牌',
  people: '人员与岗位',
  organisations: '单位：民政局、乡镇、站点、承接机构、捐赠方',
  books: '账套、会计期间',
  funds: '资金批次、文件、捐赠人同意',
  relief: '困难群众救助补助购买服务上限：支出基数、额度、年终校准',
  figures: '文件中公布的数字及其矛盾',
  waivers: '例外批准',
  procedures: '程序留痕',
  allotments: '下达、拨付、收文、到账、在途',
  contracts: '政府购买服务合同与承接机构使用明细',
  reconciliation: '上下级对账：四栏对照、差异、责任人与说明',
  claims: '报账：预检、提交、审核、批准、支付、退款、冲红',
  reports: '报表：资金使用、余额、明细、支出构成、流向、执行进度、报销单',
  attachments: '附件',
  policy: '政策包与条款覆盖',
  audit: '审计日志、裁定、核验',
  evidence: '检查点、证明、密钥与见证人、时间戳、证据包、个人信息删除',
  supervision: '督导：总览、下钻、拒绝与例外、条款统计、追溯',
  jobs: '后台任务：核验、导出、回测的进度与结果',
  health: '运行状态',
} as const;

const DESCRIPTION = `社工站资金合规台账的接口。

- 金额一律为以元为单位的字符串，最多两位小数，例如 \`"4680000.00"\`。
- 拒绝一律为 \`application/problem+json\`（RFC 9457），\`code\` 稳定不变，\`errors\` 一次列出全部填写错误。
- 写操作可带 \`Idempotency-Key\`：同一键、同一请求得到同一答复（包括拒绝）；同一键、不同请求答 409。
- 带版本的资源以 \`ETag\` 给出版本，修改时以 \`If-Match\` 带回。
- 无权查看的内容与不存在的内容答复相同：404。`;

type Transform = NonNullable<FastifyDynamicSwaggerOptions['transformObject']>;
type SwaggerDocument = ReturnType<Transform>;

/** Makes the document from the schemas of all routes registered after it. */
export async function registerOpenApi(app: App): Promise<void> {
  const { version } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { version: string };
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: '社工站资金合规台账 API', version, description: DESCRIPTION },
      servers: [{ url: '/', description: '本服务' }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          cookie: {
            type: 'apiKey',
            in: 'cookie',
            name: SESSION_COOKIE,
            description: '登录后由浏览器自动携带',
          },
          bearer: { type: 'http', scheme: 'bearer', description: '访问令牌，形如 sfl_…' },
        },
      },
      security: [{ cookie: [] }, { bearer: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: ((described) =>
      polish(jsonSchemaTransformObject(described) as never)) satisfies Transform,
  } as FastifyDynamicSwaggerOptions);
}

const PROBLEM = '#/components/schemas/Problem';

/** What the generator leaves to be said: refusals are problem documents, and success is called by its name. */
function polish(document: Document): SwaggerDocument {
  for (const item of Object.values(document.paths)) {
    for (const { responses } of Object.values(item)) {
      for (const [status, response] of Object.entries(responses)) {
        const json = response.content?.['application/json'];
        if (json?.schema?.$ref === PROBLEM) {
          response.description = '拒绝或错误，附原因（RFC 9457）';
          response.content = { 'application/problem+json': json };
        } else if (status.startsWith('2')) response.description = '成功';
      }
    }
  }
  describeNullable(document);
  dropUnused(document);
  return document as never;
}

/** A nullable field is "anyOf: [it, null]"; its description and example belong to the field. */
function describeNullable(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  for (const member of Object.values(node)) describeNullable(member);
  const { anyOf } = node as { anyOf?: readonly Record<string, unknown>[] };
  const [given, none] = anyOf ?? [];
  if (anyOf?.length !== 2 || given === undefined || none?.['type'] !== 'null') return;
  for (const name of ['description', 'example']) {
    if (!(name in node) && name in given) Object.assign(node, { [name]: given[name] });
  }
}

/** The generator makes each named schema twice, for requests and for answers; most are used in one only. */
function dropUnused(document: Document): void {
  const { schemas } = document.components;
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    const text = JSON.stringify(document);
    for (const name of Object.keys(schemas)) {
      if (text.includes(`"#/components/schemas/${name}"`)) continue;
      delete schemas[name];
      isChanged = true;
    }
  }
}

interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, unknown> };
}
interface Operation {
  readonly responses: Record<
    string,
    { description: string; content?: Record<string, { schema?: { $ref?: string } }> }
  >;
}
