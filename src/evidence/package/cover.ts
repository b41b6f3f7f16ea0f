import { parseYuan, showYuan } from '../../core/money.js';
import { SCOPES } from '../evidence.schema.js';
import type { PackageContents, PackageDescription } from './contents.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] as string);

const STYLE = `body{font:16px/1.7 "Noto Serif CJK SC","SimSun",serif;max-width:46rem;margin:3rem auto;padding:0 1rem;color:#111}
h1{font-size:1.7rem;border-bottom:2px solid #111;padding-bottom:.5rem}table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{border:1px solid #777;padding:.3rem .6rem;text-align:left;vertical-align:top}th{width:9rem;background:#f2f2f2;font-weight:600}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}code{font:13px/1.5 monospace;word-break:break-all}.mark{border:2px solid #a00;color:#a00;padding:.5rem}
@media print{body{margin:0;max-width:none}}`;

/** An instant as people in China read it: 2022-07-31 10:00:00. */
const inChina = (instant: string): string =>
  new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');

/** The page that a person reads first: what the package is, of whom, how much, and how to check it. Prints on one sheet. */
export function coverPage(description: PackageDescription, { scope, fundNames }: PackageContents): string {
  const { book, opened, counts, isRedacted, recipient, reason } = description;
  const { kind, id, from, until } = description.scope;
  const chosen = kind === 'period' ? `${from} 至 ${until}` : (id ?? '');
  const name = kind === 'fund' ? (fundNames.get(id as string)?.name ?? '') : '';
  const rows: [string, string][] = [
    ['账套', book.name],
    ['范围', `${SCOPES[kind]} ${chosen} ${name}`],
    ['导出时间', inChina(description.exportedAt)],
    [
      '日志',
      `共 ${description.size} 条，打开 ${opened.count} 条${opened.isWhole ? '（全部）' : '，其余只列校验值'}`,
    ],
    [
      '资金批次',
      `${scope.fundIds.length} 笔${description.balances.isWhole ? '，余额可从零重算' : '，余额不能仅凭本包重算'}`,
    ],
    ['报账单', `${counts.claims} 张`],
    ['支付凭证', `${counts.payments} 张`],
    ['裁定', `${counts.decisions} 项`],
    ['例外批准', `${counts.waivers} 项`],
    ['附件', `${counts.attachments} 个`],
    ['脱敏', isRedacted ? '已脱敏' : `未脱敏；接收单位：${recipient}；理由：${reason}`],
  ];
  const totals = description.tables.flatMap((table) =>
    Object.entries(table.totals).map(
      ([column, total]) => [table.sheet, column, showYuan(parseYuan(total))] as const,
    ),
  );
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>证据包 · ${escaped(book.name)}</title><style>${STYLE}</style></head><body>
<h1>证据包</h1>
${isRedacted ? '' : '<p class="mark">未脱敏：含个人信息，仅限下列接收单位按所述理由使用。</p>'}
<table>${rows.map(([label, value]) => `<tr><th scope="row">${label}</th><td>${escaped(value)}</td></tr>`).join('')}</table>
<table><tr><th scope="row">日志根</th><td><code>${description.root}</code></td></tr>
<tr><th scope="row">签名者</th><td><code>${escaped(book.origin)}</code>（公钥见 keys.json，请与事先取得的公钥核对）</td></tr></table>
<table><tr><th scope="col">工作底稿</th><th scope="col">合计项</th><th scope="col" class="n">金额（元）</th></tr>${totals
    .map(
      ([sheet, column, total]) => `<tr><td>${sheet}</td><td>${column}</td><td class="n">${total}</td></tr>`,
    )
    .join('')}</table>
<h2>怎样核验</h2>
<p>请用审计人员自己保存的核验程序，不要只用本包内附的：<code>node verify.mjs 证据包.zip --key 公钥</code>，或用浏览器打开自己的 verify.html，把证据包拖进去。两种都不需要网络。</p>
<p>不用本系统的程序也可以：解压后 <code>sha256sum -c manifest-sha256.txt</code> 核对文件；签名用 openssl 核对的命令见《证据与核验》。</p>
</body></html>
`;
}
