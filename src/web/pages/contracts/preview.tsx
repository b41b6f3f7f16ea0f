import type { ExplainedDecision } from '../../../contracts/index.js';
import { Decision, WaysOut } from '../../components/decision.js';
import { useForm } from '../../components/form.js';
import { Notice } from '../../components/notice.js';
import { placeOf } from '../../components/problem.js';
import { usePage } from '../../context.js';
import { faultsOf } from '../../do-operation.js';
import { EVIDENCE_PART } from './new-rows.js';

const PANEL = 'contract-preview';

/** What the rules say of the contract as it stands on the form, after 预检. Comes after the fields, whose names it tells. */
export function Preview() {
  const { said, labels, name } = useForm();
  const answer = said?.action === 'preview' ? (said.answer as ExplainedDecision | null) : null;
  const trial = said?.action === 'preview' ? said.trial : null;
  return (
    <section class="preview" id={PANEL} aria-label="预检结果" aria-live="polite">
      <h2>预检</h2>
      {answer ? (
        <>
          <Decision decision={answer} lineIds={answer.lineIds} />
          <WaysOut explanation={answer.explanation} />
        </>
      ) : trial ? (
        <Notice tone="warning" title={`还不能预检：${trial.detail}`}>
          <ul class="faults">
            {[...faultsOf(trial)].map(([field, message]) => (
              <li key={field}>
                <a href={`#${name}-${field}`}>{placeOf(field, labels)}</a>：{message}
              </li>
            ))}
          </ul>
        </Notice>
      ) : (
        <p class="hint">填好之后点“预检”，看看哪些条款适用、还差什么；预检不记录任何内容。</p>
      )}
    </section>
  );
}

/** With scripts only the panel is replaced, and the documents, whose files are kept by then. */
export function PreviewButton() {
  const { path, search } = usePage();
  const address = `${path}${search.size > 0 ? `?${search}` : ''}`;
  return (
    <button
      type="submit"
      name="_action"
      value="preview"
      class="button plain"
      formAction={`${address}#${PANEL}`}
      hx-post={address}
      hx-target={`#${PANEL}`}
      hx-select={`#${PANEL}`}
      hx-select-oob={`#${EVIDENCE_PART}`}
      hx-swap={`outerHTML show:#${PANEL}:top`}
      hx-encoding="multipart/form-data"
    >
      预检
    </button>
  );
}
