import { Problem } from '../../components/problem.js';
import { usePage } from '../../context.js';

/**
 * Why nothing was recorded, where the form that was sent is not on the page any more: somebody else was quicker, and the
 * step is no longer to be taken.
 */
export function Unsaid({ forms }: { forms: readonly string[] }) {
  const { said } = usePage();
  return said?.problem && !forms.includes(said.form) ? <Problem problem={said.problem} /> : null;
}
