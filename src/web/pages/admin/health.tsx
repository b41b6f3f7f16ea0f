import { readFileSync } from 'node:fs';
import { notFound } from '../../../core/errors.js';
import { projectFile } from '../../../core/project.js';
import { type CheckpointLag, listCheckpointLags } from '../../../evidence/index.js';
import { readinessOf } from '../../../http/readiness.js';
import { ENGINE_VERSION } from '../../../policy/index.js';
import { ListTable, listSheet, TextFilterBar, textQuery } from '../../components/list.js';
import { Badge, Facts, Notice, Section } from '../../components/notice.js';
import type { Column } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage } from '../../page.js';
import { showInstant } from '../audit/words.js';
import { OVERDUE_TIMES, overdueOf } from './overdue.js';
import { PackFaults } from './policy-parts.js';

const { version: VERSION } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as {
  version: string;
};

const columnsOf = (overdue: ReadonlySet<string>): readonly Column<CheckpointLag>[] => [
  {
    key: 'name',
    label: '账套',
    value: ({ name }) => name,
    show: ({ bookId, name }) => <a href={`/books/${bookId}/checkpoints`}>{name}</a>,
  },
  {
    key: 'logSize',
    label: '日志条数',
    kind: 'count',
    basis: '审计日志的条数',
    value: ({ logSize }) => logSize,
  },
  {
    key: 'unsigned',
    label: '未覆盖',
    kind: 'count',
    basis: '最新检查点之后的日志条数',
    value: ({ logSize, signedSize }) => logSize - signedSize,
  },
  {
    key: 'since',
    label: '未覆盖的最早一条',
    kind: 'date',
    value: ({ unsignedSince }) => (unsignedSince ? showInstant(unsignedSince) : null),
  },
  {
    key: 'state',
    label: '状态',
    basis: `未覆盖的日志超过 ${OVERDUE_TIMES} 个签名周期仍没有检查点的为逾期`,
    value: ({ bookId, logSize, signedSize }) =>
      overdue.has(bookId) ? '逾期' : logSize > signedSize ? '待签' : '正常',
    show: ({ bookId, logSize, signedSize }) =>
      overdue.has(bookId) ? (
        <Badge tone="danger">逾期</Badge>
      ) : logSize > signedSize ? (
        <Badge tone="info">待签</Badge>
      ) : (
        <Badge tone="ok">正常</Badge>
      ),
  },
];

async function lagsOf({ deps, actor }: Pick<PageContext, 'deps' | 'actor'>) {
  const lags = await listCheckpointLags(deps.store, actor);
  const overdue = overdueOf(lags, deps.now().toISOString(), deps.config.checkpointSeconds);
  return { lags, overdue: new Set(overdue.map(({ bookId }) => bookId)) };
}

/** Whether the service is well, for whoever administers anything; says nothing of secrets or of hosts. */
export const healthPage = definePage({
  path: '/health',
  query: textQuery,
  title: '运行状况',
  load: async (page) => {
    const { deps, actor, request } = page;
    if (!actor.grants.some(({ role }) => role === 'admin')) throw notFound('这个页面');
    const readiness = await readinessOf(deps, (error) =>
      request.log.warn({ err: error }, 'database does not answer'),
    );
    const { policy, config } = deps;
    return {
      readiness,
      fault: policy.fault,
      loadedAt: policy.loadedAt,
      ...(await lagsOf(page)),
      now: deps.now().toISOString(),
      every: config.checkpointSeconds,
      hasStamps: deps.tsaRoots.length > 0,
    };
  },
  view: ({ readiness, fault, loadedAt, lags, overdue, now, every, hasStamps }) => {
    const { faults, migration, packs } = readiness;
    return (
      <>
        {faults.length > 0 ? (
          <Notice tone="danger" title="服务尚未就绪" isAlert>
            <ul class="plain-list">
              {faults.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          </Notice>
        ) : fault ? (
          <Notice tone="warning" title="服务可用，但最新的政策包没有生效。" />
        ) : (
          <Notice tone="ok" title="服务正常。" />
        )}
        {fault ? <PackFaults title={fault.message} faults={fault.faults} /> : null}
        <Section title="各项">
          <Facts
            items={[
              ['数据库', migration === null ? '没有应答' : '正常'],
              ['数据库结构', migration],
              ['政策包', `${packs} 个，${showInstant(loadedAt)} 载入`],
              ['检查点', faults.some((one) => one.includes('检查点')) ? '已停止签名' : `每 ${every} 秒签名`],
              ['时间戳', hasStamps ? '已配置可信机构' : '没有配置可信机构'],
              ['程序版本', VERSION],
              ['裁定引擎版本', ENGINE_VERSION],
              ['运行环境', `Node.js ${process.versions.node}`],
              ['服务器时间（北京）', showInstant(now)],
            ]}
          />
        </Section>
        <TextFilterBar label="账套或状态" />
        <ListTable
          caption="各账套的检查点"
          rows={lags}
          idOf={({ bookId }) => bookId}
          empty="没有您可以查看的账套。"
          pageSize={25}
          columns={columnsOf(overdue)}
        />
      </>
    );
  },
  exported: async (page) => {
    if (!page.actor.grants.some(({ role }) => role === 'admin')) throw notFound('这个页面');
    const { lags, overdue } = await lagsOf(page);
    return listSheet(page, '各账套的检查点', columnsOf(overdue), lags);
  },
});
