// The page as a whole; embedded, only code and results.

import { experiment } from '../session.ts';
import { embedded } from '../view.ts';
import { Controls } from './Controls.tsx';
import { Editor } from './Editor.tsx';
import { Experiments } from './Experiments.tsx';
import { Header } from './Header.tsx';
import { LinkNotice } from './LinkNotice.tsx';
import { Notice } from './Notice.tsx';
import { Results } from './Results.tsx';

/** The same program on the whole page, in a tab of its own. */
function WholePage() {
  return (
    <footer class="whole-page">
      <a
        href="./"
        target="_blank"
        rel="noreferrer"
        onClick={event => {
          event.currentTarget.href = `./${location.hash}`;
        }}
      >
        Open in the playground
      </a>
    </footer>
  );
}

export function App() {
  return (
    <>
      {!embedded && <Header />}
      <Notice />
      <LinkNotice />
      <main>
        {embedded && <h1 class="visually-hidden">{experiment.value.title}</h1>}
        {!embedded && <Experiments />}
        <section class="code" aria-label="Code">
          <Controls />
          <Editor />
        </section>
        <Results />
      </main>
      {embedded && <WholePage />}
    </>
  );
}
