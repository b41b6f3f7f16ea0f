/* What pages do better with scripts than without; all of it works without. No money and no rules are computed here. */

// One press sends a form once; the server would not record it twice either.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== 'post') return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'yes';
  setTimeout(() => delete form.dataset.sent, 4000);
});
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
});

// Keyboard flow: a letter presses the button or follows the link that names it, unless something is being typed.
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const at = event.target;
  if (at instanceof Element && at.closest('input, select, textarea, [contenteditable]')) return;
  if (event.key === 'Escape' && location.hash === '#menu') location.hash = '#main';
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!(target instanceof HTMLElement)) return;
  event.preventDefault();
  // A reason has to be written first: the field that the button asks for.
  const field = target.dataset.needs ? document.getElementById(target.dataset.needs) : null;
  if (field instanceof HTMLTextAreaElement && field.value.trim() === '') field.focus();
  else target.click();
});

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}

// A refused form is looked at from its first fault.
const alertBox = document.querySelector('.notice.danger[role="alert"]');
if (alertBox) alertBox.scrollIntoView({ block: 'center' });
