import { writeFileSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { addDays, isBusinessDate } from '../core/dates.js';
import { DomainError } from '../core/errors.js';
import { projectFile } from '../core/project.js';
import { loadPacks } from '../policy/index.js';
import { faultsOf } from './policy-files.js';

export interface NewPack {
  readonly title?: string;
  readonly documentNo?: string;
  readonly issuer?: string;
  /** Division prefixes, separated by commas; `全国` for the whole country. */
  readonly jurisdiction?: string;
  readonly from?: string;
  readonly grade?: string;
  readonly out?: string;
}

/**
 * Writes a pack to start from and says what is still missing in it.
 * @throws DomainError for an option that cannot be meant, or when the file exists.
 */
export function newPack(id: string, options: NewPack): void {
  const file = options.out ?? `${id}.yaml`;
  const text = startingPack(id, options, file);
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new DomainError('policy_pack_exists', `文件 ${file} 已经存在，没有改动它；请用 --out 另写一个`);
  }
  console.log(`已写入 ${file}`);
  const faults = faultsOf([file]);
  if (faults.length > 0) console.log('还须补填：');
  for (const { file: where, line, message } of faults) console.log(`${where}:${line} ${message}`);
  console.log(`其中的条款、规则、参数和测试都是示例，换成文件的原文后运行：
  funds policy check ${file}
  funds policy test ${file} --all`);
}

function startingPack(id: string, options: NewPack, file: string): string {
  if (!/^[a-z][a-z0-9-]+$/.test(id)) {
    throw new DomainError('policy_pack_id', `编号“${id}”不合规：以小写字母开头，只用小写字母、数字和连字符`);
  }
  const { from } = options;
  if (from !== undefined && !isBusinessDate(from)) {
    throw new DomainError('date_malformed', `日期“${from}”不合规（YYYY-MM-DD）`);
  }
  const places = options.jurisdiction === '全国' ? [] : options.jurisdiction?.split(/[,，]/);
  if (places?.some((place) => !/^\d{2,6}$/.test(place))) {
    throw new DomainError(
      'jurisdiction_malformed',
      `适用地区“${options.jurisdiction}”不合规：写行政区划代码的前缀，如 51；几个之间用逗号分开；全国写“全国”`,
    );
  }
  const quote = (value: string | undefined) => (value === undefined ? '' : ` ${JSON.stringify(value)}`);
  const clause = freePrefix(id);
  const division = (places?.[0] ?? '110101').padEnd(6, '0');
  const day = (offset: number) => (from === undefined ? '' : ` ${addDays(from, offset)}`);
  return `# yaml-language-server: $schema=${schemaPath(file)}
# 政策包：一份政策文件一个文件。写法见 docs/policy-packs.zh-CN.md；编辑器装 YAML 扩展后有提示和补全。
document:
  id: ${id}
  title:${quote(options.title)}
  # 文号；没有文号的，写明怎样称呼它
  documentNo:${quote(options.documentNo)}
  issuer:${quote(options.issuer)}
  # 发文日期；原文没有写的保留 null
  date: null
  # 适用地区：行政区划代码前缀，写在引号内，如 ["51"]；[] 为全国
  jurisdiction:${places === undefined ? '' : ` ${JSON.stringify(places)}`}
  effectiveFrom:${quote(from)}
  # 最后有效日；一直有效的保留 null
  effectiveUntil: null
  # 原文文件的 SHA-256；没有存档的保留 null
  sourceSha256: null
  # 核实程度：V1 法规库全文，V2 官方或媒体存档页，V3 第三方转载，remembered 没有核实（其规则至多提示）
  grade:${quote(options.grade)}

# 每条资金条款写一项，并说明怎样落实（status）。
# force：M 强制，E 授权或允许，S 标准或额度，G 导向，R 被报告的做法，X 被点名的问题。
clauses:
  # enforced：由下面的规则执行
  - id: ${clause}-01
    force: M
    section: 示例 第一条
    text: 示例：每个社工站配备的专职社会工作者不少于2名
    quotation: 每个社工站配备的专职社会工作者不少于2名
    status: enforced
  # procedural：由程序留痕证明，写明看哪里
  - id: ${clause}-02
    force: M
    section: 示例 第二条
    text: 示例：各地应当每年公告资金使用情况
    quotation: 应当每年公告资金使用情况
    status: procedural
    evidence: { kind: announcement, where: 资金页的公告记录 }
  # no_duty：不约束任何人，写明理由
  - id: ${clause}-03
    force: G
    section: 示例 第三条
    text: 示例：鼓励各地探索多种形式的社会工作服务
    quotation: 鼓励各地探索多种形式的社会工作服务
    status: no_duty
    reason: 导向性要求，没有具体义务

# 有时效的数值。数值改变时另加一段，不改旧的；有效期之外即为未知，提请复核。
parameters:
  - { id: ${clause}-01.minimum, unit: count, value: "2", from:${day(0)}, until: null, clause: ${clause}-01 }

# 规则：落实哪一条（clause）、用哪一种（kind）、管哪些资金和环节（scope）、违反时怎样（severity）。
# 先用 mode: audit 试运行，只作记录；对历史数据回测后再删去这一行，正式执行。
rules:
  - id: ${clause}-01.staff
    clause: ${clause}-01
    kind: minimum_staff
    scope: { sources: [local_budget], stages: [contract] }
    severity: review
    mode: audit
    workers: fulltimeWorkersPerStation
    minimumParameter: ${clause}-01.minimum

# 所有测试共用的情形；没有写的与基准情形相同（docs/policy-packs.md）。
testBase:
  divisionCode: "${division}"
  stage: contract
  businessDate:${day(0)}

# 测试：恰好在界内、刚刚过界、生效之前，各写一项。
tests:
  - name: 每站恰好2名专职社工，通过
    facts: { contract: { fulltimeWorkersPerStation: 2 } }
    expect: { outcome: allow, absent: [${clause}-01.staff] }
  - name: 每站只有1名专职社工，试运行只提示（正式执行后把 allow 改为 review、warn 改为 review）
    facts: { contract: { fulltimeWorkersPerStation: 1 } }
    expect: { outcome: allow, reasons: { ${clause}-01.staff: warn } }
  - name: 生效前一日不适用
    facts: { businessDate:${day(-1)}, contract: { fulltimeWorkersPerStation: 1 } }
    expect: { outcome: allow, absent: [${clause}-01.staff] }
`;
}

/** A prefix of clause ids that no built-in pack uses: the id's first word, or all its letters. */
function freePrefix(id: string): string {
  const used = loadPacks().packs.flatMap(({ clauses }) => clauses.map((clause) => clause.id));
  const letters = id.replaceAll(/[^a-z]/g, '').toUpperCase();
  const words = [id.split('-')[0]!.toUpperCase(), letters, `${letters}N`, `${letters}NEW`];
  const free = words.find(
    (word) => /^[A-Z]{2,}$/.test(word) && !used.some((clause) => clause.startsWith(`${word}-`)),
  );
  return free ?? 'NEW';
}

/** How an editor finds the JSON Schema from where the pack stands. */
function schemaPath(file: string): string {
  const schema = projectFile('docs', 'policy-pack.schema.json');
  const path = relative(dirname(resolve(file)), schema);
  return isAbsolute(path) ? pathToFileURL(schema).href : path.split(sep).join('/');
}
