import { z } from 'zod';
import { attachmentNames } from '../../../attachments/index.js';
import { explainClaim, getClaim, getUnfinished } from '../../../claims/index.js';
import { identifier } from '../../../core/fields.js';
import { callerOf } from '../../../http/context.js';
import { Notice } from '../../components/notice.js';
import { definePage, ofOne } from '../../page.js';
import { claimActions, overwrite } from './actions.js';
import { claimChoices } from './choices.js';
import { ClaimForm, waiverOf } from './form.js';
import { valuesOfClaim, valuesOfContent } from './form-values.js';
import { Judged } from './panel.js';

const query = z.object({
  unfinished: identifier('What was kept of a change to it').optional(),
  refused: z.literal('true').optional().describe('It was just refused: the reasons come first'),
});
const SAVE = 'PUT /books/:bookId/claims/:id';

/** A draft, or a claim that was given back, to be changed by who made it. */
export const editClaimPage = definePage({
  path: '/books/:bookId/claims/:id/edit',
  params: ofOne,
  query,
  title: '修改报账单',
  load: async (page) => {
    const { deps, actor, params, request, query: asked } = page;
    const { store } = deps;
    const { bookId, id } = params;
    const claim = await getClaim(store, actor, bookId, id);
    const mayEdit = claim.makerId === actor.personId && ['draft', 'returned'].includes(claim.status);
    if (!mayEdit) return { claim, form: null };
    const kept =
      page.said === null && asked.unfinished
        ? await getUnfinished(store, actor, bookId, asked.unfinished, deps.now())
        : null;
    const files = claim.lines.flatMap(({ evidence }) => evidence.map(({ attachmentId }) => attachmentId));
    return {
      claim,
      form: {
        choices: await claimChoices(page),
        values: valuesOfClaim(claim, await attachmentNames(store.read, bookId, files)),
        kept:
          kept &&
          JSON.stringify({ ...kept.content, _unfinished: kept.id, _unfinishedVersion: String(kept.version) }),
        explained:
          page.said === null && !kept
            ? await explainClaim(store, deps.policy.current, callerOf(deps, request), bookId, id)
            : null,
      },
    };
  },
  view: ({ claim, form }, { params, query: asked, pages }) => {
    const back = pages.has('/books/:bookId/claims/:id')
      ? `/books/${params.bookId}/claims/${claim.id}`
      : `/books/${params.bookId}/claims`;
    if (!form)
      return (
        <Notice tone="warning" title={`这张报账单现为“${claim.statusLabel}”，在这里不能修改`}>
          <p>
            只有经办人本人可以修改草稿和退回的报账单；已提交的，由经办人先撤回。
            <a href={back}>查看这张报账单</a>
          </p>
        </Notice>
      );
    const { choices, values, kept, explained } = form;
    const isToldAbove =
      asked.refused === 'true' &&
      explained !== null &&
      (!explained.wouldPass || explained.outcome !== 'allow');
    const content = kept ? (JSON.parse(kept) as Record<string, unknown>) : null;
    const { basedOn, ...opened } = content ?? {};
    return (
      <>
        {isToldAbove ? (
          <Notice tone="danger" title="没有提交的原因（草稿已保存，改好后再提交）">
            <Judged
              preview={explained}
              choices={choices}
              place={{ form: 'claim', region: null, waiver: waiverOf(choices, values, claim.id) }}
            />
          </Notice>
        ) : null}
        {content ? <Notice title="这是您暂存的修改，接着填写即可" /> : null}
        <ClaimForm
          values={
            content
              ? { ...valuesOfContent(opened), ...(basedOn ? { _version: String(basedOn) } : {}) }
              : values
          }
          choices={choices}
          version={claim.version}
          explained={explained}
          claimId={claim.id}
          isToldAbove={isToldAbove}
        />
      </>
    );
  },
  actions: { ...claimActions(SAVE), overwrite: overwrite(SAVE) },
});
