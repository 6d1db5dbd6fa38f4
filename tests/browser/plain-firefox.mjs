// Firefox without WebDriver BiDi. While BiDi drives it, a worker of a worker may never start: see ARCHITECTURE.md, “Who starts
// workers”. So a program that makes some, as Rust does in the driver, is written as elsewhere, and runs in here by its link.

import { openFirefox } from '../engines/firefox.mjs';

/** Opens the link, presses Run, and gives the name and end of each variant, and what `look` gives of the pictures. */
export async function runInPlainFirefox(link, look) {
  const firefox = await openFirefox();
  try {
    await firefox.goto(link);
    const problem = await firefox.evaluate(pressRun);
    if (problem) throw new Error(problem);
    const rows = await firefox.evaluate(endsOfVariants);
    const pictures = await firefox.evaluate(
      `() => (${look})([...document.querySelectorAll('.gallery canvas')])`,
    );
    return { rows, pictures };
  } finally {
    await firefox.close();
  }
}

// From here on: in the page.

/** Resolves when the run has ended, with what it failed with. */
async function pressRun() {
  const found = async selector => {
    for (;;) {
      const element = document.querySelector(selector);
      if (element) return element;
      await new Promise(requestAnimationFrame);
    }
  };
  await found('[data-isolation]:not([data-isolation=checking])');
  await found('.editor .cm-content, .editor textarea');
  const run = [...document.querySelectorAll('button')].find(
    button => button.textContent.trim().startsWith('Run') && !button.disabled,
  );
  run.click();
  const status = await found('.status:is([data-state=finished], [data-state=failed])');
  if (status.dataset.state === 'failed') return document.querySelector('.failure').innerText;
  return undefined;
}

function endsOfVariants() {
  const rows = document.querySelectorAll('.times tbody tr');
  return Array.from(rows, ({ dataset }) => ({ name: dataset.variant, end: dataset.end }));
}
