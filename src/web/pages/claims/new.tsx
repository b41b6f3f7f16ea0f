import { z } from 'zod';
import { copyOfClaim, getUnfinished } from '../../../claims/index.js';
import { identifier } from '../../../core/fields.js';
import { Empty, Notice } from '../../components/notice.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { claimActions } from './actions.js';
import { type ClaimChoices, claimChoices } from './choices.js';
import { ClaimForm } from './form.js';
import { type Values, valuesOfClaim, valuesOfContent } from './form-values.js';

const query = z.object({
  unfinished: identifier('Unfinished claim to go on with').optional(),
  copy: identifier('Claim to begin from').optional(),
});

/** A new claim: from nothing, from an earlier one, or from where one left off. */
export const newClaimPage = definePage({
  path: '/books/:bookId/claims/new',
  params: inBook,
  query,
  title: '填写报账单',
  load: async (page) => {
    const { deps, actor, params, query: asked } = page;
    const { store } = deps;
    const choices = await claimChoices(page);
    const now = deps.now();
    const isFresh = page.said === null && choices.units.length > 0;
    const kept =
      isFresh && asked.unfinished
        ? await getUnfinished(store, actor, params.bookId, asked.unfinished, now)
        : null;
    const copy =
      isFresh && !kept && asked.copy ? await copyOfClaim(store, actor, params.bookId, asked.copy, now) : null;
    return {
      choices,
      copy: copy && valuesOfClaim(copy),
      // As JSON, since what somebody typed is never opened as a sealed text.
      kept:
        kept &&
        JSON.stringify({ ...kept.content, _unfinished: kept.id, _unfinishedVersion: String(kept.version) }),
    };
  },
  view: ({ choices, copy, kept }, page) => {
    if (choices.units.length === 0)
      return (
        <Empty>
          您的岗位不填写报账单。报账由站点、乡镇或承接机构的经办人填写；
          <a href={`/books/${page.params.bookId}/claims`}>查看报账单</a>。
        </Empty>
      );
    const values = kept ? valuesOfContent(JSON.parse(kept)) : (copy ?? proposal(choices, page));
    return (
      <>
        {copy ? (
          <Notice title="已按原报账单填好，日期改为今天">
            <p>发票和附件属于原来那一张，没有带过来；请核对金额，补上新的发票。</p>
          </Notice>
        ) : null}
        {kept ? <Notice title="这是您暂存的内容，接着填写即可" /> : null}
        <ClaimForm values={values} choices={choices} />
      </>
    );
  },
  actions: claimActions('POST /books/:bookId/claims'),
});

/** Where only one thing can be meant, it is filled in. */
function proposal(
  { units, contracts, funds }: ClaimChoices,
  { today, visitor }: PageContext<unknown, unknown>,
): Values {
  const unit =
    units.find(({ id }) => id === visitor?.workspace?.organisationId) ??
    (units.length === 1 ? units[0] : undefined);
  const contract = unit?.kind === 'provider' && contracts.length === 1 ? contracts[0] : undefined;
  const fundIds = contract
    ? [...new Set(contract.lines.map(({ fundId }) => fundId))]
    : funds.map(({ id }) => id);
  return {
    businessDate: today,
    ...(unit ? { organisationId: unit.id } : {}),
    ...(contract ? { contractId: contract.id } : { payeeType: 'supplier' }),
    lines: {
      '0': {
        ...(fundIds.length === 1 ? { fundId: fundIds[0] as string } : {}),
        ...(unit?.kind.startsWith('station_') ? { stationId: unit.id } : {}),
      },
    },
  };
}
