import { z } from 'zod';
import { notFound } from '../../../core/errors.js';
import { identifier } from '../../../core/fields.js';
import { Backtests } from '../../../jobs/index.js';
import { listBooks } from '../../../ledger/index.js';
import { sheetOf } from '../../columns.js';
import { ButtonForm } from '../../components/form.js';
import { Facts, Notice, Section } from '../../components/notice.js';
import type { PageContext } from '../../context.js';
import { definePage } from '../../page.js';
import { placeOfBooks } from '../../places.js';
import { REFRESH_SECONDS, Watched } from '../audit/job-parts.js';
import { showInstant } from '../audit/words.js';
import { BacktestResult, sampleColumns } from './backtest-result.js';

const STATES = {
  running: '正在进行',
  done: '已完成',
  cancelled: '已取消',
  failed: '没有完成',
  interrupted: '已中断',
} as const;

const backtestOf = ({ deps, actor }: Pick<PageContext, 'deps' | 'actor'>, id: string) =>
  new Backtests(deps.jobs, () => deps.store.read).get(actor, id);

/** How far a backtest is, and what came of it. */
export const backtestPage = definePage({
  path: '/policy/backtests/:id',
  params: z.object({ id: identifier('Backtest') }),
  title: '回测结果',
  load: async ({ deps, actor, params }) => ({
    ...(await backtestOf({ deps, actor }, params.id)),
    seen: (await listBooks(deps.store, actor)).items,
  }),
  refreshSeconds: ({ state }) => (state === 'running' ? REFRESH_SECONDS : null),
  view: ({ state, pack, books, startedAt, progress, result, seen }) => (
    <Watched id="backtest" isActive={state === 'running'}>
      <Section title="进度">
        <Facts
          items={[
            ['政策包', pack],
            ['账套', `${books} 个`],
            ['开始', showInstant(startedAt)],
            ['状态', STATES[state]],
          ]}
        />
        {state === 'running' ? (
          <p>
            <progress class="progress" max={100} value={progress.percent} aria-label="回测进度">
              {progress.percent}%
            </progress>{' '}
            {progress.percent}%（已读 {progress.done} / {progress.total}{' '}
            件裁定）。页面会自动更新，可以离开后再回来。
          </p>
        ) : null}
        <ButtonForm action="cancel" look={state === 'running' ? 'danger' : 'plain'}>
          {state === 'running' ? '取消回测' : '删除这次结果'}
        </ButtonForm>{' '}
        <a href="/policy/backtests">新的回测</a>
      </Section>
      {state === 'cancelled' ? <Notice tone="info" title="回测已取消，没有结果。" /> : null}
      {state === 'failed' || state === 'interrupted' ? (
        <Notice tone="danger" title="回测没有完成。请重新开始；仍不成功的，请查看服务日志。" isAlert />
      ) : null}
      {result ? <BacktestResult result={result} placeOf={placeOfBooks(seen)} /> : null}
    </Watched>
  ),
  actions: {
    cancel: {
      operation: 'DELETE /policy/backtests/:id',
      done: () => ({ to: '/policy/backtests', say: '回测已取消或删除' }),
    },
  },
  exported: async ({ deps, actor, params }) => {
    const { result } = await backtestOf({ deps, actor }, params.id);
    if (!result) throw notFound('回测结果');
    const { items } = await listBooks(deps.store, actor);
    return sheetOf('结果不同的单据', sampleColumns(placeOfBooks(items)), () => result.samples);
  },
});
